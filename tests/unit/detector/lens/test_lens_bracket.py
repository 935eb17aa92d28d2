"""How much brighter the whole ring is than the dimmed one, as the wall says."""

import numpy as np
import pytest

from detector.lens.bracket import dim_gain
from tests.unit.detector.lens.lens_helpers import DARK, DIM, ON, wall, with_spot, working

BLACK_DN = 4.0


def gain(on, dim, dark, **of_dim):
    return dim_gain(working(on, ON), working(dim, DIM, 5, **of_dim), working(dark, DARK, 2), BLACK_DN)


def test_gain_is_finer_than_a_digital_number():
    on, dim, dark = wall(4 + 10 + 96), wall(4 + 10 + 6.4, seed=1, sigma=1), wall(4 + 10, seed=2, sigma=1)
    assert gain(on, dim, dark) == pytest.approx(15.0, rel=0.02)


def test_a_wall_with_a_pattern_and_glints_gives_the_same():
    pattern = 60 * (np.indices((480, 640)).sum(axis=0) // 20 % 2)
    on = wall(40 + pattern)
    dim, dark = wall(4 + (36 + pattern) / 16, seed=1, sigma=1), wall(4, seed=2, sigma=1)
    for y, x in ((100, 100), (200, 300), (300, 500)):
        on, dim = with_spot(on, y, x, height=2000, sigma=3), with_spot(dim, y, x, height=125, sigma=3)
    assert gain(on, dim, dark) == pytest.approx(16.0, rel=0.03)


def test_exposures_of_their_own_are_reckoned_with():
    on, dim, dark = wall(4 + 10 + 96), wall(4 + 20 + 12.8, seed=1, sigma=1), wall(4 + 10, seed=2, sigma=1)
    assert gain(on, dim, dark, exposure_ns=4_000_000) == pytest.approx(96 / 12.8, rel=0.02)


@pytest.mark.parametrize(("on_dn", "dim_dn"), [(100, 4.2), (100, 99), (12, 10)])
def test_a_ring_that_is_out_or_not_dimmed_says_nothing(on_dn, dim_dn):
    assert gain(wall(on_dn), wall(dim_dn, seed=1, sigma=1), wall(4, seed=2, sigma=1)) is None
