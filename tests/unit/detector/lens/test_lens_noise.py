"""The noise model recovers what was put in."""

import numpy as np
import pytest

from detector.lens.noise import estimate_noise
from tests.unit.detector.lens.lens_helpers import wall


@pytest.mark.parametrize("sigma", [1.5, 4.0, 9.0])
def test_even_wall(sigma):
    assert estimate_noise(wall(sigma=sigma), 255).sigma_dn(100) == pytest.approx(sigma, rel=0.15)


def test_shot_noise_grows_with_the_level():
    rng = np.random.default_rng(1)
    level = np.tile(np.linspace(100, 900, 640), (480, 1))
    pixels = np.round(level + rng.normal(0, 1, level.shape) * np.sqrt(0.5 * level + 4)).clip(0, 1023)
    model = estimate_noise(pixels.astype(np.uint16), 1023)
    for dn in (150, 800):
        assert model.sigma_dn(dn) == pytest.approx(np.sqrt(0.5 * dn + 4), rel=0.15)


def test_flat_and_saturated_frames_have_rounding_noise_only():
    for value in (7, 255):
        assert estimate_noise(np.full((64, 64), value, np.uint8), 255).sigma_dn(50) == pytest.approx(0.3)
