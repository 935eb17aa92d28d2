"""The whole device in its default configuration, watched through its page as a phone would."""

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil

from detector.errors import NunchiError

__all__ = ["measure_device"]

_NS = 1e9
_WATCH_S = 25.0
_START_DEADLINE_S = 60.0
_STOP_DEADLINE_S = 10.0


def measure_device() -> dict[str, dict[str, float]]:
    """Run the simulated hotel room and return the latency of its page and the memory of its processes.

    Returns
    -------
    dict
        ``latency``: ``glint_to_page_ms_p50`` and ``_p95``, from the start of exposure of the newest frame that shows
        the lens to the arrival of the event that says so. ``memory``: ``rss_mb``, resident sets of all processes
        added up (shared pages count once per process, so this is an upper bound), at its highest.
    """
    with _running_device() as (process, port):
        latencies_ms, rss_mb = _watch(process, port)
    if len(latencies_ms) < 2:
        raise NunchiError(f"bench: the simulated lens was seen {len(latencies_ms)} times in {_WATCH_S:.0f} s")
    percentiles = statistics.quantiles(latencies_ms, n=20)
    return {
        "latency": {
            "glint_to_page_ms_p50": statistics.median(latencies_ms),
            "glint_to_page_ms_p95": percentiles[18],
            "updates": float(len(latencies_ms)),
        },
        "memory": {"rss_mb": rss_mb},
    }


@contextmanager
def _running_device() -> Iterator[tuple[psutil.Process, int]]:
    command = [sys.executable, "-m", "firmware", "run", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            address = urlsplit(first_line.removeprefix("Nunchi:").strip())
            if address.port is None:
                raise NunchiError("bench: the device did not start")
            yield psutil.Process(process.pid), address.port
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(_STOP_DEADLINE_S)


def _watch(process: psutil.Process, port: int) -> tuple[list[float], float]:
    """Follow the events for a while; return every latency in ms and the peak memory in MB."""
    latencies_ms: list[float] = []
    rss_mb = 0.0
    state: dict[str, Any] = {}
    seen_until_s: dict[str, float] = {}
    first_glint_ns: int | None = None
    for change, arrived_ns in _events(port):
        state |= change
        for alert in change.get("alerts", ()):
            if alert["kind"] == "lens_glint" and alert["last_seen_s"] > seen_until_s.get(alert["id"], 0.0):
                seen_until_s[alert["id"]] = alert["last_seen_s"]
                latencies_ms.append((arrived_ns - state["start_t_ns"] - alert["last_seen_s"] * _NS) / 1e6)
                first_glint_ns = first_glint_ns or arrived_ns
        rss_mb = max(rss_mb, _tree_rss_mb(process))
        if first_glint_ns is not None and arrived_ns - first_glint_ns > _WATCH_S * _NS:
            break
    return latencies_ms, rss_mb


def _tree_rss_mb(process: psutil.Process) -> float:
    total = 0
    for member in (process, *process.children(recursive=True)):
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def _events(port: int) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each event's data and its monotonic time of arrival, until the start deadline passes without a glint."""
    response = _connect(port)
    deadline_s = time.monotonic() + _START_DEADLINE_S
    while time.monotonic() < deadline_s:
        line = response.readline()
        if not line:
            raise NunchiError("bench: the device closed its event stream")
        if line.startswith(b"data:"):
            yield json.loads(line[5:]), time.monotonic_ns()


def _connect(port: int) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_DEADLINE_S)
    connection.request("GET", "/api/events")
    return connection.getresponse()
