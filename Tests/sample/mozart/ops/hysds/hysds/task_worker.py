"""Runs a Python function named in a message."""

from hysds.celery import app
from hysds.orchestrator import get_function


@app.task(bind=True)
def run_task(self, payload):
    function = get_function(payload["function"], payload.get("sys_path", ""))
    return function(*payload.get("args", []), **payload.get("kwargs", {}))
