"""Spots stay on the wall while the hand moves, and only an unbroken look from two sides makes them done."""

from itertools import pairwise

import numpy as np
import pytest

from detector.lens.fitness import Fitness
from detector.lens.panorama import Panorama, to_deg, to_px
from detector.lens.spot_map import SpotMap
from detector.lens.synth import Pose, Scene
from detector.lens.synth.projection import Projection
from tests.unit.detector.lens.lens_helpers import GEOMETRY, OPTIONS

WALL = Projection(Scene(range_mm=700), GEOMETRY)
MIDDLE = ((GEOMETRY.height_px - 1) / 2, (GEOMETRY.width_px - 1) / 2)


def motion(before, after):
    return WALL.plane_to_image(after) @ np.linalg.inv(WALL.plane_to_image(before))


def fitness(smallest_mm=1.0):
    blocks = np.full((40, 54), smallest_mm, np.float32)
    return Fitness(
        smallest_mm=blocks, block_px=12, lit=True, sharp=True, speed_deg_s=5.0, trusted=True, clipped=0.0,
        range_mm=None, middle_mm=smallest_mm, nearer_mm=np.nan, farther_mm=np.nan,
    )  # fmt: skip


def look(spots, poses, step_deg=0.2, slip_deg=0.0, trusted=True, smallest_mm=1.0):
    """Take one set from each pose; the viewpoint goes on by a step a set."""
    for k, (before, pose) in enumerate(zip([None, *poses], poses, strict=False)):
        spots.carry(None if before is None else motion(before, pose), slip_deg)
        spots.add((0.0, step_deg * k), fitness(smallest_mm), trusted)
    return spots


def still(sets=12, **changes):
    return look(SpotMap(OPTIONS, GEOMETRY), [Pose()] * sets, **changes)


def test_pixels_and_angles_are_inverse():
    y, x = np.array([3.0, 239.5, 470.0]), np.array([10.0, 319.5, 600.0])
    assert to_px(to_deg(y, x, GEOMETRY), GEOMETRY) == pytest.approx(np.stack([y, x]), abs=1e-6)


@pytest.mark.parametrize("end", [Pose(pan_deg=35), Pose(tilt_deg=-20), Pose(x_mm=200), Pose(roll_deg=12, z_mm=150)])
def test_a_place_on_the_wall_keeps_its_place_on_the_map(end):
    panorama, steps = Panorama(GEOMETRY), [Pose().towards(end, k / 40) for k in range(41)]
    y, x = np.array([220.0]), np.array([400.0])
    first = panorama.to_map(y, x)
    for before, after in pairwise(steps):
        panorama.carry(motion(before, after))
    there = motion(steps[0], end) @ [400.0, 220.0, 1.0]
    now = panorama.to_map(there[[1]] / there[2], there[[0]] / there[2])
    assert abs(now - first)[0] < OPTIONS.spot_deg / 2


def test_a_long_look_from_two_sides_makes_spots_done():
    spots = still()
    assert spots.state_at(*MIDDLE) == "#"
    assert spots.coverage(calibrated=False).smallest_lens_mm is None
    assert spots.coverage(calibrated=True).smallest_lens_mm == 1.0
    assert spots.coverage(calibrated=False).share == 1.0
    assert spots.done_share_of_view == 1.0


@pytest.mark.parametrize(
    "changes",
    [{"sets": OPTIONS.spot_sets - 1}, {"step_deg": 0.01}, {"trusted": False}, {"smallest_mm": 1.6}],
    ids=["too short", "one viewpoint", "not registered", "only larger lenses"],
)
def test_what_could_not_have_shown_a_lens_is_only_begun(changes):
    spots = still(**changes)
    assert spots.state_at(*MIDDLE) == "o"
    coverage = spots.coverage(calibrated=True)
    assert (coverage.done, coverage.smallest_lens_mm) == (0, None)
    assert coverage.pointed > 100


def test_the_border_of_the_picture_is_not_searched():
    spots = still()
    assert spots.state_at(8, MIDDLE[1]) == "."
    assert spots.state_at(60, MIDDLE[1]) == "#"


def test_a_look_that_was_broken_off_begins_anew():
    away = [Pose(pan_deg=14.0 * k) for k in range(1, 4)]
    spots = look(SpotMap(OPTIONS, GEOMETRY), [*[Pose()] * 4, *away, *away[::-1], *[Pose()] * 4])
    assert spots.state_at(*MIDDLE) == "o"  # fourteen sets, at most six of them on end
    for k in range(3):
        spots.carry(np.eye(3), 0.0)
        spots.add((0.0, 9.0 + 0.3 * k), fitness(), True)
    assert spots.state_at(*MIDDLE) == "#"


def test_a_lost_place_ends_the_map_and_joins_nothing():
    spots = still()
    before = spots.coverage(calibrated=False)
    spots.carry(np.eye(3), OPTIONS.map_slack_deg * 0.9)
    assert spots.ended == 0
    spots.carry(np.eye(3), OPTIONS.map_slack_deg * 0.2)
    spots.add((0.0, 9.0), fitness(), True)
    assert spots.ended == 1
    assert spots.state_at(*MIDDLE) == "."
    after = spots.coverage(calibrated=False)
    assert (after.done, after.pointed) == (before.done, before.pointed)
    spots.restart()
    assert spots.coverage(calibrated=False).pointed == 0


def test_a_long_way_along_the_wall_stays_bounded_and_counted():
    spots, pan = SpotMap(OPTIONS, GEOMETRY), motion(Pose(), Pose(pan_deg=3.0))
    for k in range(200):  # 600 degrees: more than the map holds
        spots.carry(pan if k else None, 0.0)
        spots.add((0.0, 0.3 * k), fitness(), True)
    coverage = spots.coverage(calibrated=True)
    rows, view = spots.picture()
    assert coverage.done > 600 / OPTIONS.spot_deg * 10
    assert coverage.smallest_lens_mm == 1.0
    assert 0 <= view[1] < len(rows[0])
    assert spots.state_at(*MIDDLE) == "#"


def test_the_picture_shows_the_map_upright_around_the_view():
    spots = still()
    rows, (top, left, height, width) = spots.picture()
    inside = [row[int(left) + 2 : int(left + width) - 2] for row in rows[int(top) + 2 : int(top + height) - 2]]
    assert set("".join(inside)) == {"#"}
    right = look(SpotMap(OPTIONS, GEOMETRY), [Pose(pan_deg=0.5 * min(k, 40)) for k in range(60)])
    rows, (top, left, height, width) = right.picture()
    beside = rows[int(top + height / 2)]
    assert "#" in beside[: int(left)]
    assert "#" not in beside[int(left + width) :]
