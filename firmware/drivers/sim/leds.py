"""The rings of a simulated room."""

from detector.types import LedEdge, LedState, Provenance
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.sim.world import OpticsWorld
from firmware.drivers.source import Source

__all__ = ["SimLeds"]

_INFRARED_NM = 850.0


class SimLeds(DriverBase):
    """Two rings, of which the on-axis one can be dimmed; they light the world they are given, and nothing else.

    Parameters
    ----------
    source : Source
        ``sim:ROOM``.
    world : OpticsWorld
        The camera's.
    clock : Clock
        The camera's.
    """

    def __init__(self, source: Source, world: OpticsWorld, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.SIMULATED)
        self.dims = True
        self._world = world
        self._clock = clock
        self._is_open = False

    def open(self) -> None:
        """Be dark."""
        self._is_open = True
        self.switch(LedState.DARK)

    def close(self) -> None:
        """Go dark; harmless when not open."""
        if self._is_open:
            self.switch(LedState.DARK)
        self._is_open = False

    def switch(self, state: LedState) -> LedEdge:
        """Light this ring only.

        Raises
        ------
        DeviceError
            Not open.
        """
        if not self._is_open:
            raise self.failure("not open")
        wavelength_nm = None if state is LedState.DARK else _INFRARED_NM
        edge = LedEdge(self._clock.monotonic_ns(), state, wavelength_nm=wavelength_nm)
        self._world.switch(edge)
        return edge
