"""sds-work-files: takes the files of jobs from the workers on one port, shows them to people on another.

The reading port is the one that the front proxy knows; it changes nothing. What jobs wrote is shown as text or offered
for saving, never run by a browser in HySDS's name.
"""

from __future__ import annotations

import html
import os
import shutil
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Optional, Tuple
from urllib.parse import quote, unquote, urlsplit

from .shelf import Misplaced, Shelf
from .watch import Watch

PROGRAM = "sds-work-files"
PREFIX = "/work"
MOST_BYTES = 64 << 20
SWEEP_EVERY = 600.0
TEXT = (".txt", ".log", ".json", ".py", ".sh", ".xml", ".yml", ".yaml", ".csv", ".md", ".err", ".out", ".cfg")
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}


class Counts:
    """What /metrics tells."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.values: Dict[str, float] = {"received_bytes_total": 0, "received_files_total": 0, "removed_jobs_total": 0}

    def add(self, **more: float) -> None:
        with self.lock:
            for name, value in more.items():
                self.values[name] = self.values.get(name, 0) + value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = PROGRAM
    timeout = 120
    server: "Server"

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8", **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # Whatever a job wrote, a browser doesn't run it with the operator's login.
        self.send_header("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Taking(Handler):
    """The workers' side."""

    def do_PUT(self) -> None:  # pylint: disable=invalid-name
        try:
            length, offset = int(self.headers["Content-Length"]), int(self.headers.get("X-Offset", "0"))
            size = int(self.headers.get("X-Size", "0"))
        except (KeyError, TypeError, ValueError):
            self.close_connection = True
            return self.answer(400, b"expected Content-Length, X-Offset and X-Size\n")
        if not (0 <= length <= MOST_BYTES and 0 <= offset <= MOST_BYTES):
            self.close_connection = True
            return self.answer(413, b"too large\n")
        content = self.rfile.read(length)
        if len(content) != length:
            self.close_connection = True
            return None
        node = "".join(letter for letter in self.headers.get("X-Node", "") if letter.isalnum() or letter in "-.")[:253]
        try:
            kept = self.server.shelf.write(unquote(urlsplit(self.path).path), offset, content, size, node)
        except (Misplaced, IsADirectoryError, NotADirectoryError, FileExistsError):
            return self.answer(400, b"no path for a kept file\n")
        except OSError as error:
            return self.answer(507, f"{error.strerror}\n".encode())
        if kept != offset + length:
            return self.answer(409, f"{kept}\n".encode())
        self.server.counts.add(received_bytes_total=length, received_files_total=1)
        path = unquote(urlsplit(self.path).path)
        if self.server.watch and self.server.watch.follows(path):
            self.server.watch.changed(path, self.server.shelf.place(path), node)
        return self.answer(200, b"")


class Showing(Handler):
    """The people's side."""

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        path = unquote(urlsplit(self.path).path)
        if path == "/.sds-alive":
            return self.answer(200, b"ok\n")
        if path == "/metrics":
            return self.answer(200, self._metrics())
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self.answer(404, b"not here\n")
        path = path[len(PREFIX) :]
        try:
            place = self.server.shelf.place(path)
        except Misplaced:
            return self.answer(404, b"not here\n")
        if os.path.isdir(place):
            if not path.endswith("/"):
                return self.answer(301, b"", Location=quote(PREFIX + path + "/"))
            return self.answer(200, self._listing(path, place), "text/html; charset=utf-8")
        return self._file(place)

    do_HEAD = do_GET

    def _file(self, place: str) -> None:
        handle = self.server.shelf.open(place)
        if handle is None:
            return self.answer(404, b"no such file was kept; a job's files come within seconds, and go when they are old\n")
        with open(handle, "rb") as file:
            content = file.read()
        name = os.path.basename(place)
        end = os.path.splitext(name)[1].lower()
        size, node = self.server.shelf.note(place)
        facts = {"X_Size": str(size if size is not None else len(content)), "X_Node": node}
        if end in PICTURES:
            return self.answer(200, content, PICTURES[end], **facts)
        if end in TEXT or b"\0" not in content[:4096]:
            return self.answer(200, content, **facts)
        facts["Content_Disposition"] = "attachment"
        return self.answer(200, content, "application/octet-stream", **facts)

    def _listing(self, path: str, place: str) -> bytes:
        rows = []
        for entry in self.server.shelf.entries(place):
            facts = entry.stat(follow_symlinks=False)
            is_folder = entry.is_dir(follow_symlinks=False)
            name = entry.name + ("/" if is_folder else "")
            size = ""
            if not is_folder:
                whole = self.server.shelf.note(entry.path)[0]
                size = f"{facts.st_size:,} bytes"
                if whole is not None and whole > facts.st_size:
                    size = f"the first {facts.st_size:,} of {whole:,} bytes"
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(facts.st_mtime))
            rows.append(
                f'<tr><td><a href="{quote(name)}">{html.escape(name)}</a></td><td>{when} UTC</td>'
                f'<td class="n">{size}</td></tr>'
            )
        up = '<tr><td><a href="../">../</a></td></tr>' if path.strip("/") else ""
        title = html.escape(path or "/")
        text = (
            f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title><style>body{{font-family:monospace}}"
            f"td{{padding:0 2em 0 0}}.n{{text-align:right}}</style></head><body><h1>{title}</h1>"
            f"<table>{up}{''.join(rows)}</table></body></html>\n"
        )
        return text.encode("utf-8")

    def _metrics(self) -> bytes:
        volume = os.statvfs(self.server.shelf.root)
        values = dict(self.server.counts.values)
        values["volume_bytes"] = volume.f_blocks * volume.f_frsize
        values["volume_free_bytes"] = volume.f_bavail * volume.f_frsize
        return "".join(f"sds_work_files_{name} {value:g}\n" for name, value in sorted(values.items())).encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, address: Tuple[str, int], handler: type, shelf: Shelf, counts: Counts, watch: Optional[Watch] = None
    ) -> None:
        self.shelf, self.counts, self.watch = shelf, counts, watch
        # Clusters of IPv6 alone have no 0.0.0.0.
        self.address_family = socket.AF_INET6 if socket.has_ipv6 and ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)


def main() -> int:
    environment = os.environ
    root = environment.get("SDS_WORK_FOLDER", "/data/work")
    shelf = Shelf(
        root, days=float(environment.get("SDS_WORK_DAYS", "30")), free=float(environment.get("SDS_WORK_FREE", "0.1"))
    )
    counts = Counts()
    settings = environment.get("SDS_WATCH", "")
    watch = Watch(settings) if settings else None
    host = environment.get("SDS_WORK_HOST", "0.0.0.0")
    servers = [
        Server((host, int(environment.get("SDS_WORK_READ_PORT", "8080"))), Showing, shelf, counts),
        Server((host, int(environment.get("SDS_WORK_WRITE_PORT", "8085"))), Taking, shelf, counts, watch),
    ]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    ports = ", ".join(str(server.server_address[1]) for server in servers)
    used = shutil.disk_usage(root)
    print(f"{PROGRAM}: ports {ports}; {root} has {used.free >> 20} MiB free", file=sys.stderr, flush=True)
    while not ended.is_set():
        swept = shelf.sweep()
        if swept["removed"]:
            counts.add(removed_jobs_total=swept["removed"])
            print(f"{PROGRAM}: {swept['removed']} jobs removed, {swept['jobs']} kept", file=sys.stderr, flush=True)
        ended.wait(SWEEP_EVERY)
    for server in servers:
        server.shutdown()
    return 0
