"""Homing: level over 70 dB and gain steps, trend and its null, glances at the sweep, stopping."""

import itertools

import numpy as np
import pytest

from detector.rf.band_plan import shipped_band_plan
from detector.rf.commands import Home, StopHoming
from detector.rf.gain_steps import GainSteps, gain_ladder_db
from detector.rf.homing import Homing, Receiver
from detector.rf.homing_options import HomingOptions
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import AnalogVideoEmission, CarrierEmission, DongleModel, Sky, moving_room
from detector.rf.trend import LevelHistory
from detector.types import Trend
from tests.unit.detector.rf.air import block_of, sweep

PLAN = shipped_band_plan("KR")
RATE_HZ = 2.4e6
CAMERA = AnalogVideoEmission(center_hz=1.2403e9, power_dbfs=-20, pictures=moving_room(4, 2))
_ = CAMERA.loop
TARGET = Home(alert_id="rf:1", freq_hz=1.24e9, bandwidth_hz=6e6, until_t_ns=10**15)
RECEIVER = Receiver(sample_rate_hz=RATE_HZ, usable_fraction=0.8, dwell_s=0.02, top_gain_db=30.0, span_hz=(24e6, 1766e6))
NOISE_PER_BIN = 10 ** (-36 / 10) / 1024


class Knob:
    """An emission whose power is turned by hand."""

    def __init__(self, emission):
        self.emission, self.power_dbfs = emission, emission.power_dbfs
        self.center_hz, self.bandwidth_hz = emission.center_hz, emission.bandwidth_hz

    def slice(self, *arguments):
        change_db = self.power_dbfs - self.emission.power_dbfs
        return self.emission.slice(*arguments) * np.float32(10 ** (change_db / 20))


class Air:
    """Plays an emitter of a level that may change with time to a homing machine, with a tuner of uneven steps."""

    def __init__(self, emission=CAMERA, target=TARGET, steps_db=None, seed=1):
        self.homing = Homing(HomingOptions(), RECEIVER)
        self.homing.start(target)
        self.knob, self.steps_db = Knob(emission), steps_db or {}
        self.skies = {
            error_db: Sky([self.knob], DongleModel(reference_gain_db=30.0 - error_db), seed)
            for error_db in {0.0, *self.steps_db.values()}
        }
        self.t_s, self.number, self.given_away = 0.0, 0, 0

    def run(self, seconds, power_dbfs, ahead=2):
        """Answer tunings for so long; `power_dbfs` is a level or a function of time."""
        states, asked, end_s = [], [], self.t_s + seconds
        while self.t_s < end_s:
            while len(asked) < ahead:
                asked.append(self.homing.next_tuning())
            if (tuning := asked.pop(0)) is None:
                self.given_away += 1
                self.t_s += 0.03
                continue
            self.knob.power_dbfs = power_dbfs(self.t_s) if callable(power_dbfs) else power_dbfs
            sky = self.skies[self.steps_db.get(tuning.gain_db, 0.0)]
            self.homing.take(block_of(sky, tuning, self.t_s, self.number, gain_db=tuning.gain_db), NOISE_PER_BIN)
            self.homing.tick(round(self.t_s * 1e9))
            self.number += 1
            self.t_s += 0.02
            if (state := self.homing.state()) is not None:
                states.append(state)
        return states


def test_the_level_follows_over_seventy_db_without_a_jump():
    air = Air()
    levels, strengths = [], []
    for power_dbfs in range(-41, 30, 3):
        state = air.run(1.7, power_dbfs)[-1]
        levels.append(state.level_db)
        strengths.append(state.strength)
    assert air.homing.state().gain_db == 0.0
    steps = np.diff(levels)
    assert (steps > 1.0).all(), np.round(steps, 1)
    assert (steps < 5.5).all(), np.round(steps, 1)
    assert levels[-1] - levels[0] > 67
    assert strengths[0] < 0.15
    assert strengths[-1] > 0.9


@pytest.mark.parametrize("steps_db", [{20.0: 2.5, 10.0: -2.0, 0.0: 1.5}, {20.0: -2.5, 10.0: 2.0, 0.0: -1.5}])
def test_a_tuner_whose_steps_are_uneven_does_not_show(steps_db):
    air = Air(steps_db=steps_db)
    air.run(1.0, -22.0)
    levels = [state.level_db for state in air.run(12.0, lambda t_s: -22.0 + 2.5 * (t_s - 1.0))]
    assert air.homing.state().gain_db < 20.0
    assert np.diff(levels).min() > -0.6, "rises all the way"
    assert levels[-1] - levels[0] == pytest.approx(29, abs=4)


def test_arms_length_does_not_clip():
    air = Air()
    air.run(1.0, -10.0)
    state = air.run(3.0, 20.0)[-1]
    assert state.gain_db < 10.0
    assert state.trend is not Trend.VERY_CLOSE
    assert air.run(3.0, 45.0)[-1].trend is Trend.VERY_CLOSE
    assert air.run(3.0, -20.0)[-1].gain_db == 30.0


def test_warmer_and_colder():
    air = Air()
    assert air.run(1.0, -25.0)[-1].trend is Trend.WAITING
    air.run(3.0, -25.0)
    assert air.run(3.0, lambda t_s: -25.0 + 1.5 * (t_s - 4.0))[-1].trend is Trend.WARMER
    assert air.run(4.0, -20.5)[-1].trend is Trend.STEADY
    peak_db = air.homing.state().peak_db
    assert air.run(3.0, lambda t_s: -20.5 - 1.5 * (t_s - 11.0))[-1].trend is Trend.COLDER
    assert air.homing.state().peak_db >= peak_db > air.homing.state().level_db + 2


def test_an_emitter_that_left_is_not_heard():
    air = Air()
    air.run(2.0, -20.0)
    assert air.run(4.0, -80.0)[-1].trend is Trend.NOT_HEARD


def test_a_narrow_emitter_is_measured_in_its_own_band():
    target = Home(alert_id="rf:2", freq_hz=433.9e6, bandwidth_hz=2e4, until_t_ns=10**15)
    air = Air(CarrierEmission(center_hz=433.9e6, power_dbfs=-50.0), target)
    # well below the noise of the slice
    (low, high) = (air.run(2.0, power_dbfs)[-1].level_db for power_dbfs in (-50.0, -40.0))
    assert (low, high) == pytest.approx((-80.0, -70.0), abs=1.5)


def steady_words(seed, seconds, sigma_db):
    """Words at a standstill: levels that wobble independently from dwell to dwell."""
    rng, history, words = np.random.default_rng(seed), LevelHistory(HomingOptions()), []
    for number in range(round(seconds / 0.02)):
        history.add(number * 20_000_000, 0.02, -40 + sigma_db * rng.standard_normal())
        words.append(history.trend())
    return words


def test_noise_is_neither_warmer_nor_colder():
    words = [word for seed in range(4) for word in steady_words(900 + seed, 150, 4.0)]
    changes = sum(a is Trend.STEADY and b in (Trend.WARMER, Trend.COLDER) for a, b in itertools.pairwise(words))
    assert Trend.STEADY in words
    assert changes <= 1, "ten minutes"


def test_a_click_is_no_peak():
    history = LevelHistory(HomingOptions())
    history.add(0, 0.02, 0.0)
    for number in range(1, 200):
        history.add(number * 20_000_000, 0.02, -40.0)
    assert history.peak_db < -15
    assert history.level_db == pytest.approx(-40)


def test_a_gap_forgets_the_way_but_not_the_peak():
    history = LevelHistory(HomingOptions())
    for number in range(200):
        history.add(number * 20_000_000, 0.02, -40.0)
    history.add(10_000_000_000, 0.02, -60.0)
    assert history.trend() is Trend.WAITING
    assert history.level_db == pytest.approx(-60)
    assert history.peak_db == pytest.approx(-40)


def test_the_sweep_gets_its_glances():
    air = Air()
    air.run(20.0, -20.0)
    assert 20 <= air.given_away <= 50


def test_the_strongest_slice_is_found():
    target = Home(alert_id="rf:3", freq_hz=1.2385e9, bandwidth_hz=1.9e6, until_t_ns=10**15)
    air = Air(target=target)
    state = air.run(2.0, -20.0)[-1]
    assert abs(state.freq_hz - 1.2403e9) < 2.2e6
    assert state.level_db > -55.0


def test_time_runs_out_and_is_renewed():
    homing = Homing(HomingOptions(), RECEIVER)
    homing.start(Home(alert_id="a", freq_hz=1.24e9, bandwidth_hz=6e6, until_t_ns=6_000_000_000))
    homing.tick(5_000_000_000)
    homing.start(Home(alert_id="a", freq_hz=1.24e9, bandwidth_hz=6e6, until_t_ns=9_000_000_000))
    homing.tick(8_000_000_000)
    assert homing.active
    homing.tick(9_000_000_000)
    assert not homing.active
    assert homing.next_tuning() is None
    assert homing.state() is None


def test_a_step_is_measured_once():
    steps = GainSteps(gain_ladder_db(30.0, 10.0))
    assert steps.ladder_db == (30.0, 20.0, 10.0, 0.0)
    for _ in range(5):
        steps.note(0, -46.0)
    steps.go(1)
    for place, level_db in ((1, -38.0), (0, -40.0)):
        assert steps.wanted == place
        for _ in range(5):
            steps.note(place, level_db)
    assert (steps.wanted, steps.busy) == (1, False)
    assert steps.correction_db(0) == 0
    assert steps.correction_db(1) == pytest.approx(2.0), "the change of level before the step is not part of it"
    steps.go(2)
    steps.forget()
    assert (steps.wanted, steps.correction_db(2)) == (2, pytest.approx(2.0))
    assert steps.place(19.7) == 1


# -- within the sense


def test_the_sense_homes_on_its_alert_and_goes_back_to_sweeping():
    sense = RfSense.for_sweep(RfOptions(), PLAN, (1.2e9, 1.3e9))
    sky = Sky([CAMERA], seed=1)
    t_s = sweep(sense, sky, 40)
    (alert,) = sense.report().alerts
    until_t_ns = round((t_s + 60) * 1e9)
    sense.obey(Home(alert_id="x", freq_hz=alert.freq_hz, bandwidth_hz=alert.bandwidth_hz, until_t_ns=until_t_ns))
    t_s = sweep(sense, sky, 150, t0_s=t_s)
    report = sense.report()
    assert report.homing.alert_id == "x"
    assert report.homing.strength > 0.3
    assert [item.key for item in report.alerts] == [alert.key]
    assert "rf.missing.homing" in [phrase.code for phrase in report.coverage.missing]
    hops = report.figures["hops"]
    sense.obey(StopHoming())
    sweep(sense, sky, 30, t0_s=t_s)
    report = sense.report()
    assert report.homing is None
    assert report.coverage.complete
    assert report.figures["hops"] >= hops + 28


def test_a_gap_or_the_end_of_time_leaves_the_sweep_running():
    sense = RfSense.for_sweep(RfOptions(), PLAN, (1.2e9, 1.3e9))
    sky = Sky([CAMERA], seed=1)
    t_s = sweep(sense, sky, 40)
    sense.obey(Home(alert_id="x", freq_hz=1.24e9, bandwidth_hz=6e6, until_t_ns=round((t_s + 0.5) * 1e9)))
    sweep(sense, sky, 60, t0_s=t_s)
    assert sense.report().homing is None


def test_looks_that_are_lost_while_seeking_do_not_hold_it_up():
    homing = Homing(HomingOptions(), RECEIVER)
    homing.start(TARGET)
    asked = [homing.next_tuning() for _ in range(30)]
    sky = Sky([CAMERA], seed=1)
    for number, tuning in enumerate(asked[12:]):
        homing.take(block_of(sky, tuning, number * 0.02, number, gain_db=30.0), NOISE_PER_BIN)
    assert homing._walk._sought == {}
    assert homing.state().level_db == pytest.approx(-55, abs=8)


def test_a_slice_that_noise_has_chosen_is_left_soon():
    air = Air(seed=9)
    assert air.run(2.0, -60.0)[-1].trend is Trend.NOT_HEARD
    state = air.run(6.0, -30.0)[-1]
    assert state.trend is not Trend.NOT_HEARD
    assert abs(state.freq_hz - 1.2403e9) < 2.2e6
