"""A real ``nunchi run`` in a process of its own, followed through its page as a phone would."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120.0

State = dict[str, Any]


class RunningDevice:
    """The process and its newest state."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        self.url = line.removeprefix("Nunchi:").strip()
        assert self.url.startswith("http://"), (line, process.stderr and process.stderr.read())
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=DEADLINE_S)
        self._connection.request("GET", "/api/events")
        self._stream = self._connection.getresponse()
        self.state: State = {}

    def next_state(self) -> State:
        """Wait for one event and return the state after it."""
        while (line := self._stream.readline()).strip() or line:
            if line.startswith(b"data:"):
                self.state |= json.loads(line[5:])
                return self.state
        raise AssertionError("the event stream ended")

    def wait_until(self, condition: Callable[[State], bool]) -> State:
        """Follow the events until the state is as wanted."""
        deadline_s = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline_s:
            if condition(self.next_state()):
                return self.state
        raise AssertionError(f"not reached: {json.dumps(self.state)[:2000]}")

    def post(self, path: str, body: object) -> int:
        """Send a change as the page does and return the status."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=DEADLINE_S)
        connection.request("GET", "/")
        html = connection.getresponse().read().decode()
        token = html.split('name="nunchi-token" content="')[1].split('"')[0]
        headers = {"Content-Type": "application/json", "X-Nunchi-Token": token}
        connection.request("POST", path, json.dumps(body), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def children(self) -> list[psutil.Process]:
        """Return the sensor processes."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> None:
        """End it as systemd would and wait."""
        self._stream.close()
        self._connection.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=DEADLINE_S)


@contextmanager
def running_device(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[RunningDevice]:
    """Start ``nunchi run`` on a free port, in this environment or the tests' own, and end it afterwards."""
    command = [sys.executable, "-m", "firmware", "run", "--port", "0", *options]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        device = None
        try:
            device = RunningDevice(process)
            yield device
        finally:
            if device is not None:
                device.stop()
            else:
                process.kill()
