"""A calibrated sense: hot pixels neither glint nor hide, the rings are balanced by place, and none changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from detector.lens.calibration.applied import HotPixelMender, LensCalibration
from detector.lens.calibration.dark import measure_dark
from detector.lens.calibration.focus import measure_focus
from detector.lens.calibration.model import calibration_of
from detector.lens.calibration.reference import measure_reference
from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.glints import GlintFinder, Reading
from detector.lens.noise import estimate_noise
from detector.lens.options import LensOptions
from detector.lens.strobe import StrobeSet
from detector.lens.synth.bench import edge_light, lens_light, wall_light
from detector.lens.working import WorkingFrame, WorkingScale
from tests.unit.detector.lens.calibration.bench_helpers import DARK, GEOMETRY, NO_LIGHT, OFF, ON, OPTIONS, frames

LENS = LensOptions(working_width_px=320)
SCALE = WorkingScale.of(GEOMETRY, LENS)
HOT = (100, 150)
BESIDE = (101.2, 151.1)


def one_set(light, calibration, hot=None):
    mender = HotPixelMender(calibration.hot_yx, (240, 320))
    taken = frames(light, sets=1, hot=hot or {})
    on, off, dark = (WorkingFrame.of(mender.mend(frame), frame.led, SCALE, LENS) for frame in taken)
    geometry = calibration.corrected(GEOMETRY)
    planes = difference_planes(
        StrobeSet(on, off, dark),
        SetMotions(to_off=np.eye(3), to_dark=np.eye(3), trusted=True),
        geometry.black_level_dn,
        calibration.balance_map(on.grey.shape),
    )
    return StrobeSet(on, off, dark), planes


def glints(light, calibration, hot=None):
    strobe, planes = one_set(light, calibration, hot)
    noise, dark_noise = (estimate_noise(item.grey, 1023) for item in (strobe.on, strobe.dark))
    return GlintFinder(LENS, SCALE, 64.0, 1023.0).find(strobe, planes, noise, dark_noise)


def near(found, place):
    return [g for g in found if np.hypot(g.y_px - place[0], g.x_px - place[1]) < 3]


WALL = {ON: 200.0 + NO_LIGHT, OFF: 200.0 + NO_LIGHT, DARK: NO_LIGHT}
MENDED = LensCalibration(hot_yx=(HOT,))


def test_a_hot_pixel_is_no_candidate_once_it_is_known():
    assert near(glints(WALL, LensCalibration(), {HOT: 400.0}), HOT)
    assert not near(glints(WALL, MENDED, {HOT: 400.0}), HOT)


def test_a_lens_beside_a_hot_pixel_is_seen_once_that_is_known():
    lit = WALL | {ON: 200.0 + lens_light(GEOMETRY, BESIDE, 0.7, 900.0, 0.9)}
    assert not [g for g in near(glints(lit, LensCalibration(), {HOT: 600.0}), BESIDE) if g.reading is Reading.RETRO]
    (found,) = near(glints(lit, MENDED, {HOT: 600.0}), BESIDE)
    assert found.reading is Reading.RETRO
    assert (found.y_px, found.x_px) == pytest.approx(BESIDE, abs=0.5)


def test_mending_takes_the_median_of_sound_neighbours():
    (frame,) = frames({ON: 100.0 + NO_LIGHT}, sets=1, hot={(0, 0): 500.0, (0, 1): 500.0, (50, 60): 500.0})
    mended = HotPixelMender(((0, 0), (0, 1), (50, 60), (999, 0), (3, -1)), (240, 320)).mend(frame)
    changed = np.argwhere(mended.pixels != frame.pixels)
    assert {tuple(yx) for yx in changed.tolist()} == {(0, 0), (0, 1), (50, 60)}
    around = np.delete(frame.pixels[49:52, 59:62].ravel(), 4)
    assert mended.pixels[50, 60] == np.sort(around)[3]
    assert mended.pixels[0, 0] < 200
    assert not mended.pixels.flags.writeable
    assert frame.pixels[50, 60] > 500


def test_nothing_hot_gives_the_very_frame_back():
    (frame,) = frames(WALL, sets=1)[:1]
    assert HotPixelMender((), (240, 320)).mend(frame) is frame


def test_rings_that_differ_by_place_leave_nothing_behind_once_calibrated():
    terms = (0.25, -0.15, -0.2, 0.1, 0.2)
    light = wall_light(GEOMETRY, 400.0, 1.2, terms)
    _, plain = one_set(light, LensCalibration())
    strobe, mapped = one_set(light, LensCalibration(balance_terms=terms))
    assert np.abs(plain.difference).mean() > 20
    blurred = mapped.difference.reshape(24, 10, 32, 10).mean(axis=(1, 3))
    assert np.abs(blurred).mean() < 2  # noise of a hundred pixels of two frames: 1.4
    assert np.abs(blurred).max() < 8
    places = np.array([[0.0, 0.0], [120.0, 160.0], [500.0, 500.0]])
    assert mapped.balance_at(places) == pytest.approx(
        mapped.balance * LensCalibration(balance_terms=terms).balance_map((240, 320))[[0, 120, 239], [0, 160, 319]]
    )
    assert plain.balance_at(places) == plain.balance
    assert strobe.dark is not None


def test_a_flat_map_changes_nothing_that_matters():
    light = wall_light(GEOMETRY, 400.0, 1.0, (0.0,) * 5)
    _, plain = one_set(light, LensCalibration())
    _, mapped = one_set(light, LensCalibration(balance_terms=(0.0,) * 5))
    np.testing.assert_allclose(mapped.difference, plain.difference, atol=0.01)
    np.testing.assert_allclose(mapped.shared, plain.shared, atol=0.01)


def test_results_become_what_the_sense_takes():
    dark = measure_dark(frames({DARK: NO_LIGHT}, hot={HOT: 50.0}, black_dn=65.0), GEOMETRY, OPTIONS)
    wall = 80.0 + NO_LIGHT
    lit = {ON: wall + lens_light(GEOMETRY, (100.4, 200.7), 0.7, 1400.0, 0.9), OFF: wall, DARK: NO_LIGHT}
    aperture_mm = 1.4 * 600 / GEOMETRY.focal_px
    reference = measure_reference(frames(lit, sets=12), GEOMETRY, aperture_mm, 600.0, OPTIONS)
    edge = frames({ON: edge_light(GEOMETRY, (120, 150), 5, 1.2, (80, 600))})
    focus = measure_focus(edge, GEOMETRY, OPTIONS, LENS)
    made = calibration_of((dark, focus, reference), GEOMETRY, LENS)
    assert made.corrected(GEOMETRY).black_level_dn == pytest.approx(65.0, abs=0.05)
    assert made.hot_yx == (HOT,)
    assert made.balance_map((240, 320)) is None
    assert made.detectability is not None
    assert made.detectability.retro_gain == reference.retro_gain
    assert np.radians(made.detectability.psf_sigma_deg) * SCALE.focal_px == pytest.approx(1.2, rel=0.02)
    assert calibration_of((), GEOMETRY, LENS) == LensCalibration()
    assert calibration_of((focus,), GEOMETRY, LENS).detectability is None


def test_frames_of_another_depth_are_mended_alike():
    small = replace(GEOMETRY, bit_depth=8, black_level_dn=4)
    (frame,) = frames({ON: 20.0 + NO_LIGHT}, sets=1, geometry=small, black_dn=4.0, hot={HOT: 200.0})
    assert HotPixelMender((HOT,), (240, 320)).mend(frame).pixels[HOT] < 60
