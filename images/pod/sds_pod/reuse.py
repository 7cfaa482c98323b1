"""Takes trees and files from releases that the pod already holds, and from its image: they need not be sent again."""

from __future__ import annotations

import os
import posixpath
from typing import Optional

from . import files, release, unpack
from .places import Places
from .refusal import Refusal
from .release import OWN, Tree


def copied(tree: Tree, places: Places, stage: str) -> Optional[bytes]:
    """Copies the tree out of another release if its own chunks aren't mounted, and returns its manifest.

    A file that isn't what the manifest says (rendered ones lie over it) is left out: what the new release doesn't
    replace in its turn is found missing when the whole is verified.
    """
    if all(os.path.exists(os.path.join(places.chunks, name)) for name in tree.chunk_names):
        return _baked(tree, places, stage) if tree.image else None
    patch = os.path.join(places.chunks, f"{tree.digest[:16]}.patch")
    if os.path.exists(patch):
        return _patched(tree, patch, places, stage)
    for name in sorted(os.listdir(places.releases)):
        donor = os.path.join(places.releases, name)
        try:
            with open(release.manifest_file(donor, tree), "rb") as file:
                raw = file.read()
            home = _path_in(donor, name, tree)
            entries = release.parse_manifest(raw, tree)
        except (OSError, Refusal):
            continue
        _copy(tree, entries, os.path.join(donor, home), os.path.join(stage, tree.path))
        return raw
    return None


def _baked(tree: Tree, places: Places, stage: str) -> bytes:
    """Unpacks what the image lacks of a tree, and copies the rest from there."""
    raw = unpack.unpack(tree, unpack.joined(tree, places.chunks), stage, whole=False)
    top = os.path.join(stage, tree.path)
    entries = release.parse_manifest(raw, tree)
    source = os.path.join(places.image, tree.path)
    _copy(tree, {path: entries[path] for path in release.differences(top, entries)}, source, top)
    missing = release.differences(top, entries)
    if missing:
        raise Refusal(
            f"tree {tree.name}: {len(missing)} of its {len(entries)} entries are neither in the release nor in the image "
            f"({source}), the first is {min(missing)!r}: the image isn't the one that the release was made for; "
            "'sds build --bake' and 'sds update' put both right"
        )
    return raw


def _patched(tree: Tree, patch: str, places: Places, stage: str) -> bytes:
    """Unpacks what was sent of a tree, and copies the rest from wherever another release has it in the same place.

    What no release has is found missing when the whole is verified.
    """
    with open(patch, "rb") as file:
        raw = unpack.unpack(tree, file.read(), stage, whole=False)
    top = os.path.join(stage, tree.path)
    entries = release.parse_manifest(raw, tree)
    for name in sorted(os.listdir(places.releases), reverse=True):
        rest = {path: entries[path] for path in release.differences(top, entries)}
        source = os.path.join(places.releases, name, tree.path)
        if rest and os.path.isdir(source) and not os.path.samefile(source, top):
            _copy(tree, rest, source, top)
    return raw


def _path_in(donor: str, digest: str, tree: Tree) -> str:
    with open(os.path.join(donor, OWN, "release.json"), "rb") as file:
        held = release.parse(file.read(), digest)
    return next(other.path for other in held.trees if other.digest == tree.digest)


def _copy(tree: Tree, entries: dict, source: str, destination: str) -> None:
    os.makedirs(destination, exist_ok=True)
    for path in set(entries) - set(release.differences(source, entries)):
        entry = entries[path]
        folder = path if entry.kind == "d" else posixpath.dirname(path)
        unpack.make_folder(destination, folder)
        place = os.path.join(destination, path)
        if entry.kind == "l":
            unpack.checked_link(tree, path, entry.value)
            unpack.clear(tree, place)
            os.symlink(entry.value, place)
        elif entry.kind == "f":
            unpack.clear(tree, place)
            files.copy(os.path.join(source, path), place, entry.mode)
