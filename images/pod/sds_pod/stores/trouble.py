"""Why a step failed, or what it still waits for, and the waiting itself."""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Dict, NamedTuple, Optional

PAUSE = 1.0
# While a store isn't up, this often somebody is told.
TELL_EVERY = 15.0


class Failed(Exception):
    """The step can't be done: says what was expected, what was found and what to do. Never holds a credential."""


class Unavailable(Exception):
    """The store isn't up yet, or not ready: the step is tried again until its deadline."""


class Outcome(NamedTuple):
    """`done` or `unchanged`, a few words about it, and more keys for the printed line."""

    result: str
    detail: str
    more: Dict[str, Any] = {}


def retried(act: Callable[[], Outcome], store: str, seconds: float) -> Outcome:
    """Runs an action until the store answers; every action can be run again."""
    end = time.monotonic() + seconds
    told: Optional[str] = None
    tell_at = 0.0
    while True:
        try:
            return act()
        except Unavailable as error:
            now = time.monotonic()
            if now >= end:
                raise Failed(f"{error}; waited {seconds:g} s") from error
            if str(error) != told or now >= tell_at:
                told, tell_at = str(error), now + TELL_EVERY
                print(f"sds-store: waits for {store}: {error}", file=sys.stderr, flush=True)
            time.sleep(min(PAUSE, max(0.0, end - now)))
