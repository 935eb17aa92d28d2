"""The dark routine against known black levels, noise and hot pixels, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from detector.lens.calibration.dark import measure_dark
from detector.lens.calibration.refusal import Refusal
from tests.unit.detector.lens.calibration.bench_helpers import DARK, GEOMETRY, NO_LIGHT, ON, OPTIONS, frames, refused

HOT = {(10, 20): 12.0, (11, 20): 300.0, (120, 319): 40.0, (239, 0): 8.0}


def test_level_noise_and_hot_pixels_are_those_of_the_camera():
    taken = frames({DARK: NO_LIGHT}, sets=16, black_dn=64.37, read_noise_dn=2.0, dsnu_dn=0.5, hot=HOT)
    found = measure_dark(taken, GEOMETRY, OPTIONS)
    assert found.black_level_dn == pytest.approx(64.37, abs=4 * found.black_level_error_dn)
    assert found.black_level_error_dn < 0.01
    assert found.read_noise_dn == pytest.approx(2.0, abs=4 * found.read_noise_error_dn)
    assert found.dsnu_dn == pytest.approx(0.5, rel=0.05)
    assert {(y, x) for y, x, _ in found.hot_pixels} == set(HOT)
    assert {(y, x): h for y, x, h in found.hot_pixels}[11, 20] == pytest.approx(300, rel=0.05)


def test_a_blinking_pixel_is_hot_though_its_mean_is_not():
    taken = frames({DARK: NO_LIGHT}, sets=16)
    blinking = []
    for number, frame in enumerate(taken):
        pixels = frame.pixels.copy()
        pixels[50, 60] += 14 if number == 3 else 0
        blinking.append(replace(frame, pixels=pixels))
    assert [(y, x) for y, x, _ in measure_dark(blinking, GEOMETRY, OPTIONS).hot_pixels] == [(50, 60)]


def test_sound_sensors_have_no_hot_pixel():
    counts = [len(measure_dark(frames({DARK: NO_LIGHT}, seed=s), GEOMETRY, OPTIONS).hot_pixels) for s in range(6)]
    assert sum(counts) <= 2  # 0.05 a calibration are expected: three in six would happen once in 250 runs


def test_rounding_to_a_few_levels_makes_no_pixel_hot():
    taken = frames({DARK: NO_LIGHT}, sets=16, read_noise_dn=0.3, dsnu_dn=0.02, black_dn=64.1)
    found = measure_dark(taken, GEOMETRY, OPTIONS)
    assert found.hot_pixels == ()
    assert found.black_level_dn == pytest.approx(64.1, abs=0.1)


def leak():
    u = np.linspace(0, 1, GEOMETRY.width_px)
    return 12.0 * u[None, :] ** 2


@pytest.mark.parametrize(
    ("light", "code"),
    [
        (8.0 + NO_LIGHT, Refusal.NOT_DARK),
        (leak(), Refusal.LIGHT_LEAK),
        (-63.0 + NO_LIGHT, Refusal.CLIPPED),
        (950.0 + NO_LIGHT, Refusal.CLIPPED),
        (-20.0 + NO_LIGHT, Refusal.NOT_DARK),
    ],
)
def test_what_is_not_dark_is_refused(light, code):
    with refused(code):
        measure_dark(frames({DARK: light}, shot_dn=0.0), GEOMETRY, OPTIONS)


def test_a_room_full_of_small_lights_is_no_sensor_full_of_hot_pixels():
    spots = np.where(np.random.default_rng(3).random((240, 320)) < 0.01, 60.0, 0.0)
    with refused(Refusal.NOT_DARK):
        measure_dark(frames({DARK: spots}), GEOMETRY, OPTIONS)


def test_a_level_that_wanders_is_refused():
    taken = frames({DARK: 4.0 + NO_LIGHT}, sets=12, flicker=2.0, shot_dn=0.0, black_dn=60.0)
    with refused(Refusal.UNSTEADY):
        measure_dark(taken, GEOMETRY, OPTIONS)


def test_lit_few_or_changed_frames_are_refused():
    dark = frames({DARK: NO_LIGHT}, sets=6)
    with refused(Refusal.WRONG_LIGHT):
        measure_dark([*dark, replace(dark[0], led=ON)], GEOMETRY, OPTIONS)
    with refused(Refusal.TOO_FEW_FRAMES):
        measure_dark(dark[:3], GEOMETRY, OPTIONS)
    with refused(Refusal.SETTINGS_CHANGED):
        measure_dark([*dark, replace(dark[0], gain=2.0)], GEOMETRY, OPTIONS)
