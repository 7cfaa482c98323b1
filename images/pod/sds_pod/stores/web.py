"""JSON over HTTP to one store, with the credentials of its file."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import quote, urlsplit

from .trouble import Failed, Unavailable

TIMEOUT = 30.0
NOT_YET = (429, 502, 503, 504)


class Reply(NamedTuple):
    status: int
    body: Any

    def says(self) -> str:
        """The reason of a refusal in the words of Elasticsearch or RabbitMQ, shortened."""
        body = self.body
        if isinstance(body, dict):
            error = body.get("error")
            if isinstance(error, dict):
                causes = error.get("root_cause") or [error]
                body = causes[0].get("reason") or error.get("reason") or error
            else:
                body = body.get("reason") or error or body
        text = body if isinstance(body, str) else json.dumps(body)
        return f"HTTP {self.status}: {text[:600]}" if text else f"HTTP {self.status}"


def name(text: str) -> str:
    """A name as one segment of a path: `/` is `%2F`."""
    return quote(text, safe="")


def credentials(path: Optional[str]) -> Dict[str, str]:
    """Reads a credentials file; none named is none needed."""
    if not path:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except OSError as error:
        raise Failed(f"the credentials file {path} can't be read: {error.strerror}") from error
    except ValueError:
        raise Failed(f"the credentials file {path} is not JSON") from None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Failed(f"the credentials file {path} must be a JSON object of texts")
    return value


def tls(ca: Optional[str]) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise Failed(f"the certificate file {ca} can't be read: {error.strerror or error}") from error


class Lines(NamedTuple):
    """JSON documents, a line each."""

    lines: List[str]


class Web:
    """A store's HTTP interface. A refusal is a reply; no answer, or one that says "later", is `Unavailable`."""

    def __init__(self, store: Dict[str, Any]) -> None:
        self.url = str(store.get("url", ""))
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failed("its url must look like http://host:port")
        if parts.username or parts.password:
            raise Failed("its url must not hold a user or password: they belong in the credentials file")
        self.secure = parts.scheme == "https"
        self.host, self.port = parts.hostname, parts.port or (443 if self.secure else 80)
        self.prefix = parts.path.rstrip("/")
        self.context = tls(store.get("ca")) if self.secure else None
        # RabbitMQ refuses to purge for one who accepts JSON only.
        self.headers = {"Accept": "application/json, */*"}
        own = credentials(store.get("credentials"))
        if own:
            if set(own) != {"user", "password"}:
                raise Failed(f"the credentials file {store['credentials']} needs exactly user and password")
            pair = f"{own['user']}:{own['password']}".encode("utf-8")
            self.headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")

    def send(self, method: str, path: str, body: Any = None) -> Reply:
        try:
            reply = self._send(method, path, body)
        except ssl.SSLCertVerificationError as error:
            raise Failed(f"{self.url}: its certificate isn't trusted: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{self.url}: {_words(error)}") from error
        if reply.status in NOT_YET:
            raise Unavailable(f"{self.url}: {reply.says()}")
        if reply.status in (401, 403):
            raise Failed(f"{method} {path} was refused ({reply.status}): check the user and its rights")
        return reply

    def send_lines(self, method: str, path: str, lines: List[str]) -> Reply:
        """A body of JSON lines, as bulk requests have it."""
        return self.send(method, path, Lines(lines))

    def _send(self, method: str, path: str, body: Any) -> Reply:
        if self.context:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self.host, self.port, timeout=TIMEOUT, context=self.context
            )
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            content, kind = None, "application/json"
            if isinstance(body, Lines):
                content, kind = "".join(line + "\n" for line in body.lines).encode("utf-8"), "application/x-ndjson"
            elif body is not None:
                content = json.dumps(body).encode("utf-8")
            headers = dict(self.headers, **({} if content is None else {"Content-Type": kind}))
            connection.request(method, self.prefix + path, body=content, headers=headers)
            response = connection.getresponse()
            raw = response.read()
            return Reply(response.status, _parsed(raw))
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """What a GET answers, `None` for nothing there."""
        reply = self.send("GET", path)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise Failed(f"GET {path}: {reply.says()}")
        return reply.body

    def change(self, method: str, path: str, body: Any = None) -> Reply:
        """A PUT or DELETE that must succeed."""
        reply = self.send(method, path, body)
        if reply.status >= 300:
            raise Failed(f"{method} {path}: {reply.says()}")
        return reply


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8")) if raw else None
    except ValueError:
        return raw.decode("utf-8", "replace")


def _words(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return f"its name can't be resolved ({error.strerror})"
    if isinstance(error, socket.timeout):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
