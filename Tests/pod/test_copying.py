"""sds-store copies indices between two of the tests' Elasticsearch stand-ins: whole, twice, killed, and back."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from packing import IMAGE, REPOSITORY, Pod

sys.path.insert(0, IMAGE)

from sds_pod.stores.copying import Copying, Held  # noqa: E402
from sds_pod.stores.trouble import Failed  # noqa: E402
from sds_pod.stores.web import Reply, Web  # noqa: E402

STAND_IN = os.path.join(REPOSITORY, "Tests", "stand-ins", "elasticsearch.py")


class Store:
    """A stand-in for Elasticsearch of its own."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, STAND_IN, "--host", "127.0.0.1", "--port", "0", "--data", folder],
            stdout=subprocess.PIPE, text=True)
        self.url = "http://127.0.0.1:" + self.process.stdout.readline().split("127.0.0.1:")[1].split(",")[0]

    def ask(self, method, path, body=None):
        content = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=content, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def fill(self, index, count, start=0):
        lines = []
        for number in range(start, start + count):
            lines += [json.dumps({"index": {"_id": f"d{number}"}}), json.dumps({"n": number, "t": f"é{number}"})]
            if len(lines) >= 4000:
                self.ask("POST", f"/{index}/_bulk", "\n".join(lines) + "\n")
                lines = []
        if lines:
            self.ask("POST", f"/{index}/_bulk", "\n".join(lines) + "\n")

    def count(self, index):
        return self.ask("GET", f"/{index}/_count").get("count")

    def document(self, index, key):
        return self.ask("GET", f"/{index}/_doc/{key}").get("_source")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class CopyingTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sds-copying-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.pod = Pod(os.path.join(self.folder, "pod"))
        self.old, self.new = (Store(os.path.join(self.folder, each)) for each in ("old", "new"))
        self.addCleanup(self.old.close)
        self.addCleanup(self.new.close)

    def document_of(self, source, target, indices, **more):
        step = dict({"name": "copy", "store": "target", "source": "source", "do": "copy-indices", "indices": indices}, **more)
        stores = {
            "source": {"kind": "elasticsearch", "url": source.url},
            "target": {"kind": "elasticsearch", "url": target.url},
        }
        return json.dumps({"deadline-seconds": 10, "stores": stores, "steps": [step]})

    def copy(self, indices, code=0, back=False, **more):
        source, target = (self.new, self.old) if back else (self.old, self.new)
        result = self.pod.run("sds-store", "-", input=self.document_of(source, target, indices, **more), timeout=120)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return json.loads(result.stdout.splitlines()[-1])

    def test_everything_comes_with_its_ids_and_mappings_and_a_second_run_writes_nothing(self):
        self.old.ask("PUT", "/grq_v1_a", {"mappings": {"properties": {"n": {"type": "integer"}}}, "aliases": {"grq_a": {}}})
        self.old.fill("grq_v1_a", 1234)
        self.old.fill("grq_v1_b", 3)
        self.old.fill("other", 2)
        line = self.copy(["grq_*"])
        self.assertEqual(line["result"], "done", line)
        self.assertEqual([each["here"] for each in line["indices"]], [1234, 3])
        self.assertEqual(self.new.document("grq_v1_a", "d1233"), {"n": 1233, "t": "é1233"})
        held = self.new.ask("GET", "/grq_v1_a")["grq_v1_a"]
        self.assertEqual(held["mappings"]["properties"]["n"]["type"], "integer")
        self.assertIn("grq_a", held["aliases"])
        self.assertIsNone(self.new.count("other"))
        again = self.copy(["grq_*"])
        self.assertEqual(again["result"], "unchanged", again)
        self.assertIn("1237 were there, 0 copied", again["detail"])

    def test_what_was_changed_here_since_stays_and_is_told(self):
        self.old.fill("user_rules-grq", 3)
        self.copy(["user_rules-*"])
        self.new.ask("PUT", "/user_rules-grq/_doc/d1", {"n": "changed here"})
        self.new.ask("PUT", "/user_rules-grq/_doc/own", {"n": "made here"})
        line = self.copy(["user_rules-*"])
        self.assertIn("1 differ and stay as they are here: user_rules-grq/d1", line["detail"])
        self.assertEqual(self.new.document("user_rules-grq", "d1"), {"n": "changed here"})
        self.assertEqual(line["indices"][0], {"index": "user_rules-grq", "source": 3, "here": 4, "copied": 0, "differ": 1})

    def test_the_way_back_brings_what_is_new_and_what_was_changed(self):
        self.old.fill("user_rules-grq", 3)
        self.copy(["user_rules-*"])
        self.new.ask("PUT", "/user_rules-grq/_doc/d1", {"n": "changed here"})
        self.new.ask("PUT", "/user_rules-grq/_doc/own", {"n": "made here"})
        self.copy(["user_rules-*"], back=True, overwrite=True)
        self.assertEqual(self.old.document("user_rules-grq", "d1"), {"n": "changed here"})
        self.assertEqual(self.old.document("user_rules-grq", "own"), {"n": "made here"})
        self.assertEqual(self.old.count("user_rules-grq"), 4)

    def test_killed_anywhere_it_goes_on_and_loses_nothing(self):
        self.old.fill("grq_v1_a", 6000)
        for delay in (0.4, 0.7, 1.1):
            process = subprocess.Popen(
                ["sds-store", "-"], env=self.pod.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, text=True)
            process.stdin.write(self.document_of(self.old, self.new, ["grq_*"]))
            process.stdin.close()
            time.sleep(delay)
            process.kill()
            process.wait()
        before = self.new.count("grq_v1_a") or 0
        line = self.copy(["grq_*"])
        self.assertEqual(line["indices"][0]["here"], 6000)
        self.assertEqual(line["indices"][0]["copied"], 6000 - before)
        self.assertEqual(self.old.count("grq_v1_a"), 6000)

    def test_a_document_that_the_new_mapping_refuses_is_named(self):
        class Refusing:
            @staticmethod
            def send_lines(*_):
                error = {"type": "mapper_parsing_exception", "reason": "failed to parse field [when]"}
                return Reply(200, {"items": [{"create": {"_id": "odd", "status": 400, "error": error}}]})

        with self.assertRaises(Failed) as caught:
            Copying(None, Refusing(), False)._write("grq_v1_a", [Held("odd", None, {"when": "not a date"})])
        self.assertEqual(str(caught.exception), "grq_v1_a/odd: failed to parse field [when]")

    def test_a_source_that_loses_a_shard_or_a_document_is_no_success(self):
        for reply in ({"_shards": {"failed": 1}}, {"timed_out": True}):
            with self.assertRaises(Failed):
                Copying._check_shards("grq_v1_a", reply)
        self.old.fill("grq_v1_a", 2)
        copying = Copying(Web({"url": self.old.url}), Web({"url": self.new.url}), False)
        copying._documents = lambda index: iter(())
        with self.assertRaisesRegex(Failed, "counts 2 documents and gave 0"):
            copying._index("grq_v1_a")

    def test_nothing_to_copy_is_said(self):
        self.assertIn("no index like grq_*", self.copy(["grq_*"])["detail"])


if __name__ == "__main__":
    unittest.main()
