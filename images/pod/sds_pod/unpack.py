"""Unpacks a tree's tarball so that nothing can land outside its folder, whatever the tarball says."""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import stat
import tarfile
import zlib
from typing import Dict, List

from . import files
from .refusal import Refusal
from .release import MANIFEST, Entry, Release, Tree, parse_manifest

LARGEST_MANIFEST = 64 << 20


def joined(tree: Tree, chunks: str) -> bytes:
    """The tarball out of its chunk files, compared with the digest that the release names."""
    parts: List[bytes] = []
    for index, name in enumerate(tree.chunk_names):
        path = os.path.join(chunks, name)
        try:
            with open(path, "rb") as file:
                parts.append(file.read())
        except OSError as error:
            raise Refusal(
                f"tree {tree.name}: chunk {index + 1} of {tree.chunks} ({path}) can't be read: {error.strerror}"
            ) from error
    tarball = b"".join(parts)
    found = hashlib.sha256(tarball).hexdigest()
    if len(tarball) != tree.size or found != tree.tarball:
        raise Refusal(
            f"tree {tree.name}: the joined chunks are {len(tarball)} bytes with the digest {found}, "
            f"release.json says {tree.size} bytes with {tree.tarball}"
        )
    return tarball


def unpack(tree: Tree, tarball: bytes, root: str, whole: bool = True) -> bytes:
    """Unpacks the tree into its place below `root`, comparing each member with the manifest, which it returns.

    Not `whole`: the tarball holds only what another state of the tree lacks.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(tarball), mode="r|gz") as archive:
            return _unpack(tree, archive, root, whole)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Refusal(f"tree {tree.name}: its tarball can't be read: {error}") from error


def _unpack(tree: Tree, archive: tarfile.TarFile, root: str, whole: bool) -> bytes:
    first = archive.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > LARGEST_MANIFEST:
        raise Refusal(f"tree {tree.name}: its tarball doesn't begin with {MANIFEST}")
    raw = _content(archive, first)
    entries = parse_manifest(raw, tree)
    top = os.path.join(root, tree.path) if tree.path else root
    make_folder(root, tree.path)
    missing = dict(entries)
    for member in iter(archive.next, None):
        name = member.name[2:] if member.name.startswith("./") else member.name
        entry = missing.pop(name, None)
        if entry is None or entry.kind != _kind(member):
            raise Refusal(f"tree {tree.name}: member {member.name!r} is not what the manifest lists")
        _place(tree, archive, member, entry, top, name)
    if missing and whole:
        raise Refusal(f"tree {tree.name}: {min(missing)!r} is in the manifest, not in the tarball")
    return raw


def _kind(member: tarfile.TarInfo) -> str:
    return "f" if member.isreg() else "d" if member.isdir() else "l" if member.issym() else "?"


def _place(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo, entry: Entry, top: str, name: str) -> None:
    path = os.path.join(top, name)
    if entry.kind == "d":
        make_folder(top, name)
        return
    make_folder(top, posixpath.dirname(name))
    clear(tree, path)
    if entry.kind == "l":
        if member.linkname != entry.value:
            raise Refusal(f"tree {tree.name}: link {name!r} leads to {member.linkname!r}, not {entry.value!r}")
        checked_link(tree, name, entry.value)
        os.symlink(entry.value, path)
        return
    content = _content(archive, member)
    found = hashlib.sha256(content).hexdigest()
    if member.size != entry.size or found != entry.value:
        raise Refusal(f"tree {tree.name}: {name!r} has the digest {found}, the manifest says {entry.value}")
    if entry.mode & ~0o755:
        raise Refusal(f"tree {tree.name}: {name!r} has the mode {entry.mode:o}, only 644 and 755 are allowed")
    files.write(path, content, entry.mode)


def clear(tree: Tree, path: str) -> None:
    """Removes the file of an earlier tree that this one's replaces."""
    if os.path.lexists(path):
        if stat.S_ISDIR(os.lstat(path).st_mode):
            raise Refusal(f"tree {tree.name}: {path!r} is a folder in another tree")
        os.unlink(path)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    content = file.read() if file else b""
    if len(content) != member.size:
        raise EOFError(f"{member.name!r} ends early")
    return content


def checked_link(tree: Tree, name: str, target: str) -> None:
    """Refuses a link whose target, read as text, leaves the tree; `checked_links` follows those that remain."""
    end = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if target.startswith("/") or not target or end.split("/")[0] == "..":
        raise Refusal(f"tree {tree.name}: link {name!r} leads out of the tree, to {target!r}")


def checked_links(root: str, expected: Dict[str, Entry], secret: Dict[str, str]) -> None:
    """Refuses links that, followed through other links, end outside the release."""
    real = os.path.realpath(root)
    for path, entry in expected.items():
        if entry.kind != "l" or path in secret:
            continue
        end = os.path.realpath(os.path.join(root, path))
        if end != real and not end.startswith(real + os.sep):
            raise Refusal(f"link {path!r} leads out of the release, to {entry.value!r}")


def make_links(root: str, wanted: Release) -> None:
    """Makes the links to the secret files, in the place of whatever file the trees hold there."""
    for path, target in wanted.links:
        make_folder(root, posixpath.dirname(path))
        place = os.path.join(root, path)
        if os.path.lexists(place):
            if stat.S_ISDIR(os.lstat(place).st_mode):
                raise Refusal(f"release {wanted.digest[:16]}: {path!r} is a folder, a secret file belongs there")
            os.unlink(place)
        os.symlink(target, place)


def make_folder(top: str, name: str) -> None:
    """Makes the folders down to `name`; none of them may be a link, or files would land elsewhere."""
    path = top
    for part in name.split("/") if name else []:
        path = os.path.join(path, part)
        try:
            os.mkdir(path)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                raise Refusal(f"{path!r} is a link or a file, a folder is needed there") from None
            continue
        os.chmod(path, 0o755)
