"""Runs a job's command in a directory of its own."""

import json
import os
import signal
import socket
import subprocess
import time
import traceback
from datetime import datetime, timezone

import osaka.main
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from celery.signals import task_revoked

import hysds
from hysds.celery import app
from hysds.log_utils import TASK_WORKER_KEY_TMPL, count_run, is_revoked, job_redis, log_job_status, logger, now
from hysds.user_rules_job import queue_finished_job
from hysds.utils import get_short_error


class WorkerExecutionError(Exception):
    def __init__(self, message, job_status=None):
        super().__init__(message)
        self.job_status = job_status


def work_dir(job_id):
    root = os.environ.get("HYSDS_ROOT_WORK_DIR", app.conf.ROOT_WORK_DIR)
    path = os.path.join(root, "jobs", f"{datetime.now(timezone.utc):%Y/%m/%d/%H/%M}", job_id)
    base, count = path, 0
    while os.path.exists(path):
        count += 1
        path = f"{base}.{count}"
    os.makedirs(path)
    return path


def check_datasets():
    path = os.environ.get("HYSDS_DATASETS_CFG")
    if path is None:
        raise WorkerExecutionError("Environment variable HYSDS_DATASETS_CFG is not set.")
    if not os.path.exists(path):
        raise WorkerExecutionError(f"Datasets configuration {path} doesn't exist.")
    with open(path) as file:
        json.load(file)


def localize(urls, folder):
    for each in urls:
        url = each if isinstance(each, str) else each["url"]
        path = "" if isinstance(each, str) else each.get("local_path", "")
        osaka.main.get(url, os.path.join(folder, path or os.path.basename(url.rstrip("/"))))


def run_command(command, folder):
    """Run a command to its end; its exit status. Whatever ends this task early ends the command too."""
    with open(os.path.join(folder, "_stdout.txt"), "wb") as out, open(os.path.join(folder, "_stderr.txt"), "wb") as err:
        process = subprocess.Popen(["/bin/sh", "-c", command], cwd=folder, stdout=out, stderr=err,
                                   stdin=subprocess.DEVNULL, start_new_session=True)

        def end(number, frame):
            os.killpg(process.pid, 9)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        # Celery ends a running task that is revoked by a TERM to its process.
        before = signal.signal(signal.SIGTERM, end)
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGTERM, before)
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()


@task_revoked.connect
def on_revoked(sender=None, request=None, signum=None, **_):
    """In the worker's main process: of a task that waited here or was ended."""
    if sender.name == run_job.name:
        log_revoked(request.id, request.args[0], request.hostname, int(signum or 0))


def log_revoked(task_id, job, host, signum):
    why = f"Job was revoked with signal {signum}."
    payload_id = job.get("job_info", {}).get("job_payload", {}).get("payload_task_id", task_id)
    log_job_status({"uuid": task_id, "job_id": job.get("job_id", task_id), "payload_id": payload_id, "job": job,
                    "status": "job-revoked", "error": why, "short_error": get_short_error(why), "signum": signum,
                    "celery_hostname": host})


@app.task(bind=True)
def run_job(self, job, queue_when_finished=True):
    task_id = self.request.id
    if is_revoked(task_id):
        log_revoked(task_id, job, self.request.hostname, 0)
        raise Ignore()
    info = job.setdefault("job_info", {})
    payload_id = info.get("job_payload", {}).get("payload_task_id", task_id)
    runs = count_run("runs", payload_id, task_id=task_id, redelivered=bool(self.request.delivery_info.get("redelivered")))
    job_redis().setex(TASK_WORKER_KEY_TMPL % task_id, app.conf.HYSDS_JOB_STATUS_EXPIRES, self.request.hostname)
    job["delivery_info"] = {key: self.request.delivery_info.get(key) for key in ("routing_key", "redelivered", "priority")}
    info.update(time_start=now(), execute_node=socket.gethostname(), pid=os.getpid(), run_count=runs,
                code_version=hysds.VERSION, release=os.environ.get("SDS_RELEASE"))
    status = {"uuid": task_id, "job_id": job.get("job_id", task_id), "payload_id": payload_id,
              "payload_hash": info.get("payload_hash"), "celery_hostname": self.request.hostname,
              "status": "job-started", "job": job}
    try:
        command = job.get("params", {}).get("_command")
        if not command:
            raise WorkerExecutionError("the job has no command")
        check_datasets()
        folder = work_dir(status["job_id"])
        web = os.environ.get("HYSDS_WEBDAV_URL", app.conf.get("WEBDAV_URL"))
        root = os.environ.get("HYSDS_ROOT_WORK_DIR", app.conf.ROOT_WORK_DIR)
        info.update(job_dir=folder, job_url=os.path.join(web, os.path.relpath(folder, root)) if web else folder)
        with open(os.path.join(folder, "_job.json"), "w") as file:
            json.dump(job, file, indent=2)
        with open(os.path.join(folder, "_context.json"), "w") as file:
            json.dump(dict(job["params"], job_id=status["job_id"]), file, indent=2)
        localize(job["params"].get("localize_urls") or [], folder)
        log_job_status(status)
        started = time.time()
        info["cmd_start"] = now()
        info["status"] = run_command(command, folder)
        info.update(cmd_end=now(), cmd_duration=time.time() - started, time_end=now())
        if info["status"] != 0:
            with open(os.path.join(folder, "_stderr.txt"), errors="replace") as file:
                raise WorkerExecutionError(f"command ended with exit status {info['status']}: {file.read()[-2000:]}")
        open(os.path.join(folder, ".done"), "w").close()
        status["status"] = "job-completed"
        log_job_status(status)
        return status
    except (Exception, SoftTimeLimitExceeded) as error:
        why = "soft time limit exceeded" if isinstance(error, SoftTimeLimitExceeded) else str(error)
        info.setdefault("time_end", now())
        status.update(status="job-failed", error=why, short_error=get_short_error(why), traceback=traceback.format_exc())
        log_job_status(status)
        logger.error(why)
        raise WorkerExecutionError(why)
    finally:
        if status["status"] != "job-started":
            count_run("finished", payload_id, task_id=task_id, status=status["status"], exit_status=info.get("status"))
            if queue_when_finished:
                queue_finished_job(payload_id, info.get("index"))
