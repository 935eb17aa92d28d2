"""The radio loop: ask the scheduler where to listen, listen, analyse, report."""

import queue
import threading

from detector.rf.commands import RadioCommand
from detector.rf.sense import RfSense
from detector.types import IqBlock, Tuning
from firmware.drivers.interfaces import IqSource
from firmware.drivers.open import make_iq_source
from firmware.runtime.child import ChildContext
from firmware.sensors.settings import RfLoopSettings

__all__ = ["run_rf"]

_TUNINGS_AHEAD = 2


class _ReadAhead:
    """Reads the next dwell while the one before is analysed.

    Nothing is dropped on this path: the receiver is asked for the next dwell only when there is room for it, so a slow
    processor makes the sweep slower, which the sweep time on the page shows.
    """

    def __init__(self, source: IqSource) -> None:
        self._source = source
        self._tunings: queue.SimpleQueue[Tuning | None] = queue.SimpleQueue()
        self._blocks: queue.SimpleQueue[IqBlock | Exception] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, name="receiver", daemon=True)
        self._thread.start()

    def ask(self, tuning: Tuning) -> None:
        self._tunings.put(tuning)

    def next(self) -> IqBlock:
        """Return the next dwell; the thread's own error is raised here."""
        block = self._blocks.get()
        if isinstance(block, Exception):
            raise block
        return block

    def close(self) -> None:
        self._tunings.put(None)
        self._thread.join()

    def _read(self) -> None:
        while (tuning := self._tunings.get()) is not None:
            try:
                self._blocks.put(self._source.read(tuning))
            except Exception as error:
                self._blocks.put(error)
                return


def run_rf(context: ChildContext, settings: object) -> None:
    """Run the radio loop until the context says stop.

    Raises
    ------
    DeviceError
        The receiver cannot be opened, failed or stalled.
    """
    if not isinstance(settings, RfLoopSettings):
        raise TypeError(f"settings: RfLoopSettings expected, not {type(settings).__name__}")
    with make_iq_source(settings.source, settings.rtl) as source:
        sense = context.sense(lambda: RfSense.for_sweep(settings.options, settings.plan, source.span_hz))
        reader = _ReadAhead(source)
        try:
            _sweep(sense, reader, context)
        finally:
            reader.close()


def _sweep(sense: RfSense, reader: _ReadAhead, context: ChildContext) -> None:
    for _ in range(_TUNINGS_AHEAD):
        reader.ask(sense.next_tuning())
    while not context.stopping:
        for command in context.take_commands():
            if isinstance(command, RadioCommand):
                sense.obey(command)
        block = reader.next()
        reader.ask(sense.next_tuning())
        sense.step(block)
        context.publish(sense.report())
        if sense.recorded is not None:
            context.publish_product(sense.recorded)
