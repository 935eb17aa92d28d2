"""The scorer itself: intervals, matching, tallies."""

import pytest

from detector.lens.synth.scorer import Outcome, interval, nearest_object, score, table
from detector.types import AlertKind, GlintAlert

TRUTH = {0: {"a": (10.0, 10.0), "b": (50.0, 50.0)}, 3: {"a": (12.0, 10.0), "b": (52.0, 50.0)}}
REACH = {"a": 4.0, "b": 4.0}


def alert(track, confidence=0.9):
    return GlintAlert(
        key="k",
        kind=AlertKind.LENS_GLINT,
        confidence=confidence,
        first_t_ns=0,
        last_t_ns=1,
        reasons=(),
        y_px=0,
        x_px=0,
        frames=len(track),
        track=tuple(track),
    )


def test_clopper_pearson():
    assert interval(0, 0) == (0, 1)
    assert interval(10, 10)[0] == pytest.approx(0.025 ** (1 / 10))
    assert interval(0, 10) == (0, pytest.approx(1 - 0.025 ** (1 / 10)))
    assert interval(5, 10) == (pytest.approx(0.187, abs=0.001), pytest.approx(0.813, abs=0.001))


def test_the_whole_track_must_lie_on_the_object():
    assert nearest_object(alert([(0, 11, 10), (3, 12, 11)]), TRUTH, REACH) == ("a", pytest.approx(1.0))
    assert nearest_object(alert([(0, 11, 10), (3, 52, 50)]), TRUTH, REACH)[0] is None


def test_one_outcome_per_object_and_per_stray_alert():
    outcomes = score([alert([(0, 10, 10)]), alert([(0, 90, 90)])], [], {"a": "lens", "b": "screw"}, TRUTH, REACH)
    assert [(o.kind, o.alerted) for o in outcomes] == [("lens", True), ("screw", False), ("nothing", True)]


def test_tally_by_kind_lenses_first():
    rows = table(
        [Outcome("screw", False, True, 0.4), Outcome("lens", True, False, 0.9), Outcome("screw", True, False, 1)]
    )
    assert [(r.kind, r.count, r.alerted, r.inspected) for r in rows] == [("lens", 1, 1, 0), ("screw", 2, 1, 1)]
