"""sds-supervise, sds-serve and the probes with plain programs: signals, restarts, logs, orphans, paths."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from broker import wait_for
from packing import Member, Pod, Tree


def code(word):
    members = [Member("mozart/__init__.py", f'WORD = "{word}"\n'), Member("setup.py", "")]
    return Tree("mozart", members)


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="sds-supervise-")
        self.addCleanup(shutil.rmtree, folder)
        self.pod = Pod(folder)
        self.process = None
        self.addCleanup(self.end)

    def start(self, *command):
        self.output = open(os.path.join(self.pod.folder, "output"), "ab")
        self.process = subprocess.Popen(
            ["sds-supervise", "--", *command],
            env=self.pod.environment,
            cwd=self.pod.folder,
            stdout=self.output,
            stderr=self.output,
        )

    def end(self):
        if self.process:
            self.output.close()
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)
                self.pod.run("sds-drain", "--now")
                self.process.terminate()
                self.process.wait(20)

    def said(self):
        return self.pod.read(self.pod.folder, "output")

    def wait_said(self, text, seconds=20):
        wait_for(lambda: text in self.said(), seconds, lambda: f"{text!r} in {self.said()}")

    def state(self):
        try:
            return json.loads(self.pod.read(self.pod.state, "state.json"))
        except FileNotFoundError:
            return {"state": "none"}

    def wait_state(self, state, **facts):
        def reached():
            found = self.state()
            return found["state"] == state and all(found[key] == value for key, value in facts.items())

        wait_for(reached, 20, lambda: f"{state} {facts}: {self.state()}")
        return self.state()

    def succeed(self, *command, **options):
        result = self.pod.run(*command, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout


class Signals(SupervisorTest):
    def test_term_reaches_the_program_and_its_end_is_the_end(self):
        self.start("sh", "-c", "trap 'echo got TERM; exit 0' TERM; echo trapped; while :; do sleep 0.1; done")
        self.wait_said("trapped")
        self.process.terminate()
        self.assertEqual(self.process.wait(10), 0)
        self.assertIn("got TERM", self.said())
        self.assertEqual(self.state()["state"], "stopped")

    def test_a_term_at_the_very_start_is_not_lost(self):
        for delay in (0.03, 0.06, 0.1, 0.2):
            with self.subTest(delay):
                self.start("sleep", "100")
                time.sleep(delay)
                self.process.terminate()
                self.process.wait(10)
                self.output.close()
        self.process = None

    def test_hup_starts_it_again_from_the_current_release(self):
        self.pod.environment.update(SDS_TREES="mozart", SDS_CWD=os.path.join(self.pod.current, "ops/mozart"))
        first = self.pod.mount([code("one")], sequence=1)
        self.succeed("sds-init")
        script = "import mozart, os, time; print(mozart.WORD, os.getcwd(), mozart.__file__, flush=True); time.sleep(99)"
        self.start("python3", "-c", script)
        folder = os.path.join(self.pod.root, "releases", first, "ops", "mozart")
        self.wait_said(f"one {folder} {folder}/mozart/__init__.py")
        self.wait_state("idle", release=first, sequence=1)
        second = self.pod.mount([code("two")], sequence=2)
        self.succeed("sds-init")
        self.process.send_signal(signal.SIGHUP)
        self.wait_said("two ")
        self.wait_state("idle", release=second, sequence=2, restarts=0)

    def test_a_program_that_ignores_term_is_killed_for_a_restart_and_at_its_limit(self):
        self.pod.environment["SDS_STOP_SECONDS"] = "1"
        self.start("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done")
        self.wait_said("deaf")
        self.process.send_signal(signal.SIGHUP)
        self.wait_said("didn't end within 1 s of TERM: killed")
        self.wait_state("idle")
        self.process.terminate()
        time.sleep(2.5)
        self.assertEqual(self.state()["state"], "draining")
        self.succeed("sds-drain", "--now")
        self.assertEqual(self.process.wait(10), 0)

    def test_a_drained_program_stays_down_until_hup_and_the_pod_stays_alive(self):
        self.start("sleep", "100")
        self.wait_state("idle")
        self.succeed("sds-ready")
        self.succeed("sds-drain", "--wait", "10")
        self.wait_state("stopped", process=None)
        self.succeed("sds-alive")
        self.assertEqual(self.pod.run("sds-ready").stdout, "sds-ready: stopped\n")
        self.process.send_signal(signal.SIGHUP)
        self.wait_state("idle")
        self.succeed("sds-drain", "--restart", "--wait", "20")

    def test_wrong_requests(self):
        self.assertEqual(self.pod.run("sds-drain").returncode, 1)
        for words in (["--limit", "-1"], ["--limit", "x"], ["--limit", "1", "--now"], ["--restart", "--resume"]):
            self.assertEqual(self.pod.run("sds-drain", *words).returncode, 2)
        self.assertEqual(self.pod.run("sds-supervise").returncode, 2)
        self.assertEqual(self.pod.run("sds-state").returncode, 1)


class Restarts(SupervisorTest):
    def test_a_program_that_ends_cleanly_is_started_again_and_later_each_time(self):
        self.start("sh", "-c", "date +%s.%N >>starts")
        wait_for(lambda: self.starts() >= 3, 20, "three starts")
        times = [float(line) for line in self.pod.read(self.pod.folder, "starts").split()]
        self.assertGreater(times[1] - times[0], 0.9)
        self.assertGreater(times[2] - times[1], 1.9)
        self.assertIsNone(self.process.poll())
        self.assertEqual(self.state()["state"], "starting")
        self.process.terminate()
        self.assertEqual(self.process.wait(5), 0)

    def starts(self):
        try:
            return len(self.pod.read(self.pod.folder, "starts").split())
        except FileNotFoundError:
            return 0

    def test_a_program_that_crashes_after_it_was_ready_is_started_again_for_ever(self):
        self.start("sh", "-c", "echo once >>starts; sleep 2.5; exit 7")
        wait_for(lambda: self.starts() >= 3, 30, "three starts")
        self.assertIn("ended by itself (exit code 7)", self.said())
        self.assertIsNone(self.process.poll())

    def test_one_that_cannot_start_names_its_cause(self):
        table = [
            (["python3", "-c", "import nosuchmodule"], "No module named 'nosuchmodule'"),
            (["nosuchprogram"], "nosuchprogram: No such file or directory"),
        ]
        for command, words in table:
            with self.subTest(command):
                self.start(*command)
                self.assertEqual(self.process.wait(30), 1)
                self.assertIn(words, self.pod.refusal())
                self.assertIn("failed 3 times while starting", self.pod.refusal())
                self.output.close()

    def test_a_pod_without_its_release_is_named(self):
        self.pod.environment["SDS_TREES"] = "mozart"
        self.start("sleep", "1")
        self.assertEqual(self.process.wait(10), 1)
        self.assertIn("did sds-init run", self.pod.refusal())
        self.output.close()
        self.pod.mount([code("one")])
        self.succeed("sds-init")
        self.pod.environment["SDS_TREES"] = "mozart grq2"
        self.start("sleep", "1")
        self.assertEqual(self.process.wait(10), 1)
        self.assertIn("ops/grq2 is missing", self.pod.refusal())

    def test_nothing_it_started_outlives_it(self):
        script = "setsid sleep 4321.5 & echo $! >orphan; sleep 2.5; exit 1"
        self.start("sh", "-c", script)
        wait_for(lambda: os.path.exists(os.path.join(self.pod.folder, "orphan")), 10, "the orphan")
        time.sleep(0.3)
        orphan = self.pod.read(self.pod.folder, "orphan").strip()
        self.assertTrue(os.path.exists(f"/proc/{orphan}"))
        wait_for(lambda: not os.path.exists(f"/proc/{orphan}"), 10, f"the end of {orphan}")
        self.assertIsNone(self.process.poll())

    def test_orphans_are_reaped(self):
        self.start("sh", "-c", "for n in 1 2 3; do (sleep 0.2 & ) ; done; exec sleep 100")
        self.wait_state("idle")
        listed = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "stat="], capture_output=True, text=True, check=False
        )
        self.assertNotIn("Z", listed.stdout)


class Probes(SupervisorTest):
    def test_a_loop_that_hangs_is_not_alive(self):
        self.start("sleep", "100")
        self.wait_state("idle")
        self.succeed("sds-alive")
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(8)
        self.succeed("sds-alive")
        self.pod.environment["SDS_ALIVE_SECONDS"] = "2"
        result = self.pod.run("sds-alive")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, "last heartbeat is [0-9]+ s old, the limit is 2 s")

    def test_what_an_earlier_container_said_counts_no_more(self):
        os.makedirs(self.pod.state)
        with open(os.path.join(self.pod.state, "state.json"), "w", encoding="utf-8") as file:
            file.write('{"state":"idle"}\n')
        self.start("sleep", "100")
        time.sleep(1)
        self.assertEqual(self.pod.run("sds-ready").stdout, "sds-ready: starting\n")
        self.wait_state("idle")

    def test_no_supervisor_is_neither(self):
        for program in ("sds-alive", "sds-ready"):
            result = self.pod.run(program)
            self.assertEqual(result.returncode, 1)
            self.assertIn("not written yet", result.stdout)


class Logs(SupervisorTest):
    def test_both_streams_pass_through_whole(self):
        script = "import sys\nfor n in range(40000): print('line', n, file=sys.stderr)\nprint('out'); sys.exit(0)"
        self.start("python3", "-c", script)
        self.wait_said("ended by itself")
        said = self.said()
        self.assertIn("out\n", said)
        # Both go to one place here: what came by the other stream may stand in the middle of a line.
        lines = said[: said.index("ended by")].replace("out\n", "", 1).splitlines()
        self.assertEqual(sum(line.startswith("line ") for line in lines), 40000)

    def test_a_blocked_log_holds_back_the_program_not_the_heartbeat(self):
        reading, writing = os.pipe()
        script = "import sys, time\nwhile True: print('x' * 1000, file=sys.stderr)"
        self.process = subprocess.Popen(
            ["sds-supervise", "--", "python3", "-c", script],
            env=self.pod.environment,
            stderr=writing,
            stdout=subprocess.DEVNULL,
        )
        self.output = os.fdopen(reading)
        os.close(writing)
        time.sleep(8)
        self.pod.environment["SDS_ALIVE_SECONDS"] = "7"
        self.succeed("sds-alive")
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            used = sum(map(int, file.read().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        self.assertLess(used, 4, "the supervisor spins")


class Serving(SupervisorTest):
    def test_a_service_runs_on_the_logical_path_as_itself(self):
        self.pod.environment.update(SDS_TREES="mozart", SDS_CWD=os.path.join(self.pod.current, "ops/mozart"))
        digest = self.pod.mount([code("one")], sequence=4)
        self.succeed("sds-init")
        script = "import mozart, os; print(mozart.__file__, os.environ['PWD'], os.environ['SDS_RELEASE'], os.getpid())"
        path = os.path.join(self.pod.folder, "service.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        process = subprocess.Popen(
            ["sds-serve", "--", "python3", path], env=self.pod.environment, stdout=subprocess.PIPE, text=True
        )
        out, _ = process.communicate(timeout=20)
        place = os.path.join(self.pod.current, "ops", "mozart")
        self.assertEqual(out.split(), [f"{place}/mozart/__init__.py", place, digest, str(process.pid)])

    def test_a_service_is_told_of_a_new_certificate_once(self):
        self.pod.environment.update(SDS_TREES="mozart", SDS_TLS=os.path.join(self.pod.folder, "tls"))
        self.pod.mount([code("one")])
        self.succeed("sds-init")
        os.mkdir(self.pod.environment["SDS_TLS"])
        link = os.path.join(self.pod.environment["SDS_TLS"], "..data")
        os.symlink("..first", link)
        script = "trap 'echo told' HUP; echo ready; while :; do sleep 0.1; done"
        process = subprocess.Popen(
            ["sds-serve", "--", "sh", "-c", script], env=self.pod.environment, stdout=subprocess.PIPE, text=True,
            # Under nohup HUP is ignored, and a shell can't trap what was ignored when it began.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        guard = threading.Timer(30, process.kill)
        guard.start()
        self.addCleanup(guard.cancel)
        self.assertEqual(process.stdout.readline(), "ready\n")
        time.sleep(2.5)
        os.symlink("..second", link + ".new")
        os.rename(link + ".new", link)
        self.assertEqual(process.stdout.readline(), "told\n")
        time.sleep(4.5)
        process.kill()
        self.assertEqual(process.stdout.read(), "", "told again, or the watcher outlived the service")

    def test_what_names_the_current_release_is_resolved_for_workers_only(self):
        self.pod.environment.update(SDS_TREES="mozart", DATASETS=os.path.join(self.pod.current, "etc/datasets.json"))
        digest = self.pod.mount([code("one")])
        self.succeed("sds-init")
        script = f'echo "$DATASETS" {self.pod.current}/ops "$0"; exec sleep 99'
        argument = os.path.join(self.pod.current, "etc")
        self.start("sh", "-c", script, argument)
        release = os.path.join(self.pod.root, "releases", digest)
        self.wait_said(f"{release}/etc/datasets.json {self.pod.current}/ops {release}/etc")
        served = self.succeed("sds-serve", "--", "sh", "-c", 'echo "$DATASETS" "$0"', argument)
        self.assertEqual(served, f"{self.pod.current}/etc/datasets.json {argument}\n")


if __name__ == "__main__":
    unittest.main()
