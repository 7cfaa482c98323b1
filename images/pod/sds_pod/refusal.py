"""The one error that ends a program of the pod, and where its text goes."""

from __future__ import annotations

import sys

# Kubernetes keeps this much of a termination message.
LONGEST = 4096


class Refusal(Exception):
    """Says in one text what was refused, what was expected and found, and what to do."""


def tell(program: str, text: str, termination_log: str) -> None:
    """Writes the text to stderr and to the file that Kubernetes shows as the container's last message."""
    line = f"{program}: {text}"
    print(line, file=sys.stderr, flush=True)
    message = line.encode("utf-8", "replace")
    try:
        with open(termination_log, "wb") as log:
            log.write(message if len(message) <= LONGEST else b"..." + message[3 - LONGEST :])
    except OSError as error:
        print(f"{program}: {termination_log}: {error.strerror}", file=sys.stderr, flush=True)
