"""The simulated camera sees the simulated rings, as far as they were lit while each row was exposed."""

import numpy as np
import pytest

from detector.lens.attribution import light_during
from detector.types import CameraGeometry, Frame, LedEdge, LedState, Provenance
from firmware.drivers.open import Optics, make_optics
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.sim.frames import SimCamera
from firmware.drivers.sim.rooms import room_named
from firmware.drivers.sim.world import OpticsWorld
from tests.contract.fakes import FakeClock

ROOM = room_named("hotel_room")
LENS = ROOM.lens_names[0]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def optics(clock: FakeClock) -> Optics:
    made = make_optics("sim:hotel_room", "sim:hotel_room", CameraSettings(), LedSettings(), clock)
    made.leds.open()
    made.camera.open()
    return made


def _lens_excess(optics: Optics, frame: Frame) -> float:
    """Light of the hidden lens over its surroundings, in digital numbers summed over its spot."""
    assert isinstance(optics.camera, SimCamera)
    y_px, x_px = ROOM.renderer().truth(optics.camera.pose(frame))[LENS]
    y, x = round(y_px), round(x_px)
    spot = frame.pixels[y - 4 : y + 5, x - 4 : x + 5].astype(float)
    return float((spot - np.median(spot)).sum())


def test_the_room_has_one_lens_and_it_is_in_view(optics: Optics) -> None:
    assert len(ROOM.lens_names) == 1
    y_px, x_px = ROOM.renderer().truth(ROOM.hand().pose(0.0))[LENS]
    assert 20 < y_px < 460
    assert 20 < x_px < 620
    assert room_named("toilet_stall").lens_names == ()
    assert room_named("toilet_stall").transmitter is None


def test_the_lens_shows_only_under_the_on_axis_ring(optics: Optics) -> None:
    excess = {}
    for state in (LedState.DARK, LedState.OFF_AXIS, LedState.ON_AXIS):
        edge = optics.leds.switch(state)
        frame = optics.camera.read()
        while light_during(frame, [edge]) is not edge:
            frame = optics.camera.read()
        excess[state] = _lens_excess(optics, frame)
    assert excess[LedState.ON_AXIS] > 300
    # It sits in a dark hole, so without its glint there is less light than around it.
    assert excess[LedState.OFF_AXIS] < 0
    assert excess[LedState.DARK] < 0.1 * excess[LedState.ON_AXIS]


def test_a_ring_lit_between_exposures_lights_nothing(optics: Optics, clock: FakeClock) -> None:
    first = optics.camera.read()
    optics.leds.switch(LedState.ON_AXIS)
    clock.advance(0.015)
    optics.leds.switch(LedState.DARK)
    second = optics.camera.read()
    assert second.sequence == first.sequence + 1
    assert second.pixels.mean() == pytest.approx(first.pixels.mean(), abs=0.3)


def test_a_ring_lit_while_the_shutter_rolls_lights_the_rows_below(optics: Optics, clock: FakeClock) -> None:
    dark = optics.camera.read()
    # The next frame begins 33.3 ms after this one did; its shutter rolls for 10 ms.
    clock.t_ns = dark.t_ns + 33_333_333 + 6_000_000
    optics.leds.switch(LedState.OFF_AXIS)
    rows = optics.camera.read().pixels.mean(axis=1) - dark.pixels.mean(axis=1)
    assert rows[:180].max() < 3, "exposed before the edge"
    assert rows[300:].min() > 10, "exposed after the edge"
    assert rows[192:288].mean() == pytest.approx((rows[:180].mean() + rows[300:400].mean()) / 2, rel=0.3)


def _frame(t_ns: int) -> Frame:
    pixels = np.zeros((3, 2), np.uint8)
    return Frame(
        pixels=pixels,
        t_ns=t_ns,
        exposure_ns=2_000,
        readout_ns=10_000,
        sequence=0,
        provenance=Provenance.SIMULATED,
    )


@pytest.mark.parametrize(
    ("on_ns", "off_ns", "fractions"),
    [
        (0, 900_000, [0, 0, 0]),
        (0, 2_000_000, [1, 1, 1]),
        (1_001_000, 2_000_000, [0.5, 1, 1]),
        (0, 1_005_500, [1, 0.25, 0]),
        (1_005_500, 1_006_000, [0, 0.25, 0]),
        (1_013_000, 2_000_000, [0, 0, 0]),
    ],
)
def test_fraction_of_each_rows_exposure(on_ns: int, off_ns: int, fractions: list[float]) -> None:
    world = OpticsWorld("hotel_room")
    world.switch(LedEdge(on_ns, LedState.ON_AXIS))
    world.switch(LedEdge(off_ns, LedState.DARK))
    frame = _frame(1_000_000)
    assert world.lit_fractions(frame, LedState.ON_AXIS) == pytest.approx(fractions, abs=1e-6)
    assert not world.lit_fractions(frame, LedState.OFF_AXIS).any()


def test_a_late_reader_misses_frames_and_can_tell(optics: Optics, clock: FakeClock) -> None:
    first = optics.camera.read()
    clock.advance(0.2)
    late = optics.camera.read()
    assert late.sequence == first.sequence + 6
    assert late.t_end_ns <= clock.t_ns


def test_the_room_is_the_same_every_time(clock: FakeClock) -> None:
    pictures = []
    for _ in range(2):
        optics = make_optics("sim:hotel_room", "sim:hotel_room", CameraSettings(), LedSettings(), FakeClock())
        with optics.leds, optics.camera:
            optics.leds.switch(LedState.ON_AXIS)
            optics.camera.read()
            pictures.append(optics.camera.read().pixels)
    assert (pictures[0] == pictures[1]).all()


def test_geometry_is_known_before_opening() -> None:
    camera = make_optics("sim:toilet_stall", "none:", CameraSettings(), LedSettings(), FakeClock()).camera
    assert isinstance(camera.geometry, CameraGeometry)
