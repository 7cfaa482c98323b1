"""Redis in its own protocol, over a plain or TLS socket."""

from __future__ import annotations

import socket
from typing import Any, BinaryIO, Callable, Dict, List

from .trouble import Failed, Outcome, Unavailable
from .web import TIMEOUT, credentials, tls

Step = Dict[str, Any]
NOT_YET = ("LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN")


class Refused(Exception):
    """An error reply; its first word is the code."""


class Redis:
    """The steps of one Redis."""

    def __init__(self, store: Dict[str, Any]) -> None:
        self.host, self.port = store.get("host"), int(store.get("port", 6379))
        if not self.host:
            raise Failed("it needs a host")
        self.own = credentials(store.get("credentials"))
        self.context = tls(store.get("ca")) if store.get("tls") else None

    def steps(self) -> Dict[str, Callable[[Step], Outcome]]:
        return {"flush": self.flush, "health": self.health, "queues": self.queues}

    def flush(self, step: Step) -> Outcome:
        """Removes every key of every database."""
        before, _, after = self._ask(["DBSIZE"], ["FLUSHALL"], ["DBSIZE"])
        if after:
            raise Failed(f"after FLUSHALL there are {after} keys: something still writes to it")
        return Outcome("done", f"{before} keys of database 0, and all others, removed")

    def health(self, step: Step) -> Outcome:
        """It answers PING."""
        (answer,) = self._ask(["PING"])
        return Outcome("unchanged", str(answer))

    def queues(self, step: Step) -> Outcome:
        """The lengths of the lists in `keys` (["logstash"])."""
        keys = step.get("keys", ["logstash"])
        lengths = self._ask(*[["LLEN", key] for key in keys])
        listed = [
            {"name": key, "messages_ready": length, "messages_unacknowledged": 0, "consumers": None}
            for key, length in zip(keys, lengths)
        ]
        return Outcome("unchanged", f"{len(listed)} lists", {"queues": listed})

    def push(self, key: str, values: List[str]) -> int:
        """Appends to a list; its length then."""
        (length,) = self._ask(["RPUSH", key, *values])
        return int(length)

    def _ask(self, *commands: List[str]) -> List[Any]:
        where = f"{self.host}:{self.port}"
        try:
            with socket.create_connection((self.host, self.port), timeout=TIMEOUT) as plain:
                link = self.context.wrap_socket(plain, server_hostname=self.host) if self.context else plain
                with link, link.makefile("rb") as replies:
                    if "password" in self.own:
                        user = [self.own["user"]] if self.own.get("user") else []
                        self._command(link, replies, ["AUTH", *user, self.own["password"]])
                    return [self._command(link, replies, command) for command in commands]
        except Refused as error:
            code = str(error).split(" ")[0]
            if code in NOT_YET:
                raise Unavailable(f"{where}: {error}") from error
            if code in ("WRONGPASS", "NOAUTH", "NOPERM"):
                raise Failed(f"{where} refuses the credentials ({code})") from None
            raise Failed(f"{where}: {error}") from None
        except OSError as error:
            raise Unavailable(f"{where}: {error.strerror or error}") from error

    def _command(self, link: socket.socket, replies: BinaryIO, words: List[str]) -> Any:
        raw = [word.encode("utf-8") for word in words]
        link.sendall(b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in raw))
        return _reply(replies)


def _reply(replies: BinaryIO) -> Any:
    line = replies.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the connection ended")
    kind, text = line[:1], line[1:-2].decode("utf-8", "replace")
    if kind == b"+":
        return text
    if kind == b"-":
        raise Refused(text)
    if kind == b":":
        return int(text)
    if kind == b"$":
        return None if text == "-1" else replies.read(int(text) + 2)[:-2]
    if kind == b"*":
        return [_reply(replies) for _ in range(int(text))]
    raise Failed(f"not a Redis: it answered {line[:40]!r}")
