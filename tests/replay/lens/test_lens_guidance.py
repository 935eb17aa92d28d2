"""The map tells the truth about lenses, and the hints about sides: a few of the benchmarks' own scenes and people."""

import pytest

from benchmarks.lens_coverage import SEEDS, draw, run
from benchmarks.lens_hints import carries_on, looks_back
from detector.lens.options import LensOptions

SCENES = range(90_000, 90_008)  # not among those of the tables


def test_lenses_on_done_spots_were_found():
    options = LensOptions()
    outcomes = []
    for number in SCENES:
        seed = SEEDS[number]
        outcomes += run(seed, draw(seed, options.assumed_range_mm), False, options)
    done = [found for state, found, _ in outcomes if state == "#"]
    rest = [found for state, found, _ in outcomes if state != "#"]
    assert len(done) >= 6
    assert sum(done) >= 0.9 * len(done)
    assert sum(rest) < 0.9 * len(rest)


@pytest.mark.parametrize("side", ["left", "right", "up", "down"])
def test_whoever_does_as_told_earns_a_viewpoint(side):
    told = carries_on(700_900, side)
    assert (told.said, told.finished) == (f"move_{side}", True)


@pytest.mark.parametrize("side", ["left", "right"])
def test_whoever_does_as_told_finds_what_was_left_out(side):
    told = looks_back(700_903, side)
    assert (told.said, told.finished) == (f"point_{side}", True)
