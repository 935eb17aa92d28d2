"""What of the path tracer needs no Mitsuba: glass, meshes, recipes, windows, truth files, what it says without it."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.lens_traced import traced_sequences
from benchmarks.path_tracer.__main__ import main
from benchmarks.path_tracer.meshes import cap, disc, facing, merged, ring_of_discs, tube
from benchmarks.path_tracer.mitsuba_backend import MitsubaMissingError, opened
from benchmarks.path_tracer.optics import Surface, corrected_lens, simple_lens, spot_radius_mm, trace_rays
from benchmarks.path_tracer.places import cap_curvature_mm, centre_depth_mm
from benchmarks.path_tracer.recipe import Split, recipe
from benchmarks.path_tracer.sequence import poses, truth_document
from benchmarks.path_tracer.tracer import led_radiance
from benchmarks.path_tracer.windows import Budget, windows
from benchmarks.path_tracer.world import LED_COUNT
from detector.errors import InputError
from detector.lens.synth import Drop, Lens, Pose, SceneRenderer, Screw, StrobePlan, strobe_frames
from detector.lens.synth.glare import View
from detector.lens.synth.handheld import HandMotion
from firmware.recordings.lens_sequence import write_lens_sequence

TWO_SETS = StrobePlan(sets=2)


def area_of(mesh):
    corner = mesh.vertices[mesh.faces]
    return np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]) / 2


# glass


def test_rays_near_the_axis_meet_where_the_thick_lens_formula_says():
    index, radius, thickness = 1.5, 10.0, 3.0
    glass = (Surface(0.0, radius, index), Surface(thickness, -radius, 1.0))
    power = (index - 1) * (2 / radius - (index - 1) * thickness / (index * radius**2))
    behind_last = (1 - thickness * (index - 1) / (index * radius)) / power
    y, slope = trace_rays(glass, np.array([1e-4]), np.zeros(1))
    assert -y[0] / slope[0] == pytest.approx(thickness + behind_last, rel=1e-6)
    assert -1e-4 / slope[0] == pytest.approx(1 / power, rel=1e-6)


def test_a_ray_through_a_slab_goes_on_in_its_direction_and_one_at_the_rim_obeys_snell():
    slab = (Surface(0.0, 1e9, 1.6), Surface(5.0, 1e9, 1.0))
    y, slope = trace_rays(slab, np.zeros(1), np.array([0.3]))
    assert slope[0] == pytest.approx(0.3, rel=1e-6)
    inside = np.tan(np.arcsin(np.sin(np.arctan(0.3)) / 1.6))
    assert y[0] == pytest.approx(5 * (inside - 0.3), rel=1e-6)
    _, steep = trace_rays((Surface(0.0, 2.0, 1.5),), np.array([1.2]), np.zeros(1))
    angle = np.arcsin(1.2 / 2)
    assert steep[0] == pytest.approx(-np.tan(angle - np.arcsin(np.sin(angle) / 1.5)), rel=1e-9)


@pytest.mark.parametrize("aperture_mm", [1.0, 2.5])
def test_corrected_lenses_are_sharper_than_simple_ones_as_fast(aperture_mm):
    sharp = corrected_lens(aperture_mm)
    assert sharp.focal_mm / sharp.aperture_mm == pytest.approx(2.0, rel=1e-3)
    assert sharp.blur_deg < 0.1
    assert sharp.sensor_radius_mm == pytest.approx(sharp.sensor_mm - sharp.stop_mm)
    centres = {round(surface.vertex_mm + surface.radius_mm, 9) for surface in sharp.surfaces}
    assert centres == {round(sharp.stop_mm, 9)}
    assert simple_lens(2.0).blur_deg > 2 * sharp.blur_deg  # about f/2 too


def test_a_singlet_set_in_visible_light_is_short_of_its_infrared_focus():
    lens = simple_lens(1.0)
    places = lens.sensor_mm + np.linspace(0, 0.3, 61)
    spots = [spot_radius_mm(lens.surfaces, 1.0, lens.stop_mm, z) for z in places]
    assert 0.05 < places[int(np.argmin(spots))] - lens.sensor_mm < 0.12
    assert simple_lens(1.0, -0.15).blur_deg > 2 * lens.blur_deg
    wide, narrow = simple_lens(2.5, -0.15).blur_deg, simple_lens(1.25, -0.15).blur_deg
    assert wide > 1.9 * narrow  # out of focus, the blur is as wide as the aperture


# meshes


@pytest.mark.parametrize(
    ("mesh", "area_mm2"),
    [
        (cap(4.0, 0.5, 4.0, -1), 2 * np.pi * 16 * (1 - np.cos(0.5))),
        (disc(1.0, 3.0, 0.0), np.pi * 8),
        (tube(2.0, 0.0, 5.0), 2 * np.pi * 2 * 5),
    ],
)
def test_triangles_have_the_surfaces_area_and_face_outside(mesh, area_mm2):
    areas = area_of(mesh)
    assert np.linalg.norm(areas, axis=1).sum() == pytest.approx(area_mm2, rel=2e-3)
    assert ((areas * mesh.normals[mesh.faces].mean(axis=1)).sum(axis=1) > 0).all()
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0)


def test_a_cap_lies_on_its_sphere_with_its_pole_towards_the_light():
    mesh = cap(4.0, 0.5, 4.0, -1)
    assert np.linalg.norm(mesh.vertices - [0, 0, 4], axis=1) == pytest.approx(4.0)
    assert mesh.vertices[:, 2].min() == pytest.approx(0.0)
    assert mesh.normals == pytest.approx((mesh.vertices - [0, 0, 4]) / 4)


def test_merging_keeps_every_triangle():
    both = merged([disc(0.0, 1.0, 0.0), disc(0.0, 2.0, 1.0)])
    assert np.linalg.norm(area_of(both), axis=1).sum() == pytest.approx(5 * np.pi, rel=2e-3)


def test_lights_sit_evenly_on_their_ring_and_shine_forward():
    mesh = ring_of_discs(8, 6.0, 1.2)
    lamps = mesh.vertices.reshape(8, -1, 3)
    assert np.hypot(*lamps[:, 0, :2].T) == pytest.approx(6.0)
    turn = np.unwrap(np.arctan2(lamps[:, 0, 1], lamps[:, 0, 0]))
    assert np.diff(turn) == pytest.approx(np.pi / 4)
    areas = area_of(mesh)
    assert areas[:, 2].sum() == pytest.approx(8 * np.pi * 1.2**2)
    assert (areas[:, 2] > 0).all()


@pytest.mark.parametrize("ring_mm", [4.0, 45.0])
def test_either_ring_lights_a_white_wall_opposite_to_radiance_one(ring_mm):
    mesh = ring_of_discs(LED_COUNT, ring_mm, 1.2)
    middle, area = mesh.vertices[mesh.faces].mean(axis=1), area_of(mesh)[:, 2]
    away = np.array([0.0, 0.0, 600.0]) - middle
    distance = np.linalg.norm(away, axis=1)
    irradiance = (led_radiance(ring_mm, 1.2, 600.0) * area * (away[:, 2] / distance) ** 2 / distance**2).sum()
    assert irradiance / np.pi == pytest.approx(1.0, rel=1e-3)


def test_a_lens_is_turned_to_where_the_closed_formulas_take_it_to_look():
    turn = facing(yaw_deg=12.0, pitch_deg=-7.0)
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    out = -turn[:, 2]
    camera = Pose(x_mm=-600 * out[0] / out[2], y_mm=-600 * out[1] / out[2])
    geometry = recipe(Split.FIT, 0).geometry
    pitch, yaw = View(camera, 600.0, geometry).bearing_deg(Lens("it", 0.0, 0.0))
    assert (yaw, pitch) == pytest.approx((12.0, -7.0))


# recipes


def test_a_scene_is_the_same_whenever_it_is_drawn_and_splits_share_none():
    later = recipe(Split.FIT, 3)
    drawn = [recipe(split, number) for split in Split for number in range(4)]
    assert drawn[3] == later
    assert len({r.seed for r in drawn}) == len({r.name for r in drawn}) == len({r.scene.range_mm for r in drawn}) == 8
    assert all(r.name.startswith(split) for split, r in zip([*["fit"] * 4, *["held_out"] * 4], drawn, strict=True))


def test_scenes_cover_what_was_asked_for():
    drawn = [recipe(split, number) for split in Split for number in range(12)]
    lenses = [item for r in drawn for item in r.scene.objects if isinstance(item, Lens)]
    assert len(lenses) >= 24
    assert all(400 <= r.scene.range_mm <= 1500 and 4 <= r.geometry.on_axis_radius_mm <= 8 for r in drawn)
    assert all(1.0 <= item.aperture_mm <= 2.5 for item in lenses)
    away = [
        np.hypot(pitch - item.pitch_deg, yaw - item.yaw_deg)
        for r in drawn
        for item in r.scene.objects
        if isinstance(item, Lens)
        for pitch, yaw in [View(Pose(), r.scene.range_mm - item.depth_mm, r.geometry).bearing_deg(item)]
    ]
    assert 15 < max(away) <= 20 + 1e-6
    kinds = {item.kind for r in drawn for item in r.scene.objects}
    assert kinds == {"lens", "screw", "pipe", "tile", "plate", "glass", "plastic", "led", "tape", "drop"}
    assert any(not r.lenses for r in drawn)


def test_caps_are_as_wide_at_the_wall_as_the_thing():
    screw = Screw("it", 0.0, 0.0, radius_mm=4.0)
    ball_mm, centre_mm = cap_curvature_mm(screw), centre_depth_mm(screw)
    assert centre_mm < 0
    assert ball_mm**2 - centre_mm**2 == pytest.approx(16.0)
    assert centre_depth_mm(replace(screw, depth_mm=4.0)) == 4.0
    assert centre_depth_mm(Drop("it", 0.0, 0.0)) < 0


# pictures and truth


def test_small_things_get_windows_around_their_places():
    drawn = recipe(Split.FIT, 0)
    pose, budget = Pose(x_mm=12.0, pan_deg=1.5, roll_deg=2.0), Budget()
    found = windows(drawn, pose, budget)
    renderer = SceneRenderer(drawn.scene, drawn.geometry)
    for item in drawn.scene.objects:
        if isinstance(item, Lens):
            y, x = renderer.truth(pose)[item.name]
            over = [w for w in found if w.top <= y < w.bottom and w.left <= x < w.right]
            assert max(w.paths * (w.bottom - w.top) * (w.right - w.left) for w in over) > budget.lens / 2
    assert all(0 <= w.top < w.bottom <= 480 and 0 <= w.left < w.right <= 640 for w in found)
    assert all(round(w.paths**0.5) ** 2 == w.paths for w in found)


def test_what_is_out_of_the_picture_gets_no_paths():
    assert windows(recipe(Split.FIT, 0), Pose(pan_deg=120.0), Budget()) == []


def test_the_truth_file_has_every_object_in_every_frame_where_the_projection_puts_it():
    drawn = recipe(Split.HELD_OUT, 1)
    document = json.loads(json.dumps(truth_document(drawn, TWO_SETS)))
    assert {"objects", "pixels_yx", "distance_mm"} <= set(document)
    assert len(document["pixels_yx"]) == len(TWO_SETS.states()) == 7
    keys = [str(number) for number in range(len(document["objects"]))]
    assert all(sorted(places) == sorted(keys) for places in document["pixels_yx"])
    (lens,) = (item for item in drawn.scene.objects if isinstance(item, Lens))
    (number,) = (k for k, item in enumerate(document["objects"]) if item["kind"] == "lens")
    assert document["objects"][number]["aperture_mm"] == pytest.approx(lens.aperture_mm, abs=1e-3)
    renderer = SceneRenderer(drawn.scene, drawn.geometry)
    for pose, places in zip(poses(drawn, TWO_SETS), document["pixels_yx"], strict=True):
        assert places[str(number)] == pytest.approx(renderer.truth(pose)[lens.name], abs=0.01)
    tape_count = sum(item["kind"] == "bead" for item in document["objects"])
    assert tape_count == sum(item.count for item in drawn.scene.objects if item.kind == "tape")


def written(drawn, plan, directory):
    """Write a recipe's scene as the closed formulas render it, with its truth file, and return how it scores."""
    renderer = SceneRenderer(drawn.scene, drawn.geometry, drawn.seed)
    frames = [frame for frame, _ in strobe_frames(renderer, HandMotion(drawn.seed, 6.0), plan, drawn.seed)]
    write_lens_sequence(directory / drawn.name, drawn.geometry, frames)
    (directory / f"{drawn.name}.truth.json").write_text(json.dumps(truth_document(drawn, plan)))
    return next(traced_sequences(directory, "fit"))


def test_a_lens_that_returns_nothing_is_told_by_the_frames(tmp_path):
    drawn = recipe(Split.FIT, 1)
    blind = tuple(replace(item, retro_gain=0.0) if isinstance(item, Lens) else item for item in drawn.scene.objects)
    bright = written(drawn, TWO_SETS, tmp_path / "bright")
    dark = written(replace(drawn, scene=replace(drawn.scene, objects=blind)), TWO_SETS, tmp_path / "dark")
    assert not bright.dark
    assert min(bright.returned.values()) > 5
    assert dark.dark == set(dark.returned)
    assert max(abs(share) for share in dark.returned.values()) < 0.7


def test_rendered_directories_are_scored_against_their_truth(tmp_path):
    drawn, plan = recipe(Split.FIT, 1), StrobePlan(sets=8)
    sequence = written(drawn, plan, tmp_path)
    (undimmed,) = traced_sequences(tmp_path, "fit", dimmed=False)
    assert undimmed.returned == sequence.returned, "what a lens returns is not a matter of what the sense is shown"
    assert sequence.scene % 2 == 0
    outcomes = {o.kind: o for o in sequence.outcomes()}
    assert outcomes["lens"].alerted
    assert not outcomes["screw"].alerted
    assert set(sequence.kinds.values()) == {item.kind for item in drawn.scene.objects}


def test_a_directory_without_truth_is_refused(tmp_path):
    with pytest.raises(InputError, match="no held_out"):
        next(traced_sequences(tmp_path, "held_out"))


# without Mitsuba


def test_without_mitsuba_it_says_so_in_one_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "mitsuba", None)
    monkeypatch.setitem(sys.modules, "drjit", None)
    with pytest.raises(MitsubaMissingError, match="not installed"):
        opened()
    monkeypatch.setattr(sys, "argv", ["path_tracer", str(tmp_path)])
    assert main() == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "README.md" in said
    assert list(tmp_path.iterdir()) == []


def test_frames_stay_out_of_the_repository(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["path_tracer", "benchmarks/frames"])
    assert main() == 2
    assert "inside the repository" in capsys.readouterr().err
