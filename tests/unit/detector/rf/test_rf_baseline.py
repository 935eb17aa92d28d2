"""Baseline: levels, the fading null, recording outside, comparing inside."""

import numpy as np
import pytest

from detector.rf.band_plan import shipped_band_plan
from detector.rf.baseline import Comparison, LookStore, make_baseline
from detector.rf.baseline_options import BaselineOptions
from detector.rf.commands import Compare, Kept, Leave, Record
from detector.rf.fading import needed_rise_db, rise_chance
from detector.rf.levels import CellLevels, cell_levels
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.spectrum import power_spectrum
from detector.rf.survey import Survey
from detector.rf.synth import CarrierEmission, FmBroadcastEmission, OokRemoteEmission, Sky, Tuning
from detector.rf.synth.dongle import DongleModel
from detector.types import AlertKind, BaselineMode, Provenance
from tests.unit.detector.rf.air import block_of, sweep

PLAN = shipped_band_plan("KR")
SPAN_HZ = (1.20e9, 1.24e9)
OPTIONS = BaselineOptions()
RATE_HZ = 2.4e6


def levels_of(sky, center_hz, gain_db, count=48_000):
    tuning = Tuning(center_hz=center_hz, sample_rate_hz=RATE_HZ, sample_count=count, gain_db=gain_db)
    block = block_of(sky, tuning, 0.1, 0, gain_db=gain_db)
    spectrum = power_spectrum(block.samples, center_hz, RATE_HZ)
    floor = float(np.median(spectrum.density))
    return cell_levels(spectrum, floor, gain_db, usable_fraction=0.8, cell_hz=1e5)


# -- levels


def test_a_level_does_not_depend_on_gain_or_hop():
    sky = Sky([CarrierEmission(center_hz=1.2102503e9, power_dbfs=-25.0)], DongleModel(), seed=1)
    cell = 12102
    found = []
    for center_hz, gain_db in ((1.21e9, 30.0), (1.21e9, 20.0), (1.2108e9, 30.0), (1.2095e9, 25.0)):
        levels = levels_of(sky, center_hz, gain_db)
        found.append(float(levels.level_db[cell - levels.first]))
    assert found == pytest.approx([-55.0] * 4, abs=0.6)


def test_cells_are_whole_and_leave_the_spike_out():
    levels = levels_of(Sky([], DongleModel(dc_dbfs=-10), seed=2), 1.21e9, 30.0)
    assert levels.first * 1e5 >= 1.21e9 - 0.96e6
    assert (levels.first + len(levels.level_db)) * 1e5 <= 1.21e9 + 0.96e6
    assert len(levels.level_db) == 18
    assert np.ptp(levels.level_db) < 1.0


# -- the null


def test_the_null_is_what_simulated_fading_gives():
    rng = np.random.default_rng(71)
    count = 400_000
    for outside, inside, needed, shadow_db in ((4, 5, 4, 4.0), (4, 1, 1, 3.0), (2, 3, 2, 0.0)):
        reference = rng.exponential(size=(count, outside)).max(axis=1)
        shown = np.sort(rng.exponential(size=(count, inside)), axis=1)[:, -needed]
        rise_db = 10 * np.log10(shown / reference) + shadow_db * rng.standard_normal(count)
        for line_db in (0.0, 3.0, 6.0):
            expected = float(rise_chance(line_db, outside=outside, inside=inside, needed=needed, shadow_db=shadow_db))
            assert np.mean(rise_db > line_db) == pytest.approx(expected, rel=0.06, abs=2e-4)


def test_the_line_is_where_the_chance_is():
    line_db = needed_rise_db(1e-5, outside=4, inside=1, needed=1, shadow_db=4.0)
    assert float(rise_chance(line_db, outside=4, inside=1, needed=1, shadow_db=4.0)) == pytest.approx(1e-5, rel=1e-3)
    assert line_db > needed_rise_db(1e-5, outside=8, inside=1, needed=1, shadow_db=4.0)


# -- cells alone: a fake receiver of eight hops


def fill(store, level_db, looks=4, first=12000, cells=400, rng=None):
    for _ in range(looks):
        wobble = 0 if rng is None else 10 * np.log10(rng.exponential(size=cells))
        level = np.full(cells, level_db, np.float32) + wobble
        store.add(CellLevels(first=first, level_db=np.maximum(level, -80).astype(np.float32), floor_db=-80.0))


def outside(level_db=-80.0, rng=None, looks=4, provenance=Provenance.LIVE):
    store = LookStore(SPAN_HZ, 1e5, OPTIONS.outside_looks)
    fill(store, level_db, looks, rng=rng)
    return make_baseline(store, "corridor", provenance)


def inside(comparison, level_db, looks=OPTIONS.inside_looks):
    for look in range(looks):
        level = np.full(400, -80.0, np.float32)
        level[200:220] = level_db if np.isscalar(level_db) else level_db[look]
        comparison.add(CellLevels(first=12000, level_db=level, floor_db=-80.0))


def test_what_rose_is_found_with_its_band():
    comparison = Comparison(OPTIONS, outside(), SPAN_HZ)
    inside(comparison, -40.0, looks=OPTIONS.inside_looks - 1)
    assert comparison.rises() == []
    inside(comparison, -40.0, looks=1)
    assert comparison.common_db == 0.0, "taken for granted, not measured"
    (rise,) = comparison.rises()
    assert (rise.low_hz, rise.high_hz) == pytest.approx((1.22e9, 1.222e9))
    assert rise.rise_db == pytest.approx(40 - OPTIONS.window_db)
    assert rise.chance < OPTIONS.false_alarms


def test_a_small_rise_is_none_and_a_doubtful_one_is_doubtful():
    tests = 400 * 1e5 / OPTIONS.coherent_hz
    line_db = needed_rise_db(3 * OPTIONS.false_alarms / tests, outside=4, inside=1, needed=1, shadow_db=4.0)
    for rise_db, doubtful in ((8.0, False), (line_db + OPTIONS.window_db, True)):
        comparison = Comparison(OPTIONS, outside(), SPAN_HZ)
        inside(comparison, -80.0 + rise_db)
        chances = [rise.chance for rise in comparison.rises()]
        assert [chance > OPTIONS.false_alarms for chance in chances] == [True] * doubtful


def test_a_burst_in_some_looks_is_no_rise():
    comparison = Comparison(OPTIONS, outside(), SPAN_HZ)
    inside(comparison, [-30.0] * 5 + [-80.0])
    assert comparison.rises() == []
    inside(comparison, [-30.0] * 4 + [-70.0] * 2)
    assert comparison.rises() == []
    inside(comparison, [-30.0] * 5 + [-70.0])
    assert len(comparison.rises()) == 1


def test_a_cell_with_few_looks_outside_is_not_compared():
    comparison = Comparison(OPTIONS, outside(looks=3), SPAN_HZ)
    inside(comparison, -30.0)
    assert comparison.rises() == []
    assert comparison.counts() == (0, 0)


def test_what_rises_together_is_taken_off():
    rng = np.random.default_rng(5)
    baseline = outside(-60.0, rng=rng)
    assert baseline.moved
    comparison = Comparison(OPTIONS, baseline, SPAN_HZ)
    for _ in range(OPTIONS.inside_looks):
        level = -60.0 + 15.0 + 10 * np.log10(rng.exponential(size=400))
        comparison.add(CellLevels(first=12000, level_db=level.astype(np.float32), floor_db=-80.0))
    common_db, _ = comparison.together()
    assert common_db == pytest.approx(15.0, abs=2.0)
    assert comparison.common_db == common_db
    assert [rise for rise in comparison.rises() if rise.chance <= OPTIONS.false_alarms] == []


def test_a_baseline_recorded_standing_still_counts_as_one_look():
    still, walked = outside(-60.0), outside(-60.0, rng=np.random.default_rng(6))
    assert not still.moved
    assert walked.moved
    for baseline, found in ((still, 0), (walked, 1)):
        comparison = Comparison(OPTIONS, baseline, SPAN_HZ)
        inside(comparison, -28.0)
        assert len([rise for rise in comparison.rises() if rise.chance <= OPTIONS.false_alarms]) == found


def test_a_rise_where_broadcast_is_expected_needs_more():
    known = np.ones(len(LookStore(SPAN_HZ, 1e5, 1).looks), bool)
    for rise_db, found in ((28.0, 0), (40.0, 1)):
        comparison = Comparison(OPTIONS, outside(), SPAN_HZ, known)
        inside(comparison, -80.0 + rise_db)
        assert len([rise for rise in comparison.rises() if rise.chance <= OPTIONS.false_alarms]) == found


def test_looks_beyond_the_span_are_left_out():
    store = LookStore((1.2e9, 1.201e9), 1e5, 2)
    where = store.add(CellLevels(first=11000, level_db=np.zeros(20, np.float32), floor_db=-80.0))
    assert where.start >= where.stop or store.looks[where].sum() == 0
    store.add(CellLevels(first=11960, level_db=np.arange(20, dtype=np.float32), floor_db=-80.0))
    assert store.looks.sum() == 10
    assert store.levels_db[0, 0] == 10.0


# -- the survey


def test_a_survey_spreads_looks_and_asks_again_for_what_was_lost():
    survey = Survey([1.0, 2.0, 3.0], 2)
    assert [survey.next_center_hz() for _ in range(6)] == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]
    for center in (1.0, 2.0, 1.0, 2.0, 3.0):
        survey.took(center)
    assert survey.progress == pytest.approx(5 / 6)
    assert not survey.finished
    assert survey.next_center_hz() == 3.0
    survey.took(3.0)
    assert survey.finished
    assert survey.next_center_hz() is None


def test_a_survey_gives_up_on_a_hop_that_never_comes():
    survey = Survey([1.0, 2.0], 2)
    for _ in range(100):
        if survey.next_center_hz() == 1.0:
            survey.took(1.0)
    assert survey.finished
    assert survey.next_center_hz() is None


# -- the whole sense


STATION = FmBroadcastEmission(center_hz=1.2205e9, power_dbfs=-22, seed=2)
BUG = FmBroadcastEmission(center_hz=1.2125e9, power_dbfs=-14, seed=3)
REMOTE = OokRemoteEmission(center_hz=1.2285e9, power_dbfs=-10.0, period_s=0.9)


class Fading:
    """A transmitter whose level is drawn anew for each dwell."""

    def __init__(self, emission, seed):
        self.emission, self.rng = emission, np.random.default_rng(seed)
        self.center_hz, self.bandwidth_hz = emission.center_hz, emission.bandwidth_hz

    def slice(self, *arguments):
        return self.emission.slice(*arguments) * np.float32(np.sqrt(self.rng.exponential()))


def recorded_outside(sky, gain_db=30.0, provenance=None):
    sense = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ)
    sense.obey(Record("corridor"))
    t_s = 0.0
    for _ in range(20):
        t_s = sweep(sense, sky, 10, t0_s=t_s, gain_db=gain_db)
        if sense.recorded is not None:
            return sense.recorded
        assert sense.report().baseline.mode is BaselineMode.RECORDING
        assert "rf.missing.recording" in [phrase.code for phrase in sense.report().coverage.missing]
    raise AssertionError(sense.report().baseline)


@pytest.fixture(scope="module")
def corridor():
    return recorded_outside(Sky([Fading(STATION, 1)], seed=4))


def compared(corridor, emissions, steps=150, seed=5, gain_db=30.0):
    sense = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ)
    sense.obey(Compare(corridor))
    sweep(sense, Sky(emissions, seed=seed), steps, gain_db=gain_db)
    return sense


def test_recording_covers_every_hop_and_says_so(corridor):
    assert corridor.place == "corridor"
    assert corridor.provenance is Provenance.SIMULATED
    assert corridor.moved
    # the rest lies between the hops of the survey: seen in passing, not compared
    assert (corridor.looks >= OPTIONS.outside_looks).mean() > 0.9


def test_what_is_new_inside_alerts_as_unknown(corridor):
    report = compared(corridor, [STATION, BUG, REMOTE]).report()
    (alert,) = report.alerts
    assert alert.kind is AlertKind.UNKNOWN_EMITTER
    assert alert.freq_hz == pytest.approx(1.2125e9, abs=0.2e6)
    assert alert.rise_db > 15
    assert 0.5 < alert.confidence <= OPTIONS.top_confidence < 0.95
    assert alert.reasons[0].code == "rf.reason.rise"
    assert report.coverage.complete
    assert "rf.done.baseline" in [phrase.code for phrase in report.coverage.done]


def test_the_same_air_at_another_gain_is_the_same_air(corridor):
    report = compared(corridor, [STATION.at(power_dbfs=-19.0)], gain_db=18.0).report()
    assert report.alerts == report.inspect == ()


def test_a_comparison_that_is_not_done_keeps_coverage_short(corridor):
    report = compared(corridor, [STATION], steps=12).report()
    assert not report.coverage.complete
    assert "rf.missing.baseline" in [phrase.code for phrase in report.coverage.missing]
    assert 0 < report.baseline.progress < 1


def test_simulated_air_is_never_compared_with_live(corridor):
    sense = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ)
    sweep(sense, Sky([], seed=1), 2, provenance=Provenance.LIVE)
    sense.obey(Compare(corridor))
    state = sense.report().baseline
    assert state.mode is BaselineMode.IDLE
    assert state.problem.code == "rf.baseline.other_provenance"


def test_an_unknown_gain_records_nothing_and_says_why():
    sense = RfSense.for_sweep(RfOptions(), PLAN, (1.20e9, 1.204e9))
    sense.obey(Record("corridor"))
    sweep(sense, Sky([], seed=1), 120, gain_db=None)
    assert sense.recorded is None
    assert sense.report().baseline.problem.code == "rf.baseline.unknown_gain"


def test_leaving_and_keeping(corridor):
    sense = compared(corridor, [STATION, BUG])
    sense.obey(Leave())
    report = sense.report()
    assert report.alerts == ()
    assert report.baseline.mode is BaselineMode.IDLE
    sense.obey(Record("a"))
    sense.obey(Leave())
    assert sense.report().baseline.mode is BaselineMode.IDLE
    sense.obey(Kept())
    assert sense.recorded is None
