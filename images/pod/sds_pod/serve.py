"""sds-serve: starts a REST service on the logical path of the current release and becomes it."""

from __future__ import annotations

import os
import sys

from . import certificate, runtime
from .places import Places
from .refusal import Refusal, tell

PROGRAM = "sds-serve"


def main() -> int:
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        print(f"usage: {PROGRAM} -- COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    places = Places.here()
    try:
        start = runtime.logical(command, places, os.environ)
        certificate.watch(os.environ.get("SDS_TLS", certificate.FOLDER), os.getpid())
        # gunicorn trusts PWD when it names the same folder: that keeps its path logical across a HUP.
        os.chdir(start.folder)
        os.execvpe(start.command[0], start.command, start.environment)
    except Refusal as refusal:
        tell(PROGRAM, str(refusal), places.termination_log)
    except OSError as error:
        tell(PROGRAM, f"{command[0]}: {error.strerror}", places.termination_log)
    return 1
