"""One strobe set, one object each: what the finder reads of it."""

import numpy as np
import pytest

from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.glints import GlintFinder, Reading
from detector.lens.noise import estimate_noise
from detector.lens.strobe import StrobeSet
from detector.lens.working import WorkingFrame
from tests.unit.detector.lens.lens_helpers import (
    DARK,
    DIM,
    GEOMETRY,
    OFF,
    ON,
    OPTIONS,
    SCALE,
    make_frame,
    wall,
    with_spot,
    working,
)

PLACE = (200.3, 300.6)


def find(on, off, dark=None, motion=None, dim=None, trusted=True, **changes):
    items = [working(on, ON, 0), working(off, OFF, 1, **changes)]
    dark_item = None if dark is None else working(dark, DARK, 2)
    dim_item = None if dim is None else working(dim, DIM, 5)
    strobe = StrobeSet(items[0], items[1], dark_item, dim_item)
    motion = np.eye(3) if motion is None else motion
    motions = SetMotions(
        to_off=motion,
        to_dark=None if dark is None else motion,
        to_dim=None if dim is None else motion,
        trusted=trusted,
    )
    planes = difference_planes(strobe, motions, 4.0)
    dark_noise = None if dark is None else estimate_noise(dark, 255)
    glints = GlintFinder(OPTIONS, SCALE, 4.0, 255.0).find(strobe, planes, estimate_noise(on, 255), dark_noise)
    return [g for g in glints if np.hypot(g.y_px - PLACE[0], g.x_px - PLACE[1]) < 5]


def test_lens_is_a_retro_reflector_at_its_place():
    (found,) = find(with_spot(wall(), *PLACE), wall(seed=1), wall(6, seed=2, sigma=1))
    assert found.reading is Reading.RETRO
    assert (found.y_px, found.x_px) == pytest.approx(PLACE, abs=0.2)
    assert found.ratio > 5
    assert found.dark_residue < 0.05
    assert not found.saturated


def test_ratio_of_a_half_as_bright_glint_is_two():
    (found,) = find(with_spot(wall(), *PLACE), with_spot(wall(seed=1), *PLACE, height=75))
    assert found.ratio == pytest.approx(2.0, rel=0.15)
    assert found.reading is Reading.SPECULAR


def test_screw_in_a_dark_body_below_the_wall_is_specular():
    def body(pixels):
        pixels[196:206, 296:306] = 10
        return pixels

    (found,) = find(with_spot(body(wall()), *PLACE, height=170), with_spot(body(wall(seed=1)), *PLACE, height=80))
    assert found.reading is Reading.SPECULAR


def test_lens_in_a_dark_hole_is_found():
    def hole(pixels):
        pixels[197:205, 297:305] = 8
        return pixels

    (found,) = find(with_spot(hole(wall()), *PLACE, height=230), hole(wall(seed=1)))
    assert found.reading is Reading.RETRO


def test_status_led_is_left_over_in_the_dark():
    shining = [with_spot(w, *PLACE) for w in (wall(), wall(seed=1), wall(6, seed=2))]
    (found,) = find(*shining)
    assert found.reading is Reading.DARK_RESIDUE


def test_both_clipped_is_said():
    (found,) = find(with_spot(wall(), *PLACE, height=900), with_spot(wall(seed=1), *PLACE, height=500))
    assert found.saturated
    assert found.reading in (Reading.SATURATED, Reading.SPECULAR)


def test_clipped_on_axis_alone_still_counts():
    (found,) = find(with_spot(wall(), *PLACE, height=3000), wall(seed=1))
    assert found.reading is Reading.RETRO
    assert not found.saturated


def clipped_lens(on_height=1500, off_height=60, dim_height=1500 / 16, dim_wall=10, dark=None):
    """Return on-axis, off-axis, dark and dimmed frames of a lens before a wall of 100, lit by 96 or by 6."""
    return (
        with_spot(wall(), *PLACE, height=on_height),
        with_spot(wall(seed=1), *PLACE, height=off_height),
        wall(4, seed=2, sigma=1) if dark is None else dark,
        with_spot(wall(dim_wall, seed=3, sigma=1), *PLACE, height=dim_height),
    )


def test_a_dimmed_frame_tells_what_was_clipped():
    on, off, dark, dim = clipped_lens()
    (plain,) = find(on, off, dark)
    (found,) = find(on, off, dark, dim=dim)
    assert plain.reading is Reading.SPECULAR or plain.ratio < 8
    assert found.reading is Reading.RETRO
    assert 0.6 * 25 < found.ratio < 1.1 * 25, "a lower bound of 25"
    assert found.flux_dn == plain.flux_dn, "so that it is as steady as the clipping made it"


def test_a_clipped_mirror_stays_a_mirror():
    on, off, dark, dim = clipped_lens(off_height=1500)
    (found,) = find(on, off, dark, dim=dim)
    assert found.reading is Reading.SPECULAR, "both clipped: what was left says nothing"
    on, off, dark, dim = clipped_lens(on_height=300, off_height=140, dim_height=300 / 16)
    (found,) = find(on, off, dark, dim=dim)
    assert found.reading is Reading.SPECULAR
    assert found.ratio < 2.4


@pytest.mark.parametrize("why", ["no dark frame", "motion not trusted", "dimmed ring gone", "one pixel", "a lamp"])
def test_a_dimmed_frame_is_not_believed_when(why):
    on, off, dark, dim = clipped_lens(off_height=140, on_height=300)
    trusted = why != "motion not trusted"
    if why == "no dark frame":
        dark = None
    elif why == "dimmed ring gone":
        dim = with_spot(wall(4, seed=3, sigma=1), *PLACE, height=90)
    elif why == "one pixel":
        dim = wall(10, seed=3, sigma=1)
        dim[200, 301] = 200
    elif why == "a lamp":
        dark, dim = with_spot(dark, *PLACE, height=90), with_spot(wall(10, seed=3, sigma=1), *PLACE, height=95)
    plain = find(on, off, dark, trusted=trusted)
    assert find(on, off, dark, dim=dim, trusted=trusted) == plain
    assert plain


def on_a_light_patch(pixels):
    pixels[199:208, 298:310] = 160
    pixels[199:203, 299:303] = 12  # the lens's own hole, at the patch's edge
    return pixels


def test_the_wall_s_pattern_beside_a_lens_is_not_held_against_it():
    around = find(with_spot(on_a_light_patch(wall()), *PLACE, height=220), on_a_light_patch(wall(seed=1)))
    found = min(around, key=lambda g: np.hypot(g.y_px - PLACE[0], g.x_px - PLACE[1]))
    assert found.reading is Reading.RETRO
    assert found.ratio > 10


def test_a_highlight_that_moved_between_the_frames_is_held_against_it():
    off = with_spot(wall(seed=1), PLACE[0], PLACE[1] + 1.6)
    (found,) = find(with_spot(wall(), *PLACE), off)
    assert found.reading is Reading.SPECULAR


def test_wall_bared_by_a_body_that_moved_is_no_light():
    """A dark body before the wall moves against it between the frames: what it bares it covers on its other side."""

    def body(pixels, x):
        pixels[180:220, x : x + 10] = 10
        pixels[180:220, x + 13 : x + 40] = 40  # darker wall beyond: a strip of light wall is left between
        return pixels

    on, off = body(wall(130), 288), body(wall(130, seed=1), 290)
    assert all(g.reading is not Reading.RETRO for g in find(on, off))


def test_off_axis_frame_is_moved_and_balanced():
    motion = np.array([[1, 0, 6.0], [0, 1, -4.0], [0, 0, 1]])
    moved = with_spot(wall(52, seed=1), PLACE[0] - 4, PLACE[1] + 6, height=75)
    (found,) = find(with_spot(wall(), *PLACE), moved, motion=motion, exposure_ns=1_000_000)
    assert found.ratio == pytest.approx(1.0, rel=0.2)


def test_wide_patch_is_no_glint():
    on = wall()
    on[185:216, 285:316] = 240
    assert all(g.reading is not Reading.RETRO for g in find(on, wall(seed=1)))


def test_speck_is_told_from_a_spot():
    on = wall()
    on[200, 301] = 250
    (found,) = find(on, wall(seed=1))
    assert found.speck
    (found,) = find(with_spot(wall(), *PLACE), wall(seed=1))
    assert not found.speck


def test_nothing_on_an_even_wall():
    assert find(wall(), wall(seed=1)) == []


def test_candidates_are_capped_strongest_first():
    rng = np.random.default_rng(3)
    on = wall()
    y, x = rng.integers(20, 460, 600), rng.integers(20, 620, 600)
    on[y, x] = 255
    on = with_spot(on, *PLACE, height=200, sigma=1.0)
    assert [g.reading for g in find(on, wall(seed=1))][:1] == [Reading.RETRO]


def test_planes_carry_the_balance_of_exposures():
    on, off = working(wall(104)), working(wall(54), OFF, 1, exposure_ns=1_000_000)
    planes = difference_planes(StrobeSet(on, off, None), SetMotions(to_off=np.eye(3), trusted=True), 4.0)
    assert planes.balance == pytest.approx(2.0, rel=0.05)
    assert abs(float(np.median(planes.difference))) < 1.0
    assert isinstance(WorkingFrame.of(make_frame(wall()), ON, SCALE, OPTIONS), WorkingFrame)
    assert GEOMETRY.black_level_dn == 4
