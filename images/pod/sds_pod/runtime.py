"""What a program of a release is started with: its folder, PYTHONPATH and environment."""

from __future__ import annotations

import json
import os
from typing import Dict, List, Mapping, NamedTuple

from . import distinfo
from .places import Places
from .refusal import Refusal
from .release import OWN, sequence_of

# Where this package lies: `/opt/sds` in an image.
PACKAGE_ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


class Runtime(NamedTuple):
    """The folder to start in, the environment, and which release that is (empty where there is none)."""

    folder: str
    environment: Dict[str, str]
    command: List[str]
    release: str
    sequence: int


def resolved(command: List[str], places: Places, environment: Mapping[str, str]) -> Runtime:
    """For workers: everything names the release's own folder, so that a later switch can't mix two releases."""
    return _runtime(command, places, environment, _release_folder(places))


def logical(command: List[str], places: Places, environment: Mapping[str, str]) -> Runtime:
    """For gunicorn: everything names `current`, so that HUP after a switch loads the new code."""
    return _runtime(command, places, environment, places.current if _release_folder(places) else "")


def _release_folder(places: Places) -> str:
    folder = os.path.realpath(places.current)
    if os.path.isdir(folder):
        return folder
    if places.trees:
        raise Refusal(
            f"{places.current} leads to no release, SDS_TREES needs one: did sds-init run in this pod's init container?"
        )
    return ""


def _runtime(command: List[str], places: Places, environment: Mapping[str, str], base: str) -> Runtime:
    env = dict(environment)
    folder = env.get("SDS_CWD") or base or os.getcwd()
    paths: List[str] = []
    if base:
        # Values and arguments that name `current` follow the base; elsewhere they stay what they are.
        env = {key: _moved(value, places.current, base) for key, value in env.items()}
        command = [_moved(word, places.current, base) for word in command]
        folder = _moved(folder, places.current, base)
        trees = [os.path.join(base, path) for path in tree_paths(base, places.trees)]
        absent = [tree for tree in trees if not os.path.isdir(tree)]
        if absent:
            raise Refusal(f"{absent[0]} is missing: SDS_TREES names a tree that the release doesn't hold")
        paths = trees + [os.path.join(base, distinfo.FOLDER)]
        _ensure_metadata(base)
        env["SDS_RELEASE"] = os.path.basename(os.path.realpath(base))
        env["SDS_SEQUENCE"] = str(sequence_of(base))
    if not os.path.isdir(folder):
        raise Refusal(f"SDS_CWD is {folder!r}, there is no such folder")
    old = [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part and part != PACKAGE_ROOT]
    env["PYTHONPATH"] = os.pathsep.join(paths + old + [PACKAGE_ROOT])
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env["PWD"] = folder
    return Runtime(folder, env, command, env["SDS_RELEASE"] if base else "", sequence_of(base) if base else -1)


def _moved(value: str, old: str, new: str) -> str:
    return new + value[len(old) :] if value == old or value.startswith(old + os.sep) else value


def tree_paths(base: str, names: tuple) -> List[str]:
    """Where the trees lie in the release, in the wanted order; a release without records has them below `ops`."""
    known: Dict[str, str] = {}
    try:
        with open(os.path.join(base, OWN, "release.json"), encoding="utf-8") as file:
            known = {tree["name"]: tree["path"] for tree in json.load(file)["trees"]}
    except FileNotFoundError:
        known = {}
    # Code that came with a shipped release after the pod was made: its variable can't name it.
    more = [name for name in sorted(known) if names and name not in names and known[name].startswith("ops/")]
    return [known.get(name, os.path.join("ops", name)) for name in [*names, *more]]


def _ensure_metadata(base: str) -> None:
    """A release that was copied into the running pod gets its package metadata at the first start."""
    try:
        ops = os.path.join(base, "ops")
        distinfo.ensure(base, [os.path.join("ops", name) for name in sorted(os.listdir(ops))])
    except OSError as error:
        print(f"sds: no package metadata for {base}: {error}", flush=True)
