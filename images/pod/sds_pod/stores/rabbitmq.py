"""RabbitMQ through its management interface: queues, policies, depths."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional

from .containment import difference
from .trouble import Failed, Outcome, Unavailable
from .web import Web, name

Step = Dict[str, Any]
COLUMNS = "name,vhost,messages_ready,messages_unacknowledged,consumers,exclusive"
# RabbitMQ's management interface counts messages this much later.
SETTLE = 15.0


class RabbitMQ:
    """The steps of one RabbitMQ."""

    def __init__(self, store: Dict[str, Any]) -> None:
        self.web = Web(store)

    def steps(self) -> Dict[str, Callable[[Step], Outcome]]:
        return {
            "declare-queue": self.declare_queue,
            "set-policy": self.set_policy,
            "clear-queues": self.clear_queues,
            "health": self.health,
            "queues": self.queues,
        }

    def declare_queue(self, step: Step) -> Outcome:
        """Durable queues: `object` or `queues`, `max-priority` (10, null for none), `arguments`, `vhost` ("/")."""
        names = step["queues"] if "queues" in step else [step["object"]]
        arguments = dict(step.get("arguments", {}))
        priority = step.get("max-priority", 10)
        if priority is not None:
            arguments.setdefault("x-max-priority", priority)
        want = {"durable": True, "auto_delete": False, "arguments": arguments}
        made = [queue for queue in names if self._declare(queue, step.get("vhost", "/"), want)]
        if not made:
            return Outcome("unchanged", f"{len(names)} there")
        return Outcome("done", f"{len(made)} of {len(names)} declared: {', '.join(made)}")

    def _declare(self, queue: str, vhost: str, want: Dict[str, Any]) -> bool:
        path = f"/api/queues/{name(vhost)}/{name(queue)}"
        held = self.web.get(path)
        if held is not None:
            self._compare(queue, held, want)
            return False
        self.web.change("PUT", path, want)
        self._compare(queue, self.web.get(path) or {}, want)
        return True

    def _compare(self, queue: str, held: Dict[str, Any], want: Dict[str, Any]) -> None:
        wrong = difference(held, want)
        extra = sorted(set(held.get("arguments", {})) - set(want["arguments"]))
        if not wrong and extra:
            wrong = f"arguments.{extra[0]} is {held['arguments'][extra[0]]!r}, wanted none"
        if wrong:
            raise Failed(
                f"queue {queue!r}: {wrong}; a queue keeps its arguments for life, and its workers will be refused "
                "(PRECONDITION_FAILED): delete it when it is empty, or set the wanted value to the one that is there"
            )

    def set_policy(self, step: Step) -> Outcome:
        """A policy: `object`, `pattern`, `definition`, `priority` (0), `apply-to` ("queues"), `vhost` ("/")."""
        path = f"/api/policies/{name(step.get('vhost', '/'))}/{name(step['object'])}"
        want = {
            "pattern": step["pattern"],
            "definition": step["definition"],
            "priority": step.get("priority", 0),
            "apply-to": step.get("apply-to", "queues"),
        }
        held = self.web.get(path)
        before = "it isn't there" if held is None else difference(held, want)
        if before is None and held["definition"].keys() == want["definition"].keys():
            return Outcome("unchanged", "the store holds it")
        self.web.change("PUT", path, want)
        wrong = difference(self.web.get(path) or {}, want)
        if wrong:
            raise Failed(f"the store accepted it, but read back {wrong}")
        return Outcome("done", "created" if held is None else f"changed: {before or 'its definition'}")

    def clear_queues(self, step: Step) -> Outcome:
        """Removes the queues of `vhost` ("/", "*" for all) but those in `keep`; `mode` "purge" only empties them.

        A queue exclusive to a live connection can't be cleared by anybody else: it is counted and left.
        """
        mode = step.get("mode", "delete")
        if mode not in ("delete", "purge"):
            raise Failed(f"mode is {mode!r}, wanted 'delete' or 'purge'")
        doomed = self._doomed(step)
        messages = sum(queue.get("messages_ready", 0) for queue in doomed)
        for queue in doomed:
            path = f"/api/queues/{name(queue['vhost'])}/{name(queue['name'])}"
            reply = self.web.send("DELETE", path + ("/contents" if mode == "purge" else ""))
            if reply.status >= 300 and reply.status != 404:
                raise Failed(f"queue {queue['name']!r}: {reply.says()}")
        self._verify(step, mode)
        left = len(self._list(step.get("vhost", "/"))) if mode == "delete" else 0
        detail = f"{len(doomed)} queues {mode}d with {messages} messages" + (f", {left} kept" if left else "")
        return Outcome("done" if doomed else "unchanged", detail)

    def _doomed(self, step: Step) -> List[Dict[str, Any]]:
        keep = set(step.get("keep", []))
        return [
            queue
            for queue in self._list(step.get("vhost", "/"))
            if queue["name"] not in keep and not queue.get("exclusive")
        ]

    def _verify(self, step: Step, mode: str) -> None:
        end = time.monotonic() + SETTLE
        while True:
            left = [queue for queue in self._doomed(step) if mode == "delete" or queue.get("messages_ready", 0) > 0]
            if not left:
                return
            if time.monotonic() >= end:
                names = ", ".join(queue["name"] for queue in left)
                raise Failed(f"after clearing there are still {names}: something still works on them")
            time.sleep(0.5)

    def _list(self, vhost: str) -> List[Dict[str, Any]]:
        path = "/api/queues" + ("" if vhost == "*" else f"/{name(vhost)}") + f"?columns={COLUMNS}"
        found: Optional[List[Dict[str, Any]]] = self.web.get(path)
        if found is None:
            raise Failed(f"there is no virtual host {vhost!r}")
        return found

    def queues(self, step: Step) -> Outcome:
        """The depths of all queues of `vhost` ("/")."""
        listed = [
            {
                "name": queue["name"],
                "messages_ready": queue.get("messages_ready", 0),
                "messages_unacknowledged": queue.get("messages_unacknowledged", 0),
                "consumers": queue.get("consumers", 0),
            }
            for queue in sorted(self._list(step.get("vhost", "/")), key=lambda queue: queue["name"])
        ]
        return Outcome("unchanged", f"{len(listed)} queues", {"queues": listed})

    def health(self, step: Step) -> Outcome:
        """Up and without an alarm: with one, RabbitMQ takes no messages."""
        about = self.web.get("/api/overview") or {}
        alarms = [
            f"{node['name']}: {alarm}"
            for node in self.web.get("/api/nodes") or []
            for alarm, key in (("memory", "mem_alarm"), ("disk", "disk_free_alarm"))
            if node.get(key)
        ]
        if alarms:
            raise Unavailable(f"{self.web.url}: alarm, it takes no messages: {', '.join(alarms)}")
        return Outcome("unchanged", f"RabbitMQ {about.get('rabbitmq_version', '?')}, no alarm")
