import numpy as np
import pytest

from detector.rf.options import RfOptions
from detector.rf.synth import AnalogVideoEmission, KeyedEmission
from detector.rf.video.classifier import measure
from detector.rf.video.field_sync import log_likelihood_ratio
from detector.rf.video.standards import NTSC, PAL
from detector.rf.video.subbands import SubBands, fine_bands
from tests.unit.detector.rf.video_helpers import RATE_HZ, noise, slice_of

OPTIONS = RfOptions()
DARK = np.full((8, 8), 0.02, np.float32)


def dark_camera(**settings):
    return AnalogVideoEmission(center_hz=1.2e9, power_dbfs=0, pictures=(DARK,), modulation="AM", **settings)


def ratio(samples, standard, ppm=0.0):
    bands = fine_bands(samples, RATE_HZ, OPTIONS.limiter)
    return log_likelihood_ratio(bands, standard, standard.line_hz * (1 + ppm * 1e-6))


def carrier(count):
    return (0.4 * np.exp(2j * np.pi * 0.13 * np.arange(count))).astype(np.complex64)


@pytest.mark.parametrize("offset_hz", [0.5e6, -0.9e6, 0.0])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize(("system", "standard"), [("PAL", PAL), ("NTSC", NTSC)])
def test_a_dark_still_picture_at_minus_10_db_shows_its_field_sync(system, standard, inverted, offset_hz):
    camera = dark_camera(system=system, inverted=inverted)
    found = [ratio(slice_of(camera, 0.1, -10, offset_hz, seed), standard) for seed in range(4)]
    # 6 standard deviations by arithmetic, less where the slice's edge cuts one side band
    assert np.mean(found) > 1.5
    assert np.max(found) > np.log(20)


def test_a_bare_rhythm_is_refuted_however_strong():
    pulses = KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=15625, duty=0.2)
    weak, strong = (ratio(slice_of(pulses, 0.1, snr_db, 0.2e6), PAL) for snr_db in (-10, 20))
    assert weak < 0
    assert strong < -100


def test_of_noise_it_keeps_to_the_bound_of_a_likelihood_ratio():
    # one in t at most exceeds ln t
    found = np.array([ratio(noise(240_000, seed) + carrier(240_000), (PAL, NTSC)[seed % 2]) for seed in range(60)])
    assert np.mean(found > np.log(10)) <= 0.1
    assert found.max() < np.log(60 * 20)


def test_one_burst_in_one_field_is_no_field_sync():
    samples = slice_of(dark_camera(), 0.1, -10, 0.5e6)
    burst = noise(240_000, 7) + carrier(240_000)
    burst[100_000:100_400] += 20 * carrier(400)
    assert ratio(burst, PAL) < np.log(60) < ratio(samples, PAL)


def test_a_wrong_line_rate_smears_it():
    samples = slice_of(dark_camera(), 0.1, -10, 0.5e6)
    assert ratio(samples, PAL, ppm=400) < 2 < ratio(samples, PAL)


def test_less_than_two_fields_prove_nothing():
    bands = fine_bands(slice_of(dark_camera(), 0.035, 0, 0.5e6), RATE_HZ, OPTIONS.limiter)
    assert log_likelihood_ratio(bands, PAL, PAL.line_hz) == 0.0


@pytest.mark.parametrize("deviation_hz", [2.5e6, 6e6])
@pytest.mark.parametrize(("system", "standard"), [("PAL", PAL), ("NTSC", NTSC)])
def test_a_dark_fm_picture_shows_it_in_the_band_of_its_sync_tip(system, standard, deviation_hz):
    camera = AnalogVideoEmission(
        center_hz=1.2e9, power_dbfs=0, pictures=(DARK,), system=system, deviation_hz=deviation_hz
    )
    # the tip is half a deviation below the centre
    samples = slice_of(camera, 0.1, -10, offset_hz=-deviation_hz / 2 + 0.3e6)
    assert measure(samples, RATE_HZ, OPTIONS).sync > 10


def test_rows_that_never_change_say_nothing():
    bands = SubBands(power=np.zeros((3, 30_000), np.float32), frame_hz=3e5)
    assert log_likelihood_ratio(bands, PAL, PAL.line_hz) <= 0.0
