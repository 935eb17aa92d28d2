"""A lens answers from a wide cone, a mirror from a narrow one; what cannot be told yet counts nothing."""

from collections import deque
from math import exp

import numpy as np
import pytest

from detector.lens.cone import cone_evidence, cone_evidence_wanted
from detector.lens.tracking import SetMotion, Tracker
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint


def track(seen, dark=()):
    follower = Tracker(OPTIONS, PX_PER_DEG, (480, 640))
    for k, view in enumerate(seen):
        follower.step([glint(100, 100)], SetMotion(matrix=np.eye(3), trusted=True, view_deg=view), k, k)
    (only,) = follower.tracks
    only.unseen = deque(dark)
    return only


def aside(*degrees):
    return [(0.0, float(d)) for d in degrees]


def test_seen_from_one_small_cone_tells_nothing():
    assert cone_evidence(track(aside(*np.linspace(0, 1, 8))), OPTIONS) == pytest.approx(0, abs=0.6)


def test_seen_from_more_than_a_mirror_s_cone_is_a_lens():
    wide = 3 * OPTIONS.mirror_cone_deg
    assert cone_evidence(track(aside(*np.linspace(0, wide, 12))), OPTIONS) > 5


def test_dark_beside_the_cone_that_shows_is_a_mirror_and_far_away_counts_nothing():
    seen = aside(*np.linspace(0, 1, 8))
    beside, away = aside(2.5, 2.8, 3.1), aside(20, 21, 22)
    assert cone_evidence(track(seen, beside), OPTIONS) < -4
    assert cone_evidence(track(seen, away), OPTIONS) == cone_evidence(track(seen), OPTIONS)


def test_a_place_that_never_read_retro_has_no_evidence():
    empty = track(aside(0, 1))
    empty.glints.clear()
    empty.wanderings.clear()
    assert cone_evidence(empty, OPTIONS) == 0


def test_mirrors_seldom_pass_for_lenses():
    rng = np.random.default_rng(3)
    passed = 0
    for _ in range(400):
        reach = OPTIONS.mirror_cone_deg * rng.choice([1 / 6, 1 / 3, 2 / 3, 1.0])
        views = rng.uniform(-4, 4, (24, 2))
        shows = rng.random(24) < np.where(np.linalg.norm(views, axis=1) <= reach, 0.9, 0.03)
        if shows.sum() > 2:
            item = track([tuple(v) for v in views[shows]], [tuple(v) for v in views[~shows]])
            passed += cone_evidence(item, OPTIONS) > 2
    assert passed <= 400 * exp(-2)


def test_more_viewpoints_ask_for_more():
    wanted = [cone_evidence_wanted(n, OPTIONS) for n in (1, 2, 20)]
    assert wanted[0] == OPTIONS.first_look_evidence
    assert wanted == sorted(wanted)
