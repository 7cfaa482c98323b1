"""What a release consists of, read from `release.json` and the manifests of its trees."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .refusal import Refusal

# The folder in a release that is ours: manifests, sequence number, package metadata.
OWN = ".sds"
MANIFEST = ".sds-manifest"
SECRETS = "/sds-secrets/"


class Entry(NamedTuple):
    """A file (`f`), folder (`d`) or link (`l`); the value is a file's SHA-256 or a link's target."""

    kind: str
    mode: int
    size: int
    value: str


class Tree(NamedTuple):
    """A code repository, or the rendered files; `path` is where its members go, empty for the release's root.

    With `image`, the digest of the state that the pod's image holds, the tarball has only what that state lacks.
    """

    name: str
    path: str
    digest: str
    tarball: str
    size: int
    chunks: int
    image: Optional[str] = None

    @property
    def chunk_names(self) -> List[str]:
        stem = self.digest if self.image is None else self.tarball
        return [f"{stem[:16]}.{index}" for index in range(self.chunks)]


class Release(NamedTuple):
    digest: str
    raw: bytes
    trees: Tuple[Tree, ...]
    links: Tuple[Tuple[str, str], ...]


def checked_path(path: Any, subject: str) -> str:
    """A relative path that stays below its root."""
    parts = path.split("/") if isinstance(path, str) else [""]
    if not isinstance(path, str) or any(part in ("", ".", "..") for part in parts) or "\0" in path:
        raise Refusal(f"{subject}: the path {path!r} is not a plain relative one")
    return path


def parse(raw: bytes, expected: str) -> Release:
    """Reads `release.json` after its digest was compared with the wanted one."""
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise Refusal(
            f"release.json has the digest {found}, the pod's template wants {expected}: "
            "the ConfigMap isn't the template's; run the update again"
        )
    subject = f"release {expected[:16]}"
    try:
        document = json.loads(raw.decode("utf-8"))
        if document["format"] != 1:
            raise Refusal(f"{subject}: format {document['format']!r}, this image reads format 1: rebuild the image")
        trees = tuple(
            Tree(
                name=str(tree["name"]),
                path=tree["path"] and checked_path(tree["path"], f"{subject}: tree {tree['name']}"),
                digest=_hex(tree["digest"]),
                tarball=_hex(tree["tarball"]),
                size=int(tree["size"]),
                chunks=int(tree["chunks"]),
                image=_hex(tree["image"]) if "image" in tree else None,
            )
            for tree in document["trees"]
        )
        links = tuple((checked_path(item["path"], subject), _target(item["target"])) for item in document["links"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{subject}: release.json is not in format 1: {error!r}") from error
    for path in [tree.path for tree in trees] + [path for path, _ in links]:
        if path.split("/")[0] == OWN:
            raise Refusal(f"{subject}: nothing may be put into {OWN}, found {path!r}")
    return Release(expected, raw, trees, links)


def _hex(text: Any) -> str:
    if not isinstance(text, str) or len(text) != 64 or text.strip("0123456789abcdef"):
        raise ValueError(f"{text!r} is not a SHA-256")
    return text


def _target(text: Any) -> str:
    if not isinstance(text, str) or not text.startswith(SECRETS) or os.path.normpath(text) != text:
        raise ValueError(f"the link target {text!r} is not below {SECRETS}")
    return text


def parse_manifest(raw: bytes, tree: Tree) -> Dict[str, Entry]:
    """Reads a tree's manifest after its digest was compared."""
    found = hashlib.sha256(raw).hexdigest()
    if found != tree.digest:
        raise Refusal(f"tree {tree.name}: its manifest has the digest {found}, release.json says {tree.digest}")
    entries: Dict[str, Entry] = {}
    try:
        for line in raw.decode("utf-8").split("\n"):
            if not line:
                continue
            path, kind, mode, size, value = json.loads(line)
            checked_path(path, f"tree {tree.name}")
            if kind not in ("f", "d", "l") or path in entries:
                raise ValueError(f"{path!r} is listed twice or of unknown kind {kind!r}")
            if not tree.path and path.split("/")[0] == OWN:
                raise ValueError(f"{path!r} is in a folder of ours")
            entries[path] = Entry(kind, int(mode, 8), int(size), str(value))
    except (TypeError, ValueError) as error:
        raise Refusal(f"tree {tree.name}: its manifest can't be read: {error}") from error
    return entries


def layered(release: Release, manifests: Dict[str, Dict[str, Entry]]) -> Dict[str, Entry]:
    """What the unpacked release must hold: later trees and the links replace files of earlier ones."""
    result: Dict[str, Entry] = {}
    for tree in in_order(release):
        for path, entry in manifests[tree.digest].items():
            full = f"{tree.path}/{path}" if tree.path else path
            before = result.get(full)
            if before and (before.kind == "d") != (entry.kind == "d"):
                raise Refusal(f"tree {tree.name}: {full!r} is a folder in one tree and a file in another")
            result[full] = entry
    for path, target in release.links:
        before = result.get(path)
        if before and before.kind == "d":
            raise Refusal(f"release {release.digest[:16]}: {path!r} is a folder, a secret file belongs there")
        result[path] = Entry("l", 0o777, 0, target)
    return result


def in_order(release: Release) -> List[Tree]:
    """Code first, then what lies over it: the tree of rendered files, whose path is empty."""
    return sorted(release.trees, key=lambda tree: not tree.path)


def manifest_file(folder: str, tree: Tree) -> str:
    return os.path.join(folder, OWN, "manifests", tree.digest)


def read(folder: str, digest: str) -> Tuple[Release, Dict[str, Entry]]:
    """Reads the records of an unpacked release."""
    with open(os.path.join(folder, OWN, "release.json"), "rb") as file:
        release = parse(file.read(), digest)
    manifests = {}
    for tree in release.trees:
        with open(manifest_file(folder, tree), "rb") as file:
            manifests[tree.digest] = parse_manifest(file.read(), tree)
    return release, layered(release, manifests)


def differences(folder: str, expected: Dict[str, Entry]) -> List[str]:
    """Paths that aren't on disk what they should be; files that nothing lists are what the programs wrote there."""
    return [path for path, entry in expected.items() if not _is(os.path.join(folder, path), entry)]


def _is(path: str, entry: Entry) -> bool:
    try:
        found = os.lstat(path)
        if entry.kind == "l":
            return stat.S_ISLNK(found.st_mode) and os.readlink(path) == entry.value
        if entry.kind == "d":
            return stat.S_ISDIR(found.st_mode)
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
            return False
        return stat.S_IMODE(found.st_mode) == entry.mode and file_digest(path) == entry.value
    except OSError:
        return False


def file_digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        chunk: Callable[[], bytes] = lambda: file.read(1 << 20)
        for block in iter(chunk, b""):
            digest.update(block)
    return digest.hexdigest()


def sequence_of(folder: str) -> int:
    """The release's sequence number in this pod; -1 when it has none."""
    try:
        with open(os.path.join(folder, OWN, "sequence"), encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return -1
