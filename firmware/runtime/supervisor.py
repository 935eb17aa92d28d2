"""Starts the sensor processes, listens to them, kills those that fell silent and starts them again."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Protocol

from firmware.config.scheme import SupervisionConfig
from firmware.log import get_logger
from firmware.runtime.child import SensorSpec, run_child
from firmware.runtime.messages import (
    FrameMessage,
    ReportMessage,
    SensorStatus,
    StatusMessage,
    StopCommand,
    WantFramesCommand,
)
from firmware.runtime.restart_policy import RestartPolicy

__all__ = ["SensorListener", "Supervisor"]

_TICK_S = 0.1
_STOP_DEADLINE_S = 3.0
_NS = 1_000_000_000


class SensorListener(Protocol):
    """Who is told what the sensors say; called from the supervisor's thread only."""

    def on_status(self, sense: str, status: SensorStatus, detail: str | None) -> None:
        """A sensor's standing changed or was repeated."""

    def on_report(self, sense: str, message: ReportMessage) -> None:
        """A report arrived; the sensor works."""

    def on_frame(self, sense: str, frame: FrameMessage) -> None:
        """An annotated frame arrived."""

    def on_process_lost(self, sense: str) -> None:
        """The process ended or was killed; what it remembered is gone."""


class _Sensor:
    """One sensor process over all its lives."""

    def __init__(self, spec: SensorSpec, config: SupervisionConfig) -> None:
        self.spec = spec
        self.connection: Connection | None = None
        self.process: SpawnProcess | None = None
        self.start_at_ns = 0
        self._config = config
        self._policy = RestartPolicy(config)
        self._started_ns = 0
        self._last_heard_ns = 0
        self._reported = False

    def start(self, now_ns: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=run_child, args=(self.spec, theirs), name=f"nunchi-{self.spec.name}")
        self.process.start()
        theirs.close()
        self._started_ns = self._last_heard_ns = now_ns
        self._reported = False

    def heard(self, now_ns: int, message: object) -> None:
        """Reset the deadline; while a device is being opened the longer one applies."""
        self._last_heard_ns = now_ns
        if not isinstance(message, FrameMessage):
            self._reported = isinstance(message, ReportMessage)

    def overdue(self, now_ns: int) -> bool:
        """Whether the process has been silent for longer than it may."""
        deadline_s = self._config.heartbeat_deadline_s if self._reported else self._config.start_deadline_s
        return now_ns - self._last_heard_ns > deadline_s * _NS

    def end(self, now_ns: int) -> int | None:
        """Kill what is left of the process, plan its restart and return its exit code."""
        exit_code = None
        if self.process is not None:
            self.process.kill()
            self.process.join(_STOP_DEADLINE_S)
            exit_code = self.process.exitcode
            self.process = None
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        ran_for_s = (now_ns - self._started_ns) / _NS
        self.start_at_ns = now_ns + int(self._policy.delay_s(ran_for_s) * _NS)
        return exit_code

    def send(self, command: object) -> None:
        if self.connection is None:
            return
        try:
            self.connection.send(command)
        except OSError as error:
            get_logger(sense=self.spec.name).info("command not delivered", reason=str(error))


class Supervisor:
    """Keeps every sensor process alive, on a thread of its own.

    Parameters
    ----------
    specs : iterable of SensorSpec
    config : SupervisionConfig
    listener : SensorListener
    on_crash : callable
        Called when the supervisor's own thread fails: the whole device has to end then, so that it is restarted.
    """

    def __init__(
        self,
        specs: Iterable[SensorSpec],
        config: SupervisionConfig,
        listener: SensorListener,
        on_crash: Callable[[], None],
    ) -> None:
        self._sensors = [_Sensor(spec, config) for spec in specs]
        self._listener = listener
        self._on_crash = on_crash
        self._commands_lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor")

    def start(self) -> None:
        """Start all sensors."""
        self._thread.start()

    def stop(self) -> None:
        """Ask every sensor to end, wait for it within a deadline, kill the rest."""
        self._stop.set()
        self._thread.join()

    def want_frames(self, until_t_ns: int) -> None:
        """Tell the sensors that somebody looks at the picture; callable from any thread."""
        with self._commands_lock:
            for sensor in self._sensors:
                sensor.send(WantFramesCommand(until_t_ns))

    def process_ids(self) -> dict[str, int]:
        """Return the process id of each sensor that runs."""
        return {s.spec.name: s.process.pid for s in self._sensors if s.process is not None and s.process.pid}

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._tick(time.monotonic_ns())
        except Exception:
            get_logger().exception("supervisor failed")
            self._on_crash()
        finally:
            self._end_all()

    def _tick(self, now_ns: int) -> None:
        for sensor in self._sensors:
            if sensor.process is None and now_ns >= sensor.start_at_ns:
                with self._commands_lock:
                    sensor.start(now_ns)
        by_connection = {s.connection: s for s in self._sensors if s.connection is not None}
        for ready in wait(list(by_connection), timeout=_TICK_S):
            if isinstance(ready, Connection):
                self._receive(by_connection[ready])
        now_ns = time.monotonic_ns()
        for sensor in self._sensors:
            if sensor.process is not None and sensor.overdue(now_ns):
                self._lose(sensor, "no report within the deadline")

    def _receive(self, sensor: _Sensor) -> None:
        try:
            assert sensor.connection is not None
            message = sensor.connection.recv()
        except (EOFError, OSError):
            self._lose(sensor, "process ended")
            return
        sensor.heard(time.monotonic_ns(), message)
        name = sensor.spec.name
        if isinstance(message, ReportMessage):
            self._listener.on_report(name, message)
        elif isinstance(message, FrameMessage):
            self._listener.on_frame(name, message)
        elif isinstance(message, StatusMessage):
            self._listener.on_status(name, message.status, message.detail)

    def _lose(self, sensor: _Sensor, reason: str) -> None:
        with self._commands_lock:
            exit_code = sensor.end(time.monotonic_ns())
        name = sensor.spec.name
        get_logger(sense=name).warning("sensor process lost", reason=reason, exit_code=exit_code)
        self._listener.on_process_lost(name)
        self._listener.on_status(name, SensorStatus.OFFLINE, f"{name} sensor: {reason}; starting it again")

    def _end_all(self) -> None:
        with self._commands_lock:
            for sensor in self._sensors:
                sensor.send(StopCommand())
            deadline_s = time.monotonic() + _STOP_DEADLINE_S
            for sensor in self._sensors:
                if sensor.process is not None:
                    self._drain_until_ended(sensor, deadline_s)
                    sensor.end(time.monotonic_ns())

    @staticmethod
    def _drain_until_ended(sensor: _Sensor, deadline_s: float) -> None:
        """Read on while the child ends: one that writes into a full pipe could not."""
        process, connection = sensor.process, sensor.connection
        assert process is not None and connection is not None
        while process.is_alive() and (left_s := deadline_s - time.monotonic()) > 0:
            if connection not in wait([connection, process.sentinel], timeout=left_s):
                break
            try:
                connection.recv()
            except (EOFError, OSError):
                process.join(max(0.0, deadline_s - time.monotonic()))
