"""The supervisor's state folder: heartbeat, state.json, requests, and what a Celery worker reports about itself."""

from __future__ import annotations

import json
import os
import time
from typing import Any, Dict, List, Optional
from urllib.parse import quote

from . import files, processes


class StateFolder:
    """The files of one pod's supervisor. Each is replaced by a rename; a reader never sees a part."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.heartbeat = os.path.join(path, "heartbeat")
        self.state = os.path.join(path, "state.json")
        self.request = os.path.join(path, "request.json")
        self.worker = os.path.join(path, "worker.json")
        # Its presence tells the Celery worker to stop consuming.
        self.drain = os.path.join(path, "drain")
        self.jobs = os.path.join(path, "jobs")

    def make(self) -> None:
        """Forgets what a supervisor of an earlier container said: the folder outlives it."""
        os.makedirs(self.jobs, exist_ok=True)
        if os.path.exists(self.state):
            os.unlink(self.state)

    def beat(self) -> None:
        """Seconds since boot, read where `sds-alive` reads them: no jump of the clock can matter."""
        with open("/proc/uptime", encoding="ascii") as file:
            seconds = file.read().split(".")[0]
        files.write(self.heartbeat, f"{seconds}\n".encode("ascii"))

    def write(self, path: str, value: Dict[str, Any]) -> None:
        files.write(path, (json.dumps(value, separators=(",", ":")) + "\n").encode("utf-8"))

    def read(self, path: str) -> Optional[Dict[str, Any]]:
        try:
            with open(path, encoding="utf-8") as file:
                value = json.load(file)
        except FileNotFoundError:
            return None
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def take_request(self) -> Optional[Dict[str, Any]]:
        """The last request of `sds-drain`, once."""
        request = self.read(self.request)
        if os.path.exists(self.request):
            os.unlink(self.request)
        return request

    def forget_worker(self) -> None:
        """Removes what a worker that has ended said about itself."""
        for path in [self.worker, self.drain] + [os.path.join(self.jobs, name) for name in os.listdir(self.jobs)]:
            if os.path.exists(path):
                os.unlink(path)

    def marker(self, job: str) -> str:
        return os.path.join(self.jobs, f"{os.getpid()}-{quote(job, safe='')[:150]}")

    def mark(self, job: str, name: str) -> None:
        """Called in the process that runs the job: what it says doesn't depend on the broker or on Celery's loop."""
        me = os.getpid()
        own = processes.facts(me)
        marker = {"id": job, "name": name, "since": round(time.time(), 3), "pid": me, "start": own.start if own else 0}
        self.write(self.marker(job), marker)

    def unmark(self, job: str) -> None:
        try:
            os.unlink(self.marker(job))
        except FileNotFoundError:
            pass

    def running(self) -> List[Dict[str, Any]]:
        """Jobs whose process still lives, the oldest first; what a killed process left behind is removed."""
        result = []
        for name in os.listdir(self.jobs):
            path = os.path.join(self.jobs, name)
            marker = None if name.endswith(".tmp") else self.read(path)
            if marker is None:
                continue
            found = processes.facts(marker["pid"])
            if found and found.state != "Z" and found.start == marker["start"]:
                result.append({key: marker[key] for key in ("id", "name", "since")})
            else:
                os.unlink(path)
        return sorted(result, key=lambda job: job["since"])
