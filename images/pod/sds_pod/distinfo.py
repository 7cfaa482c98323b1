"""Package metadata for code that is imported by path: what reads versions at run time finds them."""

from __future__ import annotations

import ast
import configparser
import os
import re
from typing import Dict, List, Optional, Tuple

from . import files
from .release import OWN

FOLDER = os.path.join(OWN, "dist-info")
NAMES = ("name", "version")


def ensure(release: str, trees: List[str]) -> str:
    """Makes `.sds/dist-info` for the trees of a release unless it is there, and returns its path.

    A tree whose name or version can't be read without running its code has none.
    """
    folder = os.path.join(release, FOLDER)
    if os.path.isdir(folder):
        return folder
    stage = f"{folder}.{os.getpid()}.tmp"
    os.makedirs(stage)
    for tree in trees:
        facts = name_and_version(os.path.join(release, tree))
        if facts:
            name, version = facts
            place = os.path.join(stage, f"{re.sub('[-_.]+', '_', name)}-{version.replace('-', '_')}.dist-info")
            os.makedirs(place, exist_ok=True)
            text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            files.write(os.path.join(place, "METADATA"), text.encode("utf-8"))
    try:
        os.rename(stage, folder)
    except OSError:
        # Another start of the same release was first.
        files.remove(stage)
    return folder


def name_and_version(tree: str) -> Optional[Tuple[str, str]]:
    """What `setup.py`, `setup.cfg` or `pyproject.toml` declare, in that order."""
    found: Dict[str, str] = {}
    for reader in (_setup_py, _setup_cfg, _pyproject):
        for key, value in reader(tree).items():
            found.setdefault(key, value)
    name, version = found.get("name"), found.get("version")
    plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")
    if not name or not version or not plain.fullmatch(name) or not plain.fullmatch(version):
        return None
    return name, version


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _parsed(path: str) -> ast.Module:
    try:
        return ast.parse(_text(path))
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


def _constants(module: ast.Module) -> Dict[str, str]:
    result = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    result[target.id] = node.value.value
    return result


def _setup_py(tree: str) -> Dict[str, str]:
    module = _parsed(os.path.join(tree, "setup.py"))
    constants = _constants(module)
    result: Dict[str, str] = {}
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called != "setup":
            continue
        for keyword in node.keywords:
            value = _value(keyword.value, constants, tree)
            if keyword.arg in NAMES and value:
                result.setdefault(keyword.arg, value)
    return result


def _value(node: ast.AST, constants: Dict[str, str], tree: str) -> Optional[str]:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Attribute):
        # `version=hysds.__version__`: the package lies beside setup.py.
        parts = []
        base: ast.AST = node.value
        while isinstance(base, ast.Attribute):
            parts.append(base.attr)
            base = base.value
        if isinstance(base, ast.Name):
            package = os.path.join(tree, *reversed(parts + [base.id]))
            for path in (os.path.join(package, "__init__.py"), f"{package}.py"):
                value = _constants(_parsed(path)).get(node.attr)
                if value:
                    return value
    return None


def _setup_cfg(tree: str) -> Dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(os.path.join(tree, "setup.cfg")))
    except configparser.Error:
        return {}
    found = {key: parser.get("metadata", key, fallback="") for key in NAMES}
    return {key: value.strip() for key, value in found.items() if value and ":" not in value}


def _pyproject(tree: str) -> Dict[str, str]:
    result: Dict[str, str] = {}
    section = ""
    for line in _text(os.path.join(tree, "pyproject.toml")).splitlines():
        header = re.fullmatch(r"\s*\[([^\[\]]+)\]\s*(#.*)?", line)
        section = header.group(1).strip() if header else section
        pair = re.match(r"""\s*(name|version)\s*=\s*(["'])([^"']*)\2""", line)
        if pair and section in ("project", "tool.poetry"):
            result.setdefault(pair.group(1), pair.group(3))
    return result
