"""From slices to emitters: width, level, line rate, one or two, and what becomes of an alert later."""

import numpy as np
import pytest

from benchmarks.rf_sky import FastReceiver
from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.emitters import Emitter
from detector.rf.extent import ExtentSurvey
from detector.rf.occupancy import Mosaic
from detector.rf.options import RfOptions
from detector.rf.persistence import Persistence
from detector.rf.sense import RfSense
from detector.rf.slice_look import SliceAnalyser
from detector.rf.spectrum import power_spectrum
from detector.rf.sweep_options import SweepOptions
from detector.rf.synth import AnalogVideoEmission, DongleModel, FmBroadcastEmission, Sky, moving_room
from detector.types import IqBlock, Provenance, Tuning

OPTIONS = RfOptions()
PLAN = shipped_band_plan("KR")
SPAN_HZ = (1.2e9, 1.3e9)
RATE_HZ = 2.4e6
PICTURES = moving_room(4, 2)


def camera(center_hz=1.2403e9, **more):
    more.setdefault("power_dbfs", -22)
    return AnalogVideoEmission(center_hz=center_hz, pictures=PICTURES, **more)


def sweep(sense, receiver, seconds):
    end_ns = receiver.t_ns + round(seconds * 1e9)
    while receiver.t_ns < end_ns:
        sense.step(receiver.read(sense.next_tuning()))
    return sense.report()


def swept(*emissions, seconds=6.0, options=OPTIONS):
    return sweep(RfSense.for_sweep(options, PLAN, SPAN_HZ), FastReceiver(Sky(emissions, seed=2)), seconds)


def codes(alert):
    return [phrase.code for phrase in alert.reasons]


# -- line rate


@pytest.mark.parametrize("system", ["PAL", "NTSC"])
@pytest.mark.parametrize("ppm", [-40.0, 0.0, 23.0])
def test_the_line_rate_is_measured_to_a_few_ppm(system, ppm):
    samples = camera(system=system, ppm=ppm).slice(0.3, 240_000, 1.2415e9, RATE_HZ)
    samples = samples + np.random.default_rng(1).standard_normal(480_000, np.float32).view(np.complex64) * 0.01
    look = SliceAnalyser(OPTIONS, PLAN).look(samples.astype(np.complex64), 1.2415e9, RATE_HZ, 0)
    assert look.line_ppm == pytest.approx(ppm, abs=3)


def test_a_dwell_of_one_field_has_no_line_rate():
    samples = camera().slice(0.3, 48_000, 1.2415e9, RATE_HZ)
    assert SliceAnalyser(OPTIONS, PLAN).look(samples, 1.2415e9, RATE_HZ, 0).line_ppm is None


# -- width


def test_occupied_bandwidth_of_a_known_shape():
    """Flat noise of 5 MHz in slices side by side: 99 % of it lies in 4.95 MHz."""
    rng = np.random.default_rng(5)
    mosaic, low_hz, high_hz = Mosaic(), 1.2e9 - 2.5e6, 1.2e9 + 2.5e6
    for center_hz in np.arange(1.2e9 - 5.76e6, 1.2e9 + 5.8e6, 1.92e6):
        lines = np.fft.fftfreq(200_000, 1 / RATE_HZ) + center_hz
        shape = np.where((lines > low_hz) & (lines < high_hz), 10.0, 0.0) + 0.1
        noise = (rng.standard_normal(len(lines)) + 1j * rng.standard_normal(len(lines))) * shape
        samples = np.fft.ifft(noise).astype(np.complex64)
        spectrum = power_spectrum(samples, float(center_hz), RATE_HZ)
        floor = float(np.mean(np.abs(np.fft.ifft(noise * 0.1 / shape)) ** 2)) / 1024
        mosaic.add(spectrum, floor, OPTIONS.usable_fraction)
    occupied = mosaic.occupied(1.2e9 - 6e6, 1.2e9 + 6e6)
    assert occupied.high_hz - occupied.low_hz == pytest.approx(4.95e6, abs=0.25e6)
    assert occupied.centroid_hz == pytest.approx(1.2e9, abs=0.1e6)
    assert mosaic.occupied(1.3e9, 1.31e9) is None


def test_a_survey_walks_outward_until_the_rhythm_ends():
    survey = ExtentSurvey.around(100.0, 2.0, slices=3)
    assert survey.start() == (98.0, 102.0)
    assert survey.seen(98.0, rhythm=True) == (96.0,)
    assert survey.seen(102.0, rhythm=False) == ()
    assert survey.seen(96.0, rhythm=True) == (94.0,)
    assert survey.seen(94.0, rhythm=True) == ()
    assert survey.seen(98.0, rhythm=True) == ()


@pytest.mark.parametrize(("deviation_hz", "low_hz", "high_hz"), [(2.5e6, 2e6, 6e6), (6e6, 4.5e6, 10e6)])
def test_a_swept_camera_gets_its_width_and_place(deviation_hz, low_hz, high_hz):
    (alert,) = swept(camera(deviation_hz=deviation_hz)).alerts
    assert low_hz < alert.bandwidth_hz < high_hz
    assert alert.freq_hz == pytest.approx(1.2403e9, abs=1e6)
    assert alert.level_dbfs == pytest.approx(-24, abs=5)
    assert alert.over_floor_db > 10
    assert alert.history
    assert "rf.reason.neighbours" in codes(alert)


def test_levels_compare_across_gains():
    quiet, loud = (
        swept(camera(), options=RfOptions(gain_db=30.0)),
        swept(replace_power(camera(), 30), options=RfOptions(gain_db=30.0)),
    )
    (weak,), (strong,) = quiet.alerts, loud.alerts
    assert loud.figures["gain_changes"] > 0
    assert strong.level_dbfs - weak.level_dbfs == pytest.approx(30, abs=3)


def test_history_follows_the_level_between_confirmations():
    sense, receiver = RfSense.for_sweep(OPTIONS, PLAN, SPAN_HZ), FastReceiver(Sky([camera()], seed=2))
    (before,) = sweep(sense, receiver, 5).alerts
    receiver.sky = Sky([camera(power_dbfs=-14)], seed=2)
    (after,) = sweep(sense, receiver, 4).alerts
    times_s, levels_dbfs = zip(*after.history, strict=True)
    assert len(times_s) > len(before.history) + 1
    assert list(times_s) == sorted(times_s)
    assert levels_dbfs[-1] - before.history[-1][1] == pytest.approx(8, abs=3)


def replace_power(emission, more_db):
    return emission.at(power_dbfs=emission.power_dbfs + more_db)


# -- one or two


def test_two_cameras_5_mhz_apart_are_two():
    near = (camera(1.236e9, deviation_hz=2.5e6, ppm=-14), camera(1.241e9, deviation_hz=2.5e6, ppm=17))
    alerts = sorted(swept(*near, seconds=10).alerts, key=lambda alert: alert.freq_hz)
    assert [alert.freq_hz for alert in alerts] == pytest.approx([1.236e9, 1.241e9], abs=1.2e6)
    assert alerts[1].line_ppm - alerts[0].line_ppm == pytest.approx(31, abs=6)


def test_one_wide_camera_stays_one():
    report = swept(camera(deviation_hz=6e6, ppm=20), seconds=12)
    assert len(report.alerts) == 1
    assert report.inspect == ()


# -- what becomes of an alert


def test_a_camera_that_falls_silent_stays_an_alert_and_says_so():
    sense, receiver = RfSense.for_sweep(OPTIONS, PLAN, SPAN_HZ), FastReceiver(Sky([camera()], seed=2))
    (before,) = sweep(sense, receiver, 4).alerts
    assert "rf.reason.not_heard" not in codes(before)
    receiver.sky = Sky([], seed=2)
    (after,) = sweep(sense, receiver, OPTIONS.sweep.quiet_s + 5).alerts
    assert (after.key, after.confidence) == (before.key, before.confidence)
    said = [phrase for phrase in after.reasons if phrase.code == "rf.reason.not_heard"]
    assert said[0].values["seconds"] == 20
    receiver.sky = Sky([camera()], seed=2)
    (again,) = sweep(sense, receiver, 5).alerts
    assert again.key == before.key
    assert "rf.reason.not_heard" not in codes(again)


def test_one_look_is_not_enough_in_a_sweep():
    sense, receiver = RfSense.for_sweep(OPTIONS, PLAN, SPAN_HZ), FastReceiver(Sky([camera()], seed=2))
    while sense.report().figures["confirmations"] < 1:
        sense.step(receiver.read(sense.next_tuning()))
    receiver.sky = Sky([], seed=2)
    report = sweep(sense, receiver, 5)
    assert report.alerts == ()
    assert [alert.kind for alert in report.inspect] == ["analog_video"]


def an_emitter(**more):
    return Emitter(number=1, first_t_ns=0, last_t_ns=0, confidence=0.99, **more)


def with_hit(emitter, center_hz=1e9):
    emitter.hits[center_hz] = None
    return emitter


def test_chance_hits_never_become_an_alert():
    """Two hits in many looks at one slice: below the part that persistence asks for, whatever the order."""
    persistence = Persistence(OPTIONS, looks=2)
    emitter = with_hit(an_emitter(confirmations=2))
    for number in range(10):
        persistence.note(1e9, 0.1, video=number in (0, 9))
    assert not persistence.alerts(emitter)
    assert not emitter.alerted


def test_an_alert_stays_when_later_looks_miss_it():
    persistence = Persistence(OPTIONS, looks=2)
    emitter = with_hit(an_emitter(confirmations=2))
    persistence.note(1e9, 0.2, video=True)
    assert persistence.alerts(emitter)
    persistence.note(1e9, 50.0, video=False)
    assert persistence.alerts(emitter)
    assert persistence.confidence(emitter) == 0.99


def test_an_alert_that_is_refuted_again_and_again_loses_confidence_not_its_place():
    persistence = Persistence(OPTIONS, looks=2)
    emitter = an_emitter(alerted=True, doubts=OPTIONS.sweep.doubt_looks)
    assert persistence.alerts(emitter)
    assert persistence.confidence(emitter) == OPTIONS.alert_confidence
    assert [phrase.code for phrase in persistence.afterthoughts(emitter, 0)] == ["rf.reason.doubted"]


def test_the_sentence_on_silence_changes_in_steps():
    persistence = Persistence(OPTIONS, looks=2)
    emitter = an_emitter(alerted=True)
    said = {persistence.afterthoughts(emitter, s * 1_000_000_000)[0].values["seconds"] for s in range(20, 60)}
    assert said == {20, 30, 40, 50}


# -- bands explain, gain recovers


@pytest.mark.parametrize("row", [band for band in PLAN.bands if band.kind is not None and band.low_hz < 1.7e9])
def test_no_row_of_the_plan_hides_a_line_rate(row):
    center_hz = (row.low_hz + row.high_hz) / 2
    tuning = Tuning(center_hz=center_hz, sample_rate_hz=RATE_HZ, sample_count=240_000)
    samples, clipped = from_raw(Sky([camera(center_hz - 1e6)], seed=3).receive(tuning, 0.2), "cu8")
    sense = RfSense.for_recording(OPTIONS, PLAN)
    sense.step(
        IqBlock(
            samples=samples,
            center_hz=center_hz,
            sample_rate_hz=RATE_HZ,
            sequence=0,
            t_ns=0,
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
        )
    )
    assert len(sense.report().alerts) == 1


def test_a_strong_broadcaster_is_turned_down_and_coverage_completes():
    radio = FmBroadcastEmission(center_hz=95.9e6, power_dbfs=12, seed=1)
    options = RfOptions(sweep=SweepOptions(fine_share=0.0))
    sense = RfSense.for_sweep(options, PLAN, (80e6, 130e6))
    receiver = FastReceiver(Sky([radio], dongle=DongleModel(), seed=2))
    report = sweep(sense, receiver, 4)
    assert report.figures["gain_changes"] > 0
    assert report.figures["gain_low_db"] < 20
    assert report.coverage.missing == ()
    fixed = RfSense.for_sweep(replace_gain(options), PLAN, (80e6, 130e6))
    missing = sweep(fixed, FastReceiver(Sky([radio], seed=2)), 4).coverage.missing
    assert [phrase.code for phrase in missing] == ["rf.missing.overload_band"]
    assert (missing[0].values["low_mhz"], missing[0].values["high_mhz"]) == (80, 100)


def replace_gain(options):
    return RfOptions(sweep=options.sweep, gain=type(options.gain)(automatic=False))


def test_a_hop_that_clipped_is_taken_again_at_once():
    options = RfOptions(sweep=SweepOptions(fine_share=0.0))
    sense = RfSense.for_sweep(options, PLAN, (80e6, 130e6))
    receiver = FastReceiver(Sky([FmBroadcastEmission(center_hz=95.9e6, power_dbfs=12, seed=1)], seed=2))
    tunings = [sense.next_tuning() for _ in range(3)]
    for number in range(40):
        sense.step(receiver.read(tunings[number]))
        tunings.append(sense.next_tuning())
    clipped = next(n for n, tuning in enumerate(tunings) if tuning.center_hz == 96e6)
    soon = [tuning for tuning in tunings[clipped + 1 : clipped + 6] if tuning.center_hz == 96e6]
    assert soon
    assert soon[0].gain_db < tunings[clipped].gain_db
