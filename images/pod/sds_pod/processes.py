"""Finding and ending a process together with everything it started, read from /proc."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from typing import Dict, List, NamedTuple, Optional, Set

PR_SET_CHILD_SUBREAPER = 36


class Facts(NamedTuple):
    """State letter, parent, and start time in clock ticks since boot: with the id it names a process for ever."""

    state: str
    parent: int
    start: int


def facts(process: int) -> Optional[Facts]:
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            # The name in parentheses may hold anything, also parentheses.
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Facts(fields[0].decode("ascii"), int(fields[1]), int(fields[19]))


def descendants(process: int) -> List[int]:
    """All processes below this one, parents before their children; zombies left out."""
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = facts(int(name))
            if found and found.state != "Z":
                children.setdefault(found.parent, []).append(int(name))
    result: List[int] = []
    todo = [process]
    while todo:
        below = children.get(todo.pop(0), [])
        result += below
        todo += below
    return result


def send(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def adopt_orphans() -> None:
    """Makes orphaned descendants ours when this isn't process 1, so that none can escape."""
    if os.getpid() != 1:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_below(process: int, first: Optional[int] = None, spare: Optional[int] = None) -> None:
    """Ends everything below a process at once, sessions of their own included.

    All are stopped before the first is killed, and `first` is killed before the others: a Celery parent that
    saw its pool die would record a failure, and a job whose parent died could still record a success. `spare` is a
    child of ours that goes on.
    """
    stopped: Set[int] = set()
    for _ in range(50):
        fresh = [found for found in descendants(process) if found not in stopped and found != spare]
        if not fresh:
            break
        for found in ([first] if first in fresh else []) + fresh:
            send(found, signal.SIGSTOP)
            stopped.add(found)
    if first is not None:
        send(first, signal.SIGKILL)
        _gone(first)
    for _ in range(50):
        left = [found for found in descendants(process) if found != spare]
        if not left:
            return
        for found in left:
            send(found, signal.SIGKILL)
        time.sleep(0.01)


def _gone(process: int) -> None:
    """Waits until a killed process has closed its connections, a second at most."""
    for _ in range(100):
        found = facts(process)
        if found is None or found.state == "Z":
            return
        time.sleep(0.01)
