import re
from pathlib import Path

import numpy as np
import pytest

from detector.errors import InputError
from detector.rf.band_plan import shipped_band_plan
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import AnalogVideoEmission, FmBroadcastEmission, Sky, Tuning, moving_room
from detector.types import AlertKind, IqBlock, Phrase, Provenance, SignalKind
from tests.unit.detector.rf.air import block_of

PLAN = shipped_band_plan("KR")
SPAN_HZ = (1.2e9, 1.3e9)
CAMERA = AnalogVideoEmission(center_hz=1.2403e9, power_dbfs=-25, pictures=moving_room(4, 2))
RADIO = FmBroadcastEmission(center_hz=1.2006e9, power_dbfs=-22, seed=2)


def sweep(sense, sky, steps, t0_s=0.0, ahead=2):
    asked, t_s = [], t0_s
    for number in range(steps):
        while len(asked) < ahead:
            asked.append(sense.next_tuning())
        tuning = asked.pop(0)
        sense.step(block_of(sky, tuning, t_s, number))
        t_s += tuning.sample_count / tuning.sample_rate_hz + 0.01
    return t_s


def narrow(sky, center_hz, seconds, **more):
    tuning = Tuning(center_hz=center_hz, sample_rate_hz=2.4e6, sample_count=round(seconds * 2.4e6))
    return block_of(sky, tuning, 0.2, 0, **more)


def codes(phrases):
    return [phrase.code for phrase in phrases]


def test_a_sweep_finds_the_camera_once_and_covers_the_span():
    sense, sky = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ), Sky([CAMERA, RADIO], seed=1)
    assert not sense.report().coverage.complete
    t_s = sweep(sense, sky, 40)
    report = sense.report()
    (alert,) = report.alerts
    assert alert.kind is AlertKind.ANALOG_VIDEO
    assert (alert.standard, alert.modulation) == ("PAL", "FM")
    assert alert.confidence > 0.95
    assert alert.freq_hz == pytest.approx(1.2403e9, abs=2e6)
    assert codes(alert.reasons)[0] == "rf.reason.line_rate"
    assert report.coverage.complete
    assert report.figures["sweep_s"] > 0
    assert "rf.done.camera_bands" in codes(report.coverage.done)
    assert "rf.cannot_see.above" in codes(report.coverage.cannot_see)
    sweep(sense, Sky([RADIO], seed=1), 30, t0_s=t_s)
    later = sense.report().alerts
    assert [a.key for a in later] == [alert.key]


def test_a_quiet_room_stays_quiet():
    sense = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ)
    sweep(sense, Sky([RADIO], seed=2), 60)
    report = sense.report()
    assert report.alerts == report.inspect == ()
    assert any(abs(signal.freq_hz - 1.2006e9) < 2e5 for signal in report.signals)
    assert report.provenance is Provenance.SIMULATED
    assert report.rejected["not_periodic"] < report.figures["hops"] / 4, "noise and the DC spike are no energy"


def test_a_gap_has_to_be_earned_again():
    sense, sky = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ), Sky([], seed=3)
    t_s = sweep(sense, sky, 30)
    assert sense.report().coverage.complete
    sense.note_gap(round(t_s * 1e9), Phrase("device.unplugged"))
    coverage = sense.report().coverage
    assert not coverage.complete
    assert codes(coverage.missing) == ["device.unplugged", "rf.missing.hops"]
    sweep(sense, sky, 30, t0_s=t_s + 1)
    assert sense.report().coverage.complete


def test_lost_blocks_leave_their_hops_open():
    sense, sky = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ), Sky([], seed=3)
    asked = [sense.next_tuning() for _ in range(2)]
    sense.step(block_of(sky, asked[1], 0.0, 1))
    assert sense.report().coverage.missing[-1].values["hops"] == sense.report().coverage.missing[-1].values["of"] - 1
    sweep(sense, sky, 40, t0_s=1)
    assert sense.report().coverage.complete


def test_overload_spoils_coverage():
    sense = RfSense.for_recording(RfOptions(), PLAN)
    sense.step(narrow(Sky([], seed=1), 1e9, 0.1, clipped_fraction=0.3))
    coverage = sense.report().coverage
    assert not coverage.complete
    assert codes(coverage.missing) == ["rf.missing.overload"]


def test_a_recording_says_what_it_held():
    sense = RfSense.for_recording(RfOptions(), PLAN)
    sense.step(narrow(Sky([CAMERA], seed=1), 1.2413e9, 0.1))
    report = sense.report()
    assert [(alert.standard, alert.modulation) for alert in report.alerts] == [("PAL", "FM")]
    assert codes(report.coverage.done) == ["rf.done.recording"]
    assert report.coverage.done[0].values["seconds"] == pytest.approx(0.1)


@pytest.mark.parametrize("seconds", [0.001, 0.01])
def test_a_short_recording_is_incomplete_and_says_so(seconds):
    sense = RfSense.for_recording(RfOptions(), PLAN)
    sense.step(narrow(Sky([], seed=1), 1e9, seconds))
    report = sense.report()
    assert not report.coverage.complete
    assert codes(report.coverage.missing) == ["rf.missing.short"]


def test_pieces_that_join_are_judged_together():
    sky, sense = Sky([CAMERA], seed=1), RfSense.for_recording(RfOptions(), PLAN)
    tuning = Tuning(center_hz=1.2413e9, sample_rate_hz=2.4e6, sample_count=24_000)
    for number in range(10):
        sense.step(block_of(sky, tuning, 0.2 + number * 0.01, number))
    report = sense.report()
    assert report.figures["hops"] == 1
    assert len(report.alerts) == 1


def test_a_wide_recording_gives_one_alert():
    samples = CAMERA.slice(0.3, 1_000_000, 1.2410e9, 10e6) + np.random.default_rng(1).standard_normal(
        2_000_000, np.float32
    ).view(np.complex64) * np.float32(0.005)
    sense = RfSense.for_recording(RfOptions(), PLAN)
    sense.step(
        IqBlock(
            samples=samples, center_hz=1.241e9, sample_rate_hz=10e6, sequence=0, t_ns=0, provenance=Provenance.REPLAY
        )
    )
    (alert,) = sense.report().alerts
    assert alert.freq_hz == pytest.approx(1.2403e9, abs=1e6)
    assert 3e6 < alert.bandwidth_hz < 10e6
    assert "rf.reason.neighbours" in codes(alert.reasons)


def test_fm_radio_is_named():
    sky = Sky([FmBroadcastEmission(center_hz=97.5e6, power_dbfs=-20, seed=2)], seed=2)
    sense = RfSense.for_recording(RfOptions(), PLAN)
    sense.step(narrow(sky, 97.3e6, 0.1))
    assert SignalKind.BROADCAST_FM in {signal.kind for signal in sense.report().signals}


def test_misuse_is_refused():
    sense = RfSense.for_recording(RfOptions(), PLAN)
    with pytest.raises(RuntimeError, match="tune"):
        sense.next_tuning()
    with pytest.raises(InputError, match="rate"):
        sense.step(
            IqBlock(
                samples=np.zeros(10, np.complex64),
                center_hz=1e9,
                sample_rate_hz=1e5,
                sequence=0,
                t_ns=0,
                provenance=Provenance.REPLAY,
            )
        )
    assert not sense.report().coverage.complete


def test_every_code_has_words_in_both_languages():
    root = Path(__file__).parents[4]
    source = "".join(path.read_text("utf-8") for path in (root / "detector/rf").rglob("*.py"))
    used = set(re.findall(r'"(rf\.[a-z_.]+)"', source))
    used |= {f"rf.rejected.{name}" for name in re.findall(r'return "([a-z_]+_[a-z_]+)"', source)}
    classifiers = "".join(path.read_text("utf-8") for path in (root / "detector/rf/classifiers").glob("*.py"))
    refusals = re.findall(r'(?:refusal=|refusal = |refusals\[|return None, |else )"([a-z_]+)"', classifiers)
    assert len(set(refusals)) > 10
    used |= {f"rf.rejected.{name}" for name in refusals}
    used |= {f"kind.{kind}" for kind in SignalKind}
    assert len(used) > 20
    words = {}
    for language in ("en", "ko"):
        text = (root / f"web_ui/translations/{language}/rf.po").read_text("utf-8")
        words[language] = dict(re.findall(r'msgid "([^"]+)"\nmsgstr "([^"]+)"', text))
        assert used <= set(words[language])
    for code, sentence in words["en"].items():
        assert set(re.findall(r"{\w+}", sentence)) == set(re.findall(r"{\w+}", words["ko"][code])), code


def test_a_receiver_that_delivers_nothing_covers_nothing():
    sense = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ)
    for number in range(200):
        tuning = sense.next_tuning()
        sense.step(
            IqBlock(
                samples=np.full(tuning.sample_count, 0.3 + 0.1j, np.complex64),
                center_hz=tuning.center_hz,
                sample_rate_hz=tuning.sample_rate_hz,
                sequence=number,
                t_ns=number * 30_000_000,
                provenance=Provenance.SIMULATED,
            )
        )
    coverage = sense.report().coverage
    assert not coverage.complete
    assert {"rf.missing.silent", "rf.missing.hops"} <= {phrase.code for phrase in coverage.missing}


def test_dwells_with_missing_samples_cover_nothing_until_they_are_heard_again():
    sense, sky = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ), Sky([], seed=1)
    t_s = sweep(sense, sky, 40)
    assert sense.report().coverage.complete
    sweep_s = sense.report().figures["sweep_s"]
    heard = []
    for number in range(40):
        tuning = sense.next_tuning()
        heard.append(tuning.center_hz)
        sense.step(block_of(sky, tuning, t_s, number, lost_samples=4800))
        t_s += 0.03
    coverage = sense.report().coverage
    assert not coverage.complete
    assert {"rf.missing.lost", "rf.missing.hops"} <= set(codes(coverage.missing))
    assert len(set(heard)) > 10  # no single hop holds the sweep up
    sweep(sense, sky, 80, t_s)
    assert sense.report().coverage.complete
    assert sense.report().figures["sweep_s"] == sweep_s


def test_a_camera_is_found_in_spite_of_missing_samples_but_not_in_worthless_ones():
    sky = Sky([CAMERA], seed=1)
    found = []
    for worthless in (False, True):
        sense, t_s = RfSense.for_sweep(RfOptions(), PLAN, SPAN_HZ), 0.0
        for number in range(80):
            tuning = sense.next_tuning()
            lost = tuning.sample_count if worthless else 100
            sense.step(block_of(sky, tuning, t_s, number, lost_samples=lost))
            t_s += 0.03
        found.append(len(sense.report().alerts))
    assert found == [1, 0]
