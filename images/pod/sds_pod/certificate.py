"""A process beside a REST service that tells it of a new certificate: gunicorn reads its files at start and HUP."""

from __future__ import annotations

import os
import signal
import time
from typing import Optional

FOLDER = "/sds-tls"
LOOK_EVERY = 2.0


def version(folder: str) -> Optional[str]:
    """What the kubelet's link leads to: it is switched when all files are there. None where nothing is mounted."""
    try:
        return os.readlink(os.path.join(folder, "..data"))
    except OSError:
        return None


def watch(folder: str, server: int) -> None:
    """Starts the watcher in a process of its own, which ends with the server; nothing where there is no certificate.

    HUP lets requests that are being answered end, and the listening socket stays open.
    """
    was = version(folder)
    if was is None or os.fork():
        return
    while os.getppid() == server:
        time.sleep(LOOK_EVERY)
        now = version(folder)
        if now is not None and now != was and os.getppid() == server:
            was = now
            os.kill(server, signal.SIGHUP)
    os._exit(0)
