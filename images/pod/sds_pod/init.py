"""sds-init: makes /sds hold the pod's release, verified, and $HOME what the programs expect. Safe to run again.

It runs in the pod's init container. Run in a live pod, with SDS_CHUNKS, SDS_RELEASE and SDS_SEQUENCE naming a newer
release, it does the same there; chunks of trees that the pod already holds need not be there.
It prints a receipt, one line of JSON: release, sequence, result (unpacked, unchanged, kept), files, bytes, seconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
import time
from typing import Any, Dict, List, Optional

from . import distinfo, files, home, release, reuse, unpack
from .places import Places
from .refusal import Refusal, tell
from .release import OWN, Entry, Release
from .state import StateFolder

PROGRAM = "sds-init"


def main() -> int:
    places = Places.here()
    os.umask(0o022)
    try:
        print(json.dumps(run(places)), flush=True)
    except Refusal as refusal:
        tell(PROGRAM, str(refusal), places.termination_log)
        return 1
    except OSError as error:
        tell(PROGRAM, f"{error.filename or places.root}: {error.strerror or error}", places.termination_log)
        return 1
    return 0


def run(places: Places) -> Dict[str, Any]:
    """Does it all and returns the receipt for what the pod now holds."""
    begin = time.monotonic()
    sequence = _checked(places)
    os.makedirs(places.releases, exist_ok=True)
    with open(os.path.join(places.root, ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(places)
        result = "kept" if _keeps_newer(places, sequence) else _install(places, sequence)
        _forget(places)
        home.prepare(places)
    current = _current(places) or ""
    _, expected = release.read(places.current, current)
    held = [entry for entry in expected.values() if entry.kind == "f"]
    return {
        "release": current,
        "sequence": release.sequence_of(places.current),
        "result": result,
        "files": len(held),
        "bytes": sum(entry.size for entry in held),
        "seconds": round(time.monotonic() - begin, 3),
    }


def _checked(places: Places) -> int:
    if not re.fullmatch("[0-9a-f]{64}", places.release):
        raise Refusal(
            f"SDS_RELEASE is {places.release!r}, a SHA-256 in lower case is needed: the pod's template sets it"
        )
    if not re.fullmatch("[0-9]+", places.sequence):
        raise Refusal(f"SDS_SEQUENCE is {places.sequence!r}, a whole number is needed: the pod's template sets it")
    return int(places.sequence)


def _sweep(places: Places) -> None:
    for name in os.listdir(places.releases):
        if name.startswith(".tmp-"):
            files.remove(os.path.join(places.releases, name))
    for name in os.listdir(places.root):
        if name.startswith("current.") and name.endswith(".tmp"):
            files.remove(os.path.join(places.root, name))


def _current(places: Places) -> Optional[str]:
    try:
        target = os.readlink(places.current)
    except OSError:
        return None
    name = os.path.basename(target)
    return name if target == f"releases/{name}" and re.fullmatch("[0-9a-f]{64}", name) else None


def _damage(folder: str, digest: str) -> Optional[str]:
    """Why an unpacked release can't be used; `None` when every file is what the manifests say."""
    try:
        _, expected = release.read(folder, digest)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    except Refusal as refusal:
        return str(refusal)
    wrong = release.differences(folder, expected)
    return f"{len(wrong)} files differ, the first is {wrong[0]}" if wrong else None


def _keeps_newer(places: Places, sequence: int) -> bool:
    """A newer release was copied into this pod before its node restarted: it stays, if it is whole."""
    current = _current(places)
    if current is None:
        return False
    folder = os.path.join(places.releases, current)
    has = release.sequence_of(folder)
    if has <= sequence:
        return False
    damage = _damage(folder, current)
    if damage:
        print(f"{PROGRAM}: release {current[:16]} (number {has}) is damaged and not kept: {damage}", file=sys.stderr)
    return damage is None


def _install(places: Places, sequence: int) -> str:
    digest = places.release
    folder = os.path.join(places.releases, digest)
    damage = _damage(folder, digest) if os.path.isdir(folder) else "new"
    if damage:
        if damage != "new":
            print(f"{PROGRAM}: release {digest[:16]} is damaged and made again: {damage}", file=sys.stderr)
        _build(places, sequence)
    files.write(os.path.join(folder, OWN, "sequence"), f"{sequence}\n".encode("ascii"))
    distinfo.ensure(folder, [tree.path for tree in release.read(folder, digest)[0].trees if tree.path])
    files.link(places.current, f"releases/{digest}")
    return "unpacked" if damage else "unchanged"


def _build(places: Places, sequence: int) -> None:
    """Unpacks beside the place the release will have, verifies, and moves it there by one rename."""
    path = os.path.join(places.chunks, "release.json")
    try:
        with open(path, "rb") as file:
            wanted = release.parse(file.read(), places.release)
    except OSError as error:
        raise Refusal(f"{path} can't be read: {error.strerror}") from error
    stage = os.path.join(places.releases, f".tmp-{wanted.digest}-{os.getpid()}")
    os.mkdir(stage, 0o755)
    try:
        _fill(stage, wanted, places, sequence)
        folder = os.path.join(places.releases, wanted.digest)
        if os.path.lexists(folder):
            os.rename(folder, os.path.join(places.releases, f".tmp-{wanted.digest}-old"))
        os.rename(stage, folder)
    finally:
        _sweep(places)


def _fill(stage: str, wanted: Release, places: Places, sequence: int) -> None:
    os.makedirs(os.path.join(stage, OWN, "manifests"))
    manifests: Dict[str, Dict[str, Entry]] = {}
    for tree in release.in_order(wanted):
        raw = reuse.copied(tree, places, stage)
        if raw is None:
            raw = unpack.unpack(tree, unpack.joined(tree, places.chunks), stage)
        files.write(release.manifest_file(stage, tree), raw)
        manifests[tree.digest] = release.parse_manifest(raw, tree)
    expected = release.layered(wanted, manifests)
    unpack.make_links(stage, wanted)
    unpack.checked_links(stage, expected, dict(wanted.links))
    files.write(os.path.join(stage, OWN, "release.json"), wanted.raw)
    files.write(os.path.join(stage, OWN, "sequence"), f"{sequence}\n".encode("ascii"))
    for name in ("ops", "etc"):
        os.makedirs(os.path.join(stage, name), exist_ok=True)
    distinfo.ensure(stage, [tree.path for tree in wanted.trees if tree.path])
    wrong: List[str] = release.differences(stage, expected)
    if wrong:
        raise Refusal(f"release {wanted.digest[:16]}: {wrong[0]!r} is not what the manifest says after unpacking")


def _forget(places: Places) -> None:
    """Keeps the current release, the one that still runs, and the next newest, so that going back needs no copy."""
    folder = StateFolder(places.state)
    needed = {_current(places), (folder.read(folder.state) or {}).get("release")}
    others = [name for name in os.listdir(places.releases) if name not in needed]
    others.sort(key=lambda name: release.sequence_of(os.path.join(places.releases, name)))
    for name in others[:-1]:
        files.remove(os.path.join(places.releases, name))


if __name__ == "__main__":
    sys.exit(main())
