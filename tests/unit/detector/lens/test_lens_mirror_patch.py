"""What answers the off-axis ring alone, and what it says of a glint amid it."""

import numpy as np
import pytest

from detector.lens.chance import SparkleField
from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.mirror_patch import MirrorPatches, patch_evidence
from detector.lens.noise import estimate_noise
from detector.lens.off_axis_only import OffAxisFinder
from detector.lens.strobe import StrobeSet
from tests.unit.detector.lens.lens_helpers import OFF, ON, OPTIONS, PX_PER_DEG, SCALE, wall, with_spot, working

PLACE = (200.3, 300.6)


def found(on, off, motion=None, trusted=True):
    strobe = StrobeSet(working(on, ON, 0), working(off, OFF, 1), None, None)
    motions = SetMotions(to_off=np.eye(3) if motion is None else motion, trusted=trusted)
    planes = difference_planes(strobe, motions, 4.0)
    return OffAxisFinder(OPTIONS, SCALE, 4.0).find(strobe, planes, estimate_noise(on, 255))


def test_a_flake_that_flashes_at_the_off_axis_ring_is_found_at_its_place_in_the_on_axis_picture():
    motion = np.array([[1.0, 0, 7.4], [0, 1, -3.2], [0, 0, 1]])
    yx, speck = found(wall(), with_spot(wall(seed=1), PLACE[0] - 3.2, PLACE[1] + 7.4), motion)
    assert yx == pytest.approx(np.array([PLACE]), abs=0.7)
    assert not speck.any()


@pytest.mark.parametrize("sideways", [0.0, 0.25, 0.5])
def test_pixels_that_sparkle_alone_or_side_by_side_are_marked_and_sharp_light_is_not(sideways):
    off = with_spot(wall(seed=1), 100.0 + sideways, 100.0 + sideways, sigma=0.65)
    off[300, 400] = off[200, 500] = off[200, 501] = 255
    yx, speck = found(wall(), off)
    at = {(round(float(y), -2), round(float(x), -2)): bool(s) for (y, x), s in zip(yx, speck, strict=True)}
    assert at == {(100, 100): False, (300, 400): True, (200, 500): True}


def test_neither_a_lens_nor_a_screw_nor_the_wall_s_pattern_answers_the_off_axis_ring_alone():
    pattern = wall(seed=3)
    pattern[60:64, 60:64] = 180
    screw = with_spot(pattern, 350.2, 420.7)
    lens = with_spot(screw, *PLACE)
    lens_off = screw.copy()
    lens_off[199:203, 299:303] = 8
    assert len(found(lens, lens_off)[0]) == 0


def test_nothing_is_said_where_registration_is_not_trusted():
    assert len(found(wall(), with_spot(wall(seed=1), *PLACE), trusted=False)[0]) == 0


def test_a_patch_shows_as_many_under_either_ring_and_none_says_little():
    assert patch_evidence(1, 0, 0.1) == 0
    assert patch_evidence(1, 1, 0.1) > patch_evidence(1, 2, 0.1) > patch_evidence(4, 8, 0.1)
    assert patch_evidence(3, 1, 1.0) == 0  # one where one is usual


@pytest.mark.parametrize("usual", [0.05, 0.3, 1.0])
def test_lone_lenses_are_seldom_taken_for_part_of_a_patch(usual):
    """The null: a likelihood ratio passes A at most once in A (Wald 1945)."""
    chance = np.random.default_rng(4).poisson(usual, 20_000)
    against = np.array([patch_evidence(1, int(n), usual) for n in chance])
    for nats in (1.0, 2.0, 4.0):
        assert (against <= -nats).mean() <= np.exp(-nats) * 1.1


def test_a_light_that_stays_on_counts_once_and_its_place_moves_with_the_hand():
    patches = MirrorPatches(SparkleField(OPTIONS, PX_PER_DEG, 3000.0), OPTIONS.gate_deg * PX_PER_DEG)
    for k in range(8):
        patches.carry(np.array([[1.0, 0, 9], [0, 1, 0], [0, 0, 1]]))
        patches.add(np.array([[110.0, 110.0 + 9 * k, 0.0], [115.0, 100.0 + 9 * k, 1.0]]))
    here, elsewhere = patches.evidence(np.array([[100.0, 170.0], [400.0, 170.0]]), np.ones(2))
    assert -6 < here < -1  # eight of them would be -25 and less
    assert elsewhere == 0
