"""The whole sense: frames in, one report out."""

from dataclasses import replace

import numpy as np
import pytest

from detector.errors import InputError
from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import (
    HandMotion,
    Lens,
    Scene,
    SceneRenderer,
    Screw,
    StatusLed,
    StrobePlan,
    Texture,
    random_scene,
    strobe_frames,
)
from detector.types import AlertKind, CameraGeometry, Phrase, Provenance
from tests.unit.detector.lens.lens_helpers import DARK, GEOMETRY, OFF, ON, make_frame, wall

SCENE = Scene(
    range_mm=700,
    objects=(Lens("lens", 20, -40), Screw("screw", -60, 60), StatusLed("led", 70, 90)),
    texture=Texture.WALLPAPER,
)
ITEMS = list(strobe_frames(SceneRenderer(SCENE, GEOMETRY), HandMotion(4), StrobePlan(sets=10)))


def sense_after(frames):
    sense = LensSense(LensOptions(), GEOMETRY)
    for frame in frames:
        sense.step(frame)
    return sense


@pytest.fixture(scope="module")
def looked():
    return sense_after([frame for frame, _ in ITEMS])


def test_one_alert_on_the_lens_and_on_nothing_else(looked):
    report = looked.report()
    (alert,) = report.alerts
    assert alert.kind is AlertKind.LENS_GLINT
    assert alert.confidence > LensOptions().alert_confidence
    for sequence, y, x in alert.track:
        assert (y, x) == pytest.approx(ITEMS[sequence][1]["lens"], abs=1.5)
    assert (report.sense, report.provenance) == ("lens", Provenance.SIMULATED)
    assert report.coverage.complete
    assert report.figures["sets"] == 10
    assert report.rejected.get("specular", 0) >= 1
    assert looked.report() == report


def test_rejections_count_things_not_frames(looked):
    assert looked.report().rejected.get("dark_residue", 0) <= 2


def test_frames_without_attribution_are_counted_and_skipped():
    report = sense_after([replace(frame, led=None) for frame, _ in ITEMS]).report()
    assert report.figures["frames_unattributed"] == len(ITEMS)
    assert report.alerts == ()
    assert not report.coverage.complete


def test_lost_frames_are_counted():
    report = sense_after([frame for frame, _ in ITEMS if frame.sequence not in (5, 6, 11)]).report()
    assert report.figures["frames_dropped"] == 3
    assert len(report.alerts) == 1


def test_found_alerts_outlive_a_gap_and_the_sweep_begins_again():
    sense = sense_after([frame for frame, _ in ITEMS])
    before = sense.report().alerts
    sense.note_gap(10_000_000_000, Phrase("device.camera_lost"))
    report = sense.report()
    assert [a.key for a in report.alerts] == [a.key for a in before]
    assert not report.coverage.complete
    assert "device.camera_lost" in {p.code for p in report.coverage.missing}


def test_panning_away_and_back_keeps_the_key():
    renderer = SceneRenderer(SCENE, GEOMETRY)
    plan = StrobePlan(sets=26)
    away_and_back = HandMotion(11, speed_deg_s=24, reach_deg=12, tremor_deg=0.0)
    items = list(strobe_frames(renderer, away_and_back, plan))
    report = sense_after([frame for frame, _ in items]).report()
    assert len({a.key for a in report.alerts}) == len(report.alerts) <= 1


def test_wrong_size_is_refused():
    with pytest.raises(InputError, match="size"):
        LensSense(LensOptions(), GEOMETRY).step(make_frame(np.zeros((10, 10), np.uint8)))


def test_report_before_the_first_frame_is_incomplete():
    report = LensSense(LensOptions(), GEOMETRY).report()
    assert not report.coverage.complete
    assert report.alerts == report.inspect == ()


def test_even_wall_gives_nothing():
    frames = [make_frame(wall(6 if led is DARK else 90, seed=n), led, n) for n, led in enumerate((ON, OFF, DARK) * 8)]
    report = sense_after(frames).report()
    assert report.alerts == report.inspect == ()
    assert not report.coverage.complete


def test_preview_marks_the_lens(looked):
    newest = next(f for f, _ in reversed(ITEMS) if f.led is ON)
    picture = looked.annotated(newest)
    assert picture.shape == (480, 640, 3)
    red = (picture[..., 2].astype(int) - picture[..., 1]) > 120
    y, x = np.nonzero(red)
    truth = ITEMS[newest.sequence][1]["lens"]
    assert abs(np.median(y) - truth[0]) < 15
    assert abs(np.median(x) - truth[1]) < 25


def test_preview_without_alerts_is_the_plain_picture():
    picture = LensSense(LensOptions(), GEOMETRY).annotated(make_frame(wall()))
    assert np.ptp(picture, axis=2).max() == 0


def test_dead_rings_do_not_make_an_empty_room():
    geometry = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4.0)
    renderer = SceneRenderer(random_scene(3, lenses=1, clutter=4), geometry, seed=3)
    sense = LensSense(LensOptions(), geometry)
    for frame, _ in strobe_frames(renderer, HandMotion(3), StrobePlan(sets=12)):
        dark = renderer.render(HandMotion(3).pose(frame.t_ns / 1e9), {}, frame.exposure_ns, 1.0, frame.sequence)
        sense.step(replace(frame, pixels=dark))
    coverage = sense.report().coverage
    assert not coverage.complete
    assert "lens.missing.no_light" in {phrase.code for phrase in coverage.missing}
