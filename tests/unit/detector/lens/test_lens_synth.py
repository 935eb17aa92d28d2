"""The synthetic wall obeys the physics that the detector relies on."""

import numpy as np
import pytest

from detector.lens.retro import retro_lobe
from detector.lens.synth import (
    Eyes,
    Glitter,
    HandMotion,
    Lens,
    Pipe,
    Plate,
    Pose,
    Scene,
    SceneRenderer,
    Screw,
    SensorModel,
    StatusLed,
    StrobePlan,
    Texture,
    Tile,
    random_scene,
    strobe_frames,
)
from detector.lens.synth.glare import View, spots
from detector.lens.synth.optics import NARROW_CORRECTED, simple_answer
from detector.types import CameraGeometry, LedState

GEOMETRY = CameraGeometry(width_px=320, height_px=240, hfov_deg=62.2, black_level_dn=4)
QUIET = SensorModel(noise_scale=0.0)
ON, OFF = {LedState.ON_AXIS: 1.0}, {LedState.OFF_AXIS: 1.0}


def excess(renderer, name, light, pose=None, exposure_ns=100_000):
    """Sum above the same place without the object's glare, exposure short enough not to clip."""
    pose = pose or Pose()
    y, x = (round(v) for v in renderer.truth(pose)[name])
    patch = renderer.render(pose, light, exposure_ns, gain=1.0).astype(float)[y - 4 : y + 5, x - 4 : x + 5]
    return float((patch - np.median(patch)).clip(0).sum())


def wall_with(item, **changes):
    changes = {"texture": Texture.BLANK, "ambient_level": 0.0, **changes}
    return SceneRenderer(Scene(objects=(item,), **changes), GEOMETRY, sensor=QUIET)


def test_lens_answers_the_on_axis_ring_only():
    renderer = wall_with(Lens("a", 0, 0))
    assert excess(renderer, "a", ON) > 30 * max(1.0, excess(renderer, "a", OFF))


def test_lens_is_blind_beyond_its_cone():
    turned = wall_with(Lens("a", 0, 0, yaw_deg=35))
    assert excess(turned, "a", ON) < 0.05 * excess(wall_with(Lens("a", 0, 0)), "a", ON)


def test_screw_answers_both_rings_alike():
    renderer = wall_with(Screw("a", 20, 30))
    assert excess(renderer, "a", ON) == pytest.approx(excess(renderer, "a", OFF), rel=0.1)


def test_status_led_shines_in_the_dark():
    renderer = wall_with(StatusLed("a", 0, 0))
    assert excess(renderer, "a", {}) > 20


@pytest.mark.parametrize("kind", [Tile, Plate])
def test_gloss_is_gone_at_six_degrees(kind):
    facing, turned = (wall_with(kind("a", 0, 0, yaw_deg=yaw, height_mm=20, width_mm=20)) for yaw in (0.0, 6.0))
    brightest = [r.render(Pose(), ON, 20_000, gain=1.0).max() - 4 for r in (facing, turned)]
    assert brightest[0] > 5 * max(1, brightest[1])


@pytest.mark.parametrize(
    ("lens", "measured"),
    [(Lens("simple", 0, 0), {3: 60, 5: 51, 8: 27, 12: 8}), (NARROW_CORRECTED, {3: 862, 5: 135, 8: 0.0})],
)
def test_retro_lobe_follows_the_measured_table(lens, measured):
    for radius_mm, peak in measured.items():
        assert retro_lobe(lens.retro_gain, lens.edge_deg, radius_mm, 592) == pytest.approx(peak, rel=0.5)


def test_light_that_goes_into_width_is_missing_from_brightness():
    sharp, soft = (simple_answer(2.0, 4.3, focus_error_mm=error) for error in (0.05, -0.15))
    assert soft.edge_deg > 1.5 * sharp.edge_deg
    assert sharp.retro_gain * sharp.edge_deg**2 == pytest.approx(soft.retro_gain * soft.edge_deg**2)
    angles_deg = np.linspace(0, 3, 3001)
    lobes = [
        [retro_lobe(a.retro_gain, a.edge_deg, 600 * np.tan(np.radians(t)), 600) for t in angles_deg]
        for a in (sharp, soft)
    ]
    light = [np.trapezoid(np.array(lobe) * angles_deg, angles_deg) for lobe in lobes]
    assert light[0] == pytest.approx(light[1], rel=1e-3)
    assert retro_lobe(sharp.retro_gain, sharp.edge_deg, 600 * np.tan(np.radians(sharp.edge_deg + 0.01)), 600) == 0


def test_sensor_and_diffraction_keep_the_lobe_of_a_lens_in_focus_wide():
    focal_mm = 4.3
    best = simple_answer(1.0, focal_mm, focus_error_mm=0.016 * focal_mm)
    assert best.edge_deg > np.degrees(2.44 * 850e-6 / 1.0)
    assert best.retro_gain < 3000


def test_a_drawn_lens_has_the_light_of_its_design():
    drawn = [o for seed in range(60) for o in random_scene(seed, lenses=2, clutter=0).objects if isinstance(o, Lens)]
    simple = [lens for lens in drawn if not lens.is_corrected]
    assert 0.05 < 1 - len(simple) / len(drawn) < 0.3
    for lens in simple:  # gain x edge^2 / aperture^2 is reflectance x transmission / focal length^2
        light = lens.retro_gain * np.radians(lens.edge_deg) ** 2 / lens.aperture_mm**2
        assert 0.15 * 0.85 / 6.0**2 <= light <= 0.5 * 0.85 / 2.8**2
        assert 0.1 < lens.edge_deg < 4.0


def test_the_smoother_a_pipe_the_more_it_prefers_the_narrow_ring():
    view = View(Pose(), 600.0, GEOMETRY)

    def peaks(slope):
        found = spots(Pipe("a", 0, 0, slope=slope), view)
        return [
            sum(getattr(s, ring) / s.sigma_y_mm * np.exp(-0.5 * (s.y_mm / s.sigma_y_mm) ** 2) for s in found)
            for ring in ("on", "off")
        ]

    smooth, rough = peaks(0.02), peaks(0.1)
    assert smooth[0] > 1.7 * smooth[1]
    assert rough[0] == pytest.approx(rough[1], rel=0.1)
    assert smooth[0] > 4 * rough[0]


def test_truth_is_where_the_light_is():
    renderer = wall_with(Lens("a", 25, -40))
    pose = Pose(y_mm=10, x_mm=-12, z_mm=30, pan_deg=3, tilt_deg=-2, roll_deg=4)
    pixels = renderer.render(pose, ON, 100_000).astype(float)
    y, x = renderer.truth(pose)["a"]
    rows, columns = slice(round(y) - 4, round(y) + 5), slice(round(x) - 4, round(x) + 5)
    weight = (pixels[rows, columns] - np.median(pixels[rows, columns])).clip(0)
    grid = np.mgrid[rows, columns]
    assert (grid[0] * weight).sum() / weight.sum() == pytest.approx(y, abs=0.1)
    assert (grid[1] * weight).sum() / weight.sum() == pytest.approx(x, abs=0.1)


def test_straddling_exposure_is_between_the_two():
    renderer = wall_with(Lens("a", 0, 0))
    half = excess(renderer, "a", {LedState.ON_AXIS: 0.5, LedState.OFF_AXIS: 0.5}, exposure_ns=200_000)
    assert half == pytest.approx(excess(renderer, "a", ON, exposure_ns=100_000), rel=0.15)


def test_same_seed_same_pixels_and_noise_differs():
    renderer = SceneRenderer(random_scene(3), GEOMETRY)
    first, again, other = (renderer.render(Pose(), ON, noise_seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_ten_bits_come_as_uint16_within_range():
    geometry = CameraGeometry(width_px=320, height_px=240, hfov_deg=62.2, bit_depth=10, black_level_dn=64)
    pixels = SceneRenderer(random_scene(3), geometry).render(Pose(), ON)
    assert pixels.dtype == np.uint16
    assert 255 < pixels.max() <= 1023


def test_names_must_be_unique():
    with pytest.raises(ValueError, match="unique"):
        Scene(objects=(Lens("a", 0, 0), Screw("a", 1, 1)))


def test_range_must_be_positive():
    with pytest.raises(ValueError, match="range_mm"):
        Scene(range_mm=0)


def test_hand_is_smooth_and_repeatable():
    hand = HandMotion(5, speed_deg_s=8)
    assert hand.pose(1e4) == HandMotion(5, speed_deg_s=8).pose(1e4)
    pans = np.array([hand.pose(t).pan_deg for t in np.arange(0, 60, 0.01)])
    assert np.abs(np.diff(pans)).max() < 0.5
    assert np.diff(pans).std() * 100 == pytest.approx(8, rel=0.5)


def test_plan_leaves_out_dark_frames():
    states = StrobePlan(sets=4, dark_every=2, dim_every=0).states()
    assert states.count(LedState.DARK) == 2
    assert StrobePlan(sets=4, dark_every=0, dim_every=0).states().count(LedState.DARK) == 0


def test_dimmed_frames_take_the_place_of_every_other_dark_one():
    on, dim, off, dark = LedState
    assert StrobePlan(sets=3).states() == [dim, on, off, dark, on, off, dim, on, off, dark]


def test_frames_are_attributed_and_numbered():
    items = list(strobe_frames(SceneRenderer(random_scene(1), GEOMETRY), HandMotion(1), StrobePlan(sets=2)))
    assert [frame.sequence for frame, _ in items] == list(range(7))
    assert [frame.led for frame, _ in items] == StrobePlan(sets=2).states()
    dim, on, _, dark = (frame.pixels.mean() for frame, _ in items[:4])
    assert on - dark > 14 * (dim - dark) > 0


def test_room_picture_is_grey_and_sized():
    picture = SceneRenderer(random_scene(1), GEOMETRY).room_picture(120, 160)
    assert picture.shape == (120, 160)
    assert picture.std() > 5


def test_what_stands_before_the_wall_moves_against_it():
    scene = Scene(objects=(Lens("far", 0, 0), Lens("near", 0, 0, depth_mm=150)))
    renderer = SceneRenderer(scene, GEOMETRY)
    turned, stepped = renderer.truth(Pose(pan_deg=2)), renderer.truth(Pose(x_mm=20))
    assert turned["near"] == pytest.approx(turned["far"], abs=0.01)
    assert stepped["near"][1] - stepped["far"][1] == pytest.approx(
        -20 * GEOMETRY.focal_px * (1 / 450 - 1 / 600), rel=0.01
    )


def test_a_rolling_shutter_shears_the_picture_and_the_truth_with_it():
    renderer = SceneRenderer(
        Scene(objects=(Lens("top", -120, 0), Lens("bottom", 120, 0)), texture=Texture.BLANK), GEOMETRY, sensor=QUIET
    )
    first, last = Pose(), Pose(pan_deg=1.0)
    truth = renderer.truth(first, last)
    assert truth["top"][1] - truth["bottom"][1] > 1.5
    pixels = renderer.render(first, ON, 100_000, end_pose=last).astype(float)
    for y, x in truth.values():
        patch = pixels[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4]
        weight = (patch - np.median(patch)).clip(0)
        assert (np.arange(-3, 4) * weight.sum(axis=0)).sum() / weight.sum() + round(x) == pytest.approx(x, abs=0.15)


def test_a_moving_picture_is_blurred_along_its_way_and_loses_no_light():
    renderer = wall_with(Lens("a", 0, 0))
    still, moving = (
        renderer.render(Pose(), ON, 100_000, smear_px=smear).astype(float) for smear in ((0.0, 0.0), (0.0, 4.0))
    )
    rows = slice(110, 130)
    glow = [(p[rows, 140:180] - np.median(p[rows, 140:180])).clip(0) for p in (still, moving)]
    assert glow[1].sum() == pytest.approx(glow[0].sum(), rel=0.15)
    axis = np.arange(40)
    spread = [np.average((axis - np.average(axis, weights=g.sum(0))) ** 2, weights=g.sum(0)) for g in glow]
    assert spread[1] - spread[0] == pytest.approx(16 / 12, rel=0.4)
    tall = np.arange(20)
    assert np.average((tall - 9.5) ** 2, weights=glow[1].sum(1)) == pytest.approx(
        np.average((tall - 9.5) ** 2, weights=glow[0].sum(1)), rel=0.2
    )


def test_how_far_the_picture_moves_is_the_pan_in_pixels():
    y, x = wall_with(Lens("a", 0, 0)).smear_px(Pose(), Pose(pan_deg=0.5))
    assert (y, x) == (pytest.approx(0, abs=1e-6), pytest.approx(-GEOMETRY.focal_px * np.tan(np.radians(0.5)), rel=0.01))


def test_a_slanted_wall_is_nearer_on_its_left():
    places = SceneRenderer(Scene(slant_deg=20, objects=(Lens("l", 0, -100), Lens("r", 0, 100))), GEOMETRY).truth(Pose())
    middle = (GEOMETRY.width_px - 1) / 2
    assert middle - places["l"][1] > places["r"][1] - middle


def test_eyes_move_by_themselves_and_answer_like_a_lens():
    renderer = wall_with(Eyes("a", 0, 0, phase=1.0))
    places = [renderer.truth(Pose(t_s=t))["a"] for t in (0.5, 1.5)]
    assert np.hypot(*np.subtract(*places)) > 1
    bright = [renderer.render(Pose(t_s=0.5), light, 100_000).max() for light in (ON, OFF)]
    assert bright[0] > bright[1] + 40


def test_each_flake_of_glitter_passes_the_ratio_and_is_gone_a_step_aside():
    item = Glitter("a", 0, 0, flakes=8000)

    def flashes(x_mm):
        found = spots(item, View(Pose(x_mm=x_mm), 600.0, GEOMETRY))
        return {(s.y_mm, s.x_mm): s for s in found if s.on > 0.7 * item.highlight}

    here, aside = flashes(0.0), flashes(40.0)
    assert len(here) > 3
    assert all(spot.on > 4 * spot.off for spot in here.values())
    assert not here.keys() & aside.keys()
