"""The REST API of mozart: the part of it that registers, submits and follows jobs."""

import json
import re

from flask import Blueprint, current_app, jsonify, request

from hysds.celery import app as celery_app
from hysds.es_util import get_mozart_es
from hysds.log_utils import job_record, job_redis
from hysds.task_worker import run_task
from hysds_commons.elasticsearch_utils import NotFound
from hysds_commons.job_utils import resolve_hysds_job, submit_hysds_job
from hysds_commons.queue_utils import get_all_queues

api = Blueprint("api", __name__)


def given(name, default=None):
    return request.form.get(name, request.args.get(name, default))


def answer(code=200, message="", **more):
    return jsonify(dict(more, success=code == 200, message=message)), code


@api.errorhandler(Exception)
def failed(error):
    current_app.logger.exception(error)
    return answer(500, f"{type(error).__name__}: {error}")


@api.route("/doc/")
def doc():
    return "<!doctype html><title>Mozart (sample)</title><p>The routes are in <a href=../swagger.json>swagger.json</a>.</p>"


@api.route("/swagger.json")
def swagger():
    base = request.path[:-len("/swagger.json")]
    paths = {}
    for rule in current_app.url_map.iter_rules():
        if rule.rule.startswith(base + "/"):
            methods = {method.lower(): {} for method in rule.methods - {"HEAD", "OPTIONS"}}
            paths.setdefault(re.sub(r"<[^>]*?(\w+)>", r"{\1}", rule.rule[len(base):]), {}).update(methods)
    return jsonify({"swagger": "2.0", "basePath": request.script_root + base, "paths": paths,
                    "info": {"title": "Mozart API (sample)", "version": base.rpartition("v")[2]}})


@api.route("/job/submit", methods=["POST"])
def submit():
    limits = {name: int(given(name)) if given(name) else None for name in ("time_limit", "soft_time_limit")}
    for name, value in limits.items():
        if value is not None and value < 1:
            return answer(400, f"{name} must be greater than 0")
    for name in ("type", "queue"):
        if not given(name):
            return answer(400, f"'{name}' must be supplied in request")
    tags = json.loads(given("tags", "[]"))
    job = resolve_hysds_job(
        given("type"), given("queue"), priority=min(9, int(given("priority", 0))), tags=tags,
        params=json.loads(given("params", "{}")), job_name=given("name"), username=given("username"),
        payload_hash=given("payload_hash"), enable_dedup=given("enable_dedup", "true").lower() == "true", **limits)
    return answer(result=submit_hysds_job(job), tags=tags)


def found(ident):
    """The newest record of a job: what Logstash has put in Elasticsearch, or the copy in Redis when that is newer."""
    records = [job_record(ident)]
    try:
        hit = get_mozart_es().search_by_id(current_app.config["JOB_STATUS_INDEX"], ident)
        records.append(hit and hit["_source"])
    except (OSError, NotFound) as error:
        if records == [None]:
            raise
        current_app.logger.warning("elasticsearch does not answer: %s", error)
    return max(filter(None, records), key=lambda record: record.get("@timestamp", ""), default=None)


@api.route("/job/status")
@api.route("/job/info")
def status():
    ident = given("id")
    if not ident:
        return answer(400, "id not supplied")
    record = found(ident)
    what = request.path.rpartition("/")[2]
    if record is None:
        return answer(404, f"job {what} not found: {ident}")
    return answer(status=record["status"]) if what == "status" else answer(result=record)


@api.route("/job/list")
def jobs():
    prefix = b"sample-job-record-"
    names = {key[len(prefix):].decode() for key in job_redis().scan_iter(match=prefix + b"*", count=1000)}
    size, start = min(int(given("page_size", 10000)), 10000), int(given("offset", 0))
    try:
        hits = get_mozart_es().search(current_app.config["JOB_STATUS_INDEX"], {"size": 10000, "_source": False})
        names |= {hit["_id"] for hit in hits}
    except (OSError, NotFound) as error:
        current_app.logger.warning("elasticsearch does not answer: %s", error)
    return answer(result=sorted(names)[start:start + size])


@api.route("/on-demand")
def on_demand_types():
    hits = get_mozart_es().search(current_app.config["HYSDS_IOS_INDEX"], {"size": 10000})
    found = [{"hysds_io": each["id"], "job_spec": each["job-specification"], "version": each.get("job-version"),
              "label": each.get("label")} for each in (hit["_source"] for hit in hits) if "job-specification" in each]
    return answer(result=found)


@api.route("/on-demand", methods=["POST"])
def on_demand():
    body = request.get_json(silent=True) or request.form
    try:
        query = json.loads(body.get("query"))
    except (TypeError, ValueError):
        return answer(400, "invalid JSON query")
    if any(body.get(name) is None for name in ("tags", "job_type", "hysds_io", "queue")):
        return answer(400, "missing field: [tags, job_type, hysds_io, queue, query]")
    try:
        get_mozart_es().get_by_id(current_app.config["HYSDS_IOS_INDEX"], body["hysds_io"])
    except NotFound:
        return answer(404, f"{body['hysds_io']} not found")
    rule = {"username": "ops", "workflow": body["hysds_io"], "priority": int(body.get("priority", 0)), "enabled": True,
            "job_type": body["job_type"], "rule_name": body["tags"], "kwargs": body.get("kwargs", "{}"),
            "query_string": json.dumps(query), "query": query, "query_all": False, "queue": body["queue"]}
    payload = {"type": "job_iterator", "function": "hysds_commons.job_iterator.iterate", "args": ["figaro", rule]}
    task = run_task.apply_async((payload,), queue=celery_app.conf.ON_DEMAND_JOB_QUEUE)
    return answer(message="task submitted successfully", result=task.id)


@api.route("/queue/list")
def queues():
    config, spec = current_app.config, {}
    if given("id"):
        try:
            spec = get_mozart_es().get_by_id(config["JOB_SPECS_INDEX"], given("id"))["_source"]
        except NotFound:
            pass
    wanted = {*spec.get("required_queues", []), *spec.get("required-queues", [])}
    wanted |= {*spec.get("recommended_queues", []), *spec.get("recommended-queues", [])}
    visible = set(get_all_queues(config["RABBITMQ_ADMIN_API"])) - set(config.get("PROTECTED_QUEUES", []))
    return answer(result={"queues": sorted(visible | wanted), "recommended": sorted(wanted)})


KINDS = {"container": "CONTAINERS_INDEX", "job_spec": "JOB_SPECS_INDEX", "hysds_io": "HYSDS_IOS_INDEX"}


@api.route("/<any(container, job_spec, hysds_io):kind>/add", methods=["POST"])
def add(kind):
    if kind == "container":
        body = {name: given(name) for name in ("name", "url", "version", "digest")}
        body.update(id=body["name"], resource="container")
        if not body["name"]:
            return answer(400, "name must be supplied")
    else:
        body = json.loads(given("spec", "{}"))
        if not body.get("id"):
            return answer(400, "spec with an id must be supplied")
    get_mozart_es().index_document(current_app.config[KINDS[kind]], body["id"], body)
    return answer(result=body["id"])


@api.route("/<any(container, job_spec, hysds_io):kind>/list")
def listing(kind):
    hits = get_mozart_es().search(current_app.config[KINDS[kind]], {"size": 10000})
    body = [hit["_source"] for hit in hits] if kind == "container" else sorted(hit["_id"] for hit in hits)
    return answer(result=body)


@api.route("/<any(container, job_spec, hysds_io):kind>/<any(info, type):verb>")
def shown(kind, verb):
    try:
        return answer(result=get_mozart_es().get_by_id(current_app.config[KINDS[kind]], given("id", ""))["_source"])
    except NotFound:
        return answer(404, f"{kind} not found: {given('id')}")


@api.route("/<any(container, job_spec, hysds_io):kind>/remove")
def remove(kind):
    try:
        get_mozart_es().delete_by_id(current_app.config[KINDS[kind]], given("id", ""))
    except NotFound:
        return answer(404, f"{kind} not found: {given('id')}")
    return answer(message=f"removed {given('id')}")
