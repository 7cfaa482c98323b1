"""One start of the supervised program: its process, its stderr, and what is known about its jobs."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any, Dict, List, Optional, Tuple

from .runtime import Runtime
from .state import StateFolder

# A worker whose loop hasn't reported for so long is judged by its job markers alone.
SILENT = 30.0
# A worker that hasn't reported at all, or has no broker, is idle when no marker appeared for so long.
SETTLE = 1.0
# A program without reports of its own is taken for ready after this long.
READY_AFTER = 2.0
TAIL = 3500
# What the supervisor listens to.
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class Child:
    """The process, started in a session of its own; its stderr comes through a pipe that the supervisor copies on."""

    def __init__(self, runtime: Runtime, folder: StateFolder) -> None:
        self.runtime = runtime
        self.folder = folder
        self.is_worker = is_celery_worker(runtime.command)
        self.started = time.monotonic()
        self.was_ready = False
        self.asked_to_drain: Optional[float] = None
        self.asked_to_end: Optional[float] = None
        self.tail = b""
        self.process, self.errors = self._start()

    def _start(self) -> Tuple[int, int]:
        command = list(self.runtime.command)
        if self.is_worker:
            command[0:1] = [sys.executable, "-m", "sds_pod.celery_worker"]
        reading, writing = os.pipe()
        # Blocked until the child has no handlers of ours any more: a TERM in between would be lost to it.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        process = os.fork()
        if process:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            os.close(writing)
            return process, reading
        try:
            os.setsid()
            os.dup2(writing, 2)
            for number in (*HANDLED, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            os.chdir(self.runtime.folder)
            os.execvpe(command[0], command, self.runtime.environment)
        except OSError as error:
            os.write(2, f"sds-supervise: {command[0]}: {error.strerror}\n".encode("utf-8"))
        finally:
            os._exit(127)

    def keep(self, text: bytes) -> None:
        self.tail = (self.tail + text)[-TAIL:]

    def age(self) -> float:
        return time.monotonic() - self.started

    def drain(self) -> None:
        """Tells a worker to stop consuming; one that starts only now will not begin to."""
        if self.asked_to_drain is None:
            self.asked_to_drain = time.monotonic()
            if self.is_worker:
                self.folder.write(self.folder.drain, {})

    def report(self) -> Optional[Dict[str, Any]]:
        """The worker's own words, only if they are this process's."""
        report = self.folder.read(self.folder.worker) if self.is_worker else None
        return report if report and report["pid"] == self.process else None

    def jobs(self) -> List[Dict[str, Any]]:
        """Jobs that run, from their own processes' markers and, as long as its loop lives, from the worker."""
        if not self.is_worker:
            return []
        jobs = self.folder.running()
        report = self.report()
        if report and _is_fresh(report):
            known = {job["id"] for job in jobs}
            jobs += [job for job in report["active"] if job["id"] not in known]
        return jobs

    def is_ready(self) -> bool:
        if not self.was_ready:
            self.was_ready = self.report() is not None if self.is_worker else self.age() >= READY_AFTER
        return self.was_ready

    def is_idle(self, jobs: List[Dict[str, Any]]) -> bool:
        """Whether a worker that was asked to drain can be ended without ending a job."""
        if not self.is_worker:
            return True
        if jobs or self.asked_to_drain is None:
            return False
        report = self.report()
        if report and _is_fresh(report):
            return bool(report["cancelled"]) and report["reserved"] == 0
        return time.monotonic() - self.asked_to_drain >= SETTLE


def _is_fresh(report: Dict[str, Any]) -> bool:
    return bool(report["connected"]) and time.monotonic() - report["tick"] < SILENT


def is_celery_worker(command: List[str]) -> bool:
    return os.path.basename(command[0]) == "celery" and "worker" in command[1:]
