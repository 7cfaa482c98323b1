"""What the lightweight jobs lw-mozart-retry and lw-mozart-revoke do, as the command of a job: reads its _context.json."""

import json
import sys
import time

from celery import uuid

from hysds.celery import app
from hysds.es_util import get_mozart_es
from hysds.job_worker import run_job
from hysds.log_utils import FINAL, get_job_status, log_job_status, mark_revoked, now

ALIAS = "job_status-current"
ACTIVE = ("PENDING", "RETRY", "STARTED")
OF_ONE_RUN = ("duration", "execute_node", "job_dir", "job_url", "pid", "status", "time_end", "time_queued", "time_start",
              "cmd_start", "cmd_end", "cmd_duration")


def end(task_id):
    state = app.AsyncResult(task_id).state
    mark_revoked(task_id, state)
    app.control.revoke(task_id, terminate=True)
    return state


def revoke(context):
    for hit in get_mozart_es().search(ALIAS, dict(context["query"], size=10000)):
        task_id = hit["_source"]["uuid"]
        state = app.AsyncResult(task_id).state
        if state in ACTIVE:
            end(task_id)
        print(("revoking " if state in ACTIVE else "cannot stop inactive job ") + task_id)


def retry(context):
    elasticsearch = get_mozart_es()
    for job_id in context["retry_job_id"]:
        hits = elasticsearch.search(ALIAS, {"query": {"term": {"job.job_info.id": job_id}}})
        if not hits:
            raise RuntimeError(f"job id {job_id} not found")
        record = hits[0]["_source"]
        job, task_id = record["job"], record["uuid"]
        if job.get("retry_count", 0) >= context["retry_count_max"]:
            print(f"{job_id} was retried {job['retry_count']} times: no more")
            continue
        if end(task_id) == "STARTED":
            until = time.time() + 30
            while get_job_status(task_id) not in FINAL and time.time() < until:
                time.sleep(0.2)
        job.update(retry_count=job.get("retry_count", 0) + 1, task_id=uuid())
        info = {key: value for key, value in job["job_info"].items() if key not in OF_ONE_RUN}
        job["job_info"] = dict(info, dedup=False, time_queued=now())
        for hit in hits:
            elasticsearch.call("DELETE", f"/{hit['_index']}/_doc/{hit['_id']}")
        log_job_status({"uuid": job["task_id"], "job_id": job["job_id"], "status": "job-queued", "job": job,
                        "payload_id": info["job_payload"]["payload_task_id"]})
        run_job.apply_async((job,), queue=info["job_queue"], priority=job["priority"], task_id=job["task_id"])
        print(f"{job_id} queued again as {job['task_id']}")


if __name__ == "__main__":
    with open("_context.json") as file:
        {"retry": retry, "revoke": revoke}[sys.argv[1]](json.load(file))
