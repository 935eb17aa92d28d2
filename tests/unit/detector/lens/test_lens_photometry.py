"""Sums over apertures."""

import numpy as np
import pytest

from detector.lens.photometry import (
    aperture_flux,
    disc_offsets,
    grow_within,
    highest_summit,
    longer_axis,
    matched_flux,
    window_at,
)


def test_windows_repeat_the_border():
    image = np.arange(12.0).reshape(3, 4)
    assert window_at(image, np.array([[0.0, 0.0]]), 1)[0].tolist() == [[0, 0, 1], [0, 0, 1], [4, 4, 5]]


def test_disc():
    assert disc_offsets(1.0).sum() == 5
    assert disc_offsets(2.3).shape == (5, 5)


def test_aperture_finds_the_brightest_place_and_ignores_the_faint():
    light = np.zeros((1, 7, 7))
    light[0, 1, 1], light[0, 1, 2], light[0, 5, 5] = 10, 4, 2
    assert aperture_flux(light, disc_offsets(1.0), np.array([3.0])) == pytest.approx(14)
    assert aperture_flux(light, disc_offsets(1.0), np.array([50.0])) == pytest.approx(0)


def test_matched_flux_counts_faint_pixels_under_the_mask():
    light = np.full((2, 5, 5), 1.0)
    masks = np.zeros((2, 3, 3), bool)
    masks[0, 1, 1] = masks[1, 1, :] = True
    assert matched_flux(light, masks).tolist() == [1, 3]


def test_a_slope_is_no_summit():
    slope = np.tile(np.arange(7.0), (7, 1))[None]
    assert highest_summit(slope, np.ones((1, 5, 5)))[0] == 0
    peak = slope.copy()
    peak[0, 3, 3] = 50
    assert highest_summit(peak, np.full((1, 5, 5), 8.0))[0] == 8


def test_longer_axis_is_a_disc_s_diameter_and_a_sliver_s_length():
    y, x = np.mgrid[-10:11, -10:11]
    disc, sliver = np.hypot(y, x) <= 6, (np.abs(y - x) <= 1) & (np.abs(x + y) <= 14)
    axes = longer_axis(np.stack([disc, sliver, np.zeros_like(disc)]))
    assert axes[0] == pytest.approx(12, rel=0.08)
    assert axes[1] > 18
    assert axes[2] == 0


def test_only_what_hangs_together_is_grown():
    allowed = np.zeros((1, 9, 9), bool)
    allowed[0, 4, 2:7] = allowed[0, 0, 0] = True
    seeds = np.zeros_like(allowed)
    seeds[0, 4, 4] = True
    assert grow_within(seeds, allowed, 8).sum() == 5
    assert grow_within(seeds, allowed, 1).sum() == 3
