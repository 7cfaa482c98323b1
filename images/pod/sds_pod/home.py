"""Makes $HOME look as HySDS's programs expect it: component folders, and the files that must be exactly 0600."""

from __future__ import annotations

import os
import stat

from . import files
from .places import Places

COMPONENTS = ("mozart", "sciflo", "verdi", "metrics")


def prepare(places: Places) -> None:
    """Links the components' `ops` and `etc` to the current release and copies the files meant for $HOME."""
    for component in COMPONENTS:
        folder = os.path.join(places.home, component)
        for own in ("log", "run"):
            os.makedirs(os.path.join(folder, own), exist_ok=True)
        for name in ("ops", "etc"):
            path, target = os.path.join(folder, name), os.path.join(places.current, name)
            if not os.path.islink(path) or os.readlink(path) != target:
                if os.path.lexists(path) and not os.path.islink(path):
                    files.remove(path)
                files.link(path, target)
    _copy(os.path.join(places.current, "home"), places.home, secret=False)
    _copy(os.path.join(places.secrets, "home"), places.home, secret=True)


def _copy(source: str, destination: str, secret: bool) -> None:
    """A Secret volume's files are links into its `..data`: what they lead to is copied, its own folders are not."""
    for folder, folders, names in os.walk(source, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith("..")]
        relative = os.path.relpath(folder, source)
        place = destination
        for part in [] if relative == "." else relative.split(os.sep):
            place = os.path.join(place, part)
            if not os.path.isdir(place):
                files.remove(place)
                os.mkdir(place, 0o700)
            if secret:
                os.chmod(place, 0o700)
        for name in names:
            if not name.startswith(".."):
                _copy_file(os.path.join(folder, name), os.path.join(place, name), secret)


def _copy_file(source: str, destination: str, secret: bool) -> None:
    with open(source, "rb") as file:
        content = file.read()
        mode = 0o600 if secret else stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    if os.path.isdir(destination) and not os.path.islink(destination):
        files.remove(destination)
    files.write(destination, content, mode)
