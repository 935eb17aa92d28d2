import numpy as np
import pytest

from detector.rf.synth import (
    AnalogVideoEmission,
    CarrierEmission,
    DongleModel,
    LteDownlinkEmission,
    OokRemoteEmission,
    Sky,
    Tuning,
    bars,
    hard_negatives,
    room,
)
from detector.rf.synth.loop import SpectralLoop, oscillator
from detector.rf.synth.video import NTSC, PAL, composite

CENTER_HZ = 1.2e9


@pytest.fixture(scope="module")
def camera():
    return AnalogVideoEmission(center_hz=CENTER_HZ, power_dbfs=-10, pictures=(room(3),), ppm=20)


def test_slices_of_one_tuning_join_without_a_seam(camera):
    whole = camera.slice(3.3, 50_000, CENTER_HZ + 1.0001e6, 2.4e6)
    first = camera.slice(3.3, 20_011, CENTER_HZ + 1.0001e6, 2.4e6)
    second = camera.slice(3.3 + 20_011 / 2.4e6, 29_989, CENTER_HZ + 1.0001e6, 2.4e6)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-4)


def test_full_rate_slice_of_fm_keeps_a_constant_envelope_and_its_power(camera):
    samples = camera.slice(0.1, 27_000, CENTER_HZ, 13.4e6)
    assert np.mean(np.abs(samples) ** 2) == pytest.approx(0.1, rel=0.05)
    assert np.std(np.abs(samples)) < 0.05 * np.mean(np.abs(samples))


def test_emission_far_away_is_silent(camera):
    assert not camera.slice(0, 1000, CENTER_HZ + 20e6, 2.4e6).any()


def test_a_louder_copy_shares_the_loop(camera):
    louder = camera.at(power_dbfs=0)
    assert louder.loop is camera.loop
    np.testing.assert_allclose(
        louder.slice(0, 100, CENTER_HZ, 2.4e6), camera.slice(0, 100, CENTER_HZ, 2.4e6) * 10**0.5, rtol=1e-5
    )


@pytest.mark.parametrize("system", [PAL, NTSC])
def test_composite_video_has_its_line_rate_and_levels(system):
    video = composite([bars()], system)
    assert len(video) == system.lines * system.line_samples
    assert video.min() == pytest.approx(0, abs=0.01)
    falling = np.flatnonzero((video[1:] < system.blank_level / 2) & (video[:-1] >= system.blank_level / 2))
    assert np.median(np.diff(falling)) == system.line_samples


def test_a_loop_of_a_fast_clock_is_shorter():
    assert len(composite([bars()], PAL, ppm=100)) == round(540_000 / 1.0001)


def test_video_without_pictures_is_refused():
    with pytest.raises(ValueError, match="picture"):
        composite([], PAL)


def test_oscillator_equals_the_slow_expression():
    np.testing.assert_allclose(
        oscillator(0.123, 2000, 0.4), np.exp(2j * np.pi * (0.4 + 0.123 * np.arange(2000))), atol=1e-4
    )


def test_a_tone_in_a_loop_comes_out_at_its_offset():
    loop = SpectralLoop(oscillator(0.1, 20_000), 1e6)
    samples = loop.slice(0.0, 4800, -50e3, 240e3 * 2)
    peak = np.argmax(np.abs(np.fft.fft(samples)))
    assert peak / 4800 * 480e3 == pytest.approx(150e3, abs=200)


@pytest.mark.parametrize(("samples", "rate"), [(100, 1e6), (20_000, 1e6 + 33)])
def test_unusable_loops_are_refused(samples, rate):
    with pytest.raises(ValueError, match=r"samples|multiple"):
        SpectralLoop(np.ones(samples, np.complex64), rate)


def test_lte_repeats_its_useful_symbol_in_the_prefix():
    lte = LteDownlinkEmission(center_hz=8e8, power_dbfs=0, seed=1, load=0.9)
    x = lte.slice(0, 192_000, 8e8, 2.4e6)
    power = np.mean(np.abs(x) ** 2)
    at = np.abs(np.mean(x[160:] * x[:-160].conj())) / power
    beside = np.abs(np.mean(x[171:] * x[:-171].conj())) / power
    assert at > 0.03
    assert at > 3 * beside


def test_remote_sends_only_during_its_press():
    remote = OokRemoteEmission(center_hz=4.339e8, power_dbfs=0, period_s=1, phase_s=0.2)
    assert not remote.slice(0.0, 24_000, 4.339e8, 2.4e6).any()
    pressed = np.abs(remote.slice(1.2, 240_000, 4.339e8, 2.4e6))
    assert pressed.max() == pytest.approx(1, abs=1e-3)
    assert 0.1 < pressed.mean() < 0.6


def test_sky_is_deterministic_and_noise_has_its_power():
    sky = Sky([], DongleModel(noise_dbfs=-20, dc_dbfs=-80, iq_gain_db=0, iq_phase_deg=0), seed=5)
    tuning = Tuning(center_hz=1e9, sample_rate_hz=2.4e6, sample_count=48_000)
    raw = sky.receive(tuning, 0.5)
    assert raw.dtype == np.uint8
    np.testing.assert_array_equal(raw, sky.receive(tuning, 0.5))
    assert not np.array_equal(raw, sky.receive(tuning, 0.6))
    values = (raw.astype(float) - 127.5) / 127.5
    assert 10 * np.log10(2 * values.var()) == pytest.approx(-20, abs=0.3)


def test_gain_and_crystal_error_move_a_carrier():
    sky = Sky([CarrierEmission(center_hz=1e9, power_dbfs=-40)], DongleModel(ppm=10, noise_dbfs=-80), seed=1)
    tuning = Tuning(center_hz=1e9, sample_rate_hz=2.4e6, sample_count=24_000, gain_db=40)
    spectrum = np.abs(np.fft.fft(sky.field(tuning, 0.0))) / 24_000
    peak = int(np.argmax(spectrum))
    assert np.fft.fftfreq(24_000, 1 / 2.4e6)[peak] == pytest.approx(-10e3, abs=100)
    assert 20 * np.log10(spectrum[peak]) == pytest.approx(-30, abs=0.3)


def test_overload_clips():
    sky = Sky([CarrierEmission(center_hz=1e9 + 1e5, power_dbfs=10)])
    raw = sky.receive(Tuning(center_hz=1e9, sample_rate_hz=2.4e6, sample_count=2400), 0.0)
    assert raw.max() == 255
    assert raw.min() == 0


def test_there_are_enough_hard_negatives():
    assert len(hard_negatives(1, 1e9, -20)) >= 32
