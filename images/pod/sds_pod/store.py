"""sds-store: runs the steps of a JSON document on the stores it names, one line of JSON for each.

A step has a `name` for people, its `store`, what to `do`, and arguments: `object` (the thing's name in the store; the
step's name when left out), a `body` or the absolute path of a JSON `file` with it, and what the method that does it
lists. `deadline-seconds`, in the document or a step, is how long a store that isn't up is waited for.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, List

from .places import Places
from .refusal import tell
from .stores.rabbitmq import RabbitMQ
from .stores.redis import Redis
from .stores.search import Search
from .stores.trouble import Failed, Outcome, retried

PROGRAM = "sds-store"
KINDS: Dict[str, Callable[[Dict[str, Any]], Any]] = {"elasticsearch": Search, "rabbitmq": RabbitMQ, "redis": Redis}
DEADLINE = 120.0
# Steps that only look: one that fails doesn't keep the next from looking.
LOOKS = ("health", "queues")


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {PROGRAM} FILE|-", file=sys.stderr)
        return 2
    try:
        document = _read(sys.argv[1])
    except Failed as error:
        tell(PROGRAM, str(error), Places.here().termination_log)
        return 1
    failures: List[str] = []
    for step in document["steps"]:
        line = _line(document, step)
        print(json.dumps(line, separators=(",", ":")), flush=True)
        if line["result"] == "failed":
            failures.append(f"{line['step']} ({line['store']}): {line['detail']}")
            if step["do"] not in LOOKS:
                break
    if failures:
        tell(PROGRAM, "\n".join(failures), Places.here().termination_log)
    return 1 if failures else 0


def _read(path: str) -> Dict[str, Any]:
    try:
        if path == "-":
            document = json.load(sys.stdin)
        else:
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Failed(f"{path}: not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("stores"), dict):
        raise Failed(f"{path}: an object with 'stores' and 'steps' is needed")
    if not isinstance(document.get("steps"), list):
        raise Failed(f"{path}: 'steps' must be a list")
    for number, step in enumerate(document["steps"], 1):
        for key in ("name", "store", "do"):
            if not isinstance(step, dict) or not isinstance(step.get(key), str):
                raise Failed(f"{path}: step {number}: '{key}' must be a text")
        store = document["stores"].get(step["store"])
        if not isinstance(store, dict) or store.get("kind") not in KINDS:
            kinds = ", ".join(KINDS)
            raise Failed(f"{path}: step {number}: 'stores' doesn't describe {step['store']!r} with a kind of {kinds}")
    return document


def _line(document: Dict[str, Any], step: Dict[str, Any]) -> Dict[str, Any]:
    line: Dict[str, Any] = {"step": step["name"], "store": step["store"]}
    try:
        outcome = _run(document, step)
        return dict(line, result=outcome.result, detail=outcome.detail, **outcome.more)
    except Failed as error:
        return dict(line, result="failed", detail=str(error))


def _run(document: Dict[str, Any], step: Dict[str, Any]) -> Outcome:
    description = document["stores"][step["store"]]
    steps = KINDS[description["kind"]](description).steps()
    act = steps.get(step["do"])
    if act is None:
        raise Failed(f"a store of kind {description['kind']} can't do {step['do']!r}, only {', '.join(steps)}")
    arguments = {"object": step["name"], **step}
    if "file" in step:
        arguments["body"] = _body(step["file"])
    if "files" in step:
        arguments["body"] = {key: value for path in step["files"] for key, value in _body(path).items()}
    for kind in ("ilm", "ism"):
        if f"{kind}-file" in step:
            arguments[kind] = _body(step[f"{kind}-file"])
    seconds = float(step.get("deadline-seconds", document.get("deadline-seconds", DEADLINE)))
    if "source" in step:
        source = document["stores"].get(step["source"])
        if not isinstance(source, dict):
            raise Failed(f"'stores' doesn't describe {step['source']!r}")
        arguments["source"] = source
    try:
        return retried(lambda: act(arguments), step["store"], seconds)
    except KeyError as error:
        raise Failed(f"the step needs {error.args[0]!r}") from error


def _body(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Failed(f"{path}: not JSON: {error}") from error
