"""SDSWatch: lines that jobs write to `*.sdswatch.log` become events in the list that metrics' indexer takes.

What HySDS's sdswatch_client did on every host with a Logstash of its own. An event may come twice after a trouble,
never not at all: the place up to which a file is done is written after the list has the lines.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import queue
import re
import sys
import threading
from typing import Any, Dict, Iterator, List, Optional

from ..stores.redis import Redis
from ..stores.trouble import Failed, Unavailable

DONE = ".watched-"
SINGLE, PAIRS = ".pge.sdswatch.log", ".fulldict.sdswatch.log"
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
BATCH = 500
RETRY = 10.0


class Watch:
    """One thread that follows the files that were written to."""

    def __init__(self, settings: str) -> None:
        with open(settings, encoding="utf-8") as file:
            description = json.load(file)
        self.redis, self.key = Redis(description), description.get("key", "sdswatch")
        self.waiting: "queue.Queue[tuple[str, str, str]]" = queue.Queue()
        self.trouble = ""
        threading.Thread(target=self._run, daemon=True).start()

    @staticmethod
    def follows(path: str) -> bool:
        return path.endswith((SINGLE, PAIRS))

    def changed(self, path: str, place: str, node: str) -> None:
        self.waiting.put((path, place, node))

    def _run(self) -> None:
        while True:
            item = self.waiting.get()
            try:
                self.bring(*item)
                self.trouble = ""
            except (Failed, Unavailable, OSError) as error:
                if str(error) != self.trouble:
                    self.trouble = str(error)
                    print(f"sds-work-files: SDSWatch: {error}", file=sys.stderr, flush=True)
                threading.Timer(RETRY, self.waiting.put, [item]).start()

    def bring(self, path: str, place: str, node: str) -> int:
        """How many events of the file came into the list."""
        mark = os.path.join(os.path.dirname(place), DONE + os.path.basename(place))
        begun = _number(mark)
        with open(place, "rb") as file:
            file.seek(begun)
            text = file.read()
        # A line without its end isn't whole yet.
        text = text[: text.rfind(b"\n") + 1]
        events = [json.dumps(event) for event in self.events(path, text.decode("utf-8", "replace"), node)]
        for start in range(0, len(events), BATCH):
            self.redis.push(self.key, events[start : start + BATCH])
        if text:
            with open(mark + "~", "w", encoding="utf-8") as file:
                file.write(f"{begun + len(text)}\n")
            os.replace(mark + "~", mark)
        return len(events)

    @staticmethod
    def events(path: str, text: str, node: str) -> Iterator[Dict[str, Any]]:
        """As the fields that HySDS's dashboards know."""
        names = path.strip("/").split("/")
        for line in text.splitlines():
            words = [word.strip() for word in next(csv.reader([line], quotechar="'", skipinitialspace=True), [])]
            time = _time(words[0]) if words else None
            if time is None:
                continue
            event: Dict[str, Any] = {"sdswatch_timestamp": time, "message": line, "log_path": path}
            if path.endswith(SINGLE) and len(words) >= 3:
                event.update(host=node, source_type=names[-1][: -len(SINGLE)], source_id=_job(names))
                event.update(metric_key=words[1], **_value(words[2]))
            elif path.endswith(PAIRS) and len(words) >= 5:
                event.update(host=words[1], source_type=words[2], source_id=words[3])
                for pair in words[4].split():
                    key, _, value = pair.partition("=")
                    event[key] = _float(value) if _float(value) is not None else value
            else:
                continue
            yield event


def _job(names: List[str]) -> str:
    return names[6] if len(names) > 7 else names[-2]


def _value(text: str) -> Dict[str, Any]:
    number = _float(text)
    return {"metric_value_string": text, **({} if number is None else {"metric_value_float": number})}


def _float(text: str) -> Optional[float]:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _time(text: str) -> Optional[str]:
    if not TIME.match(text):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text[:23].replace(",", ".").rstrip("Z").replace(" ", "T"))
    except ValueError:
        return None
    return moment.isoformat(timespec="milliseconds") + "Z"


def _number(path: str) -> int:
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read())
    except (FileNotFoundError, ValueError):
        return 0
