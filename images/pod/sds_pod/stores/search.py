"""Elasticsearch 7 and OpenSearch: templates, policies, indices, pipelines."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Set

from .containment import difference, index_shape
from .copying import Copying
from .trouble import Failed, Outcome, Unavailable
from .web import Web, name

Step = Dict[str, Any]
Read = Callable[[], Optional[Dict[str, Any]]]


class Search:
    """The steps of one Elasticsearch or OpenSearch."""

    def __init__(self, store: Dict[str, Any]) -> None:
        self.web = Web(store)

    def steps(self) -> Dict[str, Callable[[Step], Outcome]]:
        return {
            "put-template": self.put_template,
            "put-index-template": self.put_index_template,
            "put-policy": self.put_policy,
            "put-index": self.put_index,
            "put-pipeline": self.put_pipeline,
            "delete-alias-indices": self.delete_alias_indices,
            "copy-indices": self.copy_indices,
            "health": self.health,
        }

    def put_template(self, step: Step) -> Outcome:
        """A legacy template: `object`, `body`."""
        path = f"/_template/{name(step['object'])}"

        def read() -> Optional[Dict[str, Any]]:
            return _shaped((self.web.get(path) or {}).get(step["object"]))

        return self._put(path, step["body"], read, index_shape(step["body"]))

    def put_index_template(self, step: Step) -> Outcome:
        """A composable template: `object`, `body`."""
        path = f"/_index_template/{name(step['object'])}"

        def read() -> Optional[Dict[str, Any]]:
            found = (self.web.get(path) or {}).get("index_templates", [])
            return _shaped(found[0]["index_template"]) if found else None

        return self._put(path, step["body"], read, index_shape(step["body"]))

    def put_pipeline(self, step: Step) -> Outcome:
        """An ingest pipeline: `object`, `body`."""
        path = f"/_ingest/pipeline/{name(step['object'])}"
        return self._put(path, step["body"], lambda: (self.web.get(path) or {}).get(step["object"]), step["body"])

    def put_index(self, step: Step) -> Outcome:
        """An index that is there stays as it is, whatever is in it: `object`, `body`."""
        path = f"/{name(step['object'])}"

        def read() -> Optional[Dict[str, Any]]:
            return next(iter((self.web.get(path) or {None: None}).values()))

        if read() is not None:
            return Outcome("unchanged", "it exists")
        reply = self.web.send("PUT", path, step.get("body") or {})
        if reply.status == 400 and "already_exists" in str(reply.body):
            return Outcome("unchanged", "it exists")
        if reply.status >= 300:
            raise Failed(f"PUT {path}: {reply.says()}")
        self._compare(_shaped(read()), index_shape(step.get("body") or {}))
        return Outcome("done", "created")

    def put_policy(self, step: Step) -> Outcome:
        """A lifecycle policy: `object`, and its body for either kind of store as `ilm` and `ism`.

        A store that has neither plugin fails the step, unless it says `"optional": true`.
        """
        about = (self.web.get("/") or {}).get("version", {})
        if about.get("distribution") == "opensearch":
            kind, path = "ism", "/_plugins/_ism/policies/"
        elif about.get("build_flavor") == "oss":
            kind, path = "ism", "/_opendistro/_ism/policies/"
        else:
            kind, path = "ilm", "/_ilm/policy/"
        body = step.get(kind)
        if body is None:
            raise Failed(f"this store takes {kind.upper()} policies ({_version(about)}), the step has no '{kind}'")
        path += name(step["object"])
        held = self.web.send("GET", path)
        if held.status in (400, 405) or (held.status == 404 and "no handler" in str(held.body)):
            if step.get("optional"):
                return Outcome("unchanged", f"left out: this store ({_version(about)}) has no {kind.upper()} plugin")
            raise Failed(f"this store ({_version(about)}) has no {kind.upper()} plugin: {held.says()}")
        if held.status not in (200, 404):
            raise Failed(f"GET {path}: {held.says()}")
        address = path
        if kind == "ism" and held.status == 200:
            # ISM replaces a policy only for one who names the version that he saw.
            address += f"?if_seq_no={held.body['_seq_no']}&if_primary_term={held.body['_primary_term']}"

        def read() -> Optional[Dict[str, Any]]:
            found = self.web.get(path)
            return found if kind == "ism" or found is None else found.get(step["object"])

        return self._put(address, body, read, body)

    def delete_alias_indices(self, step: Step) -> Outcome:
        """Deletes every index behind the `aliases`, and the indices named in `indices` (patterns allowed)."""
        doomed = self._behind(step)
        for index in doomed:
            reply = self.web.send("DELETE", f"/{name(index)}")
            if reply.status not in (200, 404):
                raise Failed(f"DELETE /{index}: {reply.says()}")
        left = self._behind(step)
        if left:
            raise Failed(
                f"after deleting {len(doomed)} indices there are {', '.join(left)}: something still writes to them"
            )
        if not doomed:
            return Outcome("unchanged", "no index is there")
        return Outcome("done", f"{len(doomed)} indices deleted: {', '.join(doomed)}")

    def copy_indices(self, step: Step) -> Outcome:
        """Brings every document of `indices` (patterns allowed) here from the store described in `source`.

        A document that is here and differs stays, unless `"overwrite": true`.
        """
        return Copying(Web(step["source"]), self.web, bool(step.get("overwrite"))).run(step)

    def _behind(self, step: Step) -> List[str]:
        found: Set[str] = set()
        for alias in step.get("aliases", []):
            found.update(self.web.get(f"/_alias/{name(alias)}") or {})
        for pattern in step.get("indices", []):
            listed = self.web.get(f"/_cat/indices/{name(pattern)}?format=json&h=index&expand_wildcards=open,closed")
            found.update(row["index"] for row in listed or [])
        return sorted(found)

    def health(self, step: Step) -> Outcome:
        """Up and not red; a single node is yellow, which is as good as it gets."""
        health = self.web.get("/_cluster/health") or {}
        status = health.get("status", "unknown")
        detail = f"{status}, nodes {health.get('number_of_nodes')}, unassigned shards {health.get('unassigned_shards')}"
        if status not in ("green", "yellow"):
            raise Unavailable(f"{self.web.url}: {detail}")
        return Outcome("unchanged", detail)

    def _put(self, path: str, body: Any, read: Read, want: Dict[str, Any]) -> Outcome:
        held = read()
        before = "it isn't there" if held is None else difference(held, want)
        if before is None:
            return Outcome("unchanged", "the store holds it")
        self.web.change("PUT", path, body)
        self._compare(read(), want)
        return Outcome("done", "created" if held is None else f"changed: {before}")

    def _compare(self, held: Optional[Dict[str, Any]], want: Dict[str, Any]) -> None:
        wrong = "it isn't there" if held is None else difference(held, want)
        if wrong:
            raise Failed(f"the store accepted it, but read back {wrong}")


def _shaped(body: Optional[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    return None if body is None else index_shape(body)


def _version(about: Dict[str, Any]) -> str:
    words = (about.get("distribution", "elasticsearch"), about.get("number", "?"), about.get("build_flavor", ""))
    return " ".join(filter(None, words))
