"""Points are followed over the hand's motion, lost, held and taken back."""

import numpy as np
import pytest

from detector.lens.tracking import Tracker
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint

STILL = np.eye(3)


def moved(x, y=0.0):
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def tracker(options=OPTIONS):
    return Tracker(options, PX_PER_DEG, (480, 640))


def run(follower, *sets, motion=STILL, trusted=True, keep=(), start=0):
    for k, glints in enumerate(sets, start):
        follower.step(glints, motion, trusted, k, k * 100)
        follower.sweep(set(keep))
    return follower


def test_a_fixed_point_is_one_track_over_the_hand_s_motion():
    follower = run(tracker(), *[[glint(100, 100 + 20 * k)] for k in range(6)], motion=moved(20))
    (track,) = follower.tracks
    assert (track.hits, track.chances) == (6, 6)
    assert [p[0] for p in track.points] == list(range(6))
    assert max(track.misfits_px) < 0.1


def test_drift_beyond_the_hand_s_motion_is_learnt():
    follower = run(tracker(), *[[glint(100, 100 + 1.5 * k)] for k in range(10)])
    (track,) = follower.tracks
    assert track.hits == 10
    assert track.misfits_px[-1] < 0.3 * track.misfits_px[0]


def test_sparkle_makes_no_lasting_track():
    rng = np.random.default_rng(0)
    sparkle = [[glint(*rng.uniform(30, 450, 2)) for _ in range(20)] for _ in range(12)]
    follower = run(tracker(), *sparkle)
    assert max(t.hits for t in follower.tracks + follower.ended) < OPTIONS.min_hits


def test_neighbours_are_not_swapped():
    pairs = [[glint(100, 100 + k), glint(100, 106 + k)] for k in range(5)]
    follower = run(tracker(), *pairs, motion=moved(1))
    assert sorted(t.hits for t in follower.tracks) == [5, 5]
    assert [t.points[-1][2] - t.points[0][2] for t in follower.tracks] == pytest.approx([4, 4])


def test_a_jump_of_flux_is_not_followed():
    follower = run(tracker(), [glint(flux_dn=1000.0)], [glint(flux_dn=20.0)])
    assert sorted(t.hits for t in follower.tracks) == [1, 1]


def test_misses_count_against_it_only_when_seen_again():
    follower = run(tracker(), [glint()], [], [glint()])
    (track,) = follower.tracks
    assert (track.hits, track.chances, track.misses) == (2, 3, 0)


def test_too_many_misses_end_a_track():
    follower = run(tracker(), [glint()], *[[]] * (OPTIONS.max_missed_sets + 1))
    assert follower.tracks == []
    assert len(follower.ended) == 1


def test_what_leaves_the_view_is_held_and_taken_back_under_its_number():
    follower = run(tracker(), *[[glint(100, 100)]] * 4)
    number = follower.tracks[0].number
    run(follower, [], [], motion=moved(-120), keep={number}, start=4)
    assert follower.tracks[0].held
    assert follower.tracks[0].yx[1] == pytest.approx(100 - 240)
    run(follower, [], motion=moved(200), keep={number}, start=6)
    run(follower, [glint(103, 66)], motion=moved(0), keep={number}, start=7)
    (track,) = follower.tracks
    assert (track.number, track.hits, track.held) == (number, 5, False)


def test_what_leaves_the_view_unsure_ends():
    follower = run(tracker(), [glint()])
    run(follower, [], motion=moved(-200), start=1)
    assert follower.tracks == []


def test_held_tracks_are_bounded():
    options = type(OPTIONS)(max_held_alerts=2)
    follower = run(tracker(options), [glint(100, 100 + 40 * k) for k in range(5)])
    keep = {t.number for t in follower.tracks}
    run(follower, [], motion=moved(-900), keep=keep, start=1)
    assert len(follower.tracks) == 2
    assert len(follower.ended) == 3


def test_after_a_gap_nothing_is_taken_back():
    follower = run(tracker(), *[[glint()]] * 4)
    number = follower.tracks[0].number
    follower.restart({number})
    run(follower, [glint()], keep={number}, start=9)
    assert sorted(t.hits for t in follower.tracks) == [1, 4]


def test_untrusted_motion_widens_the_gate():
    far = [[glint(100, 100)], [glint(100, 108)]]
    assert len(run(tracker(), *far).tracks) == 2
    assert len(run(tracker(), *far, trusted=False).tracks) == 1


def test_tracks_are_bounded():
    options = type(OPTIONS)(max_tracks=8)
    crowd = [glint(30 + 20 * k, 50 + 60 * j) for k in range(5) for j in range(5)]
    assert len(run(tracker(options), crowd).tracks) == 8
