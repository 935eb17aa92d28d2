"""How near a wall is, and how small a lens shows: against the inverse square, and against the finder itself."""

import numpy as np
import pytest

from benchmarks.lens_apertures import VGA, Look
from detector.lens.detectability import LARGEST_APERTURE_MM, DetectabilityModel
from detector.lens.options import LensOptions
from detector.lens.synth import SensorModel

MODEL = DetectabilityModel(retro_gain=80.0, edge_deg=1.55, wall_dn_at_1m=0.05)
OPTIONS = LensOptions()


def smallest(model=MODEL, range_mm=700.0, ring_mm=6.0, wall_dn=100.0, sigma_dn=2.0):
    return model.smallest_aperture_mm(range_mm, ring_mm, 530.0, wall_dn, sigma_dn, OPTIONS)


def test_range_follows_the_inverse_square_between_dark_and_white_walls():
    # At 800 mm a wall of albedo 0.6 gives 0.05 * 0.6 * 2000 us * gain 2 / 0.8^2.
    near, far = MODEL.range_mm(0.05 * 0.6 * 2000 * 2 / 0.64, 2000, 2)
    assert near == pytest.approx(800 * np.sqrt(0.3 / 0.6))
    assert far == pytest.approx(800 * np.sqrt(0.9 / 0.6))
    assert MODEL.range_mm(0.0, 2000, 1) == (np.inf, np.inf)
    assert MODEL.range_mm(-3.0, 2000, 1) == (np.inf, np.inf)


def test_range_and_noise_ask_for_larger_lenses():
    by_range = [smallest(range_mm=r) for r in (400, 700, 1500)]
    by_noise = [smallest(sigma_dn=s) for s in (0.5, 5.0, 20.0)]
    for values in (by_range, by_noise):
        assert None not in values
        assert values == sorted(values)
        assert values[0] < 0.7 * values[-1]


def test_a_weak_or_well_corrected_lens_off_the_axis_does_not_show():
    assert smallest(DetectabilityModel(retro_gain=0.9, edge_deg=1.55, wall_dn_at_1m=0.05)) is None
    corrected = DetectabilityModel(retro_gain=2340.0, edge_deg=0.55, wall_dn_at_1m=0.05)
    assert smallest(corrected, range_mm=400.0, ring_mm=8.0) is None  # 1.1 deg, twice as far off as its lobe reaches
    far = smallest(corrected, range_mm=1500.0, ring_mm=4.0)
    assert far is not None
    assert far < LARGEST_APERTURE_MM / 10


def test_a_wall_without_light_shows_nothing():
    assert smallest(wall_dn=0.0) is None


@pytest.mark.parametrize(("range_mm", "gain"), [(400.0, 80.0), (1500.0, 80.0)])
def test_the_finder_begins_to_see_lenses_near_the_aperture_stated(range_mm, gain):
    sensor = SensorModel(psf_sigma_px=1.3, noise_scale=3.0)
    look = Look(name="soft", geometry=VGA, sensor=sensor, range_mm=range_mm, retro_gain=gain)
    stated = look.seen(0.5)[1]
    assert stated is not None
    assert look.seen(stated)[0] >= 0.8
    assert look.seen(0.6 * stated)[0] <= 0.3
