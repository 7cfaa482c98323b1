"""Makes package files for tests with Python's own tarfile, laid out as sdscli lays them out, and hostile ones.

  python3 packages.py good FOLDER NAME:VERSION BYTES [QUEUE]    FOLDER/container-NAME-VERSION.sdspkg.tar
  python3 packages.py hostile FOLDER                            a file for each way in which a package may be bad
"""

import io
import json
import os
import random
import sys
import tarfile

TOP = "p.sdspkg"
IMAGE = (TOP + "/x.tar.gz", b"image")
CONTAINER = {"id": "container-evil:v1", "url": "x.tar.gz"}


def manifest(name, version, queue):
    container, job = f"container-{name}:{version}", f"job-{name}:{version}"
    params = [{"name": "script", "destination": "positional"}]
    return {
        "containers": {
            "id": container, "name": container, "version": version, "digest": "sha256:" + "0" * 64,
            "resource": "container", "url": f"{name}-{version}.tar.gz",
            "urls": json.dumps({"x86_64": f"{name}-{version}.tar.gz", "aarch64": f"{name}-{version}-arm.tar.gz"})},
        "job_specs": [{
            "id": job, "container": container, "job-version": version, "resource": "jobspec", "command": "/bin/sh -c",
            "required_queues": [queue], "params": params,
            "dependency_images": [{"container_image_name": "dependency:1", "container_image_url": "dependency-1.tar.gz"}]}],
        "hysds_ios": [{
            "id": f"hysds-io-{name}:{version}", "job-specification": job, "job-version": version,
            "resource": "hysds-io-specification", "component": "mozart", "submission_type": "individual",
            "allowed_accounts": ["ops"], "params": [{"name": "script", "from": "submitter", "type": "text"}],
        }],
    }


def write(path, members, cut=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                tar.addfile(info, io.BytesIO(member[1]))
            else:
                tar.addfile(member)
    with open(path, "wb") as file:
        file.write(out.getvalue()[:cut])


def special(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, 0o755
    return info


def good(folder, ident, size, queue):
    name, version = ident.split(":")
    top = f"container-{name}-{version}.sdspkg"
    noise = random.Random(ident)
    files = {
        f"{name}-{version}.tar.gz": noise.randbytes(size), f"{name}-{version}-arm.tar.gz": noise.randbytes(1000),
        "dependency-1.tar.gz": b"dependency",
        "manifest.json": json.dumps(manifest(name, version, queue), indent=2, sort_keys=True).encode()}
    write(f"{folder}/{top}.tar", [special(top, tarfile.DIRTYPE)] + [(f"{top}/{n}", files[n]) for n in sorted(files)])


def hostile(folder):
    def bad(name, *members, containers=CONTAINER, specs=(), wirings=(), text=None, cut=None):
        document = {"containers": containers, "job_specs": list(specs), "hysds_ios": list(wirings)}
        text = json.dumps(document).encode() if text is None else text
        last = [(TOP + "/manifest.json", text)] if text else []
        write(f"{folder}/{name}.tar", [special(TOP, tarfile.DIRTYPE), *members, *last], cut)

    bad("absolute", ("/tmp/sds-evil", b"x"), IMAGE)
    bad("bad-urls", IMAGE, containers={**CONTAINER, "urls": "[1"})
    bad("cut-in-data", (TOP + "/x.tar.gz", b"y" * 100000), cut=30000)
    bad("cut-in-head", (TOP + "/x.tar.gz", b"y" * 100000), cut=700)
    bad("device", special(TOP + "/x.tar.gz", tarfile.CHRTYPE))
    bad("duplicate", IMAGE, IMAGE)
    bad("fifo", special(TOP + "/x.tar.gz", tarfile.FIFOTYPE))
    bad("foreign-spec", IMAGE, specs=[{"id": "job-evil", "container": "container-other"}])
    bad("foreign-io", IMAGE, wirings=[{"id": "hysds-io-evil", "job-specification": "job-other"}])
    bad("hardlink", special(TOP + "/x.tar.gz", tarfile.LNKTYPE, "/etc/passwd"))
    bad("image-elsewhere", IMAGE, containers={**CONTAINER, "url": "../../etc/passwd"})
    bad("manifest-twice", IMAGE, (TOP + "/manifest.json", b"{}"))
    bad("missing-image")
    bad("nested", (TOP + "/a/x.tar.gz", b"x"))
    bad("no-id", IMAGE, containers={"url": "x.tar.gz"})
    bad("no-manifest", IMAGE, text=b"")
    bad("not-json", IMAGE, text=b"{")
    bad("outside", IMAGE, ("other/x.tar.gz", b"x"))
    bad("symlink", special(TOP + "/x.tar.gz", tarfile.SYMTYPE, "/etc/passwd"))
    bad("traversal", (TOP + "/../../sds-evil", b"x"), IMAGE)
    with open(f"{folder}/noise.tar", "wb") as file:
        file.write(os.urandom(50000))


if __name__ == "__main__":
    if sys.argv[1] == "good":
        good(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else "any")
    else:
        hostile(sys.argv[2])
