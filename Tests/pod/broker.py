"""A real RabbitMQ (and Redis) on loopback for the tests that need one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"


def why_not():
    """Why tests with a broker can't run here; `None` when they can."""
    if not os.access(SERVER, os.X_OK):
        return f"no RabbitMQ here ({SERVER})"
    if not python():
        return "no Python with Celery here (SDS_TEST_PYTHON names one)"
    return None


def python():
    """A Python interpreter that has Celery."""
    for path in (os.environ.get("SDS_TEST_PYTHON"), sys.executable):
        if path and os.access(path, os.X_OK):
            if subprocess.run([path, "-c", "import celery"], capture_output=True, check=False).returncode == 0:
                return path
    return None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_open(port):
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.1)


class RabbitMQ:
    """One node with the management plugin; stop and start keep its data."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sds-rabbitmq-")
        self.port, self.management, distribution, epmd = (free_port() for _ in range(4))
        with open(os.path.join(self.folder, "plugins"), "w", encoding="ascii") as file:
            file.write("[rabbitmq_management].")
        with open(os.path.join(self.folder, "rabbitmq.conf"), "w", encoding="ascii") as file:
            file.write(
                f"listeners.tcp.1 = 127.0.0.1:{self.port}\nmanagement.tcp.ip = 127.0.0.1\n"
                f"management.tcp.port = {self.management}\nvm_memory_high_watermark.absolute = 512MB\n"
                "disk_free_limit.absolute = 10MB\n"
            )
        self.environment = dict(
            os.environ,
            HOME=self.folder,
            RABBITMQ_NODENAME=f"sds{os.getpid()}@localhost",
            RABBITMQ_CONFIG_FILE=os.path.join(self.folder, "rabbitmq.conf"),
            RABBITMQ_ENABLED_PLUGINS_FILE=os.path.join(self.folder, "plugins"),
            RABBITMQ_MNESIA_BASE=os.path.join(self.folder, "data"),
            RABBITMQ_LOG_BASE=os.path.join(self.folder, "log"),
            RABBITMQ_DIST_PORT=str(distribution),
            ERL_EPMD_PORT=str(epmd),
            ERL_EPMD_ADDRESS="127.0.0.1",
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +sbwt none",
        )
        self.process = None

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self):
        log = open(os.path.join(self.folder, "output"), "ab")
        self.process = subprocess.Popen(
            [SERVER], env=self.environment, stdout=log, stderr=log, start_new_session=True, cwd=self.folder
        )
        log.close()
        wait_for(lambda: is_open(self.port) and is_open(self.management), 120, self._output)

    def _output(self):
        with open(os.path.join(self.folder, "output"), encoding="utf-8", errors="replace") as file:
            return "RabbitMQ is up; it said: " + file.read()[-2000:]

    def stop(self):
        """Ends it at once, as a lost node would."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        for _ in range(20):
            # epmd refuses until it has noticed that its node is gone.
            kill = ["epmd", "-port", self.environment["ERL_EPMD_PORT"], "-kill"]
            if "Killed" in subprocess.run(kill, capture_output=True, check=False, timeout=20, text=True).stdout:
                break
            time.sleep(0.2)
        shutil.rmtree(self.folder, ignore_errors=True)
