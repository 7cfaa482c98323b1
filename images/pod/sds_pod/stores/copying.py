"""Copies indices from one Elasticsearch or OpenSearch to another, each document compared by digest, and counts them.

Nothing is deleted and nothing of the source is changed. It can be killed at any moment and run again: what is there
and equal isn't written again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, Iterator, List, NamedTuple, Optional
from urllib.parse import urlencode

from .trouble import Failed, Outcome
from .web import Web, name

Step = Dict[str, Any]
# Documents a request; a request larger than this is sent in parts.
BATCH = 250
BYTES = 8 << 20
KEEP = "10m"


class Tally:
    """What became of an index's documents."""

    def __init__(self) -> None:
        self.seen = self.same = self.copied = 0
        self.other: List[str] = []

    def add(self, other: "Tally") -> None:
        self.seen += other.seen
        self.same += other.same
        self.copied += other.copied
        self.other += other.other


class Held(NamedTuple):
    """A document as a store gives it."""

    key: str
    routing: Optional[str]
    source: Any

    @property
    def digest(self) -> str:
        text = json.dumps(self.source, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Copying:
    """From `source` to `target`; what differs at the target is left alone unless `overwrite`."""

    def __init__(self, source: Web, target: Web, overwrite: bool) -> None:
        self.source, self.target, self.overwrite = source, target, overwrite

    def run(self, step: Step) -> Outcome:
        names = self._indices(step["indices"])
        if not names:
            return Outcome("unchanged", f"the source has no index like {', '.join(step['indices'])}", {"indices": []})
        lines, total = [], Tally()
        for index in names:
            tally, line = self._index(index)
            lines.append(line)
            total.add(tally)
            # One line an index while it works: hours may pass.
            print(json.dumps({"index": index, **line}, separators=(",", ":")), flush=True)
        detail = (
            f"{len(names)} indices, {total.seen} documents: {total.same} were there, {total.copied} copied, "
            f"{len(total.other)} differ"
        )
        if total.other and not self.overwrite:
            detail += f" and stay as they are here: {', '.join(total.other[:5])}{', …' if len(total.other) > 5 else ''}"
        return Outcome("done" if total.copied else "unchanged", detail, {"indices": lines})

    def _indices(self, patterns: List[str]) -> List[str]:
        found = set()
        for pattern in patterns:
            listed = self.source.get(f"/_cat/indices/{name(pattern)}?format=json&h=index&expand_wildcards=open")
            found.update(row["index"] for row in listed or [])
        return sorted(index for index in found if not index.startswith("."))

    def _index(self, index: str) -> "tuple[Tally, Dict[str, Any]]":
        self._make(index)
        tally = Tally()
        for batch in self._documents(index):
            tally.add(self._batch(index, batch))
        self.target.change("POST", f"/{name(index)}/_refresh")
        there, here = self._count(self.source, index), self._count(self.target, index)
        if tally.seen < there:
            raise Failed(
                f"{index}: the source counts {there} documents and gave {tally.seen}: it changes meanwhile; stop what "
                "writes to it and run this again"
            )
        if here < tally.seen:
            raise Failed(f"{index}: {tally.seen} documents came and {here} are here: run this again")
        line = {"index": index, "source": there, "here": here, "copied": tally.copied, "differ": len(tally.other)}
        return tally, line

    def _make(self, index: str) -> None:
        """An index that isn't there is made like the source's; templates of the target come first."""
        path = f"/{name(index)}"
        if self.target.get(path) is not None:
            return
        held = next(iter((self.source.get(path) or {}).values()), {})
        settings = held.get("settings", {}).get("index", {})
        body: Dict[str, Any] = {"mappings": held.get("mappings", {}), "aliases": held.get("aliases", {})}
        kept = {key: settings[key] for key in ("analysis", "number_of_shards", "mapping") if key in settings}
        if kept:
            body["settings"] = {"index": kept}
        reply = self.target.send("PUT", path, body)
        if reply.status >= 300 and "already_exists" not in str(reply.body):
            raise Failed(f"{index} can't be made like the source's: {reply.says()}")

    def _documents(self, index: str) -> Iterator[List[Held]]:
        body = {"size": BATCH, "sort": ["_doc"], "query": {"match_all": {}}}
        reply = self.source.change("POST", f"/{name(index)}/_search?{urlencode({'scroll': KEEP})}", body).body
        scroll = reply.get("_scroll_id")
        try:
            while True:
                self._check_shards(index, reply)
                hits = reply["hits"]["hits"]
                if not hits:
                    return
                yield [Held(hit["_id"], hit.get("_routing"), hit.get("_source")) for hit in hits]
                reply = self.source.change("POST", "/_search/scroll", {"scroll": KEEP, "scroll_id": scroll}).body
                scroll = reply.get("_scroll_id", scroll)
        finally:
            if scroll:
                self.source.send("DELETE", "/_search/scroll", {"scroll_id": [scroll]})

    @staticmethod
    def _check_shards(index: str, reply: Dict[str, Any]) -> None:
        if reply.get("_shards", {}).get("failed") or reply.get("timed_out"):
            raise Failed(f"{index}: the source couldn't read all of its shards: see its health")

    def _batch(self, index: str, batch: List[Held]) -> Tally:
        tally = Tally()
        tally.seen = len(batch)
        for document in batch:
            if not isinstance(document.source, dict):
                raise Failed(f"{index}/{document.key}: the source keeps no _source of it, so it can't be copied")
        there = self._there(index, batch)
        writing = []
        for document in batch:
            held = there.get(document.key)
            if held == document.digest:
                tally.same += 1
            elif held is None or self.overwrite:
                writing.append(document)
            if held is not None and held != document.digest:
                tally.other.append(f"{index}/{document.key}")
        self._write(index, writing)
        if writing:
            written = self._there(index, writing)
            wrong = [document.key for document in writing if written.get(document.key) != document.digest]
            if wrong:
                raise Failed(f"{index}/{wrong[0]}: what was written reads back as something else")
        tally.copied = len(writing)
        return tally

    def _there(self, index: str, batch: List[Held]) -> Dict[str, str]:
        """Digests of what the target has of these documents."""
        asked = [
            {"_id": document.key, **({"routing": document.routing} if document.routing else {})} for document in batch
        ]
        reply = self.target.change("POST", f"/{name(index)}/_mget", {"docs": asked}).body
        found = {}
        for each in reply["docs"]:
            if each.get("error"):
                raise Failed(f"{index}/{each['_id']}: {each['error']}")
            if each.get("found"):
                found[each["_id"]] = Held(each["_id"], None, each.get("_source")).digest
        return found

    def _write(self, index: str, documents: List[Held]) -> None:
        verb = "index" if self.overwrite else "create"
        lines: List[str] = []
        size = 0
        for document in documents:
            head: Dict[str, Any] = {"_id": document.key}
            if document.routing:
                head["routing"] = document.routing
            pair = [json.dumps({verb: head}), json.dumps(document.source)]
            lines += pair
            size += sum(len(line) for line in pair)
            if size >= BYTES:
                self._send(index, lines)
                lines, size = [], 0
        if lines:
            self._send(index, lines)

    def _send(self, index: str, lines: List[str]) -> None:
        reply = self.target.send_lines("POST", f"/{name(index)}/_bulk", lines)
        if reply.status >= 300:
            raise Failed(f"{index}: {reply.says()}")
        for item in reply.body.get("items", []):
            (result,) = item.values()
            # 409: a run that was killed has written it already; the comparison that follows tells.
            if result.get("status", 500) >= 300 and result.get("status") != 409:
                reason = result.get("error", {})
                raise Failed(f"{index}/{result.get('_id')}: {reason.get('reason', reason)}")

    def _count(self, store: Web, index: str) -> int:
        return int((store.get(f"/{name(index)}/_count") or {}).get("count", 0))
