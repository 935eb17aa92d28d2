"""No rings at all: beside a recording, which knows its own light, or a camera without rings, which sees darkness."""

from detector.types import LedEdge, LedState, Provenance
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.source import Source

__all__ = ["NoLeds"]


class NoLeds(DriverBase):
    """Stays dark, and says so."""

    def __init__(self, source: Source, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self.dims = False
        self._clock = clock

    def open(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def switch(self, state: LedState) -> LedEdge:
        """Return an edge to darkness, whatever was asked for."""
        return LedEdge(self._clock.monotonic_ns(), LedState.DARK)
