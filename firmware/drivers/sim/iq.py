"""The receiver of a simulated room: a dongle that takes its time to retune and leaves stale samples behind."""

import ctypes

import numpy as np
import numpy.typing as npt

from detector.rf.convert import from_raw
from detector.rf.synth import LoopEmission, Sky
from detector.types import IqBlock, Provenance, Tuning
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.sim.rooms import Room, room_named
from firmware.drivers.source import Source

__all__ = ["SETTLE_NS", "SimDongle", "SimIqSource"]

SETTLE_NS = 10_000_000
_SPAN_HZ = (24e6, 1766e6)
_Bytes = npt.NDArray[np.uint8]


class SimDongle:
    """Raw samples in room time; a new tuning takes hold `SETTLE_NS` after it was asked for, the old one until then.

    Parameters
    ----------
    sky : Sky
    """

    def __init__(self, sky: Sky) -> None:
        self._sky = sky
        self._tuning: Tuning | None = None
        self._before: Tuning | None = None
        self._settled_ns = 0

    def tune(self, tuning: Tuning, t_ns: int) -> int:
        """Ask for a tuning at room time `t_ns`; return the room time from which its samples are good."""
        old, self._tuning = self._tuning, tuning
        if old is None or _setting(old) != _setting(tuning):
            self._before = old
            self._settled_ns = t_ns + SETTLE_NS
        return max(t_ns, self._settled_ns)

    def read(self, t_ns: int, count: int) -> _Bytes:
        """Return `count` samples from room time `t_ns` on, good or stale, as uint8 of shape (2 count,)."""
        if self._tuning is None:
            raise ValueError("the dongle was never tuned")
        rate_hz = self._tuning.sample_rate_hz
        stale = int(np.clip(np.ceil((self._settled_ns - t_ns) * rate_hz / NS_PER_S), 0, count))
        good = self._receive(self._tuning, t_ns + round(stale / rate_hz * NS_PER_S), count - stale)
        if not stale:
            return good
        return np.concatenate([self._receive(self._before or self._tuning, t_ns, stale), good])

    def _receive(self, tuning: Tuning, t_ns: int, count: int) -> _Bytes:
        part = Tuning(
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sample_count=count,
            gain_db=tuning.gain_db,
        )
        return self._sky.receive(part, t_ns / NS_PER_S)


class SimIqSource(DriverBase):
    """The air of a room through a dongle with every usual fault, at the pace of the clock.

    Parameters
    ----------
    source : Source
        ``sim:ROOM``.
    clock : Clock

    Raises
    ------
    InputError
        There is no such room.
    """

    def __init__(self, source: Source, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.SIMULATED)
        self.span_hz = _SPAN_HZ
        self.room: Room = room_named(source.target)
        self._clock = clock
        self._dongle: SimDongle | None = None
        self._opened_ns = 0
        self._sequence = 0

    def open(self) -> None:
        """Make every waveform of the room, so that no dwell has to wait for one later."""
        sky = self.room.sky()
        for emission in sky.emissions:
            if isinstance(emission, LoopEmission):
                _ = emission.loop
        _give_back_memory()
        self._dongle = SimDongle(sky)
        self._opened_ns = self._clock.monotonic_ns()

    def close(self) -> None:
        """Forget the waveforms; harmless when not open."""
        self._dongle = None

    def read(self, tuning: Tuning) -> IqBlock:
        """Tune, skip the stale samples, return the dwell when its last sample is due; see `IqSource.read`.

        Raises
        ------
        DeviceError
            Not open, or the tuning is out of reach, or its rate is not a multiple of 200 Hz.
        """
        if self._dongle is None:
            raise self.failure("not open")
        low_hz, high_hz = self.span_hz
        if not low_hz <= tuning.center_hz <= high_hz:
            reach = f"{low_hz / 1e6:g} to {high_hz / 1e6:g} MHz"
            raise self.failure(f"cannot tune to {tuning.center_hz / 1e6:g} MHz (reach: {reach})")
        start_ns = self._dongle.tune(tuning, self._clock.monotonic_ns() - self._opened_ns)
        try:
            raw = self._dongle.read(start_ns, tuning.sample_count)
        except ValueError as error:
            raise self.failure(error) from error
        samples, clipped = from_raw(raw, "cu8")
        t_ns = self._opened_ns + start_ns
        self._clock.sleep_until(t_ns + round(tuning.sample_count / tuning.sample_rate_hz * NS_PER_S))
        self._sequence += 1
        return IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=self._sequence - 1,
            t_ns=t_ns,
            provenance=self.provenance,
            clipped_fraction=clipped,
            gain_db=tuning.gain_db,
        )


def _give_back_memory() -> None:
    """Return to the system what making the waveforms has used: 20 to 40 MB that glibc would keep in its heap."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _setting(tuning: Tuning) -> tuple[float, float, float | None]:
    return tuning.center_hz, tuning.sample_rate_hz, tuning.gain_db
