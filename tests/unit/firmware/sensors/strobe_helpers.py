"""A clock that tests turn, and a camera on a beat, for tests of the strobe."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detector.types import Frame, LedState, Provenance
from tests.contract.fakes import FakeClock

__all__ = ["BeatCamera", "JitteryClock", "make_frame"]


def make_frame(
    start_ns: int,
    sequence: int,
    exposure_ns: int = 2_000_000,
    readout_ns: int = 10_000_000,
    led: LedState | None = None,
) -> Frame:
    return Frame(
        pixels=np.zeros((4, 4), np.uint8),
        t_ns=start_ns,
        exposure_ns=exposure_ns,
        readout_ns=readout_ns,
        sequence=sequence,
        provenance=Provenance.SIMULATED,
        led=led,
    )


class JitteryClock(FakeClock):
    """Every look at it takes up to 60 us, and every sleep ends up to `oversleep_ns` late, as on a busy machine."""

    def __init__(self, seed: int, oversleep_ns: int) -> None:
        super().__init__()
        self._rng = np.random.default_rng(seed)
        self._oversleep_ns = oversleep_ns

    def monotonic_ns(self) -> int:
        self.t_ns += int(self._rng.integers(0, 60_000))
        return self.t_ns

    def sleep_until(self, t_ns: int) -> None:
        super().sleep_until(t_ns + int(self._rng.integers(0, self._oversleep_ns + 1)))


@dataclass
class BeatCamera:
    """Frames on a beat, with jitter, delivered late; a reader who comes later still gets the newest only."""

    clock: FakeClock
    seed: int = 1
    period_ns: int = 33_333_333
    exposure_ns: tuple[int, int] = (2_000_000, 2_000_000)
    readout_ns: int = 10_000_000
    jitter_ns: int = 0
    delivery_ns: tuple[int, int] = (0, 0)
    lost: float = 0.0

    def frames(self, count: int) -> Iterator[Frame]:
        """Yield `count` delivered frames; the clock stands at each one's delivery, or later if the reader was late."""
        rng = np.random.default_rng(self.seed)
        start_ns, number = self.clock.t_ns, 0
        waiting: tuple[int, Frame] | None = None
        while count:
            begin_ns = start_ns + number * self.period_ns + int(rng.integers(-self.jitter_ns, self.jitter_ns + 1))
            exposure_ns = int(rng.integers(self.exposure_ns[0], self.exposure_ns[1] + 1))
            frame = make_frame(begin_ns, number, exposure_ns, self.readout_ns)
            due_ns = frame.t_end_ns + int(rng.integers(self.delivery_ns[0], self.delivery_ns[1] + 1))
            number += 1
            if rng.random() < self.lost:
                continue
            if waiting is not None and due_ns > self.clock.t_ns:
                self.clock.t_ns = max(self.clock.t_ns, waiting[0])
                yield waiting[1]
                count -= 1
            waiting = (due_ns, frame)
