from typing import cast

import pytest

from detector.types import LedEdge, LedState
from firmware.drivers.interfaces import LedDriver
from firmware.sensors.strobe import Beat, Strobe
from tests.contract.fakes import FakeClock
from tests.unit.firmware.sensors.strobe_helpers import BeatCamera, make_frame

MS = 1_000_000
PERIOD_NS = 33 * MS
CYCLE = [LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK]
DIMMING = [LedState.ON_AXIS_DIM, *CYCLE[:2], LedState.DARK, *CYCLE[:2]]


class Leds:
    """Rings whose edges take no time."""

    def __init__(self, clock: FakeClock, dims: bool = False) -> None:
        self.clock = clock
        self.dims = dims
        self.edges: list[LedEdge] = []

    def switch(self, state: LedState) -> LedEdge:
        wavelength_nm = None if state is LedState.DARK else 850.0
        self.edges.append(LedEdge(self.clock.t_ns, state, wavelength_nm=wavelength_nm))
        return self.edges[-1]


def strobed(count: int = 60, **camera: int | tuple[int, int]) -> list[LedState | None]:
    """Return the light of each frame once the beat is known, from a camera without jitter."""
    clock = FakeClock()
    strobe = Strobe(cast(LedDriver, Leds(clock)), clock)
    frames = BeatCamera(clock, period_ns=PERIOD_NS, **camera).frames(count)  # type: ignore[arg-type]
    states = [strobe.attribute(frame).led for frame in frames]
    return states[6:]


def turned(states: list[LedState | None]) -> list[LedState]:
    """Return the cycle, beginning with the first light."""
    assert states[0] is not None
    first = CYCLE.index(states[0])
    return CYCLE[first:] + CYCLE[:first]


def test_a_dimmed_frame_takes_the_place_of_every_other_dark_one() -> None:
    clock = FakeClock()
    leds = Leds(clock, dims=True)
    strobe = Strobe(cast(LedDriver, leds), clock)
    states = [strobe.attribute(frame).led for frame in BeatCamera(clock, period_ns=PERIOD_NS).frames(60)][6:]
    first = states.index(LedState.ON_AXIS_DIM)
    assert states[first:] == (DIMMING * 10)[: len(states) - first]
    assert [edge.state for edge in leds.edges[:7]] == [*DIMMING, LedState.ON_AXIS_DIM]


@pytest.mark.parametrize("delivery_ms", [0, 5, 15, 19, 25, 60])
def test_every_frame_has_a_light_of_its_own_however_late_frames_are_delivered(delivery_ms: int) -> None:
    states = strobed(delivery_ns=(delivery_ms * MS, delivery_ms * MS))
    assert states == (turned(states) * len(states))[: len(states)]


@pytest.mark.parametrize("readout_ms", [32, 45])
def test_without_room_between_frames_every_other_is_spoilt_and_the_rest_take_turns(readout_ms: int) -> None:
    states = strobed(readout_ns=readout_ms * MS)
    if states[0] is None:
        states = states[1:]
    kept = [state for state in states if state is not None]
    assert kept == (turned(kept) * len(kept))[: len(kept)]
    assert len(kept) >= len(states) // 3


def test_before_the_beat_is_known_a_light_waits_for_its_frame() -> None:
    clock = FakeClock()
    leds = Leds(clock)
    strobe = Strobe(cast(LedDriver, leds), clock)
    early = make_frame(clock.t_ns - 1, 0)
    clock.t_ns = early.t_end_ns
    assert strobe.attribute(early).led is None
    assert [edge.state for edge in leds.edges] == [LedState.ON_AXIS]


def test_the_light_holds_until_a_frame_is_over_even_if_it_was_delivered_sooner() -> None:
    clock = FakeClock()
    leds = Leds(clock)
    strobe = Strobe(cast(LedDriver, leds), clock)
    early = make_frame(clock.t_ns + MS, 0)
    clock.t_ns = early.t_end_ns - 4 * MS  # a mode's shortest frame overestimates its read-out
    assert strobe.attribute(early).led is LedState.ON_AXIS
    assert [edge.t_ns for edge in leds.edges[1:]] == [early.t_end_ns + 1]

    beat = Beat()
    for number in range(2):
        beat.hear(make_frame(number * PERIOD_NS, number, exposure_ns=33 * MS, readout_ns=33 * MS))
    end_ns = PERIOD_NS + 66 * MS
    edge_ns = beat.next_edge_ns(lit_ns=-PERIOD_NS, now_ns=end_ns - 36 * MS)
    assert edge_ns is not None
    assert edge_ns > end_ns


def test_frames_carry_the_wavelength_of_their_light() -> None:
    clock = FakeClock()
    strobe = Strobe(cast(LedDriver, Leds(clock)), clock)
    frames = [strobe.attribute(frame) for frame in BeatCamera(clock).frames(30)]
    for frame in frames:
        assert frame.wavelength_nm == (850.0 if frame.led in (LedState.ON_AXIS, LedState.OFF_AXIS) else None)
    assert any(frame.wavelength_nm for frame in frames)


def test_a_recorded_light_is_kept_and_moves_nothing() -> None:
    clock = FakeClock()
    leds = Leds(clock)
    strobe = Strobe(cast(LedDriver, leds), clock)
    assert strobe.attribute(make_frame(5, 0, led=LedState.DARK)).led is LedState.DARK
    assert len(leds.edges) == 1


def test_the_edge_falls_between_two_frames() -> None:
    beat = Beat()
    for number in range(3):
        beat.hear(make_frame(number * PERIOD_NS, number))
    last_end_ns = 2 * PERIOD_NS + 12 * MS
    gap_ns = PERIOD_NS - 12 * MS
    assert beat.next_edge_ns(lit_ns=0, now_ns=last_end_ns) == last_end_ns + gap_ns // 4
    assert beat.next_edge_ns(lit_ns=0, now_ns=last_end_ns + gap_ns // 2) == last_end_ns + gap_ns // 2, "at once"
    late_ns = last_end_ns + gap_ns - MS
    assert beat.next_edge_ns(lit_ns=0, now_ns=late_ns) == last_end_ns + PERIOD_NS + gap_ns // 4, "no time left"
    under_it_ns = last_end_ns + MS
    assert beat.next_edge_ns(lit_ns=under_it_ns, now_ns=under_it_ns) == last_end_ns + PERIOD_NS + gap_ns // 4


def test_a_camera_that_begins_anew_has_a_new_beat() -> None:
    beat = Beat()
    beat.hear(make_frame(0, 0))
    beat.hear(make_frame(PERIOD_NS, 1))
    assert beat.known
    beat.hear(make_frame(5 * PERIOD_NS, 0))
    assert not beat.known
    assert beat.next_edge_ns(0, 6 * PERIOD_NS) is None
