from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from detector.rf.band_plan import BandPlan
from detector.rf.candidates import Nameless
from detector.rf.convert import from_raw
from detector.rf.gapless import GaplessPass
from detector.rf.options import RfOptions
from detector.rf.resampler import decimation_taps, power_gain
from detector.rf.signals import SignalList
from detector.rf.slice_look import SliceAnalyser
from detector.rf.slope import SlopeMeter
from detector.rf.spectrum import power_spectrum
from detector.rf.synth import CarrierEmission, DongleModel, Sky
from detector.types import RadioSignal, SignalKind, Tuning

RATE_HZ = 2.56e6
STEP_HZ = 0.99 * RATE_HZ
CENTERS_HZ = tuple(300e6 + number * STEP_HZ for number in range(5))
SEAM_HZ = (CENTERS_HZ[2] + CENTERS_HZ[3]) / 2
OPTIONS = RfOptions(sample_rate_hz=RATE_HZ)
NS = 1_000_000_000


def received(emissions, center_hz, t_s, samples=2048, **dongle):
    sky = Sky(emissions, DongleModel(resampler=True, **dongle), seed=3)
    return from_raw(sky.receive(Tuning(center_hz=center_hz, sample_rate_hz=RATE_HZ, sample_count=samples), t_s), "cu8")[
        0
    ]


def listed(*emissions, **dongle):
    """What a pass over five slices lists, and why the rest was turned down."""
    analyser, row = SliceAnalyser(OPTIONS, BandPlan("KR", ())), GaplessPass(OPTIONS, CENTERS_HZ)
    refusals, found = Counter(), []
    for number, center_hz in enumerate(CENTERS_HZ):
        samples = received(emissions, center_hz, 0.1 * number, **dongle)
        seen = analyser.look(samples, center_hz, RATE_HZ, number * NS, gapless=True)
        found += row.take(seen.view, seen.t_ns, refusals)
    found += row.flush(refusals)
    return found, refusals


def carrier(freq_hz, power_dbfs=-26.0):
    return CarrierEmission(center_hz=freq_hz, power_dbfs=power_dbfs)


def test_the_published_filter_is_3_db_down_at_1200_khz_and_35_db_beyond_2_5_mhz():
    gain_db = 10 * np.log10(power_gain([0.0, 1.2e6, 1.66e6, 2.5e6]))
    assert gain_db == pytest.approx([0.0, -3.0, -9.9, -34.6], abs=0.1)


def test_the_dongle_model_filters_as_published():
    taps, offsets_hz = decimation_taps(RATE_HZ), np.arange(0, 2.1e6, 1e5)
    lines = np.exp(-2j * np.pi * np.outer(offsets_hz, np.arange(len(taps))) / (2 * RATE_HZ)) @ taps
    assert 20 * np.log10(np.abs(lines)) == pytest.approx(10 * np.log10(power_gain(offsets_hz)), abs=0.5)


def test_a_signal_beyond_the_edge_shows_a_rate_away_and_as_weak_as_foretold():
    offset_hz = 1.7e6
    samples = received([carrier(300e6 + offset_hz)], 300e6, 0.0, samples=20_480)
    spectrum = power_spectrum(samples, 300e6, RATE_HZ)
    peak = int(np.argmax(np.where(np.abs(np.arange(1024) - 512) > 4, spectrum.density, 0)))
    assert spectrum.frequency_hz(peak) - 300e6 == pytest.approx(offset_hz - RATE_HZ, abs=spectrum.bin_hz)
    power_db = 10 * np.log10(spectrum.density[peak - 2 : peak + 3].sum())
    assert power_db == pytest.approx(-26 + 10 * np.log10(float(power_gain(offset_hz))), abs=0.6)


@pytest.mark.parametrize("beside_hz", [0.0, 3e3, -9e3, 20e3, -60e3, 150e3, -400e3, 700e3])
def test_a_signal_at_a_seam_is_listed_once_where_it_is(beside_hz):
    found, refusals = listed(carrier(SEAM_HZ + beside_hz))
    assert {round((signal.freq_hz - SEAM_HZ - beside_hz) / 5e3) for signal in found} == {0}
    assert len(found) <= (2 if abs(beside_hz) < 5e3 else 1)  # both halves of the seam may claim it; the list joins them
    # nearer than the overlap the image falls on bins that belong to the next slice
    assert (refusals["image"] >= 1) == (abs(beside_hz) > RATE_HZ - STEP_HZ)


def test_without_images_in_the_way_nothing_is_turned_down():
    found, refusals = listed(carrier(CENTERS_HZ[2] + 50e3, -45.0))
    assert len(found) == 1
    assert not refusals["image"]


@pytest.mark.parametrize("weaker_db", [0.0, 3.0])
def test_a_real_signal_on_the_place_of_an_image_stays(weaker_db):
    strong = carrier(SEAM_HZ + 100e3)
    # not exactly there: two lines of one frequency may cancel
    hidden = carrier(strong.center_hz - RATE_HZ + 6e3, strong.power_dbfs - weaker_db)
    found, _ = listed(strong, hidden)
    found_hz = sorted(signal.freq_hz for signal in found)
    assert found_hz == pytest.approx([hidden.center_hz, strong.center_hz], abs=8e3)


def test_the_mirror_of_a_strong_signal_is_turned_down():
    strong = carrier(CENTERS_HZ[2] + 300e3, -10.0)
    found, refusals = listed(strong, iq_gain_db=0.2, iq_phase_deg=1.0)
    assert [round((signal.freq_hz - strong.center_hz) / 5e3) for signal in found] == [0]
    assert refusals["image"] >= 1


def test_a_short_dwell_calls_no_line_a_carrier():
    found, _ = listed(carrier(CENTERS_HZ[2] + 300e3))
    assert [signal.kind for signal in found] == [SignalKind.NARROWBAND]


def test_a_slope_that_differs_from_the_published_one_is_learned_from_the_noise():
    rng, meter = np.random.default_rng(1), SlopeMeter()
    tilt = np.linspace(0.5, 1.5, 512)
    for number in range(64):
        density = (tilt * rng.gamma(4, 0.25, 512)).astype(np.float32)
        density[8 * number % 500 : 8 * number % 500 + 40] *= 100  # a signal, elsewhere each time
        spectrum = replace(power_spectrum(np.zeros(512, np.complex64), 0.0, RATE_HZ, 512), density=density)
        meter.flatten(spectrum)
    flat = meter.flatten(replace(spectrum, density=(tilt * rng.gamma(4, 0.25, 512)).astype(np.float32)))
    assert np.median(flat.density[:64]) == pytest.approx(np.median(flat.density[200:264]), rel=0.3)
    assert np.median(flat.density[-128:-64]) == pytest.approx(np.median(flat.density[200:264]), rel=0.3)


def signal(kind, freq_hz=100e6, width_hz=10e3, snr_db=20.0, t_ns=0):
    return RadioSignal(kind=kind, freq_hz=freq_hz, bandwidth_hz=width_hz, snr_db=snr_db, last_t_ns=t_ns)


def kinds(signals, t_ns=0):
    return [entry.kind for entry in signals.listed(t_ns)]


def test_one_signal_is_listed_once_wherever_its_centroid_falls():
    signals = SignalList(60.0, 40)
    for freq_hz in (100.149e6, 100.151e6):
        signals.update((signal(SignalKind.BROADCAST_FM, freq_hz, 150e3),))
    assert len(signals.listed(0)) == 1


def test_a_longer_look_takes_the_place_of_what_was_provisional_and_is_not_undone():
    signals = SignalList(60.0, 40)
    short, long = signal(SignalKind.NARROWBAND), signal(SignalKind.CARRIER)
    signals.update((short,), provisional=True)
    assert kinds(signals) == [SignalKind.NARROWBAND]
    signals.update((long,))
    signals.update((replace(short, last_t_ns=50 * NS),), provisional=True)
    assert kinds(signals, 100 * NS) == [SignalKind.CARRIER]


def test_what_turned_out_to_be_one_transmitter_is_withdrawn_where_it_was_provisional():
    signals = SignalList(60.0, 40)
    signals.update((signal(SignalKind.PULSED, width_hz=2e6),), provisional=True)
    signals.update((signal(SignalKind.CARRIER, 100.5e6),))
    signals.withdraw(99e6, 101e6)
    assert kinds(signals) == [SignalKind.CARRIER]


def test_a_lone_look_beside_the_gapless_pass_names_only_what_that_listed():
    signals = SignalList(60.0, 40)
    signals.update((signal(SignalKind.UNKNOWN),), provisional=True)
    signals.update((signal(SignalKind.CARRIER), signal(SignalKind.CARRIER, 101e6)), listed_only=True)
    assert [entry.freq_hz for entry in signals.listed(0)] == [100e6]


def test_the_strongest_nameless_find_is_looked_at_first_and_once():
    nameless = Nameless(reach_hz=0.5e6, aside_hz=0.2e6, again_s=60.0)
    for freq_hz, snr_db in ((100e6, 10.0), (200e6, 20.0), (200.1e6, 30.0)):
        nameless.ask(freq_hz, snr_db, 0)
    assert [nameless.take(0), nameless.take(0), nameless.take(0)] == [199.8e6, 99.8e6, None]
    nameless.ask(100e6, 10.0, 30 * NS)
    assert nameless.take(30 * NS) is None
    nameless.ask(100e6, 10.0, 61 * NS)
    assert nameless.take(61 * NS) == 99.8e6
