"""Jobs on demand: one for all that a query finds, or one for each."""

import json

from hysds.celery import app
from hysds.es_util import get_mozart_es

from hysds_commons.job_utils import resolve_hysds_job, submit_hysds_job


def at_path(value, path):
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def param(wire, rule, hits):
    """What a parameter of a HySDS-IO gets."""
    if "value" in wire:
        return wire["value"]
    source = wire["from"]
    if source.startswith("dataset_jpath:"):
        return [at_path(hit, source.partition(":")[2]) for hit in hits]
    if source == "passthrough":
        return rule[wire["name"]]
    given = json.loads(rule["kwargs"]).get(wire["name"], wire.get("default"))
    if given is None and wire.get("optional"):
        return ""
    if given is None:
        raise RuntimeError(f"Failed to find '{wire['name']}' input from '{source}'")
    return int(given) if wire.get("lambda") == "lambda x: int(x)" else given


def iterate(component, rule):
    elasticsearch = get_mozart_es()
    rule["query"] = rule["query"] if "query" in rule["query"] else {"query": rule["query"]}
    wiring = elasticsearch.get_by_id("hysds_ios-mozart", rule["job_type"])["_source"]
    hits = []
    if wiring.get("submission_type") != "individual" or any("dataset_jpath" in each["from"] for each in wiring["params"]):
        hits = elasticsearch.search(app.conf.STATUS_ALIAS, dict(rule["query"], size=10000))
    for group in [hits] if wiring.get("submission_type") == "individual" else [[hit] for hit in hits]:
        params = {wire["name"]: param(wire, rule, group) for wire in wiring["params"]}
        submit_hysds_job(resolve_hysds_job(
            wiring["job-specification"], rule["queue"], priority=rule["priority"], tags=[rule["rule_name"], wiring["id"]],
            params=params, username=rule["username"], enable_dedup=wiring.get("enable_dedup", True)))
