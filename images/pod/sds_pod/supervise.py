"""sds-supervise: process 1 of workers and singletons. Starts the program, drains it, restarts it, tells its state.

TERM or INT: drain, then end. HUP: drain, then start again from the current release. `sds-drain` asks for the same
with a limit. Nothing here asks the broker, so all of it works while the broker is away.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from typing import Any, Dict, List, Optional

from . import processes, runtime
from .child import HANDLED, Child
from .places import Places
from .refusal import Refusal, tell
from .state import StateFolder
from .work.companion import Companion

PROGRAM = "sds-supervise"
BEAT_EVERY = 5.0
LOOK_EVERY = 0.25
LONGEST_BACK_OFF = 30.0
# A start counts as failed when the program ended with an error this soon without having been ready.
EARLY = 60.0
EARLY_OF_OTHERS = 10.0
EARLY_FAILURES = 3
# An idle program gets so long to end after TERM.
STOP_SECONDS = 20.0
# What has no job and hasn't ended this long after the limit is killed too.
UNCONFIRMED = 2.0

RUN, RESTART, HOLD, END = "run", "restart", "hold", "end"


class Supervisor:
    """A single-threaded loop: signals, requests, the child's state, and its stderr."""

    def __init__(self, command: List[str], places: Places) -> None:
        self.command = command
        self.places = places
        self.folder = StateFolder(places.state)
        self.child: Optional[Child] = None
        self.wanted = RUN
        self.limit: Optional[float] = None
        self.asked: Optional[float] = None
        self.exit_code: Optional[int] = None
        self.signals: List[int] = []
        self.pipes: Dict[int, Child] = {}
        self.wake = -1
        self.next_start = 0.0
        self.next_beat = 0.0
        self.quick_ends = 0
        self.failed_starts = 0
        self.restarts = 0
        self.returned: List[str] = []
        self.since = time.time()
        self.last: Dict[str, Any] = {}
        self.companion = Companion(os.environ)
        self.stop_seconds = float(os.environ.get("SDS_STOP_SECONDS", STOP_SECONDS))

    def run(self) -> int:
        self.folder.make()
        self.folder.forget_worker()
        self.folder.take_request()
        processes.adopt_orphans()
        self.wake, woken = os.pipe()
        for end in (self.wake, woken):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        for number in HANDLED:
            signal.signal(number, lambda received, _: self.signals.append(received))
        # The executable blocked them: process 1 would lose what comes before there is a handler.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
        while True:
            self._beat()
            self._hear()
            self._reap()
            if self.exit_code is None:
                self._step()
            self._tell_state()
            if self.exit_code is not None:
                self._copy(0.0)
                self.companion.finish()
                return self.exit_code
            self._copy(LOOK_EVERY)

    def _beat(self) -> None:
        if time.monotonic() >= self.next_beat:
            self.next_beat = time.monotonic() + BEAT_EVERY
            self.folder.beat()
            self.companion.keep()

    # What is wanted

    def _hear(self) -> None:
        heard, self.signals = self.signals, []
        for number in heard:
            if number in (signal.SIGTERM, signal.SIGINT) and self.wanted != END:
                self._say(f"{signal.Signals(number).name}: drains, then ends")
                self.wanted = END
            elif number == signal.SIGHUP and self.wanted != END:
                self._say("SIGHUP: drains, then starts the current release")
                self._restart()
        request = self.folder.take_request()
        if request:
            self._obey(request)

    def _obey(self, request: Dict[str, Any]) -> None:
        then, limit = request.get("then"), request.get("limit")
        if then not in (RUN, RESTART, HOLD) or not (limit is None or isinstance(limit, (int, float))):
            self._say(f"a request that is not understood is left alone: {request!r}")
            return
        self.asked = request.get("asked")
        if then == RUN:
            if self.wanted == HOLD:
                self._say("takes jobs again")
                self._restart()
            return
        self.limit = None if limit is None else time.monotonic() + limit
        bound = "" if limit is None else f", after {limit:g} s the job goes back to its queue"
        if self.wanted != END:
            self._say(f"drains, then {'starts again' if then == RESTART else 'stays down'}{bound}")
            self.wanted = then
        elif bound:
            self._say(f"drains, then ends{bound}")

    def _restart(self) -> None:
        self.wanted = RESTART
        self.limit = None
        self.next_start = 0.0
        self.failed_starts = self.quick_ends = 0

    # The child

    def _step(self) -> None:
        if self.child:
            if self.wanted == RUN:
                self.child.is_ready()
            else:
                self._drain(self.child)
        elif self.wanted == END:
            self.exit_code = 0
        elif self.wanted == RESTART or (self.wanted == RUN and time.monotonic() >= self.next_start):
            self.wanted = RUN
            self._start()

    def _start(self) -> None:
        self.limit = None
        self.folder.forget_worker()
        start = runtime.resolved(self.command, self.places, os.environ)
        self.child = Child(start, self.folder)
        self.pipes[self.child.errors] = self.child
        self._say(f"started {self.command[0]}, release {start.release[:16] or 'none'}, process {self.child.process}")

    def _drain(self, child: Child) -> None:
        child.drain()
        now = time.monotonic()
        jobs = child.jobs()
        if child.asked_to_end is None and child.is_idle(jobs):
            child.asked_to_end = now
            processes.send(child.process, signal.SIGTERM)
        elif self.limit is not None and now >= self.limit and (jobs or now >= self.limit + UNCONFIRMED):
            self._kill(child, jobs)
        elif self._is_overdue(child, jobs):
            self._say(f"process {child.process} didn't end within {self.stop_seconds:g} s of TERM: killed")
            self._kill_below(first=child.process)

    def _is_overdue(self, child: Child, jobs: List[Dict[str, Any]]) -> bool:
        """A program that isn't a worker has kubelet's whole grace period to end in; only a restart is ours to hurry."""
        if child.asked_to_end is None or jobs or (self.wanted == END and not child.is_worker):
            return False
        return time.monotonic() - child.asked_to_end >= self.stop_seconds

    def _kill(self, child: Child, jobs: List[Dict[str, Any]]) -> None:
        self._kill_below(first=child.process)
        self.returned = [str(job["id"]) for job in jobs]
        for job in jobs:
            since = time.time() - job["since"] if job["since"] else 0
            self._say(f"stopped job {job['name']} {job['id']} after {since:.0f} s: it goes back to its queue")

    def _kill_below(self, first: Optional[int] = None) -> None:
        processes.kill_below(os.getpid(), first=first, spare=self.companion.process)

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if self.companion.ended(process):
                continue
            if self.child and process == self.child.process:
                self._ended(self.child, status)

    def _ended(self, child: Child, status: int) -> None:
        # Pool processes and the jobs' own must not go on while the broker gives the job to another worker.
        self._kill_below()
        code = os.waitstatus_to_exitcode(status)
        what = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
        ready = child.was_ready or child.is_ready()
        self.child = None
        self._copy(0.0)
        self.folder.forget_worker()
        if self.wanted != RUN:
            self._say(f"{self.command[0]} ended ({what})")
            return
        early = code != 0 and not ready and child.age() < (EARLY if child.is_worker else EARLY_OF_OTHERS)
        self.failed_starts = self.failed_starts + 1 if early else 0
        self.quick_ends = 0 if child.age() >= EARLY else self.quick_ends + 1
        if self.failed_starts >= EARLY_FAILURES:
            last = child.tail.decode("utf-8", "replace").strip()
            text = (
                f"{self.command[0]} failed {self.failed_starts} times while starting ({what}); its last words:\n{last}"
            )
            tell(PROGRAM, text, self.places.termination_log)
            self.exit_code = 1
            return
        pause = min(LONGEST_BACK_OFF, 2.0 ** max(0, self.quick_ends - 1))
        self.restarts += 1
        self.next_start = time.monotonic() + pause
        self._say(f"{self.command[0]} ended by itself ({what}) after {child.age():.0f} s: started again in {pause:g} s")

    # What is told

    def _tell_state(self) -> None:
        """Writes state.json when something changed.

        `state` comes first (sds-ready reads it there), `since` and `until` are seconds since 1970, `then` is what
        follows a drain (run, restart, hold, end), `returned` are the jobs that the last limit sent back to their queue.
        """
        jobs = self.child.jobs() if self.child else []
        if self.child is None:
            state = "stopped" if self.wanted in (HOLD, END) or self.exit_code is not None else "starting"
        elif self.wanted != RUN:
            state = "draining"
        elif not self.child.is_ready():
            state = "starting"
        else:
            state = "busy" if jobs else "idle"
        if state != self.last.get("state"):
            self.since = time.time()
        left = None if self.limit is None or state == "stopped" else time.time() + self.limit - time.monotonic()
        told: Dict[str, Any] = {
            "state": state,
            "active": len(jobs),
            "jobs": jobs,
            "release": self.child.runtime.release if self.child else "",
            "sequence": self.child.runtime.sequence if self.child else -1,
            "since": round(self.since, 3),
            "workload": os.environ.get("SDS_WORKLOAD", ""),
            "then": self.wanted,
            "until": None if left is None else round(left),
            "asked": self.asked,
            "process": self.child.process if self.child else None,
            "restarts": self.restarts,
            "returned": self.returned,
        }
        if told != self.last:
            self.last = told
            self.folder.write(self.folder.state, told)

    def _say(self, text: str) -> None:
        print(f"{PROGRAM}: {text}", file=sys.stderr, flush=True)

    def _copy(self, seconds: float) -> None:
        """Waits, and copies what the child says; a full log pipe holds back the child, never this loop."""
        end = time.monotonic() + seconds
        while True:
            left = max(0.0, end - time.monotonic())
            readable, _, _ = select.select([self.wake, *self.pipes], [], [], left)
            if not readable:
                return
            if self.wake in readable:
                os.read(self.wake, 4096)
                return
            # Writing as much as a writable pipe takes at once never blocks.
            _, writable, _ = select.select([self.wake], [2], [], left)
            if not writable:
                return
            self._copy_some(readable[0])
            if seconds and left == 0.0:
                return

    def _copy_some(self, pipe: int) -> None:
        text = os.read(pipe, select.PIPE_BUF)
        if text:
            self.pipes[pipe].keep(text)
            os.write(2, text)
        else:
            del self.pipes[pipe]
            os.close(pipe)


def main() -> int:
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        print(f"usage: {PROGRAM} -- COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    places = Places.here()
    try:
        return Supervisor(command, places).run()
    except Refusal as refusal:
        tell(PROGRAM, str(refusal), places.termination_log)
    except OSError as error:
        tell(PROGRAM, f"{error.filename or places.state}: {error.strerror}", places.termination_log)
    return 1


if __name__ == "__main__":
    sys.exit(main())
