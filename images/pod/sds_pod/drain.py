"""sds-drain: asks the pod's supervisor to let the running job end and take no other."""

from __future__ import annotations

import argparse
import sys
import time

from .places import Places
from .state import StateFolder

PROGRAM = "sds-drain"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Stops consuming, waits until no job runs, then ends the program. It stays down (state 'stopped') "
        "until the pod is ended, --resume, or a HUP to the supervisor.",
    )
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument(
        "--limit", type=_seconds, metavar="SECONDS", help="after it the job is stopped and goes back to its queue"
    )
    limit.add_argument("--now", action="store_const", const=0.0, dest="limit", help="the same as --limit 0")
    then = parser.add_mutually_exclusive_group()
    then.add_argument(
        "--restart", action="store_const", const="restart", dest="then", help="start again from the current release"
    )
    then.add_argument("--resume", action="store_const", const="run", dest="then", help="undo a drain: take jobs again")
    parser.add_argument(
        "--wait", type=_seconds, metavar="SECONDS", help="wait for the end; exit 1 when it takes longer"
    )
    options = parser.parse_args()
    folder = StateFolder(Places.here().state)
    if folder.read(folder.state) is None:
        print(f"{PROGRAM}: {folder.state}: no supervisor runs here", file=sys.stderr)
        return 1
    asked = time.time()
    folder.write(folder.request, {"then": options.then or "hold", "limit": options.limit, "asked": asked})
    return _wait(folder, options.wait, options.then or "hold", asked) if options.wait is not None else 0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e9:
        raise argparse.ArgumentTypeError("a number of seconds from 0 on is needed")
    return value


def _wait(folder: StateFolder, seconds: float, then: str, asked: float) -> int:
    end = time.monotonic() + seconds
    while True:
        state = folder.read(folder.state) or {}
        if state.get("asked") == asked and state["state"] in (("stopped",) if then == "hold" else ("idle", "busy")):
            return 0
        if time.monotonic() >= end:
            jobs = ", ".join(f"{job['name']} {job['id']}" for job in state.get("jobs", []))
            print(f"{PROGRAM}: still {state.get('state')} after {seconds:g} s: {jobs or 'no job'}", file=sys.stderr)
            return 1
        time.sleep(0.1)
