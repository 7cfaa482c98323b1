"""The state of jobs, as it is told to the rest of the system."""

import json
import os
import socket
from datetime import datetime, timezone
from functools import lru_cache

import msgpack
from celery.utils.log import get_task_logger
from prov_es.model import get_uuid
from redis import Redis

import hysds
from hysds.celery import app

logger = get_task_logger(__name__)

JOB_STATUS_KEY_TMPL = "hysds-job-status-%s"
TASK_WORKER_KEY_TMPL = "hysds-task-worker-%s"
WORKER_STATUS_KEY_TMPL = "hysds-worker-status-%s"
RECORD_KEY_TMPL = "sample-job-record-%s"
TASK_KEY_TMPL = "sample-task-%s"
REVOKED_TASK_TMPL = "hysds-revoked-task-%s"
FINAL = {"job-completed", "job-failed", "job-deduped", "job-offline", "job-revoked"}


@lru_cache(maxsize=None)
def redis_at(url):
    return Redis.from_url(url)


def job_redis():
    return redis_at(app.conf.REDIS_JOB_STATUS_URL)


def now():
    return datetime.now(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def log_job_status(job):
    """Tell a job's state: its key, the list Logstash reads, and the sample's own copy of the newest record."""
    record = {key: value for key, value in job.items() if key != "context"}
    record.update({"resource": "job", "type": job.get("job", {}).get("type", "unknown"), "@version": "1",
                   "@timestamp": now(), "prov_id": get_uuid(job["uuid"])})
    if "tag" in job.get("job", {}):
        record["tags"] = sorted({job["job"]["tag"], *record.get("tags", [])})
    kept = app.conf.HYSDS_JOB_STATUS_EXPIRES
    with job_redis().pipeline() as pipe:
        pipe.setex(JOB_STATUS_KEY_TMPL % job["uuid"], kept, job["status"])
        pipe.setex(TASK_KEY_TMPL % job["uuid"], kept, job["payload_id"])
        pipe.setex(RECORD_KEY_TMPL % job["payload_id"], kept, json.dumps(record))
        pipe.rpush(app.conf.REDIS_JOB_STATUS_KEY, msgpack.dumps(record))
        pipe.execute()
    logger.info(f"job_status_json:{json.dumps(record)}")


def get_job_status(uuid):
    status = job_redis().get(JOB_STATUS_KEY_TMPL % uuid)
    return status.decode() if status else None


def mark_revoked(uuid, state):
    """A worker that takes the task later drops it, also one that starts only then."""
    job_redis().setex(REVOKED_TASK_TMPL % uuid, app.conf.HYSDS_JOB_STATUS_EXPIRES, state)


def is_revoked(uuid):
    return job_redis().exists(REVOKED_TASK_TMPL % uuid) == 1


def job_record(payload_id):
    """The newest record of a job in Redis, or None."""
    record = job_redis().get(RECORD_KEY_TMPL % payload_id)
    return json.loads(record) if record else None


def count_run(kind, payload_id, **facts):
    """Note a start ("runs") or an end ("finished") of a job; how many there are now."""
    line = json.dumps(dict(facts, payload_id=payload_id, at=now(), host=socket.gethostname(), pid=os.getpid(),
                           code_version=hysds.VERSION, code_path=os.path.dirname(os.path.realpath(hysds.__file__)),
                           release=os.environ.get("SDS_RELEASE")))
    with job_redis().pipeline() as pipe:
        pipe.rpush(f"sample-{kind}", line)
        pipe.rpush(f"sample-{kind}-{payload_id}", line)
        return pipe.execute()[1]
