"""The reference lens against its known radiance, and what is no reference."""

import msgspec
import numpy as np
import pytest

from detector.lens.calibration.reference import measure_reference
from detector.lens.calibration.refusal import Refusal
from detector.lens.retro import retro_lobe
from detector.lens.synth.bench import lens_light
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

WALL_DN, GAIN, RANGE_MM, RADIUS_PX = 80.0, 15.0, 600.0, 0.7
APERTURE_MM = 2 * RADIUS_PX * RANGE_MM / GEOMETRY.focal_px
WHITE_DN = WALL_DN / OPTIONS.wall_albedo


def glint(gain=GAIN, place=(100.4, 200.7), blur_px=0.9):
    return lens_light(GEOMETRY, place, RADIUS_PX, gain * WHITE_DN, blur_px)


def measure(glints, off_dn=70.0, **changes):
    light = {ON: WALL_DN + NO_LIGHT + glints, OFF: off_dn + NO_LIGHT, DARK: NO_LIGHT}
    return measure_reference(frames(light, sets=12, **changes), GEOMETRY, APERTURE_MM, RANGE_MM, OPTIONS)


@pytest.mark.parametrize("blur_px", [0.6, 1.3])
def test_gain_is_that_of_the_lens_whatever_the_blur(blur_px):
    found = measure(glint(blur_px=blur_px))
    assert found.gain_over_white == pytest.approx(GAIN, abs=4 * found.gain_error)
    assert found.gain_error < 0.05 * GAIN
    assert (found.y_px, found.x_px) == pytest.approx((100.4, 200.7), abs=0.2)
    lobe = retro_lobe(1.0, OPTIONS.reference_edge_deg, GEOMETRY.on_axis_radius_mm, RANGE_MM)
    assert found.retro_gain == pytest.approx(found.gain_over_white / lobe)
    assert found.wall_dn_at_1m == pytest.approx(WHITE_DN * 0.36 / 2000, rel=0.02)


def test_scatter_of_the_lens_is_stated():
    spreads = [measure(glint(), flicker=0.1, seed=seed).spread for seed in range(4)]
    assert np.sqrt(np.mean(np.square(spreads))) == pytest.approx(0.1, rel=0.4)
    assert measure(glint()).spread < 0.05


@pytest.mark.parametrize(
    ("glints", "changes", "code"),
    [
        (0.0, {}, Refusal.NO_GLINT),
        (glint() + glint(0.6 * GAIN, (60.0, 90.0)), {}, Refusal.SEVERAL_GLINTS),
        (glint(12 * GAIN), {}, Refusal.CLIPPED),
        (glint(), {"flicker": 0.8}, Refusal.UNSTEADY),
        (glint(), {"off_dn": 0.0}, Refusal.RING_NOT_LIT),
    ],
)
def test_what_is_no_reference_is_refused(glints, changes, code):
    with refused(code):
        measure(glints, **changes)


def test_a_ring_beyond_the_lobe_assumed_is_refused():
    narrow = msgspec.structs.replace(OPTIONS, reference_edge_deg=0.6)  # 6 mm at 600 mm stand 0.57 deg off
    light = {ON: WALL_DN + NO_LIGHT + glint(), OFF: 70.0 + NO_LIGHT, DARK: NO_LIGHT}
    with refused(Refusal.BEYOND_LOBE):
        measure_reference(frames(light, sets=12), GEOMETRY, APERTURE_MM, RANGE_MM, narrow)


def test_light_under_both_rings_is_no_glint():
    spot = glint()
    light = {ON: WALL_DN + spot, OFF: WALL_DN + spot, DARK: NO_LIGHT}
    with refused(Refusal.NO_GLINT):
        measure_reference(frames(light, sets=12), GEOMETRY, APERTURE_MM, RANGE_MM, OPTIONS)


def test_a_bigger_aperture_stated_is_a_weaker_lens():
    light = {ON: WALL_DN + glint(), OFF: np.full((1, 1), WALL_DN), DARK: NO_LIGHT}
    taken = frames(light, sets=12)
    one = measure_reference(taken, GEOMETRY, APERTURE_MM, RANGE_MM, OPTIONS)
    two = measure_reference(taken, GEOMETRY, 2 * APERTURE_MM, RANGE_MM, OPTIONS)
    assert two.gain_over_white == pytest.approx(one.gain_over_white / 4, rel=0.05)
