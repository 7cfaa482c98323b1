"""The carrier's process, as the supervisor sees it: started beside the worker, asked for one last round at the end."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from typing import Mapping, Optional

from .carrier import EVERY, Carrier

# What the last round may take: kubelet's grace period is longer, and nobody waits for a pod that long.
LAST = 10.0
RETRY = 30.0


class Companion:
    """None of its troubles are the worker's."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.server = environment.get("SDS_WORK_FILES", "")
        self.root = environment.get("HYSDS_ROOT_WORK_DIR", "")
        self.node = environment.get("SDS_POD_NAME", "")
        self.process: Optional[int] = None
        self.pipe = -1
        self.next_start = 0.0

    @property
    def is_wanted(self) -> bool:
        return bool(self.server and self.root)

    def keep(self) -> None:
        """Starts it, also when it has ended."""
        if not self.is_wanted or self.process is not None or time.monotonic() < self.next_start:
            return
        self.next_start = time.monotonic() + RETRY
        reading, self.pipe = os.pipe()
        process = os.fork()
        if process:
            os.close(reading)
            self.process = process
            return
        try:
            os.close(self.pipe)
            os.setsid()
            os.nice(19)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
            _run(reading, Carrier(self.root, self.server, self.node))
        except Exception as error:  # pylint: disable=broad-except
            print(f"sds-work-carrier: {error!r}", file=sys.stderr, flush=True)
        finally:
            os._exit(0)

    def ended(self, process: int) -> bool:
        """Whether a process that has ended was it."""
        if process != self.process:
            return False
        os.close(self.pipe)
        self.process = None
        return True

    def finish(self) -> None:
        """One last round, and its end."""
        if self.process is None:
            return
        os.close(self.pipe)
        end = time.monotonic() + LAST + 2.0
        while time.monotonic() < end:
            try:
                if os.waitpid(self.process, os.WNOHANG)[0]:
                    break
            except ChildProcessError:
                break
            time.sleep(0.05)
        else:
            os.kill(self.process, signal.SIGKILL)
        self.process = None


def _run(pipe: int, carrier: Carrier) -> None:
    while True:
        asked, _, _ = select.select([pipe], [], [], EVERY)
        if asked:
            # A server that was away before isn't waited for: the pod is to end.
            end = time.monotonic() + (LAST if not carrier.trouble else 0.0)
            while not carrier.round(time.monotonic() + LAST) and time.monotonic() < end:
                time.sleep(0.5)
            return
        carrier.round(time.monotonic() + 60.0)
