"""What is on the air gets its name, and a reason where it does not."""

from collections import Counter

import numpy as np
import pytest

from detector.rf.classifiers.cellular import Grants, measure_grants, mobile_bands, uplink_log_odds
from detector.rf.classifiers.link import find_link
from detector.rf.classifiers.naming import weigh
from detector.rf.classifiers.numerology import LINKS
from detector.rf.classifiers.ofdm import find_ofdm
from detector.rf.classifiers.template import Verdict
from detector.rf.options import RfOptions
from detector.rf.signals import SignalFinder
from detector.rf.synth import (
    DIGITAL_LINKS,
    AdsbEmission,
    CarrierEmission,
    DabEmission,
    DmeEmission,
    DvbtEmission,
    FmBroadcastEmission,
    KeyedEmission,
    LteDownlinkEmission,
    LteUplinkEmission,
    NfmVoiceEmission,
    OokRemoteEmission,
    PulsedEmission,
    hard_negatives,
)
from detector.types import AlertKind, SignalKind
from tests.unit.detector.rf.class_helpers import at_snr, report_of, samples_of, view_of

OPTIONS = RfOptions()


def link_of(emission, center_hz, snr_db, region="KR", seconds=0.1):
    heard = at_snr(emission, center_hz, snr_db)
    return find_link(view_of(samples_of((heard,), center_hz, seconds), center_hz, region), OPTIONS, thorough=True)


def names_at(emission, center_hz, snr_db, region="KR", seconds=0.1):
    refusals: Counter[str] = Counter()
    view = view_of(samples_of((at_snr(emission, center_hz, snr_db),), center_hz, seconds), center_hz, region)
    return {signal.kind for signal in SignalFinder(OPTIONS).find(view, 0, refusals)}, refusals


@pytest.mark.parametrize("channel_hz", [1.25e6, 1.7e6, 2e6, 3e6, 5e6, 8e6])
@pytest.mark.parametrize(("size", "guard"), [(2048, 1 / 32), (8192, 1 / 8)])
def test_camera_links_of_every_width_are_found_at_0_db(channel_hz, size, guard):
    emission = DvbtEmission(center_hz=831e6, power_dbfs=0, seed=5, channel_hz=channel_hz, size=size, guard=guard)
    link, refusal = link_of(emission, 831.2e6, 0.0)
    assert refusal is None
    assert link.kind is AlertKind.DIGITAL_VIDEO
    assert link.confidence > 0.95
    assert channel_hz in link.prefix.numerology.channels_hz
    assert link.prefix.guard == pytest.approx(guard, rel=0.1)
    assert link.prefix.strength == pytest.approx(0.5, abs=0.25)


def test_the_prefix_gives_the_symbol_of_2k_at_8_mhz():
    assert 224e-6 in [numerology.useful_s for numerology in LINKS]


def test_place_and_width_decide_who_sends_it():
    wide = DvbtEmission(center_hz=562e6, power_dbfs=0, seed=6, size=8192, guard=1 / 4)
    link, _ = link_of(wide, 563e6, 6.0, "EU")
    assert link.kind is SignalKind.BROADCAST_TV
    outside, _ = link_of(wide.at(center_hz=1.3e9), 1.301e9, 6.0, "EU")
    assert outside.kind is AlertKind.DIGITAL_VIDEO
    narrow = DvbtEmission(center_hz=562e6, power_dbfs=0, seed=6, channel_hz=1.5e6)
    link, _ = link_of(narrow, 562.1e6, 6.0, "EU")
    assert link.occupied.bounded
    assert link.kind is AlertKind.DIGITAL_VIDEO


@pytest.mark.parametrize(("blocks", "granted"), [(4, 0.7), (50, 0.3), (50, 1.0)])
def test_a_device_on_the_mobile_network_is_found_at_3_db(blocks, granted):
    device = LteUplinkEmission(center_hz=834e6, power_dbfs=0, seed=3, blocks=blocks, granted=granted)
    link, refusal = link_of(device, 834e6, 3.0)
    assert refusal is None
    assert link.kind is AlertKind.CELLULAR_UPLINK
    assert link.confidence > 0.95


@pytest.mark.parametrize("load", [0.05, 0.9])
def test_a_mast_is_named_not_alerted(load):
    mast = LteDownlinkEmission(center_hz=879e6, power_dbfs=0, seed=4, load=load)
    report = report_of(samples_of((at_snr(mast, 878e6, 3.0),), 878e6), 878e6)
    assert {signal.kind for signal in report.signals} == {SignalKind.CELLULAR_DOWNLINK}
    assert report.alerts == report.inspect == ()


def test_reference_symbols_tell_a_mast_from_a_device():
    mast = LteDownlinkEmission(center_hz=1.2e9, power_dbfs=0, seed=4, load=0.05)
    device = LteUplinkEmission(center_hz=1.2e9, power_dbfs=0, seed=3, blocks=50, granted=0.5)
    seen = [measure_grants(view_of(samples_of((at_snr(one, 1.2e9, 6.0),), 1.2e9))) for one in (mast, device)]
    assert [grants.gaps for grants in seen] == [False, True]
    assert uplink_log_odds(0, seen[0], 0.8) < 0 < uplink_log_odds(0, seen[1], 0.8)
    assert uplink_log_odds(0, seen[1], 0.1) == 0
    assert uplink_log_odds(-1, seen[1], 0.8) < 0 < uplink_log_odds(1, Grants(0.9, 1.0), 0.8)


def test_pairs_of_the_mobile_network_depend_on_the_region():
    assert [mobile_bands(region).place(840e6) for region in ("KR", "EU", "US", "XX")] == [1, 1, 1, 0]
    assert mobile_bands("EU").place(805e6) == -1
    assert mobile_bands("US").place(805e6) == 0


def test_digital_radio_is_named_in_its_band_and_alerted_outside():
    radio = DabEmission(center_hz=205.28e6, power_dbfs=0, seed=2)
    link, _ = link_of(radio, 205.3e6, 3.0)
    assert link.kind is SignalKind.BROADCAST_DAB
    assert link.prefix.guard == pytest.approx(0.246)
    outside, _ = link_of(radio.at(center_hz=1.3e9), 1.3e9, 3.0)
    assert outside.kind is AlertKind.DIGITAL_VIDEO


@pytest.mark.parametrize(
    ("emission", "center_hz", "snr_db", "kind"),
    [
        (FmBroadcastEmission(center_hz=97.7e6, power_dbfs=0, seed=3), 97.3e6, 3.0, SignalKind.BROADCAST_FM),
        (FmBroadcastEmission(center_hz=1.21e9, power_dbfs=0, seed=3), 1.2104e9, 3.0, SignalKind.BROADCAST_FM),
        (DmeEmission(center_hz=975e6, power_dbfs=0, seed=3), 975.3e6, 3.0, SignalKind.PULSED),
        (AdsbEmission(center_hz=1090e6, power_dbfs=0, seed=3), 1090e6, 10.0, SignalKind.PULSED),
        (PulsedEmission(center_hz=1.25e9, power_dbfs=0, seed=3), 1.2503e9, 3.0, SignalKind.PULSED),
        (NfmVoiceEmission(center_hz=447.3e6, power_dbfs=0, seed=3), 447e6, 0.0, SignalKind.NARROWBAND),
        (KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, symbol_hz=3000), 1.2003e9, 3.0, SignalKind.OOK_FSK),
    ],
)
def test_ambient_signals_get_their_names(emission, center_hz, snr_db, kind):
    assert kind in names_at(emission, center_hz, snr_db)[0]


def test_remotes_and_carriers_get_their_names():
    remote = OokRemoteEmission(center_hz=433.92e6, power_dbfs=-24, period_s=0.3, phase_s=0.0)
    carrier = CarrierEmission(center_hz=1.3005e9, power_dbfs=-30)
    for emission, center_hz, kind in (
        (remote, 433.6e6, SignalKind.OOK_FSK),
        (carrier, 1.3e9, SignalKind.CARRIER),
    ):
        report = report_of(samples_of((emission,), center_hz), center_hz)
        assert {signal.kind for signal in report.signals} == {kind}


def test_the_receivers_own_line_is_counted_not_listed():
    spur = CarrierEmission(center_hz=43 * 28.8e6, power_dbfs=-30)
    report = report_of(samples_of((spur,), 1.2388e9), 1.2388e9)
    assert report.signals == ()
    assert report.rejected["receiver_spur"] == 1
    beside = CarrierEmission(center_hz=43 * 28.8e6 + 5e4, power_dbfs=-30)
    assert len(report_of(samples_of((beside,), 1.2388e9), 1.2388e9).signals) == 1


def test_a_plan_tips_the_balance_but_does_not_decide_alone():
    weak, strong = (Verdict(kind=SignalKind.NARROWBAND, log_ratio=ratio) for ratio in (2.0, 9.0))
    other = Verdict(kind=SignalKind.OOK_FSK, log_ratio=2.5)
    assert weigh([weak, other], None, OPTIONS) is SignalKind.UNKNOWN
    assert weigh([weak, other], SignalKind.OOK_FSK, OPTIONS) is SignalKind.OOK_FSK
    assert weigh([strong, other], SignalKind.OOK_FSK, OPTIONS) is SignalKind.NARROWBAND
    refused = Verdict(kind=SignalKind.OOK_FSK, log_ratio=99.0, refusal="steady")
    assert weigh([refused], SignalKind.OOK_FSK, OPTIONS) is SignalKind.UNKNOWN


def test_no_name_leaves_its_reasons():
    raster = hard_negatives(70, 1.2e9, -26)["monitor_svga"]
    report = report_of(samples_of(raster, 1.2e9), 1.2e9)
    assert SignalKind.UNKNOWN in {signal.kind for signal in report.signals}
    assert report.rejected["not_one_line"] > 0


def test_narrow_signals_that_repeat_are_no_links():
    fsk = hard_negatives(70, 1.2e9, -36)["fsk_15625"]
    fit = find_ofdm(view_of(samples_of(fsk, 1.2e9)), OPTIONS.link_candidates)
    assert fit.refusal in ("too_narrow", "repeats_without_prefix")
    assert fit.prefix.spread_hz < 4e5


def test_recordings_too_narrow_or_too_short_say_so():
    x = samples_of((), 1.2e9)
    assert find_ofdm(view_of(x[:25_000], rate_hz=2.5e5), 4).refusal == "too_narrow_a_look"
    assert find_ofdm(view_of(x[:600]), 4).refusal == "too_short"


@pytest.mark.parametrize("power_dbfs", [-36.0, -14.0])
def test_hard_negatives_alert_for_nothing(power_dbfs):
    for name, emissions in hard_negatives(93, 1.2e9, power_dbfs).items():
        kinds = {alert.kind for alert in report_of(samples_of(emissions, 1.2e9), 1.2e9).alerts}
        assert kinds == ({AlertKind.DIGITAL_VIDEO} if name in DIGITAL_LINKS else set()), name


def test_a_link_under_a_strong_carrier_is_still_found():
    link = at_snr(DvbtEmission(center_hz=1.2e9, power_dbfs=0, seed=5, channel_hz=4e6), 1.2e9, 3.0)
    carrier = CarrierEmission(center_hz=1.2004e9, power_dbfs=-22)
    report = report_of(samples_of((link, carrier), 1.2e9), 1.2e9)
    assert [alert.kind for alert in report.alerts] == [AlertKind.DIGITAL_VIDEO]
    assert np.isclose(report.alerts[0].freq_hz, 1.2e9, atol=1e6)
