"""The balance of the rings against a known map, and walls that it refuses."""

import numpy as np
import pytest

from detector.lens.calibration.balance import measure_balance
from detector.lens.calibration.refusal import Refusal
from detector.lens.synth.bench import wall_light
from tests.unit.detector.lens.calibration.bench_helpers import (
    DARK,
    GEOMETRY,
    NO_LIGHT,
    OFF,
    ON,
    OPTIONS,
    frames,
    refused,
)

TERMS = (0.12, -0.07, -0.1, 0.03, 0.08)


def measure(light, **changes):
    return measure_balance(frames(light, **changes), GEOMETRY, 700.0, OPTIONS)


def test_map_and_level_are_those_of_the_wall():
    found = measure(wall_light(GEOMETRY, 500.0, 1.3, TERMS))
    assert found.ratio == pytest.approx(1.3, abs=4 * found.ratio_error)
    assert found.ratio_error < 0.001
    for value, truth, error in zip(found.terms, TERMS, found.term_errors, strict=True):
        assert value == pytest.approx(truth, abs=5 * error)
    assert found.misfit == pytest.approx(1.0, abs=0.1)
    # The beam's mean over the middle (whole patches: 0.3 of the way to each edge) is 0.9627 of its peak.
    assert found.on_dn_per_us == pytest.approx(500 * 0.9627 / 2000, rel=0.001)
    assert found.wall_dn_at_1m == pytest.approx(found.on_dn_per_us * 0.49 / 0.85)


def test_room_light_is_taken_off():
    light = wall_light(GEOMETRY, 400.0, 0.8, TERMS)
    lamp = {state: picture + 60.0 for state, picture in light.items()}
    assert measure(lamp).ratio == pytest.approx(0.8, rel=0.001)


def test_a_screw_on_the_wall_does_not_move_the_map():
    light = wall_light(GEOMETRY, 400.0, 1.0, TERMS)
    light = {state: np.broadcast_to(picture, (240, 320)).copy() for state, picture in light.items()}
    light[ON][100:112, 60:72] += 150
    found = measure(light)
    assert found.ratio == pytest.approx(1.0, rel=0.001)
    assert found.terms == pytest.approx(TERMS, abs=0.002)


def wall(on=400.0, off=400.0, **changes):
    light = wall_light(GEOMETRY, 1.0, 1.0, (0.0,) * 5)
    return {ON: on * light[ON], OFF: off * light[OFF], DARK: NO_LIGHT} | changes


def patterned():
    return 1 - 0.3 * (np.random.default_rng(2).random((30, 40)) > 0.5).repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize(
    ("light", "code"),
    [
        (wall(off=0.0), Refusal.RING_NOT_LIT),
        (wall(on=0.0), Refusal.RING_NOT_LIT),
        (wall(on=40.0), Refusal.TOO_DARK),
        (wall(on=1200.0), Refusal.CLIPPED),
        ({state: picture * patterned() for state, picture in wall().items()}, Refusal.NOT_PLAIN),
    ],
)
def test_walls_that_say_nothing_are_refused(light, code):
    with refused(code):
        measure(light)


def test_light_that_flickers_is_refused():
    with refused(Refusal.UNSTEADY):
        measure(wall(), flicker=0.1)


def test_a_moving_wall_is_refused():
    first, second = frames(wall()), frames({s: p * np.roll(patterned(), 9) for s, p in wall().items()}, seed=2)
    with refused(Refusal.MOVING):
        measure_balance([*first, *second], GEOMETRY, 700.0, OPTIONS)
