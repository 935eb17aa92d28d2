"""One hint at a time: the most telling cause first, no flicker, sides as the holder has them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from detector.lens.guidance import Guide, Hint, advice
from detector.lens.spot_map import SpotMap
from detector.types import Phrase
from tests.unit.detector.lens.lens_helpers import GEOMETRY, OPTIONS
from tests.unit.detector.lens.test_lens_spot_map import fitness, still

NS = 1_000_000_000


def told(spots=None, view_deg=(0.0, 0.0), **changes):
    spots = spots or SpotMap(OPTIONS, GEOMETRY)
    return advice(replace(fitness(), **changes), spots, view_deg, OPTIONS)


def test_nothing_is_said_while_all_is_well():
    assert told() is None


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"lit": False, "clipped": 1.0}, Hint.NO_LIGHT),
        ({"clipped": 0.8, "speed_deg_s": 90.0}, Hint.TOO_BRIGHT),
        ({"clipped": 0.8, "range_mm": (200.0, 300.0)}, Hint.STEP_BACK),
        ({"speed_deg_s": 40.0, "trusted": False}, Hint.SLOWER),
        ({"trusted": False, "sharp": False}, Hint.PLAIN_WALL),
        ({"sharp": False}, Hint.BLURRED),
        ({"smallest_mm": np.full((40, 54), np.inf)}, Hint.TOO_DARK),
        (
            {"smallest_mm": np.full((40, 54), 2.0), "range_mm": (900.0, 1500.0), "nearer_mm": 1.2, "farther_mm": 3.0},
            Hint.COME_CLOSER,
        ),
        (
            {"smallest_mm": np.full((40, 54), 2.0), "range_mm": (90.0, 150.0), "nearer_mm": 4.0, "farther_mm": 1.2},
            Hint.STEP_BACK,
        ),
    ],
)
def test_what_hides_lenses_comes_first(changes, hint):
    assert told(**changes) is hint


def test_a_done_part_is_called_done():
    assert told(still()) is Hint.PART_DONE


@pytest.mark.parametrize(
    ("view_deg", "hint"),
    [((0.0, 0.1), Hint.MOVE_RIGHT), ((0.0, 0.3), Hint.MOVE_LEFT)],
)
def test_the_nearer_end_of_the_viewpoints_decides_the_side(view_deg, hint):
    assert told(still(sets=9, step_deg=0.05), view_deg) is hint  # viewpoints 0 to 0.4; they fall to the right


def shown(wanted):
    """Return the hint after each of these, ten a second."""
    guide, out = Guide(OPTIONS), []
    for k, hint in enumerate(wanted):
        guide.step(k * NS // 10, hint)
        out.append(guide.hint)
    return out


def test_a_hint_waits_stays_and_goes_with_its_cause():
    said = shown([Hint.SLOWER] * 6 + [None] * 30)
    slower = Phrase("lens.guide.slower")
    assert said[:4] == [None] * 4
    assert said[4:19] == [slower] * 15
    assert said[19:] == [None] * 17


def test_a_cause_that_flickers_says_nothing():
    assert shown([Hint.SLOWER, None] * 20) == [None] * 40


def test_no_two_changes_within_the_hold():
    rng = np.random.default_rng(5)
    said = shown([list(Hint)[k] for k in np.repeat(rng.integers(0, len(Hint), 60), 5)])
    changes = np.flatnonzero([a != b for a, b in pairwise(said)])
    assert len(changes) > 5
    assert np.diff(changes).min() >= OPTIONS.hint_hold_s * 10


def test_whoever_moves_one_way_is_not_sent_back():
    said = shown([Hint.MOVE_RIGHT] * 6 + [Hint.MOVE_LEFT, Hint.MOVE_RIGHT, Hint.MOVE_DOWN] * 10)
    assert said[4:] == [Phrase("lens.guide.move_right")] * 32
