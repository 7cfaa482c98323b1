"""sds-supervise with a real Celery worker and a real RabbitMQ: no job is lost, doubled or recorded as failed."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import broker
from broker import wait_for
from packing import Member, Pod, Tree

WHY_NOT = broker.why_not()
APPLICATION = """
import os
import subprocess
import time

from celery import Celery, signals

VERSION = "{version}"
app = Celery("hysds")
app.config_from_object("celeryconfig")


def note(*words):
    with open(os.environ["TEST_LOG"], "a") as log:
        log.write(" ".join(map(str, words)) + "\\n")


@app.task
def job(name, seconds):
    # A job's own program, in a session of its own, as HySDS starts it.
    program = subprocess.Popen(["sleep", "1234.5"], start_new_session=True)
    note("begin", name, VERSION, os.getpid(), program.pid)
    import later
    time.sleep(seconds)
    program.kill()
    program.wait()
    note("end", name, VERSION + later.VERSION)


@signals.task_failure.connect
def failed(task_id=None, exception=None, **_):
    note("failed", task_id, repr(exception))
"""
CONFIGURATION = """
broker_url = "{url}"
result_backend = "file://{results}"
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
task_queue_max_priority = 10
broker_heartbeat = 4
broker_heartbeat_checkrate = 2
broker_connection_timeout = 5
"""
RABBIT = broker.RabbitMQ() if not WHY_NOT else None


def setUpModule():
    if RABBIT:
        RABBIT.start()


def tearDownModule():
    if RABBIT:
        RABBIT.close()


def code(version, url, results):
    return Tree(
        "hysds",
        [
            Member("hysds/__init__.py", ""),
            Member("hysds/celery.py", APPLICATION.format(version=version)),
            Member("later.py", f'VERSION = "{version}"\n'),
            Member("celeryconfig.py", CONFIGURATION.format(url=url, results=results)),
        ],
    )


@unittest.skipIf(WHY_NOT, f"skipped: {WHY_NOT}")
class WorkerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sds-worker-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = os.path.join(self.folder, "log")
        self.results = os.path.join(self.folder, "results")
        os.makedirs(self.results)
        self.queue = f"queue-{time.monotonic_ns()}"
        if not broker.is_open(RABBIT.port):
            RABBIT.start()
        self.pods = []
        self.addCleanup(self.end_all)

    def pod(self, name="a", version="one", sequence=1):
        pod = Pod(os.path.join(self.folder, name))
        pod.environment.update(TEST_LOG=self.log, SDS_TREES="hysds", SDS_STOP_SECONDS="5", SDS_WORKLOAD=name)
        folder = os.path.dirname(broker.python())
        pod.environment["PATH"] = os.pathsep.join([folder, pod.environment["PATH"]])
        pod.process = None
        self.release(pod, version, sequence)
        self.pods.append(pod)
        return pod

    def release(self, pod, version, sequence):
        digest = pod.mount([code(version, RABBIT.url, self.results)], sequence=sequence)
        self.assertEqual(pod.init().returncode, 0)
        return digest

    def start(self, pod, app="hysds"):
        name = pod.environment["SDS_WORKLOAD"]
        words = f"celery --app={app} worker --concurrency=1 --loglevel=INFO -Q {self.queue} -n {name}@%h"
        words += " -O fair --without-mingle --without-gossip --heartbeat-interval=60"
        pod.output = open(os.path.join(pod.folder, "output"), "ab")
        pod.process = subprocess.Popen(
            ["sds-supervise", "--", *words.split()],
            env=pod.environment,
            cwd=self.folder,
            stdout=pod.output,
            stderr=pod.output,
        )

    def end_all(self):
        for pod in self.pods:
            if pod.process:
                if pod.process.poll() is None:
                    pod.run("sds-drain", "--now")
                    pod.process.send_signal(signal.SIGTERM)
                    try:
                        pod.process.wait(20)
                    except subprocess.TimeoutExpired:
                        pod.process.kill()
                        pod.process.wait()
                pod.output.close()

    def submit(self, name, seconds):
        call = f"app.send_task('hysds.celery.job', ({name!r}, {seconds}), queue='{self.queue}')"
        script = f"from hysds.celery import app; {call}"
        tree = os.path.join(self.pods[0].current, "ops", "hysds")
        environment = dict(self.pods[0].environment, PYTHONPATH=tree)
        subprocess.run([broker.python(), "-c", script], env=environment, check=True, timeout=60)

    def state(self, pod):
        result = pod.run("sds-state")
        return json.loads(result.stdout) if result.returncode == 0 else {"state": "none"}

    def wait_state(self, pod, *wanted, seconds=40, **facts):
        def reached():
            state = self.state(pod)
            return (
                state if state["state"] in wanted and all(state[key] == value for key, value in facts.items()) else None
            )

        return wait_for(
            reached,
            seconds,
            lambda: f"state {wanted} {facts}: {self.state(pod)}\n{pod.read(pod.folder, 'output')[-3000:]}",
        )

    def lines(self):
        try:
            with open(self.log, encoding="utf-8") as file:
                return [line.split() for line in file]
        except FileNotFoundError:
            return []

    def noted(self, *words):
        return [line for line in self.lines() if line[: len(words)] == list(words)]

    def wait_noted(self, *words, seconds=40):
        return wait_for(lambda: self.noted(*words), seconds, lambda: f"{words} in {self.lines()}")[0]

    def unacknowledged(self):
        script = (
            "import sys; from kombu import Connection\n"
            f"c = Connection('{RABBIT.url}'); ch = c.channel(); q = ch.queue_declare('{self.queue}', passive=True)\n"
            "print(q.message_count, q.consumer_count)"
        )
        result = subprocess.run(
            [broker.python(), "-c", script], capture_output=True, text=True, check=False, timeout=60
        )
        return tuple(map(int, result.stdout.split()))

    def assert_once(self, name):
        """The job began and ended once, nothing failed, and its message is gone."""
        self.assertEqual((len(self.noted("begin", name)), len(self.noted("end", name))), (1, 1), self.lines())
        self.assert_no_failure()

    def assert_no_failure(self):
        self.assertEqual(self.noted("failed"), [])
        for name in os.listdir(self.results):
            with open(os.path.join(self.results, name), encoding="utf-8") as file:
                self.assertEqual(json.load(file)["status"], "SUCCESS")

    def assert_gone(self, process):
        self.assertFalse(os.path.exists(f"/proc/{process}"), f"process {process} still runs")


class ADrain(WorkerTest):
    def test_hup_lets_the_job_end_on_old_code_and_starts_the_new(self):
        pod = self.pod()
        self.start(pod)
        first = self.wait_state(pod, "idle")
        self.assertEqual(pod.run("sds-ready").returncode, 0)
        # Four times the broker's heartbeat: without heartbeats it would hand the job to somebody else.
        self.submit("long", 18)
        self.wait_noted("begin", "long")
        busy = self.wait_state(pod, "busy")
        self.assertEqual((busy["active"], busy["jobs"][0]["name"]), (1, "hysds.celery.job"))
        new = self.release(pod, "two", 2)
        pod.process.send_signal(signal.SIGHUP)
        draining = self.wait_state(pod, "draining")
        self.assertEqual(draining["release"], first["release"])
        self.assertNotEqual(pod.run("sds-ready").returncode, 0)
        self.submit("next", 0)
        time.sleep(3)
        self.assertEqual(self.unacknowledged(), (1, 0))
        self.wait_noted("end", "long")
        after = self.wait_state(pod, "idle", "busy", release=new)
        self.assertEqual(after["sequence"], 2)
        self.wait_noted("end", "next")
        self.assertEqual(self.noted("end", "long")[0][2], "oneone")
        self.assertEqual(self.noted("end", "next")[0][2], "twotwo")
        self.assert_once("long")
        self.assert_once("next")
        self.assertEqual(pod.run("sds-alive").returncode, 0)

    def test_term_lets_the_job_end_and_a_second_term_changes_nothing(self):
        pod = self.pod()
        self.start(pod)
        self.wait_state(pod, "idle")
        self.submit("long", 14)
        pool = self.wait_noted("begin", "long")[3]
        pod.process.send_signal(signal.SIGTERM)
        self.wait_state(pod, "draining")
        self.submit("next", 0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            time.sleep(1)
            pod.process.send_signal(number)
        self.assertEqual(pod.process.wait(40), 0)
        self.assert_once("long")
        self.assert_gone(pool)
        self.assertEqual(self.noted("begin", "next"), [])
        self.assertEqual(self.unacknowledged(), (1, 0))

    def test_an_idle_worker_ends_at_once(self):
        pod = self.pod()
        self.start(pod)
        self.wait_state(pod, "idle")
        begin = time.monotonic()
        pod.process.send_signal(signal.SIGTERM)
        self.assertEqual(pod.process.wait(20), 0)
        self.assertLess(time.monotonic() - begin, 8)

    def test_after_its_limit_the_job_goes_back_and_another_worker_ends_it(self):
        pod = self.pod()
        self.start(pod)
        self.wait_state(pod, "idle")
        self.submit("long", 8)
        begin = self.wait_noted("begin", "long")
        asked = time.monotonic()
        self.assertEqual(pod.run("sds-drain", "--limit", "2", "--wait", "30").returncode, 0)
        self.assertGreater(time.monotonic() - asked, 1.9)
        self.assertLess(time.monotonic() - asked, 7)
        self.assertEqual(self.noted("end"), [])
        for process in begin[3:5]:
            self.assert_gone(process)
        stopped = self.state(pod)
        self.assertEqual((stopped["state"], len(stopped["returned"])), ("stopped", 1))
        self.assertEqual(pod.run("sds-alive").returncode, 0)
        self.assertNotEqual(pod.run("sds-ready").returncode, 0)
        wait_for(lambda: self.unacknowledged() == (1, 0), 10, "the message is back")
        other = self.pod("b")
        self.start(other)
        self.wait_noted("end", "long")
        self.assertEqual((len(self.noted("begin", "long")), len(self.noted("end", "long"))), (2, 1))
        wait_for(lambda: self.unacknowledged()[0] == 0, 10, "the queue is empty")
        self.wait_state(other, "idle")
        self.assert_no_failure()
        self.assertEqual(len(os.listdir(self.results)), 1)

    def test_now_and_then_taking_jobs_again(self):
        pod = self.pod()
        self.start(pod)
        self.wait_state(pod, "idle")
        self.submit("long", 5)
        self.wait_noted("begin", "long")
        asked = time.monotonic()
        self.assertEqual(pod.run("sds-drain", "--now", "--wait", "20").returncode, 0)
        self.assertLess(time.monotonic() - asked, 4)
        self.assertEqual(pod.run("sds-drain", "--resume", "--wait", "40").returncode, 0)
        self.wait_noted("end", "long")
        self.assertEqual(len(self.noted("begin", "long")), 2)
        self.assert_no_failure()


class WithoutABroker(WorkerTest):
    def test_an_idle_worker_lives_on_and_reconnects(self):
        pod = self.pod()
        self.start(pod)
        before = self.wait_state(pod, "idle")
        RABBIT.stop()
        time.sleep(8)
        self.assertEqual(pod.run("sds-alive").returncode, 0)
        RABBIT.start()
        self.submit("after", 0)
        self.wait_noted("end", "after", seconds=60)
        after = self.wait_state(pod, "idle")
        self.assertEqual((after["process"], after["restarts"]), (before["process"], 0))
        self.assert_once("after")

    def test_it_is_drained_all_the_same(self):
        pod = self.pod()
        self.start(pod)
        self.wait_state(pod, "idle")
        self.submit("long", 10)
        self.wait_noted("begin", "long")
        RABBIT.stop()
        time.sleep(2)
        pod.process.send_signal(signal.SIGTERM)
        self.wait_state(pod, "draining")
        time.sleep(3)
        self.assertEqual(self.state(pod)["active"], 1)
        self.assertEqual(pod.process.wait(40), 0)
        self.assertEqual(len(self.noted("end", "long")), 1)

    def test_a_worker_that_never_connected_ends_too(self):
        RABBIT.stop()
        pod = self.pod()
        self.start(pod)
        time.sleep(4)
        self.assertEqual(self.state(pod)["state"], "starting")
        self.assertEqual(pod.run("sds-alive").returncode, 0)
        self.assertNotEqual(pod.run("sds-ready").returncode, 0)
        pod.process.send_signal(signal.SIGTERM)
        self.assertEqual(pod.process.wait(20), 0)


class ACrash(WorkerTest):
    def test_a_killed_worker_leaves_no_job_behind_and_is_started_again(self):
        pod = self.pod()
        self.start(pod)
        worker = self.wait_state(pod, "idle")["process"]
        self.submit("long", 6)
        begin = self.wait_noted("begin", "long")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: len(self.noted("begin", "long")) == 2, 40, lambda: f"a second begin: {self.lines()}")
        for process in begin[3:5]:
            self.assert_gone(process)
        self.wait_noted("end", "long")
        self.assertEqual(len(self.noted("end", "long")), 1)
        self.assertEqual(self.wait_state(pod, "idle")["restarts"], 1)
        self.assert_no_failure()

    def test_an_application_that_cannot_be_loaded_is_named(self):
        pod = self.pod()
        self.start(pod, app="nosuchthing")
        self.assertEqual(pod.process.wait(60), 1)
        self.assertIn("failed 3 times while starting", pod.refusal())
        self.assertIn("nosuchthing", pod.refusal())


if __name__ == "__main__":
    unittest.main()
