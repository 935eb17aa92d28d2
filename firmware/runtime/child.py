"""The child's side of the pipe: what a sensor loop may use, and the process's entry point."""

import importlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from detector.errors import DeviceError, NunchiError
from detector.types import Phrase, Provenance, SenseReport
from firmware.log import configure_logging, get_logger
from firmware.runtime.command_channel import CommandTray, SenseCommand
from firmware.runtime.drop_queue import DropOldestQueue
from firmware.runtime.messages import (
    FrameMessage,
    ProductMessage,
    ReportMessage,
    SensorStatus,
    StatusMessage,
    StopCommand,
    WantFramesCommand,
)

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

__all__ = ["ChildContext", "Sense", "SensorLoop", "SensorSpec", "run_child"]

_OUTBOX_LENGTH = 16
_WAIT_HEARTBEAT_S = 0.4
_STOP_DEADLINE_S = 3.0
_NS = 1_000_000_000
_PRODUCT_AGAIN_NS = 2 * _NS


class Sense(Protocol):
    """What the runtime asks of any sense."""

    def note_gap(self, t_ns: int, reason: Phrase) -> None:
        """The device was lost until `t_ns`: coverage has to be earned again, what was found stays found."""


AnySense = TypeVar("AnySense", bound=Sense)


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """One sense as the composition root wires it.

    Attributes
    ----------
    name : str
        Name of the sense, as in its reports.
    source : str
        SOURCE string(s) in words, for the page.
    provenance : Provenance
    loop : str
        ``module:function`` of a ``function(context, settings)`` that runs the sensor until `context.stopping`; imported
        by the child only, so that the parent stays small.
    settings : object
        What the loop needs; travels to the child by pickle.
    reopen_interval_s : float
        Time between tries to open an absent device.
    report_interval_s : float
        Least time between two reports that say nothing new; a change of alerts or of completeness goes out at once.
    """

    name: str
    source: str
    provenance: Provenance
    loop: str
    settings: object
    reopen_interval_s: float
    report_interval_s: float


class ChildContext:
    """What a sensor loop may use: reports out, commands in.

    Parameters
    ----------
    spec : SensorSpec
    connection : Connection
        Duplex pipe to the parent.
    """

    def __init__(self, spec: SensorSpec, connection: Connection) -> None:
        self._connection = connection
        self._interval_ns = int(spec.report_interval_s * _NS)
        self._outbox: DropOldestQueue[object] = DropOldestQueue(_OUTBOX_LENGTH)
        self._stop = threading.Event()
        self._sense: Sense | None = None
        self._frames_until_ns = 0
        self._last_sent_ns = 0
        self._last_product_ns = 0
        self._tray = CommandTray()
        self._last_news: tuple[object, ...] = ()
        self._sender = threading.Thread(target=self._send, name="sender", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        """Start the two threads that serve the pipe."""
        self._sender.start()
        self._listener.start()

    def finish(self) -> None:
        """Send what is still waiting and let the pipe go."""
        self._outbox.close()
        self._sender.join(timeout=1.0)

    @property
    def stopping(self) -> bool:
        """Whether the loop has to end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the loop to end."""
        self._stop.set()

    @property
    def frames_wanted(self) -> bool:
        """Whether anybody looks at the picture."""
        return time.monotonic_ns() < self._frames_until_ns

    @property
    def has_reported(self) -> bool:
        """Whether the sensor has worked since the process began."""
        return self._last_sent_ns > 0

    def sense(self, make: Callable[[], AnySense]) -> AnySense:
        """Return the sense of this process: made once, and told of the gap when its device is opened again.

        What it had found stays found under the same keys; its coverage has to be earned again.
        """
        if self._sense is None:
            self._sense = make()
        else:
            self._sense.note_gap(time.monotonic_ns(), Phrase("device.reopened"))
        return cast("AnySense", self._sense)

    def status(self, status: SensorStatus, detail: str | None = None) -> None:
        """Say how the devices stand; also a heartbeat."""
        self._outbox.put(StatusMessage(status, detail))

    def publish(self, report: SenseReport) -> None:
        """Send a report if one is due, its alerts changed, coverage became complete or ceased to be, or a person came.

        Parameters
        ----------
        report : SenseReport
            Of the item just analysed.
        """
        people = report.people and (report.people.paused, report.people.withheld)
        news = (report.coverage.complete, people, *((alert.key, round(alert.confidence, 2)) for alert in report.alerts))
        now_ns = time.monotonic_ns()
        # whoever walks towards an emitter needs the level sooner than whoever reads a list
        interval_ns = self._interval_ns // 2 if report.homing is not None else self._interval_ns
        if news == self._last_news and now_ns - self._last_sent_ns < interval_ns:
            return
        self._last_news, self._last_sent_ns = news, now_ns
        self._outbox.put(ReportMessage(report, self._outbox.dropped))

    def publish_frame(self, jpeg: bytes, sequence: int, t_ns: int) -> None:
        """Send an annotated frame."""
        self._outbox.put(FrameMessage(jpeg, sequence, t_ns))

    def publish_product(self, product: object) -> None:
        """Send something to be kept; call it again and again until the parent says that it has it."""
        now_ns = time.monotonic_ns()
        if not self._last_product_ns or now_ns - self._last_product_ns >= _PRODUCT_AGAIN_NS:
            self._last_product_ns = now_ns
            self._outbox.put(ProductMessage(product))

    def take_commands(self) -> tuple[object, ...]:
        """Return the orders that came since the last call."""
        return self._tray.take()

    def wait(self, duration_s: float, status: SensorStatus, detail: str) -> None:
        """Wait for a device to come back, repeating its status as a heartbeat; returns early when stopping."""
        deadline_s = time.monotonic() + duration_s
        while not self.stopping and (left_s := deadline_s - time.monotonic()) > 0:
            self.status(status, detail)
            self.pause(min(left_s, _WAIT_HEARTBEAT_S))

    def pause(self, duration_s: float) -> None:
        """Wait, or return early when stopping."""
        self._stop.wait(duration_s)

    def _send(self) -> None:
        while True:
            message = self._outbox.get()
            if message is None:
                return
            try:
                self._connection.send(message)
            except OSError:
                self.stop()
                return

    def _listen(self) -> None:
        try:
            while not self.stopping:
                command = self._connection.recv()
                if isinstance(command, WantFramesCommand):
                    self._frames_until_ns = command.until_t_ns
                elif isinstance(command, SenseCommand):
                    self._tray.put(command)
                elif isinstance(command, StopCommand):
                    self.stop()
        except (EOFError, OSError):
            # The parent is gone: nobody is left to switch the lights off but this process.
            self.stop()
        # A loop stuck in a library call will never see the request; the rings' watchdog has cut the light by then.
        last_resort = threading.Timer(_STOP_DEADLINE_S, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()


SensorLoop = Callable[[ChildContext, object], None]


def run_child(spec: SensorSpec, connection: Connection) -> None:
    """Run a sensor loop in this process, reopening its devices for as long as the parent lives."""
    context = ChildContext(spec, connection)
    # A terminal's Ctrl-C reaches the whole group; the parent decides when a child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: context.stop())
    context.start()
    try:
        _keep_running(spec, context)
    except NunchiError as error:
        _log(spec).error("sensor ended", reason=str(error))
        context.wait(spec.reopen_interval_s, SensorStatus.FAULT, str(error))
    finally:
        context.finish()


def _log(spec: SensorSpec) -> "FilteringBoundLogger":
    configure_logging()
    return get_logger(sense=spec.name, pid=os.getpid())


def _keep_running(spec: SensorSpec, context: ChildContext) -> None:
    context.status(SensorStatus.STARTING)
    module_name, _, function_name = spec.loop.partition(":")
    loop: SensorLoop = getattr(importlib.import_module(module_name), function_name)
    while not context.stopping:
        try:
            loop(context, spec.settings)
        except DeviceError as error:
            status = SensorStatus.OFFLINE if context.has_reported else SensorStatus.FAULT
            _log(spec).warning("device lost" if context.has_reported else "device not opened", reason=str(error))
            context.wait(spec.reopen_interval_s, status, str(error))
