"""Complete only when enough spots are done, of those that were pointed at, with every control."""

from dataclasses import replace

from detector.lens.coverage import SweepTally
from detector.types import Phrase, SpotCoverage
from tests.unit.detector.lens.lens_helpers import OPTIONS

SPOTS = SpotCoverage(spot_deg=OPTIONS.spot_deg, pointed=100, done=95)


def tally(sets=8, trusted=True, dark=True):
    result = SweepTally(OPTIONS)
    for _ in range(sets):
        result.note_set(trusted, dark)
    return result


def missing(result, spots=SPOTS):
    return {p.code for p in result.coverage(spots).missing}


def test_a_good_sweep_is_complete():
    coverage = tally().coverage(SPOTS)
    assert coverage.complete
    assert coverage.missing == ()
    assert coverage.spots == SPOTS
    assert {p.code for p in coverage.done} == {"lens.done.frames", "lens.done.sets", "lens.done.spots"}


def test_each_shortage_is_named():
    assert "lens.missing.no_sets" in missing(tally(sets=0))
    assert missing(tally(), replace(SPOTS, pointed=20, done=20)) == {"lens.missing.few_spots"}
    assert missing(tally(), replace(SPOTS, done=79)) == {"lens.missing.spots"}
    assert missing(tally(), replace(SPOTS, done=80)) == set()
    assert "lens.missing.registration" in missing(tally(trusted=False))
    assert missing(tally(dark=False)) == {"lens.missing.dark"}


def test_the_smallest_lens_is_stated_only_where_it_is_known():
    unknown = tally().coverage(SPOTS)
    known = tally().coverage(replace(SPOTS, smallest_lens_mm=1.2))
    assert "lens.cannot_see.size_unknown" in {p.code for p in unknown.cannot_see}
    assert "lens.cannot_see.size_unknown" not in {p.code for p in known.cannot_see}
    assert Phrase("lens.done.smallest", {"aperture_mm": 1.2}) in known.done
    assert "lens.done.smallest" not in {p.code for p in unknown.done}


def test_a_gap_begins_the_sweep_again():
    result = tally()
    result.note_gap(Phrase("device.gap"))
    assert {"device.gap", "lens.missing.no_sets"} <= missing(result)
    for _ in range(8):
        result.note_set(True, True)
    assert result.coverage(SPOTS).complete
    assert result.total_sets == 16


def test_losses_are_told_without_making_it_incomplete():
    result = tally()
    result.dropped, result.unattributed = 3, 2
    coverage = result.coverage(SPOTS, maps_ended=2)
    told = {"lens.missing.dropped", "lens.missing.unattributed", "lens.missing.place_lost"}
    assert {p.code for p in coverage.missing} == told
    assert coverage.complete
