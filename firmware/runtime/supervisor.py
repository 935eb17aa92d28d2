"""Starts the sensor processes, listens to them, kills those that fell silent and starts them again."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.context import SpawnProcess
from typing import Protocol

from firmware.config.scheme import SupervisionConfig
from firmware.log import get_logger
from firmware.runtime.child import SensorSpec, run_child
from firmware.runtime.command_channel import CommandSender, SenseCommand
from firmware.runtime.inbox import Inbox
from firmware.runtime.messages import (
    FrameMessage,
    ProductMessage,
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
_INBOX_LENGTH = 64
_NS = 1_000_000_000


class SensorListener(Protocol):
    """Who is told what the sensors say; called from the supervisor's thread only."""

    def on_process_started(self, sense: str, pid: int) -> None:
        """A process was started; it has said nothing yet."""

    def on_status(self, sense: str, status: SensorStatus, detail: str | None) -> None:
        """A sensor's standing changed or was repeated."""

    def on_report(self, sense: str, message: ReportMessage) -> None:
        """A report arrived; the sensor works."""

    def on_frame(self, sense: str, frame: FrameMessage) -> None:
        """An annotated frame arrived."""

    def on_product(self, sense: str, product: object) -> None:
        """Something to keep arrived."""

    def on_process_lost(self, sense: str) -> None:
        """The process ended or was killed; what it remembered is gone."""


class _Life:
    """One process of a sensor, from its start to its end."""

    def __init__(self, spec: SensorSpec, inbox: Inbox, now_ns: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=run_child, args=(spec, theirs), name=f"nunchi-{spec.name}")
        self.process.start()
        theirs.close()
        self._inbox = inbox
        self._reader = inbox.listen(self, self.connection)
        self._commands = CommandSender(self.connection, self.process.name)
        self.started_ns = self.last_heard_ns = now_ns
        self.newest_t_ns = 0
        self.working = False

    def heard(self, now_ns: int, message: object) -> None:
        """Reset the deadline, unless a report's sample clock stands still; a device being opened has a longer one."""
        if isinstance(message, ReportMessage):
            self.working = True
            if message.report.t_ns <= self.newest_t_ns:
                return
            self.newest_t_ns = message.report.t_ns
        elif isinstance(message, StatusMessage):
            self.working = False
        self.last_heard_ns = now_ns

    def overdue(self, now_ns: int, config: SupervisionConfig) -> bool:
        """Whether the process has been silent for longer than it may."""
        deadline_s = config.heartbeat_deadline_s if self.working else config.start_deadline_s
        return now_ns - self.last_heard_ns > deadline_s * _NS

    def send(self, command: object) -> None:
        """Send a command, without waiting for the process to read it."""
        self._commands.put(command)

    def wait_until_ended(self, deadline_s: float) -> None:
        """Wait for the process to end by itself, until a monotonic time; its pipe is read on all the while."""
        self.process.join(max(0.0, deadline_s - time.monotonic()))

    def end(self) -> int | None:
        """Kill what is left of the process and return its exit code."""
        self.process.kill()
        self.process.join(_STOP_DEADLINE_S)
        self._inbox.forget(self)  # its reader may be waiting for room
        self._reader.join(_STOP_DEADLINE_S)
        self._commands.close()
        self.connection.close()
        return self.process.exitcode


class _Sensor:
    """One sensor over all its lives."""

    def __init__(self, spec: SensorSpec, config: SupervisionConfig) -> None:
        self.spec = spec
        self.policy = RestartPolicy(config)
        self.life: _Life | None = None
        self.start_at_ns = 0


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
        self._config = config
        self._listener = listener
        self._on_crash = on_crash
        self._lives_lock = threading.Lock()
        self._stop = threading.Event()
        self._inbox = Inbox(_INBOX_LENGTH)
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
        with self._lives_lock:
            for life in self._lives():
                life.send(WantFramesCommand(until_t_ns))

    def command(self, sense: str, body: object) -> bool:
        """Send an order to a sense; callable from any thread, returns at once.

        Returns
        -------
        bool
            Whether it has a process that could take it.
        """
        with self._lives_lock:
            lives = [sensor.life for sensor in self._sensors if sensor.spec.name == sense and sensor.life is not None]
            for life in lives:
                life.send(SenseCommand(body))
        return bool(lives)

    def _lives(self) -> list[_Life]:
        return [sensor.life for sensor in self._sensors if sensor.life is not None]

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._tick(time.monotonic_ns())
        except Exception:
            # First the act, then the word: a full disk may be why we are here, and would fail the log as well.
            self._on_crash()
            get_logger().exception("supervisor failed")
        finally:
            self._end_all()

    def _tick(self, now_ns: int) -> None:
        for sensor in self._sensors:
            if sensor.life is None and now_ns >= sensor.start_at_ns:
                self._begin(sensor, now_ns)
        received = self._inbox.next(_TICK_S)
        for sensor in self._sensors:
            if received is not None and sensor.life is not None and sensor.life is received.sender:
                self._receive(sensor, sensor.life, received.message)
        now_ns = time.monotonic_ns()
        for sensor in self._sensors:
            if sensor.life is not None and sensor.life.overdue(now_ns, self._config):
                self._lose(sensor, sensor.life, "no report within the deadline")

    def _begin(self, sensor: _Sensor, now_ns: int) -> None:
        with self._lives_lock:
            sensor.life = _Life(sensor.spec, self._inbox, now_ns)
        self._listener.on_process_started(sensor.spec.name, sensor.life.process.pid or 0)

    def _receive(self, sensor: _Sensor, life: _Life, message: object) -> None:
        if message is None:
            self._lose(sensor, life, "process ended")
            return
        life.heard(time.monotonic_ns(), message)
        name = sensor.spec.name
        if isinstance(message, ReportMessage):
            self._listener.on_report(name, message)
        elif isinstance(message, FrameMessage):
            self._listener.on_frame(name, message)
        elif isinstance(message, ProductMessage):
            self._listener.on_product(name, message.product)
        elif isinstance(message, StatusMessage):
            self._listener.on_status(name, message.status, message.detail)

    def _lose(self, sensor: _Sensor, life: _Life, reason: str) -> None:
        name = sensor.spec.name
        with self._lives_lock:
            exit_code = life.end()
            sensor.life = None
        now_ns = time.monotonic_ns()
        sensor.start_at_ns = now_ns + int(sensor.policy.delay_s((now_ns - life.started_ns) / _NS) * _NS)
        self._listener.on_process_lost(name)
        self._listener.on_status(name, SensorStatus.OFFLINE, f"{name} sensor: {reason}; starting it again")
        get_logger(sense=name).warning("sensor process lost", reason=reason, exit_code=exit_code)

    def _end_all(self) -> None:
        with self._lives_lock:
            for life in self._lives():
                life.send(StopCommand())
            deadline_s = time.monotonic() + _STOP_DEADLINE_S
            self._inbox.close()
            for life in self._lives():
                life.wait_until_ended(deadline_s)
                life.end()
