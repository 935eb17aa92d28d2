"""The whole sense while somebody comes into view, looks this way and leaves again."""

import numpy as np
import pytest

from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.lens.synth import Eyes, HandMotion, Lens, Scene, SceneRenderer, Screw, StrobePlan, Texture, strobe_frames
from tests.unit.detector.lens.lens_helpers import GEOMETRY, ON

COMES_S, STAYS_S, LEAVE_S = 2.0, 3.0, 1.0
SCENE = Scene(
    range_mm=700,
    objects=(
        Lens("lens", 20, -110),
        Screw("screw", -60, 160),
        Eyes("visitor", -30, 60, depth_mm=80, comes_s=COMES_S, stays_s=STAYS_S, every_s=100.0),
    ),
    texture=Texture.WALLPAPER,
)


@pytest.fixture(scope="module")
def visit():
    """Every tenth of a second: time, report, and whether the picture that would be shown is black."""
    sense = LensSense(LensOptions(person_leave_s=LEAVE_S), GEOMETRY)
    seen = []
    for frame, _ in strobe_frames(SceneRenderer(SCENE, GEOMETRY), HandMotion(4), StrobePlan(sets=76, start_ns=0)):
        sense.step(frame)
        if frame.led is ON:
            seen.append((frame.t_ns / 1e9, sense.report(), not sense.annotated(frame).any()))
    return seen


def test_the_search_pauses_soon_after_the_person_came_and_goes_on_after_they_left(visit):
    paused = [t for t, report, _ in visit if report.people.paused]
    assert COMES_S < paused[0] < COMES_S + 1.5
    assert COMES_S + STAYS_S <= paused[-1] < COMES_S + STAYS_S + LEAVE_S + 0.3
    assert np.all(np.diff(paused) < 0.11)
    assert visit[-1][1].people.times == 1


def test_no_picture_leaves_while_paused_and_pictures_come_back(visit):
    assert all(black for _, report, black in visit if report.people.withheld)
    assert all(report.people.withheld for _, report, _ in visit if report.people.paused)
    shown = [t for t, _, black in visit if not black]
    assert shown[0] < COMES_S
    assert shown[-1] > COMES_S + STAYS_S + LEAVE_S


def test_nobody_alerts_and_the_lens_keeps_its_key(visit):
    keys = {alert.key for _, report, _ in visit for alert in report.alerts}
    assert len(keys) == 1
    assert all(len(report.alerts) == 1 for t, report, _ in visit if t > COMES_S)
    assert all(report.inspect == () for _, report, _ in visit if report.people.paused)


def test_a_paused_frame_counts_to_nothing_but_the_pause(visit):
    first = next(report for _, report, _ in visit if report.people.paused)
    last = [report for _, report, _ in visit if report.people.paused][-1]
    for name in ("sets", "frames_analysed"):
        assert last.figures[name] <= first.figures[name] + 1
    assert last.figures["frames_paused"] > 60
    end = visit[-1][1]
    assert end.figures["sets"] > last.figures["sets"]
    assert end.figures["frames_paused"] + end.figures["frames_analysed"] == pytest.approx(3 * len(visit), abs=3)


def test_coverage_is_not_complete_during_a_pause_and_tells_of_it_after(visit):
    before = [report for t, report, _ in visit if t < COMES_S][-1]
    assert before.coverage.complete
    during = [report for _, report, _ in visit if report.people.paused]
    assert not any(report.coverage.complete for report in during)
    assert all(report.coverage.missing[0].code == "lens.missing.person" for report in during)
    end = visit[-1][1]
    assert end.coverage.complete
    (phrase,) = (p for p in end.coverage.missing if p.code == "lens.missing.paused")
    assert phrase.values["seconds"] == pytest.approx(end.people.paused_s, abs=0.06)
    assert phrase.values["times"] == 1
