"""Shrinking keeps light and places; the top-hat keeps what is compact."""

import numpy as np
import pytest

from detector.lens.working import WorkingFrame, WorkingScale
from detector.types import CameraGeometry
from tests.unit.detector.lens.lens_helpers import GEOMETRY, OPTIONS, SCALE, wall, with_spot, working


def test_places_survive_the_way_there_and_back():
    scale = WorkingScale(2, 300.0)
    yx = np.array([[0.0, 0.0], [11.3, 7.9]])
    assert scale.to_full(scale.to_working(yx)) == pytest.approx(yx)
    assert scale.to_full(np.zeros((1, 2))) == pytest.approx(np.full((1, 2), 0.5))


def test_motion_in_working_pixels_moves_the_same_places():
    scale = WorkingScale(2, 300.0)
    motion = np.array([[1.01, 0.02, 5.0], [-0.02, 1.01, -3.0], [0, 0, 1]])
    full = motion @ (20.0, 30.0, 1.0)
    small = scale.matrix_to_working(motion) @ (*scale.to_working(np.array([20.0, 30.0])), 1.0)
    assert scale.to_full(small[:2]) == pytest.approx(full[:2])


@pytest.mark.parametrize(("width", "factor"), [(640, 1), (1296, 2), (2304, 4), (320, 1)])
def test_factor_brings_frames_near_the_working_width(width, factor):
    geometry = CameraGeometry(width_px=width, height_px=width * 3 // 4, hfov_deg=60)
    assert WorkingScale.of(geometry, OPTIONS).factor == factor


def test_compact_light_stays_and_wide_light_goes():
    pixels = with_spot(wall(sigma=0.0), 100, 100)
    pixels[200:260, 300:360] = 250
    item = working(pixels)
    assert item.compact[100, 100] > 140
    assert item.compact[230, 330] == 0
    assert item.compact[300:, :200].max() == 0


def test_sixteen_bit_frames_stay_sixteen_bit():
    item = working(np.full((480, 640), 900, np.uint16))
    assert item.grey.dtype == item.compact.dtype == np.uint16


def test_large_frames_are_averaged():
    geometry = CameraGeometry(width_px=1280, height_px=960, hfov_deg=62.2)
    pixels = np.tile(np.array([[0, 100], [100, 200]], np.uint8), (480, 640))
    scale = WorkingScale.of(geometry, OPTIONS)
    item = WorkingFrame.of(working(pixels).frame, working(pixels).led, scale, OPTIONS)
    assert item.grey.shape == (480, 640)
    assert np.all(item.grey == 100)
    assert SCALE.factor == WorkingScale.of(GEOMETRY, OPTIONS).factor == 1
