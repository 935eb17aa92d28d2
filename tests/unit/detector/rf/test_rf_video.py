import msgspec
import numpy as np
import pytest
import scipy.fft

from detector.rf.options import RfOptions
from detector.rf.spectrum import power_spectrum
from detector.rf.synth import KeyedEmission, MonitorLeakEmission, SwitchingEmission
from detector.rf.video.carrier import carrier_fraction
from detector.rf.video.classifier import MODELS, VideoClassifier, features, load_calibration, measure, model_name
from detector.rf.video.fields import measure_fields
from detector.rf.video.line_rate import score_lines
from detector.rf.video.raster import make_raster
from detector.rf.video.standards import NTSC, PAL
from detector.rf.video.subbands import SubBands, fine_bands, quick_bands
from tests.unit.detector.rf.video_helpers import RATE_HZ, camera, noise, slice_of

OPTIONS = RfOptions()


def quick(samples, rate_hz=RATE_HZ):
    return score_lines(quick_bands(samples, rate_hz, OPTIONS.quick_limiter))


def fine(samples, rate_hz=RATE_HZ):
    return score_lines(fine_bands(samples, rate_hz, OPTIONS.limiter))


def fields_of(samples):
    bands = fine_bands(samples, RATE_HZ, OPTIONS.limiter)
    lines = score_lines(bands)
    return measure_fields(make_raster(bands, lines.standard, lines.clock_ppm))


@pytest.fixture(scope="module")
def pulse_train():
    return KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=15625, duty=0.2)


def test_noise_is_no_candidate():
    scores = [quick(noise(24_000, seed)).z for seed in range(400)]
    # one normal variable in 44 passes 2 sigma, the better of two standards one in 22
    assert np.mean(np.array(scores) > 2) < 0.15
    assert np.mean(np.array(scores) > OPTIONS.shortlist_z) < 0.03
    assert fine(noise(240_000, 5)).z < OPTIONS.line_z - 3
    assert VideoClassifier(OPTIONS).classify(noise(240_000, 5), RATE_HZ) is None


def test_white_noise_has_no_fields():
    found = np.array([[f.low_z, f.level_low_z] for f in (fields_of(noise(240_000, seed)) for seed in range(8))])
    assert np.abs(found[:, 0]).max() < 4
    assert found[:, 1].max() < 6


@pytest.mark.parametrize("modulation", ["FM", "AM"])
@pytest.mark.parametrize("system", ["PAL", "NTSC"])
@pytest.mark.parametrize("ppm", [-60, 60])
def test_video_scores_under_its_own_standard(system, modulation, ppm):
    bands = fine_bands(slice_of(camera(system=system, modulation=modulation, ppm=ppm), 0.1), RATE_HZ, OPTIONS.limiter)
    lines = score_lines(bands)
    assert lines.standard.name == system
    assert lines.z > 20
    assert lines.z > lines.other_z + 10
    assert make_raster(bands, lines.standard, lines.clock_ppm).clock_ppm == pytest.approx(ppm, abs=6)


@pytest.mark.parametrize("offset_hz", [0.0, 1e6, -2e6])
@pytest.mark.parametrize("system", ["PAL", "NTSC"])
def test_a_hop_of_20_ms_shortlists_a_weak_camera_anywhere_in_its_width(system, offset_hz):
    assert quick(slice_of(camera(system=system), 0.02, snr_db=-3, offset_hz=offset_hz)).z > OPTIONS.shortlist_z


def test_a_weak_camera_is_found_in_100_ms():
    evidence = VideoClassifier(OPTIONS).classify(slice_of(camera(), 0.1, snr_db=-10), RATE_HZ)
    assert evidence.confidence >= OPTIONS.alert_confidence
    assert evidence.lines.standard is PAL


def test_a_carrier_in_the_very_middle_of_the_slice_is_no_dc_spike():
    evidence = VideoClassifier(OPTIONS).classify(slice_of(camera(modulation="AM"), 0.1, -6, offset_hz=-2e6), RATE_HZ)
    assert evidence.confidence >= OPTIONS.alert_confidence


@pytest.mark.parametrize(("rate_hz", "harmonics"), [(2e5, 5), (2.5e5, 6), (2.4e6, 7)])
def test_few_harmonics_fit_a_narrow_recording(rate_hz, harmonics):
    samples = noise(round(rate_hz / 10), 1)
    assert quick(samples, rate_hz).harmonics == fine(samples, rate_hz).harmonics == harmonics


@pytest.mark.parametrize("system", ["PAL", "NTSC"])
def test_fields_show_in_video(system):
    fields = fields_of(slice_of(camera(system=system), 0.1, snr_db=0))
    assert fields.fields == (5 if system == "PAL" else 6)
    assert fields.low_z > 10
    assert min(fields.odd_z, fields.even_z) > 3
    assert fields.gate_z > 10
    assert fields.level_low_z > 10


def test_a_pulse_train_at_the_line_rate_has_no_fields(pulse_train):
    samples = slice_of(pulse_train, 0.1, offset_hz=0.2e6)
    assert fine(samples).z > 30
    assert fields_of(samples).low_z < 3
    evidence = VideoClassifier(OPTIONS).classify(samples, RATE_HZ)
    assert evidence.refusal == "no_field_rate"
    assert evidence.confidence < OPTIONS.inspect_confidence


def test_a_rhythm_that_beats_with_a_carrier_at_a_multiple_of_the_field_rate_has_no_fields(pulse_train):
    # 4 lines and 53 fields away from the receiver's spike: every field looks alike, and changes down its height
    middle_hz = pulse_train.center_hz + 4 * 15625 - 53 * 50
    samples = slice_of(pulse_train, 0.1, snr_db=-8, offset_hz=middle_hz - pulse_train.center_hz) + np.complex64(0.7)
    assert fine(samples).z > 30
    fields = fields_of(samples)
    assert max(fields.low_z, fields.odd_z, fields.level_low_z, fields.level_odd_z) < 6
    assert VideoClassifier(OPTIONS).classify(samples, RATE_HZ).confidence < OPTIONS.inspect_confidence


def test_the_leakage_of_a_stronger_rhythm_nearby_is_refuted():
    near = KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=15_505, duty=0.1)
    samples = slice_of(near, 0.1, snr_db=10, offset_hz=0.2e6)
    lines = score_lines(fine_bands(samples, RATE_HZ, OPTIONS.limiter), rivals=True)
    assert lines.rival_z > lines.core_z + OPTIONS.rival_excess_z
    evidence = VideoClassifier(OPTIONS).classify(samples, RATE_HZ)
    assert evidence is None or evidence.refusal in ("off_clock", "other_rate", "not_periodic", "few_harmonics")


@pytest.mark.parametrize("multiple", [3, 5])
@pytest.mark.parametrize("wander", [0.001, 0.006])
def test_a_supply_that_wanders_across_a_multiple_of_the_line_rate_is_no_picture(multiple, wander):
    classifier = VideoClassifier(OPTIONS)
    for seed in range(3):
        supply = SwitchingEmission(
            center_hz=1.2e9, power_dbfs=0, seed=seed, switching_hz=15625 * multiple * 1.0008, wander=wander
        )
        evidence = classifier.classify(slice_of(supply, 0.1, snr_db=6, offset_hz=0.3e6, seed=seed), RATE_HZ)
        assert evidence is None or evidence.confidence < OPTIONS.inspect_confidence


@pytest.mark.parametrize("offset_hz", [-2.4e6, -0.5e6, 2.6e6])
def test_a_720p50_screen_has_the_fields_of_pal_and_another_line_rate(offset_hz):
    screen = MonitorLeakEmission(center_hz=1.2e9, power_dbfs=0, seed=4, line_hz=37_500, lines=750)
    samples = slice_of(screen, 0.1, snr_db=15, offset_hz=offset_hz)
    lines = score_lines(fine_bands(samples, RATE_HZ, OPTIONS.limiter), rivals=True)
    assert lines.screen_db > lines.score_db
    evidence = VideoClassifier(OPTIONS).classify(samples, RATE_HZ)
    assert evidence is None or evidence.confidence == 0


@pytest.mark.parametrize("system", ["PAL", "NTSC"])
def test_a_camera_is_no_computer_screen(system):
    for offset_hz in (0.0, 1e6, 2e6):
        samples = slice_of(camera(system=system), 0.1, snr_db=-10, offset_hz=offset_hz)
        lines = score_lines(fine_bands(samples, RATE_HZ, OPTIONS.limiter), rivals=True)
        assert lines.screen_db < lines.score_db
        assert lines.core_z > OPTIONS.core_z


@pytest.mark.parametrize("seconds", [0.012, 0.02, 0.04, 0.1])
@pytest.mark.parametrize("system", ["PAL", "NTSC"])
def test_no_rate_nearby_is_plainer_than_a_cameras_own(system, seconds):
    for ppm in (-100, 0, 100):
        bands = fine_bands(slice_of(camera(system=system, ppm=ppm), seconds, 0), RATE_HZ, OPTIONS.limiter)
        lines = score_lines(bands, rivals=True)
        assert lines.rival_z < lines.core_z + 3


def test_rhythm_of_half_the_line_rate_is_refuted():
    slow = KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=7812.5, duty=0.13)
    evidence = VideoClassifier(OPTIONS).classify(slice_of(slow, 0.04, offset_hz=0.2e6), RATE_HZ)
    assert evidence.refusal == "half_line_rhythm"


def test_a_computer_raster_is_refuted():
    leak = MonitorLeakEmission(center_hz=1.2e9, power_dbfs=0, seed=4)
    evidence = VideoClassifier(OPTIONS).classify(slice_of(leak, 0.1, offset_hz=0.3e6), RATE_HZ)
    assert evidence is None or evidence.refusal in ("few_harmonics", "not_periodic")


def test_a_free_running_clock_is_refuted():
    stray = KeyedEmission(
        center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=15625 * (1 + 160e-6), duty=0.1, duration_s=0.4
    )
    evidence = VideoClassifier(OPTIONS).classify(slice_of(stray, 0.1, offset_hz=0.2e6), RATE_HZ)
    assert evidence.clock_ppm == pytest.approx(160, abs=3)
    assert evidence.refusal == "off_clock"


@pytest.mark.parametrize(
    ("seconds", "name", "count"),
    [(0.012, "short", 3), (0.02, "one_field", 11), (0.04, "two_fields", 11), (0.1, "fields", 11)],
)
def test_each_length_has_its_model(seconds, name, count):
    evidence = measure(slice_of(camera(), seconds), RATE_HZ, OPTIONS)
    assert model_name(evidence.fields) == name
    assert name in MODELS
    assert len(features(evidence)) == count == len(load_calibration()[name].weights)


def test_confidence_never_passes_what_was_proved():
    evidence = VideoClassifier(OPTIONS).classify(slice_of(camera(), 0.1), RATE_HZ)
    assert 0.95 < evidence.confidence <= OPTIONS.top_confidence
    assert evidence.refusal is None


def test_a_raster_needs_a_whole_field():
    bands = fine_bands(noise(40_000, 3), RATE_HZ, OPTIONS.limiter)
    assert make_raster(bands, PAL, 0.0) is None
    assert make_raster(bands, NTSC, 0.0) is not None


def test_silence_scores_nothing():
    bands = SubBands(power=np.zeros((3, 6000), np.float32), frame_hz=3e5)
    assert score_lines(bands).z < OPTIONS.shortlist_z
    assert quick(np.zeros(48_000, np.complex64)).z < OPTIONS.shortlist_z


def test_the_receivers_own_spike_is_no_carrier():
    samples = slice_of(camera(), 0.04, -6) + np.complex64(2)
    assert carrier_fraction(scipy.fft.fft(samples), power_spectrum(samples, 0, RATE_HZ)) < OPTIONS.carrier_fraction


@pytest.mark.parametrize("snr_db", [20, -6])
@pytest.mark.parametrize(("modulation", "is_am"), [("AM", True), ("FM", False)])
def test_a_vision_carrier_tells_am_from_fm(modulation, is_am, snr_db):
    samples = slice_of(camera(modulation=modulation), 0.04, snr_db, offset_hz=0.5e6)
    fraction = carrier_fraction(scipy.fft.fft(samples), power_spectrum(samples, 0, RATE_HZ))
    assert (fraction > OPTIONS.carrier_fraction) == is_am


def test_every_option_states_range_and_cost():
    tables = msgspec.json.schema(RfOptions)["$defs"]
    assert {"RfOptions", "SweepOptions", "GainOptions"} <= set(tables)
    for table in tables.values():
        for field in table["properties"].values():
            if "$ref" not in field:
                words = field["description"]
                assert ";" in words or "only" in words or "wrong" in words
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"dwell_s": 9.0}, RfOptions)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"dwel_s": 0.02}, RfOptions)
