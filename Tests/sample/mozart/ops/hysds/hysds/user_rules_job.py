"""Looks at finished jobs; this sample has no rules and only counts them."""

from hysds.celery import app
from hysds.log_utils import job_redis


@app.task
def evaluate_user_rules_job(objectid, index=None):
    return job_redis().rpush("sample-user-rules-job", objectid)


def queue_finished_job(objectid, index=None):
    evaluate_user_rules_job.apply_async((objectid, index), queue=app.conf.USER_RULES_JOB_QUEUE)
