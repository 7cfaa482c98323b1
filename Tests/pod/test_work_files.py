"""Files of jobs: what is brought, what never is, what the server shows, and what is left when a pod is gone."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from broker import wait_for
from packing import IMAGE, PROGRAMS, Pod

sys.path.insert(0, IMAGE)

from sds_pod.work.carrier import MOST_BYTES, Carrier  # noqa: E402
from sds_pod.work.shelf import Shelf  # noqa: E402
from sds_pod.work.watch import Watch  # noqa: E402

REDIS = shutil.which("redis-server")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


JOB = "jobs/2026/01/31/23/59/job-1"


class WorkFilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sds-work-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.kept, self.root = os.path.join(self.folder, "kept"), os.path.join(self.folder, "work")
        self.server = None
        self.serve()
        self.addCleanup(self.end)

    def serve(self):
        environment = dict(
            os.environ, SDS_WORK_FOLDER=self.kept, SDS_WORK_HOST="127.0.0.1", SDS_WORK_READ_PORT="0",
            SDS_WORK_WRITE_PORT=str(getattr(self, "intake", 0)))
        self.server = subprocess.Popen(
            [os.path.join(PROGRAMS, "sds-work-files")], env=environment, stderr=subprocess.PIPE, text=True)
        line = self.server.stderr.readline()
        self.assertIn("ports ", line)
        self.read, self.intake = (int(word) for word in line.split("ports ")[1].split(";")[0].split(", "))

    def end(self):
        if self.server:
            self.server.terminate()
            self.server.wait(10)
            self.server.stderr.close()
            self.server = None

    def write(self, path, text, mode="w"):
        place = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, mode) as file:
            file.write(text)

    def carrier(self):
        carrier = Carrier(self.root, f"http://127.0.0.1:{self.intake}", "pod-1")
        self.addCleanup(carrier._close)
        return carrier

    def carry(self, carrier):
        self.assertTrue(carrier.round(time.monotonic() + 20))

    def ask(self, path, method="GET", port=None, **headers):
        link = http.client.HTTPConnection("127.0.0.1", port or self.read, timeout=10)
        link.request(method, path, headers=headers)
        answer = link.getresponse()
        body = answer.read()
        link.close()
        return answer, body.decode("utf-8", "replace")

    def text(self, path):
        answer, body = self.ask(f"/work/{path}")
        self.assertEqual(answer.status, 200, body)
        return body


class Carrying(WorkFilesTest):
    def test_what_a_job_writes_is_there_while_it_runs_and_after_its_pod_is_gone(self):
        carrier = self.carrier()
        self.write(f"{JOB}/_stdout.txt", "one\n")
        self.write(f"{JOB}/product/browse.json", "{}")
        self.carry(carrier)
        self.assertEqual(self.text(f"{JOB}/_stdout.txt"), "one\n")
        self.write(f"{JOB}/_stdout.txt", "two\n", "a")
        self.carry(carrier)
        shutil.rmtree(self.root)
        self.assertEqual(self.text(f"{JOB}/_stdout.txt"), "one\ntwo\n")
        listing = self.text(f"{JOB}/")
        self.assertIn('<a href="_stdout.txt">', listing)
        self.assertIn('<a href="product/">', listing)

    def test_only_what_was_added_is_sent_and_a_file_written_anew_is_sent_whole(self):
        carrier, sent = self.carrier(), []
        put = carrier._put
        carrier._put = lambda path, begun, content, size: sent.append((begun, len(content))) or put(
            path, begun, content, size)
        self.write(f"{JOB}/a.log", "12345")
        self.carry(carrier)
        self.carry(carrier)
        self.write(f"{JOB}/a.log", "678", "a")
        self.carry(carrier)
        self.write(f"{JOB}/a.log", "another start, longer than before")
        self.carry(carrier)
        self.assertEqual(sent, [(0, 5), (5, 3), (0, 33)])
        self.assertEqual(self.text(f"{JOB}/a.log"), "another start, longer than before")

    def test_secrets_links_and_hidden_files_stay(self):
        for name in (".netrc", "celeryconfig.py", "netrc-os", "x.pem", "aws_credentials", ".container_mounts-1/celeryconfig.py"):
            self.write(f"{JOB}/{name}", "planted-secret")
        self.write("secret", "planted-secret")
        os.symlink(os.path.join(self.root, "secret"), os.path.join(self.root, JOB, "linked.txt"))
        os.mkfifo(os.path.join(self.root, JOB, "pipe"))
        self.write(f"{JOB}/good.txt", "good")
        self.carry(self.carrier())
        found = subprocess.run(["grep", "-rl", "planted-secret", self.kept], stdout=subprocess.PIPE, text=True)
        self.assertEqual(found.stdout, "")
        self.assertEqual(self.text(f"{JOB}/good.txt"), "good")

    def test_of_a_large_file_the_start_is_kept_and_said_to_be_one(self):
        self.write(f"{JOB}/huge.log", "x" * (MOST_BYTES + 1000))
        carrier = self.carrier()
        self.carry(carrier)
        self.write(f"{JOB}/huge.log", "more", "a")
        self.carry(carrier)
        self.assertEqual(len(self.text(f"{JOB}/huge.log")), MOST_BYTES)
        self.assertIn(f"the first {MOST_BYTES:,} of {MOST_BYTES + 1004:,} bytes", self.text(f"{JOB}/"))

    def test_a_server_that_comes_back_empty_gets_everything_again(self):
        carrier = self.carrier()
        self.write(f"{JOB}/a.log", "one")
        self.carry(carrier)
        self.end()
        self.write(f"{JOB}/a.log", "two", "a")
        self.assertFalse(carrier.round(time.monotonic() + 5))
        shutil.rmtree(self.kept)
        self.serve()
        self.carry(carrier)
        self.assertEqual(self.text(f"{JOB}/a.log"), "onetwo")

    def test_a_name_that_cannot_be_kept_stops_no_other(self):
        self.write(f"{JOB}/{'a' * 240}", "long")
        self.write(f"{JOB}/z.log", "kept")
        self.carry(self.carrier())
        self.assertEqual(self.text(f"{JOB}/z.log"), "kept")


class Showing(WorkFilesTest):
    def test_nothing_outside_is_shown_and_nothing_is_written_through_the_reading_port(self):
        with open(os.path.join(self.folder, "outside"), "w") as file:
            file.write("secret")
        os.symlink("../outside", os.path.join(self.kept, "link"))
        for path in ("/work/../outside", "/work/%2e%2e/outside", "/work/link", "/outside", "/work/.of-x", "/work/a%00b"):
            self.assertEqual(self.ask(path)[0].status, 404, path)
        for method in ("PUT", "POST", "DELETE"):
            self.assertEqual(self.ask("/work/a", method)[0].status, 501, method)

    def test_the_taking_port_writes_below_its_folder_alone(self):
        for path in ("/../x", "/%2e%2e/x", "/.hidden", "/", "/a/../../x"):
            answer, _ = self.ask(path, "PUT", self.intake, **{"Content-Length": "0"})
            self.assertEqual(answer.status, 400, path)
        self.assertEqual(self.ask("/a", "PUT", self.intake, **{"Content-Length": "-1"})[0].status, 413)
        self.assertEqual(os.listdir(self.kept), [])

    def test_what_a_job_wrote_does_not_run_in_a_browser(self):
        self.write(f"{JOB}/page.html", "<script>alert(1)</script>")
        self.write(f"{JOB}/<b>.txt", "name")
        self.write(f"{JOB}/binary", "a\0b")
        self.carry(self.carrier())
        answer, _ = self.ask(f"/work/{JOB}/page.html")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("&lt;b&gt;.txt", self.text(f"{JOB}/"))
        self.assertEqual(self.ask(f"/work/{JOB}/binary")[0].headers["Content-Disposition"], "attachment")

    def test_prometheus_gets_numbers(self):
        self.write(f"{JOB}/a.log", "12345")
        self.carry(self.carrier())
        body = self.ask("/metrics")[1]
        self.assertIn("sds_work_files_received_bytes_total 5\n", body)
        self.assertIn("sds_work_files_volume_free_bytes ", body)


class Watching(WorkFilesTest):
    def test_lines_of_jobs_become_events_once_and_whole_lines_only(self):
        watch = Watch.__new__(Watch)
        pushed = []
        watch.redis = type("List", (), {"push": lambda self, key, values: pushed.extend(values)})()
        watch.key = "sdswatch"
        place = os.path.join(self.kept, "a.pge.sdswatch.log")
        self.assertTrue(Watch.follows(place) and not Watch.follows("a.log"))
        with open(place, "w") as file:
            file.write("2026-01-31 23:59:01,250, 'frames, read', 12.5\nnoise\n2026-01-31T23:59:02Z, part, do")
        path = f"/{JOB}/a.pge.sdswatch.log"
        self.assertEqual(watch.bring(path, place, "pod-1"), 0 + 1)
        self.assertEqual(watch.bring(path, place, "pod-1"), 0)
        with open(place, "a") as file:
            file.write("ne\n")
        self.assertEqual(watch.bring(path, place, "pod-1"), 1)
        first, second = (json.loads(event) for event in pushed)
        self.assertEqual(
            {key: first[key] for key in ("host", "source_type", "source_id", "log_path")},
            {"host": "pod-1", "source_type": "a", "source_id": "job-1", "log_path": path})
        self.assertEqual((second["metric_key"], second["metric_value_string"]), ("part", "done"))
        self.assertNotIn("metric_value_float", second)
        self.assertEqual(second["sdswatch_timestamp"], "2026-01-31T23:59:02.000Z")

    def test_pairs_become_fields(self):
        line = "2026-01-31T23:59:02.5Z, host-1, type-1, id-1, 'rate=2.5 state=up'\n"
        (event,) = Watch.events(f"/{JOB}/x.fulldict.sdswatch.log", line, "pod-1")
        self.assertEqual((event["host"], event["source_id"], event["rate"], event["state"]), ("host-1", "id-1", 2.5, "up"))

    @unittest.skipUnless(REDIS, "needs redis-server")
    def test_a_real_redis_gets_them_and_one_that_was_away_does_so_later(self):
        settings = os.path.join(self.folder, "watch.json")
        port = free_port()
        with open(settings, "w") as file:
            json.dump({"host": "127.0.0.1", "port": port, "key": "sdswatch"}, file)
        with mock.patch("sds_pod.work.watch.RETRY", 0.5):
            watch = Watch(settings)
            place = os.path.join(self.kept, "a.pge.sdswatch.log")
            with open(place, "w") as file:
                file.write("2026-01-31T23:59:01, k, 1\n")
            watch.changed(f"/{JOB}/a.pge.sdswatch.log", place, "pod-1")
            time.sleep(0.3)
            server = subprocess.Popen(
                [REDIS, "--port", str(port), "--save", "", "--dir", self.folder], stdout=subprocess.DEVNULL)
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)

            def length():
                try:
                    return watch.redis.queues({"keys": ["sdswatch"]}).more["queues"][0]["messages_ready"]
                except Exception:
                    return 0

            wait_for(lambda: length() == 1, 20, lambda: "nothing came")


class Sweeping(WorkFilesTest):
    def test_old_jobs_go_first_and_empty_days_with_them(self):
        shelf = Shelf(self.kept, days=30, free=0.0)
        for day, name in (("01", "old"), ("02", "new")):
            shelf.write(f"/jobs/2026/01/{day}/00/00/{name}/a.log", 0, b"x", 1, "p")
        old = os.path.join(self.kept, "jobs/2026/01/01/00/00/old")
        for each in os.listdir(old):
            os.utime(os.path.join(old, each), (time.time() - 40 * 86400,) * 2)
        self.assertEqual(shelf.sweep(), {"jobs": 1, "removed": 1})
        self.assertEqual(os.listdir(os.path.join(self.kept, "jobs/2026/01")), ["02"])

    def test_a_full_volume_loses_its_oldest_jobs(self):
        shelf = Shelf(self.kept, days=30, free=2.0)
        shelf.write("/jobs/2026/01/01/00/00/one/a.log", 0, b"x", 1, "p")
        self.assertEqual(shelf.sweep(), {"jobs": 0, "removed": 1})


class BesideTheWorker(WorkFilesTest):
    def test_the_supervisor_has_the_last_words_brought_before_it_ends(self):
        pod = Pod(tempfile.mkdtemp(prefix="sds-work-pod-", dir=self.folder))
        pod.environment.update(
            SDS_WORK_FILES=f"http://127.0.0.1:{self.intake}", HYSDS_ROOT_WORK_DIR=self.root, SDS_POD_NAME="w-1")
        script = (
            f"mkdir -p {self.root}/{JOB}; cd {self.root}/{JOB}; echo begun > _stdout.txt; "
            "trap 'echo last >> _stdout.txt; exit 0' TERM; echo up; while :; do sleep 0.1; done"
        )
        output = open(os.path.join(self.folder, "output"), "wb")
        self.addCleanup(output.close)
        process = subprocess.Popen(
            ["sds-supervise", "--", "sh", "-c", script], env=pod.environment, stdout=output, stderr=output)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_for(lambda: os.path.exists(os.path.join(self.kept, JOB, "_stdout.txt")), 20, lambda: "nothing came")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(15), 0)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(self.text(f"{JOB}/_stdout.txt"), "begun\nlast\n")
        left = subprocess.run(["pgrep", "-g", str(process.pid)], stdout=subprocess.PIPE)
        self.assertEqual(left.stdout, b"")

    def test_a_server_that_was_away_does_not_delay_the_end(self):
        pod = Pod(tempfile.mkdtemp(prefix="sds-work-pod-", dir=self.folder))
        self.end()
        pod.environment.update(
            SDS_WORK_FILES=f"http://127.0.0.1:{self.intake}", HYSDS_ROOT_WORK_DIR=self.root, SDS_POD_NAME="w-1")
        self.write(f"{JOB}/a.log", "x")
        process = subprocess.Popen(["sds-supervise", "--", "sleep", "100"], env=pod.environment, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.addCleanup(process.stderr.close)
        for line in process.stderr:
            if "not all files of jobs are kept yet" in line:
                break
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)
        self.assertLess(time.monotonic() - begun, 5)


if __name__ == "__main__":
    unittest.main()
