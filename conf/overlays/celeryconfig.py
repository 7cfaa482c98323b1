# -- added by sds: what is different in a cluster from what a template for hosts says --
from urllib.parse import quote as _sds_quote

_sds_front = {{ (SDS_OUTSIDE if SDS_OUTSIDE else 'https://' ~ SDS_HOST if SDS_HOST else 'http://' ~ MOZART_FQDN) | tojson }}
_sds_grq = {{ (SDS_OUTSIDE ~ '/grq' if SDS_OUTSIDE else SDS_SCHEMES.get('grq2', 'http') ~ '://' ~ GRQ_PVT_IP ~ ':' ~ (GRQ_PORT or 8878)) | tojson }}


def _sds_redis(host, password, authorities):
    url = {{ 'rediss' | tojson if SDS_TLS else 'redis' | tojson }} + "://:" + _sds_quote(password, safe="") + "@" + host + ":6379/0"
{%- if SDS_TLS %}
    return url + "?ssl_cert_reqs=" + ("required&ssl_ca_certs=" + authorities if authorities else "none")
{%- else %}
    return url
{%- endif %}


def _sds_elasticsearch(address, managed, scheme):
    if not isinstance(address, str):
        return [_sds_elasticsearch(one, managed, scheme) for one in address]
    if "://" in address:
        return address
    return "https://" + address if managed or "es.amazonaws.com" in address else scheme + "://" + address + ":9200"


broker_url = {{ 'amqps' | tojson if SDS_TLS else 'amqp' | tojson }} + "://" + ":".join(
    _sds_quote(word, safe="")
    for word in ({{ MOZART_RABBIT_USER | tojson }}, {{ (MOZART_RABBIT_PASSWORD or '') | tojson }})
) + {{ ('@' ~ MOZART_RABBIT_PVT_IP ~ (':5671//' if SDS_TLS else ':5672//')) | tojson }}
{%- if SDS_TLS %}
# Empty texts would be refused: an unset cipher list and a CA file of another machine are left out.
import os as _sds_os
import ssl as _sds_ssl

broker_use_ssl = {"cert_reqs": _sds_ssl.CERT_NONE}
{%- if SDS_CA.get('mozart-rabbitmq', '') %}
broker_use_ssl = {"cert_reqs": _sds_ssl.CERT_REQUIRED, "ca_certs": {{ SDS_CA.get('mozart-rabbitmq', '') | tojson }}}
{%- endif %}
if {{ (CIPHERS or '') | tojson }}:
    broker_use_ssl["ciphers"] = {{ (CIPHERS or '') | tojson }}
if {{ not SDS_CA.get('mozart-rabbitmq', '') }} and _sds_os.path.isfile({{ (CA_BUNDLE_CERT or '') | tojson }}):
    broker_use_ssl["ca_certs"] = {{ (CA_BUNDLE_CERT or '') | tojson }}
{%- else %}
broker_use_ssl = {}
{%- endif %}
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
result_backend = _sds_redis({{ MOZART_REDIS_PVT_IP | tojson }}, {{ (MOZART_REDIS_PASSWORD or '') | tojson }}, {{ SDS_CA.get('mozart-redis', '') | tojson }})
REDIS_JOB_STATUS_URL = result_backend
REDIS_UNIX_DOMAIN_SOCKET = result_backend
REDIS_JOB_INFO_URL = _sds_redis({{ METRICS_REDIS_PVT_IP | tojson }}, {{ (METRICS_REDIS_PASSWORD or '') | tojson }}, {{ SDS_CA.get('metrics-redis', '') | tojson }})
REDIS_INSTANCE_METRICS_URL = REDIS_JOB_INFO_URL
PYMONITOREDRUNNER_CFG = dict(globals().get("PYMONITOREDRUNNER_CFG", {}))
PYMONITOREDRUNNER_CFG["rabbitmq"] = {
    "hostname": {{ MOZART_RABBIT_PVT_IP | tojson }},
    "port": {{ 5671 if SDS_TLS else 5672 }},
    "queue": "stdouterr",
}
{%- if WEBDAV_URL %}
WEBDAV_URL = {{ WEBDAV_URL | tojson }}
{%- elif 'work-files' in SDS_WORKLOADS and not SDS_OUTSIDE %}
WEBDAV_URL = _sds_front + "/work"
{%- endif %}
MOZART_URL = _sds_front + "/mozart/"
MOZART_REST_URL = {{ (SDS_OUTSIDE ~ '/mozart/api/v0.1' if SDS_OUTSIDE else SDS_SCHEMES.get('mozart-rest', 'http') ~ '://' ~ MOZART_PVT_IP ~ ':8888/api/v0.1') | tojson }}
GRQ_URL = _sds_grq
GRQ_REST_URL = _sds_grq + "/api/v0.1"
GRQ_UPDATE_URL = _sds_grq + "/api/v0.1/grq/dataset/index"
GRQ_UPDATE_URL_BULK = _sds_grq + "/api/v0.2/grq/dataset/index"
JOBS_ES_URL = _sds_elasticsearch({{ MOZART_ES_PVT_IP | tojson }}, {{ MOZART_AWS_ES or False }}, {{ SDS_SCHEMES.get('mozart-es', 'http') | tojson }})
GRQ_ES_URL = _sds_elasticsearch({{ GRQ_ES_PVT_IP | tojson }}, {{ GRQ_AWS_ES or False }}, {{ SDS_SCHEMES.get('grq-es', 'http') | tojson }})
METRICS_ES_URL = _sds_elasticsearch({{ METRICS_ES_PVT_IP | tojson }}, {{ METRICS_AWS_ES or False }}, {{ SDS_SCHEMES.get('metrics-es', 'http') | tojson }})
ROOT_WORK_DIR = "/data/work"
K8S = {{ 0 if SDS_OUTSIDE else 1 }}
{%- if not SDS_OUTSIDE %}
PODMAN_CFG = dict(globals().get("PODMAN_CFG", {}), set_uid_gid=True)
{%- endif %}
