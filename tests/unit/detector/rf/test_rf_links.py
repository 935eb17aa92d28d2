"""Digital links through the whole sense: a hop earns a long look, that one an alert, neighbours bound the width."""

import numpy as np
import pytest

from detector.rf.classifiers.cyclic_prefix import PrefixFit
from detector.rf.classifiers.link import LinkEvidence, Occupied
from detector.rf.classifiers.numerology import LINKS, LTE
from detector.rf.links import LinkHit, LinkTracker
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import (
    DabEmission,
    DvbtEmission,
    FmBroadcastEmission,
    LteDownlinkEmission,
    LteUplinkEmission,
    PulsedEmission,
    Sky,
)
from detector.types import AlertKind, IqBlock, Provenance, SignalKind
from tests.unit.detector.rf.class_helpers import PLANS, at_snr, report_of, samples_of
from tests.unit.detector.rf.test_rf_sense import sweep


def swept(emissions, span_hz, region="KR", steps=60):
    sense = RfSense.for_sweep(RfOptions(region=region), PLANS[region], span_hz)
    sweep(sense, Sky(emissions, seed=4), steps)
    return sense.report()


def codes(alert):
    return [reason.code for reason in alert.reasons]


def test_a_sweep_finds_a_digital_camera_once():
    camera = DvbtEmission(center_hz=1.2403e9, power_dbfs=-30, seed=1, channel_hz=6e6)
    report = swept((camera,), (1.2e9, 1.3e9))
    (alert,) = report.alerts
    assert (alert.kind, alert.standard, alert.modulation) == (AlertKind.DIGITAL_VIDEO, None, "OFDM")
    assert alert.confidence > 0.95
    assert alert.freq_hz == pytest.approx(1.2403e9, abs=2.5e6)
    assert codes(alert)[0] == "rf.reason.digital_symbols"
    assert report.figures["confirmations"] <= 6, "a known link is not confirmed again and again"


def test_a_sweep_finds_a_phone_and_names_the_mast():
    phone = LteUplinkEmission(center_hz=834e6, power_dbfs=-30, seed=1, blocks=50, granted=0.7)
    mast = LteDownlinkEmission(center_hz=879e6, power_dbfs=-22, seed=1)
    report = swept((phone, mast), (820e6, 890e6))
    assert {(alert.kind, alert.modulation) for alert in report.alerts} == {(AlertKind.CELLULAR_UPLINK, "SC-FDMA")}
    assert all(820e6 < alert.freq_hz < 845e6 for alert in report.alerts)
    assert "rf.reason.flight_mode" in codes(report.alerts[0])
    assert SignalKind.CELLULAR_DOWNLINK in {signal.kind for signal in report.signals}


def test_television_is_named_and_a_narrow_link_beside_it_alerted():
    television = DvbtEmission(center_hz=562e6, power_dbfs=-20, seed=1, size=8192, guard=1 / 4)
    camera = DvbtEmission(center_hz=601.6e6, power_dbfs=-26, seed=2, channel_hz=2e6)
    report = swept((television, camera), (550e6, 610e6), "EU", steps=170)
    assert [alert.kind for alert in report.alerts] == [AlertKind.DIGITAL_VIDEO]
    assert report.alerts[0].freq_hz == pytest.approx(601.6e6, abs=1.5e6)
    tv = [signal for signal in report.signals if signal.kind is SignalKind.BROADCAST_TV]
    assert tv
    assert all(abs(signal.freq_hz - 562e6) < 5e6 for signal in tv)


def test_a_quiet_sweep_looks_for_no_links():
    report = swept((), (1.2e9, 1.3e9))
    assert report.alerts == ()
    assert "no_cyclic_prefix" not in report.rejected


def test_a_wide_recording_of_a_link_is_one_alert():
    link = DvbtEmission(center_hz=1.24e9, power_dbfs=-20, seed=3)
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(2_000_000, np.float32).view(np.complex64) * np.float32(0.005)
    samples = link.slice(0.3, 1_000_000, 1.2405e9, 10e6) + noise
    (alert,) = report_of(samples, 1.2405e9, rate_hz=10e6).alerts
    assert alert.kind is AlertKind.DIGITAL_VIDEO
    assert alert.freq_hz == pytest.approx(1.24e9, abs=0.7e6)
    assert 6e6 < alert.bandwidth_hz < 9e6
    assert "rf.reason.neighbours" in codes(alert)


def test_a_link_in_pieces_that_do_not_join_stays_one():
    link = at_snr(DvbtEmission(center_hz=1.24e9, power_dbfs=0, seed=3), 1.24e9, 6.0)
    sense = RfSense.for_recording(RfOptions(), PLANS["KR"])
    for number in (0, 2):
        sense.step(
            IqBlock(
                samples=samples_of((link,), 1.24e9),
                center_hz=1.24e9,
                sample_rate_hz=2.4e6,
                sequence=number,
                t_ns=number * 10**9,
                provenance=Provenance.SIMULATED,
            )
        )
    (alert,) = sense.report().alerts
    assert (alert.first_t_ns, alert.last_t_ns) == (0, pytest.approx(2.1e9, abs=1e6))


def hit(center_hz, kind=AlertKind.DIGITAL_VIDEO, numerology=LINKS[3], confidence=0.9):
    prefix = PrefixFit(
        numerology=numerology, guard=0.25, surprise=50, trials=10, contrast=9, strength=0.5, spread_hz=2e6
    )
    evidence = LinkEvidence(
        kind=kind,
        prefix=prefix,
        log_ratio=40,
        confidence=confidence,
        occupied=Occupied(center_hz - 9e5, center_hz + 9e5, False, False),
        grants=None,
    )
    return LinkHit(kind=kind, center_hz=center_hz, t_ns=0, t_end_ns=1, evidence=evidence, snr_db=3.0)


def test_hits_join_by_kind_symbol_and_distance():
    tracker = LinkTracker(merge_hz=5e6)
    first = tracker.update(hit(1.0e9), confirmed=True)
    assert tracker.update(hit(1.004e9), confirmed=False) is first
    assert tracker.update(hit(1.004e9, numerology=LTE), confirmed=False) is not first
    assert tracker.update(hit(1.004e9, kind=AlertKind.CELLULAR_UPLINK), confirmed=False) is not first
    far = tracker.update(hit(1.012e9), confirmed=False)
    assert far is not first
    assert tracker.update(hit(1.008e9, confidence=0.99), confirmed=False) is first, "the hit between joins both"
    assert len(tracker.links) == 3
    assert first.confidence == 0.99
    assert (first.low_hz, first.high_hz) == (1.0e9 - 9e5, 1.012e9 + 9e5)
    assert tracker.near(1.012e9) is first
    assert tracker.near(1.1e9) is None


def test_a_busy_sky_is_named_and_alerts_for_nothing():
    expected = {
        91.9e6: SignalKind.BROADCAST_FM,
        207.008e6: SignalKind.BROADCAST_DAB,
        779e6: SignalKind.CELLULAR_DOWNLINK,
        954.3e6: SignalKind.CELLULAR_DOWNLINK,
        1290e6: SignalKind.PULSED,
    }
    sky = (
        FmBroadcastEmission(center_hz=91.9e6, power_dbfs=-28, seed=1),
        DabEmission(center_hz=207.008e6, power_dbfs=-24, seed=1),
        LteDownlinkEmission(center_hz=779e6, power_dbfs=-26, seed=1, channel_hz=20e6),
        LteDownlinkEmission(center_hz=954.3e6, power_dbfs=-24, seed=2),
        PulsedEmission(center_hz=1290e6, power_dbfs=-26, seed=2, repetition_hz=700),
    )
    report = swept(sky, (24e6, 1766e6), steps=550)
    assert report.alerts == report.inspect == ()
    for center_hz, kind in expected.items():
        near = {signal.kind for signal in report.signals if abs(signal.freq_hz - center_hz) < 5e6}
        assert near == {kind}, center_hz
