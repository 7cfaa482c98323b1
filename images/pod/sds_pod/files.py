"""Writing files and links so that a reader sees the old or the new one, never a part."""

from __future__ import annotations

import io
import os
import shutil
import stat
from typing import BinaryIO


def write(path: str, content: bytes, mode: int = 0o644) -> None:
    """Replaces a file by one rename; the mode is exact, whatever the umask."""
    _replace(path, io.BytesIO(content), mode)


def copy(source: str, path: str, mode: int) -> None:
    """The same with another file's content, however large."""
    with open(source, "rb") as file:
        _replace(path, file, mode)


def _replace(path: str, content: BinaryIO, mode: int) -> None:
    stage = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(stage, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
            file.flush()
            os.fchmod(file.fileno(), mode)
        os.rename(stage, path)
    except BaseException:
        os.unlink(stage)
        raise


def link(path: str, target: str) -> None:
    """Points a symbolic link elsewhere by one rename."""
    stage = f"{path}.{os.getpid()}.tmp"
    if os.path.lexists(stage):
        os.unlink(stage)
    os.symlink(target, stage)
    os.rename(stage, path)


def remove(path: str) -> None:
    """Removes a file, a link or a whole folder, also one whose folders can't be written; nothing there is fine."""
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(kind):
        os.unlink(path)
        return
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o700)
    shutil.rmtree(path)
