"""Hand motion is recovered on patterns and distrusted on blank walls."""

import numpy as np
import pytest

from detector.lens.registration import Motion, MotionChain, Registrar, map_points
from detector.lens.synth import Lens, Pose, Scene, SceneRenderer, Screw, Texture
from detector.types import LedState
from tests.unit.detector.lens.lens_helpers import GEOMETRY, OPTIONS, make_frame

OBJECTS = (Lens("a", 0, 0), Screw("b", -80, 140), Screw("c", 90, -150))
POSES = (Pose(), Pose(pan_deg=0.35, tilt_deg=-0.2, x_mm=2.0), Pose(pan_deg=0.8, tilt_deg=-0.5, roll_deg=0.3, x_mm=4.0))


def follow(texture, poses=POSES):
    renderer = SceneRenderer(Scene(objects=OBJECTS, texture=texture), GEOMETRY)
    registrar = Registrar(OPTIONS, GEOMETRY)
    light = {LedState.ON_AXIS: 1.0}
    frames = [make_frame(renderer.render(p, light, noise_seed=n), sequence=n) for n, p in enumerate(poses)]
    return [registrar.follow(f) for f in frames], [renderer.truth(p) for p in poses]


@pytest.mark.parametrize("texture", [Texture.TILES, Texture.WALLPAPER, Texture.CHECKER])
def test_patterned_wall(texture):
    motions, truth = follow(texture)
    assert motions[0] is None
    for motion, before, after in zip(motions[1:], truth, truth[1:], strict=False):
        assert motion.trusted
        start, end = (np.array([place[name][::-1] for name in "abc"]) for place in (before, after))
        assert map_points(motion.matrix, start) == pytest.approx(end, abs=0.35)
        assert motion.error_px < 0.35


def test_a_fast_turn_is_followed_to_the_edge_of_the_picture():
    poses = [Pose(pan_deg=1.2 * k) for k in range(5)]
    motions, truth = follow(Texture.WALLPAPER, poses)
    start, end = (np.array([truth[k][name][::-1] for name in "abc"]) for k in (3, 4))
    assert motions[4].trusted
    assert map_points(motions[4].matrix, start) == pytest.approx(end, abs=0.35)


def test_corners_are_looked_for_anew_before_they_run_out(monkeypatch):
    searches = []
    find = Registrar._find_corners
    monkeypatch.setattr(Registrar, "_find_corners", lambda self, small: searches.append(1) or find(self, small))
    poses = [Pose(pan_deg=0.6 * k) for k in range(2 * OPTIONS.corner_frames + 1)]
    motions, truth = follow(Texture.WALLPAPER, poses)
    assert len(searches) == 3
    start, end = (np.array([truth[k][name][::-1] for name in "abc"]) for k in (-2, -1))
    assert motions[-1].trusted
    assert map_points(motions[-1].matrix, start) == pytest.approx(end, abs=0.35)


def test_a_sudden_turn_makes_it_look_for_corners_at_once(monkeypatch):
    searches = []
    find = Registrar._find_corners
    monkeypatch.setattr(Registrar, "_find_corners", lambda self, small: searches.append(1) or find(self, small))
    motions, _ = follow(Texture.WALLPAPER, [Pose(), Pose(pan_deg=0.5), Pose(pan_deg=30.0), Pose(pan_deg=30.4)])
    assert [m is not None and m.trusted for m in motions] == [False, True, False, True]
    assert len(searches) == 2


def test_blank_wall_is_not_trusted():
    renderer = SceneRenderer(Scene(texture=Texture.BLANK), GEOMETRY)
    registrar = Registrar(OPTIONS, GEOMETRY)
    for number, pose in enumerate(POSES):
        pixels = renderer.render(pose, {LedState.ON_AXIS: 1.0}, noise_seed=number)
        motion = registrar.follow(make_frame(pixels, sequence=number))
        assert motion is None or not motion.trusted


def test_a_step_aside_is_told_from_a_turn():
    turned, stepped = (
        follow(Texture.WALLPAPER, poses)[0][1] for poses in ((Pose(), Pose(pan_deg=0.6)), (Pose(), Pose(x_mm=6.0)))
    )
    assert np.abs(turned.step_deg).max() < 0.15
    assert stepped.step_deg[1] == pytest.approx(-np.degrees(6 / 600), abs=0.15)


def test_a_rolling_shutter_that_speeds_up_is_followed():
    renderer = SceneRenderer(Scene(objects=OBJECTS, texture=Texture.WALLPAPER), GEOMETRY)
    registrar, light = Registrar(OPTIONS, GEOMETRY), {LedState.ON_AXIS: 1.0}
    frames = [(Pose(), Pose(pan_deg=0.2)), (Pose(pan_deg=0.5), Pose(pan_deg=1.1))]
    for number, (first, last) in enumerate(frames):
        pixels = renderer.render(first, light, noise_seed=number, end_pose=last)
        motion = registrar.follow(make_frame(pixels, sequence=number))
    start, end = (np.array([renderer.truth(*poses)[name][::-1] for name in "abc"]) for poses in frames)
    assert motion.trusted
    assert map_points(motion.matrix, start) == pytest.approx(end, abs=0.35)


def shift(x, trusted=True):
    return Motion(np.array([[1.0, 0, x], [0, 1, 0], [0, 0, 1]]), trusted, 50)


def chain_of(*motions):
    chain = MotionChain()
    chain.add(0, None)
    for k, motion in enumerate(motions):
        chain.add((k + 1) * 10, motion)
    return chain


@pytest.mark.parametrize(
    ("start", "end", "x"), [(0, 20, 8.0), (20, 0, -8.0), (5, 10, 1.5), (10, 15, 2.5), (20, 26, 3.0), (0, 0, 0.0)]
)
def test_chain_interpolates_and_continues(start, end, x):
    assert chain_of(shift(3.0), shift(5.0)).between(start, end)[0, 2] == pytest.approx(x)


def test_chain_trusts_only_what_it_used():
    chain = chain_of(shift(1.0), shift(1.0, trusted=False), shift(1.0))
    assert chain.trusted(0, 10)
    assert not chain.trusted(0, 20)
    assert not chain.trusted(12, 18)
    assert chain.trusted(20, 30)
    assert chain.trusted(30, 36)
    assert chain.trusted(7, 7)


def test_a_single_frame_says_nothing():
    chain = MotionChain()
    assert not chain.covers(0)
    chain.add(0, None)
    assert not chain.trusted(0, 10)
    assert chain.between(0, 10) == pytest.approx(np.eye(3))
