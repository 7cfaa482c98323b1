"""Makes releases as `sds` uploads them: trees, chunks and release.json in the folder that a pod mounts."""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
IMAGE = os.path.join(REPOSITORY, "images", "pod")
PROGRAMS = os.path.join(IMAGE, "bin")
CHUNK = 700


def sha(content):
    return hashlib.sha256(content).hexdigest()


def quoted(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Member:
    """One entry of a tree; `kind` f, d or l, and what the tarball says when that is to differ from the manifest."""

    def __init__(self, path, content=b"", kind="f", mode=0o644, packed=None):
        self.path, self.kind, self.mode = path, kind, mode
        self.content = content.encode() if isinstance(content, str) else content
        self.packed = packed

    def line(self):
        if self.kind == "f":
            fields = [self.path, "f", f"{self.mode:o}", len(self.content), sha(self.content)]
        elif self.kind == "d":
            fields = [self.path, "d", "755", 0, ""]
        else:
            fields = [self.path, "l", "777", 0, self.content.decode()]
        return quoted(fields) + "\n"

    def info(self):
        info = tarfile.TarInfo(self.path)
        info.mode = self.mode
        info.type = {"f": tarfile.REGTYPE, "d": tarfile.DIRTYPE, "l": tarfile.SYMTYPE}[self.kind]
        if self.kind == "f":
            info.size = len(self.content)
        if self.kind == "l":
            info.linkname = self.content.decode()
        if self.packed:
            self.packed(info)
        return info


class Tree:
    def __init__(self, name, members, path=None, extra=()):
        """`extra` members are in the tarball, not in the manifest."""
        self.name = name
        self.path = f"ops/{name}" if path is None else path
        members = sorted(members, key=lambda member: member.path.encode())
        manifest = "".join(member.line() for member in members).encode()
        self.digest = sha(manifest)
        self.manifest, self.members = manifest, members
        self.image = None
        self.hold(self.packed([*members, *extra]))

    def hold(self, tarball):
        self.tarball = tarball
        self.chunks = [tarball[at : at + CHUNK] for at in range(0, len(tarball), CHUNK)]
        stem = self.digest if self.image is None else sha(tarball)
        self.names = [f"{stem[:16]}.{index}" for index in range(len(self.chunks))]

    def on(self, held):
        """The same as it goes with an image that holds another state."""
        self.image = held.digest
        self.hold(self.patch(held))
        return self

    def packed(self, members):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for member in [Member(".sds-manifest", self.manifest), *members]:
                archive.addfile(member.info(), io.BytesIO(member.content) if member.kind == "f" else None)
        return gzip.compress(buffer.getvalue(), mtime=0)

    def patch(self, old):
        """What of this tree another state of it lacks."""
        held = {member.line() for member in old.members}
        return self.packed([member for member in self.members if member.line() not in held])


def release_json(trees, links=()):
    document = {
        "format": 1,
        "trees": [
            {
                "name": tree.name,
                "path": tree.path,
                "digest": tree.digest,
                "tarball": sha(tree.tarball),
                "size": len(tree.tarball),
                "chunks": len(tree.chunks),
                **({"image": tree.image} if tree.image else {}),
            }
            for tree in trees
        ],
        "links": [{"path": path, "target": target} for path, target in links],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Pod:
    """A pod's folders below one temporary folder, and its programs run there."""

    def __init__(self, folder):
        self.folder = folder
        self.root = os.path.join(folder, "sds")
        self.chunks = os.path.join(folder, "chunks")
        self.secrets = os.path.join(folder, "secrets")
        self.home = os.path.join(folder, "home")
        self.state = os.path.join(folder, "state")
        self.log = os.path.join(folder, "termination-log")
        self.current = os.path.join(self.root, "current")
        self.image = os.path.join(folder, "image")
        for path in (self.root, self.chunks, self.secrets, self.home):
            os.makedirs(path)
        self.environment = dict(
            os.environ,
            SDS_ROOT=self.root,
            SDS_CHUNKS=self.chunks,
            SDS_SECRETS=self.secrets,
            SDS_STATE_DIR=self.state,
            SDS_TERMINATION_LOG=self.log,
            SDS_IMAGE_TREES=self.image,
            HOME=self.home,
            PYTHONDONTWRITEBYTECODE="1",
            PATH=os.path.dirname(sys.executable) + os.pathsep + PROGRAMS + os.pathsep + os.environ["PATH"],
        )

    def mount(self, trees, links=(), sequence=1):
        """Puts a release where the pod's template would, and returns its digest."""
        for name in os.listdir(self.chunks):
            os.unlink(os.path.join(self.chunks, name))
        raw = release_json(trees, links)
        self.put("release.json", raw)
        for tree in trees:
            for name, chunk in zip(tree.names, tree.chunks):
                self.put(name, chunk)
        self.environment["SDS_RELEASE"] = sha(raw)
        self.environment["SDS_SEQUENCE"] = str(sequence)
        return sha(raw)

    def bake(self, tree):
        """Puts a tree where the pod's image has it, instead of any other state of it."""
        top = os.path.join(self.image, tree.path)
        shutil.rmtree(top, ignore_errors=True)
        os.makedirs(top)
        for member in tree.members:
            path = os.path.join(top, member.path)
            if member.kind == "d":
                os.makedirs(path, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if member.kind == "l":
                os.symlink(member.content, path)
                continue
            with open(path, "wb") as file:
                file.write(member.content)
            os.chmod(path, member.mode)

    def put(self, name, content):
        with open(os.path.join(self.chunks, name), "wb") as file:
            file.write(content)

    def run(self, *command, **options):
        options.setdefault("timeout", 60)
        return subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False, **options
        )

    def init(self):
        return self.run("sds-init")

    def read(self, *parts):
        with open(os.path.join(*parts), encoding="utf-8") as file:
            return file.read()

    def refusal(self):
        return self.read(self.log)

    def release(self):
        return os.path.basename(os.readlink(self.current))
