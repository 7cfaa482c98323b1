"""Moves files between URLs and paths; this sample knows file:// and plain paths only."""

import os
import shutil
from urllib.parse import unquote, urlsplit


def path_of(url):
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise ValueError(f"the sample's osaka knows file:// only, not {parts.scheme}://")
    return unquote(parts.path)


def get(url, path, params=None):
    source = path_of(url)
    (shutil.copytree if os.path.isdir(source) else shutil.copy2)(source, path)


def put(path, url, params=None):
    target = path_of(url)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    (shutil.copytree if os.path.isdir(path) else shutil.copy2)(path, target)
