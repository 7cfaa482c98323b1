"""Runs `celery … worker` in this process with a hook in its consumer, so that it can be drained from inside.

Celery 5.5 sends the broker no heartbeat while it stops warmly, so a job longer than a few minutes would be given to
another worker while it still runs. Here the consumer is cancelled in its own loop, which goes on running, and the
supervisor ends the process when nothing is left to do.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Dict, List, Optional

from .places import Places
from .state import StateFolder

TICK = 0.25
# The report is written again after this many seconds though nothing changed: the supervisor sees that the loop lives.
REFRESH = 5.0

_state = StateFolder(Places.here().state)


def main() -> int:
    # The real command is known by now: broken imports of the application must look as with Celery itself.
    from celery import signals
    from celery.__main__ import main as celery

    signals.celeryd_init.connect(_prepare, weak=False)
    signals.task_prerun.connect(_job_begins, weak=False)
    signals.task_postrun.connect(_job_ended, weak=False)
    sys.argv = ["celery"] + sys.argv[1:]
    return celery()


def _job_begins(task_id: str = "", task: Any = None, **_: Any) -> None:
    try:
        _state.mark(task_id, task.name)
    except OSError as error:
        print(f"sds: job {task_id}: no marker written: {error}", file=sys.stderr, flush=True)


def _job_ended(task_id: str = "", **_: Any) -> None:
    try:
        _state.unmark(task_id)
    except OSError as error:
        print(f"sds: job {task_id}: its marker stays: {error}", file=sys.stderr, flush=True)


def _prepare(instance: Any = None, **_: Any) -> None:
    """Adds the hook to the consumer, before the worker builds it."""
    from celery import bootsteps

    class Drain(bootsteps.StartStopStep):
        """Started after each connection to the broker and before the first message, stopped when it is lost."""

        requires = ("celery.worker.consumer.tasks:Tasks",)
        label = "sds"

        def __init__(self, consumer: Any, **options: Any) -> None:
            self.report = Report()
            super().__init__(consumer, **options)

        def start(self, consumer: Any) -> None:
            self._tick(consumer)
            consumer.timer.call_repeatedly(TICK, self._tick, (consumer,))

        def stop(self, consumer: Any) -> None:
            self.report.publish(connected=False)

        def _tick(self, consumer: Any) -> None:
            if os.path.exists(_state.drain):
                for queue in list(consumer.task_consumer.queues):
                    consumer.cancel_task_queue(queue.name)
                self.report.cancelled = True
            self.report.publish(connected=True)

    instance.app.steps["consumer"].add(Drain)


class Report:
    """What the worker's parent process knows, written when it changes."""

    def __init__(self) -> None:
        self.cancelled = False
        self.last: Optional[Dict[str, Any]] = None
        self.written = 0.0
        self.process = os.getpid()

    def publish(self, connected: bool) -> None:
        if os.getpid() != self.process:
            return
        from celery.worker import state as worker

        active = [_facts(request) for request in tuple(worker.active_requests)]
        running = {job["id"] for job in active}
        reserved = sum(1 for request in tuple(worker.reserved_requests) if request.id not in running)
        report: Dict[str, Any] = {
            "pid": self.process,
            "connected": connected,
            "cancelled": self.cancelled,
            "active": sorted(active, key=lambda job: str(job["id"])),
            "reserved": reserved,
        }
        now = time.monotonic()
        if report == self.last and now - self.written < REFRESH:
            return
        self.last, self.written = report, now
        try:
            _state.write(_state.worker, dict(report, tick=now))
        except OSError as error:
            # In Celery's loop an OSError would count as a lost connection.
            print(f"sds: {_state.worker}: {error.strerror}", file=sys.stderr, flush=True)


def _facts(request: Any) -> Dict[str, Any]:
    since: List[Any] = [value for value in (getattr(request, "time_start", None),) if value]
    return {"id": request.id, "name": request.name, "since": round(since[0], 3) if since else None}


if __name__ == "__main__":
    sys.exit(main())
