import numpy as np
import pytest

from detector.types import Frame, LedEdge, LedState, Provenance
from firmware.sensors.lens import Strobe

PERIOD_NS = 33_000_000
EXPOSURE_NS = 2_000_000


class Leds:
    """Rings whose edges are stamped by a clock that the test turns."""

    def __init__(self) -> None:
        self.t_ns = 0
        self.edges: list[LedEdge] = []

    def switch(self, state: LedState) -> LedEdge:
        self.edges.append(LedEdge(self.t_ns, state))
        return self.edges[-1]


def frame(start_ns: int, sequence: int, readout_ns: int = 10_000_000, led: LedState | None = None) -> Frame:
    return Frame(
        pixels=np.zeros((4, 4), np.uint8),
        t_ns=start_ns,
        exposure_ns=EXPOSURE_NS,
        readout_ns=readout_ns,
        sequence=sequence,
        provenance=Provenance.SIMULATED,
        led=led,
    )


def attributed(readout_ns: int, frames: int = 12, delivery_ns: int = 0) -> tuple[list[LedState | None], Leds]:
    """Run a camera that delivers each frame at its end, or later, while the next may already be exposing."""
    leds = Leds()
    strobe = Strobe(leds)  # type: ignore[arg-type]
    states = []
    for number in range(frames):
        taken = frame(1_000_000 + number * PERIOD_NS, number, readout_ns)
        leds.t_ns = taken.t_end_ns + delivery_ns
        states.append(strobe.attribute(taken).led)
    return states, leds


def test_a_short_read_out_gives_every_frame_its_light() -> None:
    states, _ = attributed(readout_ns=10_000_000)
    assert states[:6] == [LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK] * 2


@pytest.mark.parametrize(("readout_ns", "delivery_ns"), [(32_500_000, 0), (10_000_000, 25_000_000)])
def test_frames_that_straddle_an_edge_are_not_attributed_and_the_cycle_goes_on(
    readout_ns: int, delivery_ns: int
) -> None:
    states, leds = attributed(readout_ns, delivery_ns=delivery_ns)
    assert states[:6] == [LedState.ON_AXIS, None, LedState.OFF_AXIS, None, LedState.DARK, None]
    for number, state in enumerate(states):
        if state is not None:
            taken = frame(1_000_000 + number * PERIOD_NS, number, readout_ns)
            assert not [edge for edge in leds.edges if taken.t_ns < edge.t_ns < taken.t_end_ns]


def test_a_recorded_light_is_kept_and_moves_nothing() -> None:
    leds = Leds()
    strobe = Strobe(leds)  # type: ignore[arg-type]
    assert strobe.attribute(frame(5, 0, led=LedState.DARK)).led is LedState.DARK
    assert len(leds.edges) == 1
