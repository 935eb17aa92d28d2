"""A person in view: what begins the pause, what does not, and what ends it. One strobe set every 0.1 s."""

from dataclasses import replace

import numpy as np
import pytest

from detector.lens.people import PersonWatch
from detector.lens.tracking import SetMotion
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint

SET_NS = 100_000_000
GAP_PX = 5.0 * PX_PER_DEG
LEFT = np.array([240.0, 280.0])
RIGHT = LEFT + np.array([0.0, GAP_PX])
OTHERS = [glint(60.0 + 80 * k, 600.0 - 40 * k, ratio=1.0, reading="specular") for k in range(4)]


class Room:
    """Feeds a watch one set after another; the hand stands still unless told."""

    def __init__(self, options=OPTIONS):
        self.watch = PersonWatch(options, PX_PER_DEG)
        self.sets = 0

    def show(self, *places, view_deg=(0.0, 0.0), trusted=True, others=OTHERS):
        glints = [glint(*yx) for yx in places]
        motion = SetMotion(matrix=np.eye(3), trusted=trusted, view_deg=view_deg)
        self.sets += 1
        self.watch.look([*glints, *others], motion, self.sets * SET_NS)

    @property
    def paused(self):
        return self.watch.state.paused


def sway(number, deg=0.5):
    """Return how far a head has moved after so many sets, pixels."""
    t = 0.1 * number
    return np.array([0.3 * np.sin(3.0 * t), np.sin(1.5 * t)]) * deg * PX_PER_DEG


def visited(sets=20):
    room = Room()
    for k in range(sets):
        room.show(LEFT + sway(k), RIGHT + sway(k))
    return room


def test_two_that_sway_as_one_pause_the_search_within_a_second():
    room = Room()
    while not room.paused and room.sets < 30:
        room.show(LEFT + sway(room.sets), RIGHT + sway(room.sets))
    assert OPTIONS.pair_sets <= room.sets <= 10
    assert room.watch.state.withheld
    assert room.watch.state.times == 1


def test_two_on_the_wall_never_pause_and_are_held_back_only_at_first():
    room = Room()
    noise = np.random.default_rng(1)
    held = []
    for _ in range(60):
        room.show(LEFT + noise.normal(0, 0.1, 2), RIGHT + noise.normal(0, 0.1, 2))
        held.append(room.watch.holds_back(tuple(LEFT)))
        assert not room.paused
    assert held[2] and not any(held[6:])
    assert not room.watch.state.withheld


def test_a_place_away_from_the_pair_is_not_held_back():
    room = visited(5)
    assert room.watch.holds_back(tuple(RIGHT + sway(4)))
    assert not room.watch.holds_back((240.0, 500.0))


def test_two_that_stand_out_from_the_wall_do_not_pause_and_are_held_back_for_a_few_sets():
    room = Room()
    held = []
    for k in range(60):
        view_deg = (2.0 * np.sin(0.17 * k), 4.0 * np.sin(0.27 * k))
        shift = 0.3 * np.array(view_deg) * PX_PER_DEG
        room.show(LEFT + shift, RIGHT + shift, view_deg=view_deg)
        held.append(room.watch.holds_back(tuple(LEFT + shift)))
        assert not room.paused
    assert 1 <= sum(held) <= 4
    assert not any(held[-10:])


def test_nothing_is_said_of_motion_while_the_hand_is_not_known():
    room = Room()
    for k in range(60):
        room.show(LEFT + sway(k), RIGHT + sway(k), trusted=False)
        assert not room.paused
    assert room.watch.holds_back(tuple(LEFT + sway(59)))


@pytest.mark.parametrize(
    ("second", "flux_dn"),
    [(LEFT + np.array([GAP_PX, 0.0]), 500.0), (RIGHT, 2000.0), (LEFT + np.array([0.0, PX_PER_DEG]), 500.0)],
    ids=["one above the other", "unlike", "too near"],
)
def test_what_does_not_lie_like_eyes_is_no_pair(second, flux_dn):
    room = Room()
    for k in range(20):
        other = replace(glint(*(second + sway(k))), flux_dn=flux_dn)
        room.show(LEFT + sway(k), others=[*OTHERS, other])
        assert not room.paused
        assert not room.watch.holds_back(tuple(LEFT + sway(k)))


def test_a_row_of_beads_that_swings_is_no_head():
    room = Room()
    for k in range(20):
        room.show(*(LEFT + np.array([0.0, 2.2 * PX_PER_DEG * n]) + sway(k) for n in range(6)))
        assert not room.paused


def test_sparkle_does_not_pause():
    noise = np.random.default_rng(7)
    room = Room()
    for _ in range(300):
        room.show(*noise.uniform((40, 40), (440, 600), (12, 2)))
        assert not room.paused


def test_a_pupil_that_clips_and_falls_apart_is_still_one_eye():
    room = Room()
    for k in range(12):
        at = sway(k)
        room.show(LEFT + at, LEFT + at + (2.0, 3.0), RIGHT + at, RIGHT + at - (3.0, 1.0))
    assert room.paused


def still_pair(shown):
    """Show a pair that never moves: `B` both, `L` and `R` one alone, `.` neither, `x` nothing in the picture at all."""
    room = Room()
    for letter in shown:
        places = [yx for yx, letters in ((LEFT, "BL"), (RIGHT, "BR")) if letter in letters]
        room.show(*places, others=[] if letter == "x" else OTHERS)
    return room


@pytest.mark.parametrize("shown", ["BBBBBBBB..BB", "BBBBBBBL..RB"])
def test_a_blink_pauses_although_nothing_moves(shown):
    assert still_pair(shown).paused


@pytest.mark.parametrize("shown", ["BBBBBBBBLLBB", "BBBLBBBB..BB", "BBBBBBBBxxBB", "BBBBBBBBB.BB", "B.BB..BBBBB."])
def test_what_goes_out_otherwise_is_no_blink(shown):
    assert not still_pair(shown).paused


def test_the_search_goes_on_when_the_person_has_left():
    room = visited()
    assert room.paused
    begun = room.sets
    while room.paused and room.sets < begun + 100:
        room.show()
    assert (room.sets - begun) * 0.1 == pytest.approx(OPTIONS.person_leave_s, abs=0.21)
    state = room.watch.state
    assert not state.withheld
    assert state.paused_s == pytest.approx(2.0 - 0.7 + OPTIONS.person_leave_s, abs=0.4)


def test_a_pair_of_beads_taken_for_the_next_pair_and_back_does_not_pause():
    room = Room()
    for k in range(40):
        slip = np.array([0.35, 0.48]) * PX_PER_DEG * (k in (15, 16))
        room.show(LEFT + slip, RIGHT + slip)
        assert not room.paused


def test_a_blink_or_a_step_does_not_end_the_pause():
    room = visited()
    for k in range(20, 60):
        away = sway(k) + np.array([0.0, 2.0 * PX_PER_DEG * (k > 30)])
        room.show(*((LEFT + away, RIGHT + away) if k % 12 else ()))
        assert room.paused


def test_a_pair_that_stays_on_the_wall_does_not_keep_the_pause_up():
    room = visited()
    last = sway(19)
    for _ in range(round(OPTIONS.person_still_s * 10) + 15):
        room.show(LEFT + last, RIGHT + last)
    assert not room.paused


def test_a_gap_ends_the_pause():
    room = visited()
    room.watch.restart(room.sets * SET_NS)
    assert not room.paused
    assert not room.watch.state.withheld
    assert room.watch.state.times == 1
