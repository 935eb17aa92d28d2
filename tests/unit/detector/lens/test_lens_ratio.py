"""The ratio as a lower bound, of one set and of several."""

import numpy as np
import pytest

from detector.lens.ratio import Lights, lower_ratio, pooled
from tests.unit.detector.lens.lens_helpers import lights

CAP = 60.0


def measured(rng, on, off, sigma=10.0):
    """Return one set of a thing of that light, as noise would have it."""
    return lights(on + rng.normal(0, sigma), off + rng.normal(0, sigma), sigma)


def test_noise_sets_the_least_denominator():
    assert lower_ratio(lights(on=100, off=5, sigma=10), CAP) == pytest.approx(100 / 30)
    assert lower_ratio(lights(on=100, off=50, sigma=10), CAP) == pytest.approx(2.0)
    assert lower_ratio(lights(on=1e6, off=-50, sigma=1), CAP) == CAP


def test_flux_or_height_whichever_is_less():
    one = Lights(on_dn=400, off_dn=100, sigma_dn=1, on_summit_dn=100, off_summit_dn=50, summit_sigma_dn=1)
    assert lower_ratio(one, CAP) == pytest.approx(2.0)
    assert not one.unseen_off_axis


def test_many_at_once_are_each_by_itself():
    many = Lights(**{name: np.array([getattr(lights(on=v), name) for v in (100, 300)]) for name in Lights.__slots__})
    assert lower_ratio(many, CAP) == pytest.approx([lower_ratio(many.at(k), CAP) for k in (0, 1)])
    assert many.unseen_off_axis.tolist() == [True, True]


def test_together_faint_sets_say_more_than_each():
    one = lights(on=100, off=0, sigma=10)
    assert lower_ratio(one, CAP) < 4
    assert lower_ratio(pooled([one] * 4), CAP) == pytest.approx(2 * lower_ratio(one, CAP))


@pytest.mark.parametrize(("true_ratio", "low", "high"), [(1.0, 0.0, 0.001), (2.0, 0.0, 0.01), (30.0, 0.95, 1.0)])
def test_eight_faint_sets_tell_a_lens_from_a_screw(true_ratio, low, high):
    rng = np.random.default_rng(5)
    looks = [[measured(rng, 110, 110 / true_ratio) for _ in range(8)] for _ in range(2000)]
    passed = np.mean([lower_ratio(pooled(sets), CAP) >= 4 for sets in looks])
    assert low <= passed <= high
