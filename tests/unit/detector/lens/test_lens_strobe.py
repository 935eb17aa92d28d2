"""Sets form in any order, from the nearest frames, and what is short is counted."""

import numpy as np
import pytest

from detector.lens.strobe import StrobeGrouper
from tests.unit.detector.lens.lens_helpers import DARK, DIM, OFF, ON, working

BLANK = np.full((48, 64), 10, np.uint8)
SPAN_NS = 500_000_000


def run(order, grouper=None):
    grouper = grouper or StrobeGrouper(SPAN_NS)
    sets = [s for n, led in enumerate(order) for s in grouper.add(working(BLANK, led, n))]
    numbers = [(s.on.frame.sequence, s.off.frame.sequence, s.dark and s.dark.frame.sequence) for s in sets]
    return numbers, grouper


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([ON, OFF, DARK] * 3, [(0, 1, 2), (3, 4, 2), (6, 7, 5)]),
        ([ON, DARK, OFF] * 2, [(0, 2, 1), (3, 2, 4)]),
        ([DARK, OFF, ON] * 2 + [DARK], [(2, 1, 3), (5, 4, 6)]),
    ],
)
def test_nearest_partners_in_any_order(order, expected):
    assert run(order)[0] == expected


def test_once_dimmed_frames_came_every_set_has_its_nearest():
    grouper = StrobeGrouper(SPAN_NS)
    order = [DIM, ON, OFF, DARK, ON, OFF] * 3
    sets = [s for n, led in enumerate(order) for s in grouper.add(working(BLANK, led, n))]
    numbers = [[item and item.frame.sequence for item in (s.on, s.off, s.dark, s.dim)] for s in sets]
    assert numbers == [
        [1, 2, 3, 0],
        [4, 5, 3, 6],
        [7, 8, 9, 6],
        [10, 11, 9, 12],
        [13, 14, 15, 12],
    ]


def test_without_dark_frames_sets_close_at_the_next_on_axis_frame():
    assert run([ON, OFF] * 3)[0] == [(0, 1, None), (2, 1, None)]


def test_on_axis_frames_without_a_partner_are_counted():
    sets, grouper = run([ON, ON, ON])
    assert sets == []
    assert grouper.incomplete == 2


def test_frames_out_of_order_are_dropped_and_counted():
    grouper = StrobeGrouper(SPAN_NS)
    grouper.add(working(BLANK, ON, 5))
    assert grouper.add(working(BLANK, OFF, 4)) == ()
    assert grouper.late == 1


def test_partners_too_far_away_do_not_count():
    grouper = StrobeGrouper(1_000)
    sets, grouper = run([ON, OFF, DARK, ON], grouper)
    assert sets == []
    assert grouper.incomplete == 1


def test_a_restart_forgets_what_came_before():
    grouper = StrobeGrouper(SPAN_NS)
    grouper.add(working(BLANK, ON, 0))
    grouper.restart()
    assert grouper.add(working(BLANK, OFF, 1)) == ()
    assert grouper.incomplete == 1
