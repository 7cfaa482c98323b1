"""The kept files on disk: written by appending, found without ever following a link, thrown away when they are old."""

from __future__ import annotations

import os
import shutil
import stat
import threading
import time
from typing import Dict, Iterator, List, Optional, Tuple

# Names of our own beside the kept files: true size and pod of a file.
NOTE = ".of-"
DAY = 86400.0


class Misplaced(Exception):
    """The path isn't one that a kept file can have."""


class Shelf:
    """Files below one folder; a lock per path's job keeps two writers of one file apart."""

    def __init__(self, root: str, days: float, free: float) -> None:
        self.root = os.path.realpath(root)
        self.days, self.free = days, free
        self.lock = threading.Lock()
        os.makedirs(self.root, exist_ok=True)

    def place(self, path: str) -> str:
        """Where a path of a request lies. Nothing here is a link: only plain files and folders are ever made."""
        names = [name for name in path.split("/") if name]
        if any(name in (".", "..") or name.startswith(".") or "\0" in name or len(name) > 200 for name in names):
            raise Misplaced(path)
        return os.path.join(self.root, *names)

    def write(self, path: str, offset: int, content: bytes, size: int, node: str) -> int:
        """The length of what is kept; other than `offset` plus the content when the beginning isn't there."""
        place = self.place(path)
        folder = os.path.dirname(place)
        with self.lock:
            os.makedirs(folder, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | (0 if offset else os.O_TRUNC)
            handle = os.open(place, flags, 0o640)
            try:
                have = os.fstat(handle).st_size
                if have != offset:
                    return have
                os.lseek(handle, offset, os.SEEK_SET)
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(handle, rest) :]
            finally:
                os.close(handle)
            note = os.path.join(folder, NOTE + os.path.basename(place))
            with open(note + "~", "w", encoding="utf-8") as file:
                file.write(f"{size} {node}\n")
            os.replace(note + "~", note)
        return offset + len(content)

    def note(self, place: str) -> Tuple[Optional[int], str]:
        """A file's size in the pod, and the pod."""
        try:
            path = os.path.join(os.path.dirname(place), NOTE + os.path.basename(place))
            with open(path, encoding="utf-8") as file:
                size, _, node = file.readline().strip().partition(" ")
            return int(size), node
        except (FileNotFoundError, ValueError):
            return None, ""

    def entries(self, place: str) -> List[os.DirEntry]:
        with os.scandir(place) as found:
            return sorted(
                (entry for entry in found if not entry.name.startswith(".")),
                key=lambda entry: (not entry.is_dir(follow_symlinks=False), entry.name),
            )

    def open(self, place: str) -> Optional[int]:
        """A plain file's handle."""
        try:
            handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return None
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return handle
        os.close(handle)
        return None

    # What is thrown away

    def sweep(self) -> Dict[str, int]:
        """Jobs older than the limit, then the oldest until enough of the volume is free."""
        removed = 0
        jobs = sorted(self._jobs())
        now = time.time()
        while jobs and (now - jobs[0][0] > self.days * DAY or self._is_full()):
            _, path = jobs.pop(0)
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
            self._prune(os.path.dirname(path))
        return {"jobs": len(jobs), "removed": removed}

    def _is_full(self) -> bool:
        volume = os.statvfs(self.root)
        return volume.f_bavail < self.free * volume.f_blocks

    def _prune(self, folder: str) -> None:
        while folder != self.root:
            try:
                os.rmdir(folder)
            except OSError:
                return
            folder = os.path.dirname(folder)

    def _jobs(self) -> Iterator[Tuple[float, str]]:
        """Last change and folder of each job: jobs/YEAR/MONTH/DAY/HOUR/MINUTE/JOB."""
        level = [self.root]
        for _ in range(7):
            level = [
                entry.path
                for folder in level
                for entry in os.scandir(folder)
                if entry.is_dir(follow_symlinks=False)
            ]
        for folder in level:
            changes = [entry.stat(follow_symlinks=False).st_mtime for entry in os.scandir(folder)]
            yield max(changes, default=os.stat(folder).st_mtime), folder
