"""From a job specification and parameters to a job for the orchestrator."""

import shlex

from hysds.celery import app
from hysds.es_util import get_mozart_es
from hysds.orchestrator import submit_job

from hysds_commons.elasticsearch_utils import NotFound


def specification(job_type, params):
    """The specification of a job type; a type nobody registered can bring its command as the parameter `_command`."""
    try:
        return get_mozart_es().get_by_id("job_specs", job_type)["_source"]
    except NotFound:
        if "_command" not in params:
            raise RuntimeError(f"job specification {job_type} is not registered, and params has no _command")
        return {"id": job_type, "command": params["_command"], "params": []}


def resolve_hysds_job(job_type, queue, priority=0, tags=None, params=None, job_name=None, payload_hash=None,
                      username=None, enable_dedup=True, soft_time_limit=None, time_limit=None):
    params = params or {}
    spec = specification(job_type, params)
    positional, context = [], {}
    for param in spec.get("params", []):
        if param["name"] not in params:
            raise RuntimeError(f"params must specify '{param['name']}' parameter")
        if param.get("destination", "positional") == "positional":
            positional.append(params[param["name"]])
        else:
            context[param["name"]] = params[param["name"]]
    command = " ".join([spec["command"]] + [shlex.quote(str(each)) for each in positional])
    job = {
        "job_type": f"job:{job_type}", "job_queue": queue, "priority": priority, "tags": tags or [],
        "container_image_name": spec.get("container"), "enable_dedup": enable_dedup,
        "time_limit": time_limit or spec.get("time_limit"),
        "soft_time_limit": soft_time_limit or spec.get("soft_time_limit"),
        "payload": dict(context, _command=command, localize_urls=spec.get("localize_urls", []),
                        job_specification=spec)}
    if tags:
        job["tag"] = job["payload"]["tag"] = tags[0]
    for key, value in (("job_name", job_name), ("payload_hash", payload_hash), ("username", username)):
        if value is not None:
            job[key] = value
    return job


def submit_hysds_job(job):
    return submit_job.apply_async((job,), queue=app.conf.JOBS_PROCESSED_QUEUE, priority=job.get("priority", 0)).id
