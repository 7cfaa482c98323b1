#!/usr/bin/env python3
"""Listens to Celery's events: tells tasks' and workers' states, and fails jobs whose task died without a word."""

import json
import logging
import time

import msgpack

from hysds.celery import app
from hysds.log_utils import FINAL, TASK_KEY_TMPL, WORKER_STATUS_KEY_TMPL, job_record, log_job_status, now, redis_at

logging.basicConfig(format="[%(asctime)s: %(levelname)s/process_events] %(message)s", level=logging.INFO)


def store():
    return redis_at(app.conf.REDIS_UNIX_DOMAIN_SOCKET)


def tell(resource, event, **more):
    info = dict(more, resource=resource, type=event["hostname"].partition("@")[2].partition(".")[0],
                status=event["type"], celery_hostname=event["hostname"], event=event)
    info.update({"@version": "1", "@timestamp": now()})
    store().rpush(app.conf.REDIS_JOB_STATUS_KEY, msgpack.dumps(info, default=str))
    logging.info("%s:%s:%s", resource, event["type"], event["hostname"])


def on_task(event):
    tell("task", event, uuid=event["uuid"], index=f"task_status-{now()[:10].replace('-', '.')}")
    if event["type"] == "task-failed":
        payload_id = store().get(TASK_KEY_TMPL % event["uuid"])
        record = job_record(payload_id.decode()) if payload_id else None
        if record and record["uuid"] == event["uuid"] and record["status"] not in FINAL:
            why = str(event.get("exception", "task failed"))
            log_job_status(dict(record, status="job-failed", error=why, short_error=why[:35]))


def on_worker(event):
    key = WORKER_STATUS_KEY_TMPL % event["hostname"]
    if event["type"] == "worker-offline":
        store().delete(key)
    else:
        store().setex(key, 120, event["type"])
    tell("worker", event)


def main():
    tasks = ("task-sent", "task-received", "task-started", "task-succeeded", "task-failed", "task-retried", "task-revoked")
    handlers = dict({name: on_task for name in tasks},
                    **{name: on_worker for name in ("worker-online", "worker-offline", "worker-heartbeat")})
    while True:
        try:
            with app.connection() as connection:
                logging.info("listening at %s", connection.as_uri())
                app.events.Receiver(connection, handlers=handlers).capture(limit=None, timeout=None, wakeup=True)
        except (*app.connection().connection_errors, OSError) as error:
            logging.error("lost the broker, trying again in 5 s: %s", json.dumps(str(error)))
            time.sleep(5)


if __name__ == "__main__":
    main()
