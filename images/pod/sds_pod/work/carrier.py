"""Brings the files of jobs' work folders to the work-files server while the jobs run, and once more at the end.

A process of its own beside the worker, at the lowest priority: jobs never wait for it. Only what was added to a file
since the last round is sent. Never sent: names with a leading dot, links, and what may hold secrets.
"""

from __future__ import annotations

import fnmatch
import hashlib
import http.client
import os
import stat
import sys
import time
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import quote, urlsplit

EVERY = 5.0
# The kept part of a file, from its start; of more the server says that the rest is missing.
MOST_BYTES = 4 << 20
MOST_FILES = 500
DEEPEST = 4
# A job folder that hasn't changed for so long is looked at no more.
SETTLED = 600.0
TIMEOUT = 10.0
# HySDS copies its configuration, which holds passwords, into job folders.
SECRET = ("celeryconfig.py*", "*netrc*", "*.pem", "*.key", "*credentials*", "*.pyc", "*boto*", "*s3cfg*")
JOBS = "jobs"


class Sent(NamedTuple):
    """What the server has of a file: how much, of which state, and a digest of it."""

    count: int
    size: int
    changed: int
    digest: "hashlib._Hash"


class Carrier:
    """One round after the other; what couldn't be sent is tried again in the next."""

    def __init__(self, root: str, server: str, node: str) -> None:
        self.root, self.node = root, node
        parts = urlsplit(server)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"SDS_WORK_FILES: expected http://HOST:PORT, found {server!r}")
        self.host, self.port = parts.hostname, parts.port or 80
        self.sent: Dict[str, Sent] = {}
        self.link: Optional[http.client.HTTPConnection] = None
        self.trouble = ""

    def round(self, deadline: float, all_of_them: bool = False) -> bool:
        """Whether everything there is has been sent."""
        try:
            for path, facts in self._files(all_of_them):
                if time.monotonic() >= deadline:
                    return False
                self._send(path, facts)
        except (OSError, http.client.HTTPException) as error:
            self._close()
            self._say(f"{self.host}:{self.port}: {error}")
            return False
        if self.trouble:
            self._say("")
        return True

    def _files(self, all_of_them: bool) -> Iterator[Tuple[str, os.stat_result]]:
        # jobs/YEAR/MONTH/DAY/HOUR/MINUTE/JOB
        for folder in self._jobs(JOBS, 6):
            found = list(self._below(folder, DEEPEST))[:MOST_FILES]
            newest = max((facts.st_mtime for _, facts in found), default=0.0)
            if all_of_them or time.time() - newest < SETTLED:
                yield from found

    def _jobs(self, path: str, depth: int) -> List[str]:
        try:
            with os.scandir(os.path.join(self.root, path)) as entries:
                names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            return []
        below = [f"{path}/{name}" for name in names if not name.startswith(".")]
        return below if depth == 1 else [job for name in below for job in self._jobs(name, depth - 1)]

    def _below(self, path: str, depth: int) -> Iterator[Tuple[str, os.stat_result]]:
        try:
            with os.scandir(os.path.join(self.root, path)) as entries:
                found = sorted(entries, key=lambda entry: (entry.is_dir(follow_symlinks=False), entry.name))
        except (FileNotFoundError, PermissionError):
            return
        for entry in found:
            if entry.name.startswith(".") or any(fnmatch.fnmatch(entry.name, pattern) for pattern in SECRET):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(facts.st_mode):
                yield f"{path}/{entry.name}", facts
            elif stat.S_ISDIR(facts.st_mode) and depth > 1:
                yield from self._below(f"{path}/{entry.name}", depth - 1)

    def _send(self, path: str, facts: os.stat_result) -> None:
        known = self.sent.get(path)
        if known and (known.size, known.changed) == (facts.st_size, facts.st_mtime_ns):
            return
        try:
            handle = os.open(os.path.join(self.root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        with open(handle, "rb") as file:
            begun, digest = self._unchanged(file, known)
            content = file.read(MOST_BYTES - begun)
            digest.update(content)
            if not self._put(path, begun, content, facts.st_size):
                file.seek(0)
                begun, content = 0, file.read(MOST_BYTES)
                digest = hashlib.sha256(content)
                if not self._put(path, 0, content, facts.st_size):
                    raise http.client.HTTPException(f"{path} is refused")
        self.sent[path] = Sent(begun + len(content), facts.st_size, facts.st_mtime_ns, digest)

    @staticmethod
    def _unchanged(file, known: Optional[Sent]) -> Tuple[int, "hashlib._Hash"]:
        """From where on a file that grew has to be sent: its start is what was sent, or it was written anew."""
        if known and known.count:
            begin = hashlib.sha256(file.read(known.count))
            if begin.digest() == known.digest.digest():
                return known.count, begin
            file.seek(0)
        return 0, hashlib.sha256()

    def _put(self, path: str, begun: int, content: bytes, size: int) -> bool:
        """False: the server has another beginning of it."""
        fresh = self.link is None
        for again in (not fresh, False):
            if self.link is None:
                self.link = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
            try:
                self.link.request(
                    "PUT",
                    "/" + quote(path),
                    body=content,
                    headers={"X-Offset": str(begun), "X-Size": str(size), "X-Node": self.node},
                )
                answer = self.link.getresponse()
                text = answer.read(300).decode("utf-8", "replace").strip()
            except (OSError, http.client.HTTPException):
                # An idle connection may have been closed by the other side.
                self._close()
                if not again:
                    raise
                continue
            if answer.status == 409 and begun:
                return False
            if answer.status in (400, 413):
                # No place for such a name: the others go on.
                print(f"sds-work-carrier: {path} isn't kept: {text}", file=sys.stderr, flush=True)
                return True
            if answer.status not in (200, 201, 204):
                raise http.client.HTTPException(f"{path}: {answer.status} {text}")
            return True
        return False

    def _close(self) -> None:
        if self.link:
            self.link.close()
            self.link = None

    def _say(self, trouble: str) -> None:
        if trouble == self.trouble:
            return
        text = f"not all files of jobs are kept yet: {trouble}" if trouble else "files of jobs are kept again"
        if trouble or self.trouble:
            print(f"sds-work-carrier: {text}", file=sys.stderr, flush=True)
        self.trouble = trouble
