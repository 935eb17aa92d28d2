"""Points are followed over the hand's motion, lost, held and taken back."""

import numpy as np
import pytest

from detector.lens.chance import evidence_wanted
from detector.lens.glints import Reading
from detector.lens.tracking import SetMotion, Tracker
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint, lights

STILL = np.eye(3)


def moved(x, y=0.0):
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def tracker(options=OPTIONS):
    return Tracker(options, PX_PER_DEG, (480, 640))


def run(follower, *sets, motion=STILL, trusted=True, keep=(), start=0, step_deg=0.0):
    for k, glints in enumerate(sets, start):
        hand = SetMotion(matrix=motion, trusted=trusted, view_deg=(0.0, step_deg * k))
        follower.step(glints, hand, k, k * 100)
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
    wanted = evidence_wanted(follower.sparkle.per_set, OPTIONS)
    assert max(t.evidence for t in follower.tracks + follower.ended) < wanted


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


def test_evidence_grows_with_retro_readings_and_falls_with_misses_and_other_readings():
    steady = run(tracker(), *[[glint()]] * 5).tracks[0].evidence
    gappy = run(tracker(), [glint()], [glint()], [], [glint()], [glint()]).tracks[0].evidence
    specular = run(tracker(), *[[glint(reading=Reading.SPECULAR)]] * 5).tracks[0].evidence
    assert steady > gappy > specular
    assert specular < 0


def faint(on=100.0, off=0.0):
    return glint(reading=Reading.FAINT, ratio=on / 30, lights=lights(on, off, sigma=10))


def test_faint_sets_count_once_they_tell_together():
    alone = run(tracker(), [faint()])
    assert alone.tracks[0].evidence == 0.0
    (track,) = run(alone, *[[faint()]] * 3, start=1).tracks
    assert [g.reading for g in track.glints] == [Reading.RETRO] * 4
    assert [g.ratio for g in track.glints] == pytest.approx([100 / 30 * n**0.5 for n in (2, 2, 3, 4)])
    (plain,) = run(tracker(), *[[glint()]] * 4).tracks
    assert track.evidence == pytest.approx(plain.evidence, rel=0.15)


def test_faint_sets_that_tell_nothing_together_say_nothing():
    (track,) = run(tracker(), *[[faint(off=28)]] * 8).tracks
    assert {g.reading for g in track.glints} == {Reading.FAINT}
    assert track.evidence == 0.0
    assert not track.unseen, "a light that only one ring showed was not dark"


def test_evidence_is_worth_less_where_it_sparkles():
    rng = np.random.default_rng(1)
    lone = run(tracker(), *[[glint(240, 320)]] * 6).tracks[0]
    crowd = [[glint(240, 320), *(glint(*rng.uniform((220, 300), (260, 340))) for _ in range(4))] for _ in range(6)]
    crowded = max(run(tracker(), *crowd).tracks, key=lambda t: t.hits)
    assert crowded.hits >= 5
    assert crowded.evidence < 0.7 * lone.evidence


def test_drift_against_the_wall_is_remembered_with_the_viewpoint():
    glints = [[glint(100, 100 + 6 * k)] for k in range(6)]
    (track,) = run(tracker(), *glints, motion=moved(5), step_deg=0.5).tracks
    drift, view = np.array(track.wanderings)[:, 1], np.array(track.wanderings)[:, 3]
    assert drift * PX_PER_DEG == pytest.approx(np.arange(6), abs=1e-6)
    assert view == pytest.approx(0.5 * np.arange(6))


def test_stepping_aside_widens_the_gate_of_a_young_track():
    jump = [[glint(100, 100)], [glint(100, 105)]]
    assert len(run(tracker(), *jump).tracks) == 2
    assert len(run(tracker(), *jump, step_deg=1.5).tracks) == 1


def test_viewpoints_from_which_a_place_stayed_dark_are_remembered_from_before_it_was_seen():
    glints = [[]] * 3 + [[glint(100, 100)]] * 4 + [[]]
    (track,) = run(tracker(), *glints, step_deg=1.0).tracks
    assert sorted(v for _, v in track.unseen) == [0, 1, 2, 7]


def test_a_place_that_was_out_of_the_picture_was_not_dark():
    glints = [[]] * 3 + [[glint(100, 60 + 40 * k)] for k in range(4)]
    (track,) = run(tracker(), *glints, motion=moved(40), step_deg=1.0).tracks
    assert not [v for _, v in track.unseen if v < 2]


def test_a_reading_between_lens_and_mirror_speaks_for_neither():
    between = glint(100, 100, ratio=3.0, reading=Reading.SPECULAR)
    (track,) = run(tracker(), *[[glint(100, 100)]] * 3, [between]).tracks
    assert not track.unseen
    same = glint(100, 100, ratio=1.0, reading=Reading.SPECULAR)
    assert len(run(tracker(), *[[glint(100, 100)]] * 3, [same]).tracks[0].unseen) == 1


def test_viewpoints_count_once_they_are_a_mirror_s_cone_apart():
    apart = 2 * OPTIONS.mirror_cone_deg
    assert run(tracker(), *[[]] * 8, step_deg=apart / 4).viewpoints == 2
    assert run(tracker(), *[[]] * 8, step_deg=1.01 * apart).viewpoints == 8


def test_what_a_pause_hides_was_not_dark():
    follower = tracker()
    for k in range(12):
        hand = SetMotion(matrix=STILL, trusted=True, view_deg=(0.0, 0.5 * k))
        looking = k >= 6
        follower.step([glint(100, 100)] if looking else (), hand, k, k * 100, looking)
        follower.sweep(set())
    (track,) = follower.tracks
    assert track.hits == 6
    assert not track.unseen


def test_a_track_amid_lights_of_the_off_axis_ring_alone_is_taken_for_part_of_a_patch():
    rng = np.random.default_rng(5)
    alone, amid, far = tracker(), tracker(), tracker()
    for k in range(6):
        flakes = np.column_stack([rng.normal(100, 6, (4, 2)), np.zeros(4)])
        for follower, lights_up in ((alone, flakes[:0]), (amid, flakes), (far, flakes + np.array([300, 300, 0]))):
            hand = SetMotion(matrix=STILL, trusted=True, view_deg=(0.0, 0.1 * k))
            follower.step([glint()], hand, k, k * 100, off_axis_only=lights_up)
    assert alone.tracks[0].patch == far.tracks[0].patch == 0
    assert amid.tracks[0].patch < -20
