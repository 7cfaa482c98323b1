"""Turns what was submitted into jobs on the queues of the job workers."""

import copy
import importlib
import inspect
import json
import os
import sys
import traceback
from datetime import datetime, timezone

from celery import uuid

from hysds.celery import app
from hysds.job_worker import run_job
from hysds.log_utils import log_job_status, now
from hysds.utils import get_payload_hash, get_short_error


class OrchestratorExecutionError(Exception):
    def __init__(self, message, job_status=None):
        super().__init__(message)
        self.job_status = job_status


def environment_path(name):
    """A path that the environment must give."""
    path = os.environ.get(name)
    if path is None:
        raise OrchestratorExecutionError(f"Environment variable {name} is not set.")
    if not os.path.exists(path):
        raise OrchestratorExecutionError(f"{name} names {path}, which doesn't exist.")
    return path


def get_function(name, folder):
    """The function a job creator is named by, such as utils.get_job_json, from the folder of the creators."""
    module, _, function = name.rpartition(".")
    if folder not in sys.path:
        sys.path.insert(1, folder)
    return getattr(importlib.import_module(module), function)


@app.task(bind=True)
def submit_job(self, j):
    task_id = self.request.id
    status = {"uuid": task_id, "job_id": task_id, "payload_id": task_id, "status": "job-failed",
              "job": {"job_id": task_id, "name": task_id, "job_info": dict(j, index=index_name())}}
    try:
        return queue_jobs(j, task_id, self.request.delivery_info.get("priority"))
    except Exception as error:
        why = f"Error queueing job from {self.request.delivery_info.get('routing_key')}: {error}"
        log_job_status(dict(status, error=why, short_error=get_short_error(why), traceback=traceback.format_exc()))
        raise


def index_name():
    return f"job_status-{datetime.now(timezone.utc):%Y.%m.%d}"


def queue_jobs(j, task_id, message_priority):
    with open(environment_path("HYSDS_ORCHESTRATOR_CFG")) as file:
        creators = {each["job_type"]: each["job_creators"] for each in json.load(file)["configs"]}
    folder = environment_path("HYSDS_JOB_CREATORS_DIR")
    for key in ("job_type", "payload"):
        if key not in j:
            raise OrchestratorExecutionError(f"Invalid job spec. No '{key}' specified.")
    job_type, payload = j["job_type"], j["payload"]
    short_type = job_type.partition(":")[2] or job_type
    priority = j.get("priority") if j.get("priority") is not None else message_priority or 0
    payload_hash = j.get("payload_hash") or get_payload_hash(payload)
    name = j.get("job_name", short_type).replace(":", "__")
    by_default = [{"job_name": name, "function": "utils.get_job_json", "job_queues": [j.get("job_queue") or short_type]}]
    results = []
    for creator in creators.get(job_type, by_default):
        function = get_function(creator["function"], folder)
        wants_type = "job_type" in inspect.signature(function).parameters
        made = function(payload, short_type) if wants_type else function(payload)
        for queue in creator["job_queues"]:
            job = copy.deepcopy(made)
            stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
            job["job_id"] = f"{job.get('name', creator['job_name'])}-{stamp}"
            job.setdefault("name", job["job_id"])
            job.update(task_id=uuid(), priority=priority, container_image_name=j.get("container_image_name"))
            for key in ("tag", "username"):
                if j.get(key) is not None:
                    job.setdefault(key, j[key])
            limits = {key: creator.get(key, j.get(key)) for key in ("time_limit", "soft_time_limit")}
            if limits["soft_time_limit"] and not limits["time_limit"]:
                limits["time_limit"] = limits["soft_time_limit"] + app.conf.HARD_TIME_LIMIT_GAP
            job["job_info"] = dict(limits, id=job["job_id"], job_queue=queue, time_queued=now(), index=index_name(),
                                   payload_hash=payload_hash, dedup=j.get("enable_dedup", True),
                                   job_payload={"job_type": job_type, "payload_task_id": task_id})
            # Told before it is queued: a quick worker's own words must come after these.
            log_job_status({"uuid": job["task_id"], "job_id": job["job_id"], "payload_id": task_id,
                            "payload_hash": payload_hash, "status": "job-queued", "job": job})
            run_job.apply_async((job,), queue=queue, priority=priority, task_id=job["task_id"], **limits)
            results.append(job["task_id"])
    return results
