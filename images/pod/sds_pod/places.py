"""Where things lie in a pod. Every root can be moved by the environment, so that tests run outside one."""

from __future__ import annotations

import os
from typing import Mapping, NamedTuple, Tuple


class Places(NamedTuple):
    """Folders and files of one pod, and the release its template names."""

    root: str
    chunks: str
    secrets: str
    home: str
    state: str
    termination_log: str
    release: str
    sequence: str
    trees: Tuple[str, ...]
    image: str = "/opt/hysds"

    @staticmethod
    def of(environment: Mapping[str, str]) -> "Places":
        return Places(
            root=environment.get("SDS_ROOT", "/sds"),
            chunks=environment.get("SDS_CHUNKS", "/sds-chunks"),
            secrets=environment.get("SDS_SECRETS", "/sds-secrets"),
            home=environment.get("HOME", "/home/ops"),
            state=environment.get("SDS_STATE_DIR", "/tmp/sds"),
            termination_log=environment.get("SDS_TERMINATION_LOG", "/dev/termination-log"),
            release=environment.get("SDS_RELEASE", ""),
            sequence=environment.get("SDS_SEQUENCE", "0"),
            trees=tuple(environment.get("SDS_TREES", "").split()),
            image=environment.get("SDS_IMAGE_TREES", "/opt/hysds"),
        )

    @staticmethod
    def here() -> "Places":
        return Places.of(os.environ)

    @property
    def releases(self) -> str:
        return os.path.join(self.root, "releases")

    @property
    def current(self) -> str:
        return os.path.join(self.root, "current")
