import numpy as np
import pytest

from detector.errors import InputError
from detector.rf.convert import bytes_per_sample, from_raw
from detector.rf.noise_floor import FloorTracker, median_bias, slice_floor
from detector.rf.slicing import cut, slice_offsets_hz
from detector.rf.spectrum import power_spectrum


def noise(count, seed=1, power=1.0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(2 * count, np.float32) * np.float32(np.sqrt(power / 2))).view(np.complex64)


@pytest.mark.parametrize(
    ("sample_format", "dtype", "low", "high"),
    [
        ("cu8", np.uint8, 0, 255),
        ("cs8", np.int8, -128, 127),
        ("cs16", np.int16, -32768, 32767),
        ("cf32", np.float32, -1, 1),
    ],
)
def test_every_format_spans_full_scale_and_counts_clipping(sample_format, dtype, low, high):
    raw = np.array([low, high, 0 if dtype != np.uint8 else 128, 0 if dtype != np.uint8 else 127], dtype)
    samples, clipped = from_raw(raw.tobytes(), sample_format)
    assert samples.dtype == np.complex64
    assert samples[0] == pytest.approx(-1 + 1j, abs=0.01)
    assert abs(samples[1]) < 0.01
    assert clipped == 0.5
    assert bytes_per_sample(sample_format) == 2 * np.dtype(dtype).itemsize


def test_half_a_sample_at_the_end_is_dropped():
    assert len(from_raw(bytes(7), "cu8")[0]) == 3
    assert len(from_raw(b"", "cs16")[0]) == 0


@pytest.mark.parametrize(("raw", "name"), [(bytes(8), "cu16"), (np.array([np.nan, 0], np.float32).tobytes(), "cf32")])
def test_unusable_input_is_named(raw, name):
    with pytest.raises(InputError, match=name):
        from_raw(raw, name)


def test_density_sums_to_the_mean_power_and_a_tone_sits_in_its_bin():
    samples = noise(48_000, power=0.25)
    assert power_spectrum(samples, 1e9, 2.4e6).density.sum() == pytest.approx(0.25, rel=0.05)
    tone = np.exp(2j * np.pi * 0.25 * np.arange(8192)).astype(np.complex64)
    spectrum = power_spectrum(tone, 1e9, 2.4e6)
    assert spectrum.frequency_hz(int(np.argmax(spectrum.density))) == pytest.approx(1e9 + 0.6e6)


@pytest.mark.parametrize("averages", [1, 4, 46])
def test_median_bias_is_that_of_averaged_exponentials(averages):
    draws = np.random.default_rng(3).exponential(size=(20_000, averages)).mean(axis=1)
    assert median_bias(averages) == pytest.approx(np.median(draws), rel=0.03)


def test_floor_survives_a_signal_over_most_of_the_slice():
    samples = noise(96_000)
    quiet = slice_floor(power_spectrum(samples, 1e9, 2.4e6), 0.8)
    assert quiet == pytest.approx(1 / 1024, rel=0.1)
    lines = np.fft.fft(noise(96_000, seed=2))
    lines[np.abs(np.fft.fftfreq(96_000)) > 0.3] = 0
    loud = (samples + 10 * np.fft.ifft(lines)).astype(np.complex64)
    assert slice_floor(power_spectrum(loud, 1e9, 2.4e6), 0.8) == pytest.approx(quiet, rel=0.15)


def test_reference_floor_comes_from_the_quiet_slices():
    tracker = FloorTracker()
    assert tracker.update(1.0) == 1.0
    for _ in range(50):
        tracker.update(1.0)
    assert tracker.update(100.0) == 1.0


@pytest.mark.parametrize("rate_hz", [3.2e6, 10e6, 19.2e6, 40e6])
def test_slices_cover_a_wide_recording_without_gaps_or_its_centre(rate_hz):
    offsets = np.array(slice_offsets_hz(rate_hz, 2.4e6, 0.8))
    assert (np.diff(offsets) <= 1.92e6 + 1).all()
    assert np.abs(offsets).min() > 0.2e6
    assert offsets[-1] + 0.96e6 >= 0.44 * rate_hz
    assert offsets[-1] + 1.2e6 <= rate_hz / 2 + 0.3e6


@pytest.mark.parametrize("rate_hz", [1e5, 50e6])
def test_rates_outside_the_range_are_refused(rate_hz):
    with pytest.raises(InputError, match="rate"):
        slice_offsets_hz(rate_hz, 2.4e6, 0.8)


def test_a_slice_of_a_wide_recording_holds_its_tone():
    tone = 0.5 * np.exp(2j * np.pi * 2.0e6 / 10e6 * np.arange(100_000)).astype(np.complex64)
    for offset_hz, rate_hz, part in cut(tone, 10e6, 2.4e6, 0.8):
        spectrum = power_spectrum(part, offset_hz, rate_hz)
        peak_hz = spectrum.frequency_hz(int(np.argmax(spectrum.density)))
        if abs(offset_hz - 2e6) < 0.9e6:
            assert peak_hz == pytest.approx(2e6, abs=3e3)
            assert spectrum.density.sum() == pytest.approx(0.25, rel=0.02)


def test_a_narrow_recording_is_used_as_it_is():
    samples = noise(1000)
    assert [(offset, rate) for offset, rate, _ in cut(samples, 250e3, 2.4e6, 0.8)] == [(0.0, 250e3)]
