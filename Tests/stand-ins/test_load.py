"""images/load: an archive on every node or an error with the node's name, whatever `ctr` does there."""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest

LOAD = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "images", "load")
DIGEST = "sha256:" + "a" * 64
# A node: a folder that keeps what was imported, and how its ctr behaves.
NODE = """#!/bin/sh
node=$1; shift 5
echo "$*" >>"$node/calls"
[ ! -e "$node/broken" ] || { echo "connection refused" >&2; exit 1; }
case $1 in
  ls) grep -qx "$3" "$node/names" 2>/dev/null && echo "$3"; exit 0 ;;
  import) cat >/dev/null; echo "unpacking localhost/hysds/pele:1 ($(cat "$node/digest"))...done" ;;
  tag) echo "name==$4" >>"$node/names" ;;
esac
"""


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sds-load-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = self.write("on", NODE)
        os.chmod(self.program, 0o755)
        self.archive = os.path.join(self.folder, "image.tar")
        index = (
            '{"manifests":[{"digest":"%s","annotations":{"org.opencontainers.image.ref.name":"localhost/hysds/pele:1"}}]}'
            % DIGEST
        ).encode()
        with tarfile.open(self.archive, "w") as archive:
            info = tarfile.TarInfo("index.json")
            info.size = len(index)
            archive.addfile(info, io.BytesIO(index))
        self.nodes = [self.node("one"), self.node("two")]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def node(self, name, digest=DIGEST):
        os.makedirs(os.path.join(self.folder, name))
        self.write(f"{name}/digest", digest)
        return os.path.join(self.folder, name)

    def load(self, *words):
        options = [word for node in self.nodes for word in ("--on", f"{self.program} {node}")]
        return subprocess.run([LOAD, *options, *(words or [self.archive])], capture_output=True, text=True, check=False)

    def calls(self, node, verb):
        with open(os.path.join(node, "calls"), encoding="utf-8") as file:
            return [line for line in file if line.startswith(verb)]

    def test_every_node_gets_it_under_the_name_that_kubelet_looks_for_and_only_once(self):
        for _ in range(2):
            result = self.load()
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(result.stdout, f"localhost/hysds/pele@{DIGEST}\n")
        for node in self.nodes:
            self.assertEqual(len(self.calls(node, "import")), 1)
            self.assertEqual(
                self.calls(node, "tag"), [f"tag --force localhost/hysds/pele:1 localhost/hysds/pele@{DIGEST}\n"]
            )

    def test_a_node_that_fails_is_named_and_nothing_is_printed(self):
        self.write("two/broken", "")
        result = self.load()
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(self.nodes[1], result.stderr)
        self.assertIn("connection refused", result.stderr)
        os.unlink(os.path.join(self.nodes[1], "broken"))
        self.assertEqual(self.load().returncode, 0)

    def test_a_node_with_another_digest_is_an_error(self):
        self.write("two/digest", "sha256:" + "b" * 64)
        result = self.load()
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("has it as", result.stderr)

    def test_no_node_and_no_archive_are_refused(self):
        self.assertEqual(self.load("/nowhere").returncode, 2)
        self.nodes = []
        self.assertEqual(self.load().returncode, 2)


if __name__ == "__main__":
    unittest.main()
