"""Real recordings beside the repository (never copied into it); skipped where they are not at hand."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from benchmarks.rf_sky import report_of
from detector.rf.convert import from_raw
from detector.types import Provenance, SignalKind

DATA = Path(__file__).parents[4] / "shared" / "data" / "rf"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings at {DATA}")


def judge(samples, center_hz, rate_hz, clipped=0.0):
    return report_of(samples, center_hz, rate_hz, clipped=clipped, provenance=Provenance.REPLAY)


def load(pattern, sample_format):
    (path,) = DATA.glob(pattern)
    return from_raw(path.read_bytes(), sample_format)


def is_ntsc_fm(report):
    return [(a.standard, a.modulation, a.confidence >= 0.95) for a in report.alerts] == [("NTSC", "FM", True)]


def test_wide_recording_of_a_camera_gives_one_alert():
    samples, clipped = load("ntsc_fm_camera*.cf32", "cf32")
    report = judge(samples, 5.925e9, 10e6, clipped)
    assert is_ntsc_fm(report)
    assert report.alerts[0].freq_hz == pytest.approx(5.925e9, abs=1e6)


def test_any_single_slice_of_the_camera_is_enough():
    samples, _ = load("ntsc_fm_camera*.cf32", "cf32")
    time_s = np.arange(len(samples)) / 10e6
    for offset_hz in np.arange(-3e6, 3.01e6, 0.5e6):
        mixed = samples * np.exp(-2j * np.pi * offset_hz * time_s)
        part = scipy.signal.resample_poly(mixed, 6, 25).astype(np.complex64)
        assert is_ntsc_fm(judge(part, 5.925e9 + offset_hz, 2.4e6)), offset_hz


@pytest.mark.parametrize(
    ("pattern", "sample_format", "rate_hz"), [("lte*.cs8", "cs8", 19.2e6), ("adsb*.cu8", "cu8", 2e6)]
)
def test_other_services_are_no_cameras(pattern, sample_format, rate_hz):
    samples, clipped = load(pattern, sample_format)
    assert judge(samples, 1e9, rate_hz, clipped).alerts == ()


def test_a_real_mast_is_named_wherever_the_plan_puts_it():
    samples, clipped = load("lte*.cs8", "cs8")
    for center_hz in (1815.3e6, 1e9):
        report = judge(samples, center_hz, 19.2e6, clipped)
        assert {signal.kind for signal in report.signals} == {SignalKind.CELLULAR_DOWNLINK}
        assert report.inspect == ()


def test_real_transponders_are_pulses():
    samples, clipped = load("adsb*.cu8", "cu8")
    assert {signal.kind for signal in judge(samples, 1090e6, 2e6, clipped).signals} == {SignalKind.PULSED}


def test_real_remotes_and_sensors_are_named():
    paths = sorted(DATA.glob("ism_433_250k_cu8/*.cu8"))
    reports = [judge(from_raw(path.read_bytes(), "cu8")[0], 433.92e6, 250e3) for path in paths]
    named = [SignalKind.OOK_FSK in {signal.kind for signal in report.signals} for report in reports]
    assert np.mean(named) >= 0.9


def test_no_remote_or_sensor_is_a_camera():
    paths = sorted(DATA.glob("ism_433_250k_cu8/*.cu8"))
    assert paths
    for path in paths:
        samples, clipped = from_raw(path.read_bytes(), "cu8")
        assert judge(samples, 433.92e6, 250e3, clipped).alerts == (), path.name
