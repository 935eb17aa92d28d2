"""Complete only when enough was looked at, from enough sides, with every control."""

from detector.lens.coverage import SweepTally
from detector.types import Phrase
from tests.unit.detector.lens.lens_helpers import OPTIONS


def tally(sets=8, step_deg=0.6, trusted=True, dark=True):
    result = SweepTally(OPTIONS)
    for k in range(sets):
        result.note_set((0.0, step_deg * k), trusted, dark)
    return result


def missing(result):
    return {p.code for p in result.coverage().missing}


def test_a_good_sweep_is_complete():
    coverage = tally().coverage()
    assert coverage.complete
    assert coverage.missing == ()
    assert len(coverage.cannot_see) >= 4
    assert {p.code for p in coverage.done} == {"lens.done.frames", "lens.done.sets", "lens.done.poses"}


def test_each_shortage_is_named():
    assert "lens.missing.no_sets" in missing(tally(sets=0))
    assert "lens.missing.sets" in missing(tally(sets=3))
    assert missing(tally(step_deg=0.01)) == {"lens.missing.poses"}
    assert "lens.missing.registration" in missing(tally(trusted=False))
    assert missing(tally(dark=False)) == {"lens.missing.dark"}


def test_a_gap_begins_the_sweep_again():
    result = tally()
    result.note_gap(Phrase("device.gap"))
    assert not result.coverage().complete
    assert "device.gap" in missing(result)
    for k in range(8):
        result.note_set((0.6 * k, 0.0), True, True)
    assert result.coverage().complete
    assert result.total_sets == 16


def test_losses_are_told_without_making_it_incomplete():
    result = tally()
    result.dropped, result.unattributed = 3, 2
    assert missing(result) == {"lens.missing.dropped", "lens.missing.unattributed"}
    assert result.coverage().complete


def test_coming_back_to_a_viewpoint_is_no_new_pose():
    result = SweepTally(OPTIONS)
    for k in range(12):
        result.note_set((0.0, 0.6 * (k % 2)), True, True)
    assert result.poses == 2
