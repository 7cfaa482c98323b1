"""Queues of RabbitMQ, from its management interface; the credentials are in ~/.netrc."""

import requests

from hysds.celery import app

HYSDS_QUEUES = {app.conf[name] for name in (
    "JOBS_PROCESSED_QUEUE", "USER_RULES_JOB_QUEUE", "DATASET_PROCESSED_QUEUE", "USER_RULES_DATASET_QUEUE",
    "USER_RULES_TRIGGER_QUEUE", "ON_DEMAND_DATASET_QUEUE", "ON_DEMAND_JOB_QUEUE", "PROCESS_EVENTS_TASKS_QUEUE")}


def get_all_queues(rabbitmq_admin_url):
    answer = requests.get(rabbitmq_admin_url.rstrip("/") + "/api/queues", verify=False, timeout=30)
    answer.raise_for_status()
    names = [queue["name"] for queue in answer.json()]
    return sorted(name for name in names if not name.startswith("celery") and name not in HYSDS_QUEUES)
