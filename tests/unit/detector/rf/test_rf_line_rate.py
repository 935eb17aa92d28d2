import msgspec
import numpy as np
import pytest

from detector.rf.classifier import VideoClassifier, carrier_fraction, features, load_calibration, model_name
from detector.rf.envelope import power_envelope
from detector.rf.field_comb import field_comb_db
from detector.rf.line_rate import NTSC, PAL, envelope_spectrum, lower_median, null_probability, score_lines
from detector.rf.options import RfOptions
from detector.rf.spectrum import power_spectrum
from detector.rf.synth import AnalogVideoEmission, KeyedEmission, moving_room
from detector.rf.video_structure import field_evidence, measure_structure

OPTIONS = RfOptions()
RATE_HZ = 2.4e6


def noise(count, seed):
    return np.random.default_rng(seed).standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(0.5**0.5)


def envelope_of(emission, seconds, snr_db=20.0, offset_hz=1e6, seed=1):
    samples = emission.slice(0.4, round(seconds * RATE_HZ), emission.center_hz + offset_hz, RATE_HZ)
    scale = 10 ** (snr_db / 20) / np.sqrt(np.mean(np.abs(samples) ** 2))
    mixed = (samples * scale + noise(len(samples), seed)).astype(np.complex64)
    return power_envelope(mixed, RATE_HZ, OPTIONS.envelope_rate_hz, OPTIONS.limiter)


def camera(**settings):
    return AnalogVideoEmission(center_hz=1.2e9, power_dbfs=0, pictures=moving_room(8, 2), **settings)


@pytest.fixture(scope="module")
def pulse_train():
    return KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=15625, duty=0.2)


def test_noise_scores_no_higher_than_the_null_says():
    scores = []
    for seed in range(400):
        envelope = power_envelope(noise(24_000, seed), RATE_HZ, OPTIONS.envelope_rate_hz, OPTIONS.limiter)
        scores.append(score_lines(envelope, OPTIONS.local_window_hz).score_db)
    for level_db in (4.0, 5.0):
        bound = 2 * null_probability(level_db)
        assert np.mean(np.array(scores) > level_db) < bound + 3 * np.sqrt(bound / 400)
    assert max(scores) < OPTIONS.shortlist_db + 1


def test_null_probability_falls_with_the_score():
    values = [null_probability(level) for level in (0, 3, 5, 7, 10)]
    assert values == sorted(values, reverse=True)
    assert values[3] < 1e-3


def test_lower_median():
    assert lower_median(np.array([4.0, 1.0, 3.0, 2.0])) == 2.0
    assert lower_median(np.array([3.0, 1.0, 2.0])) == 2.0


@pytest.mark.parametrize("modulation", ["FM", "AM"])
@pytest.mark.parametrize("system", ["PAL", "NTSC"])
@pytest.mark.parametrize("ppm", [-60, 60])
def test_video_scores_under_its_own_standard(system, modulation, ppm):
    lines = score_lines(
        envelope_of(camera(system=system, modulation=modulation, ppm=ppm), 0.1), OPTIONS.local_window_hz
    )
    assert lines.standard.name == system
    assert lines.score_db > 20
    assert lines.score_db > lines.other_db + 10


def test_few_harmonics_fit_a_narrow_recording():
    envelope = power_envelope(noise(25_000, 1), 250e3, OPTIONS.envelope_rate_hz, OPTIONS.limiter)
    assert score_lines(envelope, OPTIONS.local_window_hz).harmonics == 7


@pytest.mark.parametrize(("system", "standard"), [("PAL", PAL), ("NTSC", NTSC)])
def test_fields_show_in_video(system, standard):
    envelope = envelope_of(camera(system=system), 0.1)
    field = field_evidence(envelope, standard)
    assert field is not None
    assert field.z > 3
    assert field.ratio > 1
    assert field_comb_db(*envelope_spectrum(envelope), standard) > 3


def test_a_pulse_train_at_the_line_rate_has_no_fields(pulse_train):
    envelope = envelope_of(pulse_train, 0.1, offset_hz=0.2e6)
    lines = score_lines(envelope, OPTIONS.local_window_hz)
    structure = measure_structure(envelope, lines.standard, OPTIONS.local_window_hz)
    assert lines.score_db > 30
    assert structure.comb_db < 1.5
    assert structure.cluster_db < 1
    evidence = VideoClassifier(OPTIONS).classify(envelope)
    assert evidence.refusal is not None
    assert evidence.confidence < OPTIONS.inspect_confidence


def test_rhythm_of_half_the_line_rate_is_refuted():
    slow = KeyedEmission(center_hz=1.2e9, power_dbfs=0, seed=3, scheme="pwm", symbol_hz=7812.5, duty=0.13)
    evidence = VideoClassifier(OPTIONS).classify(envelope_of(slow, 0.04, offset_hz=0.2e6))
    assert evidence.refusal == "half_line_rhythm"


@pytest.mark.parametrize(("seconds", "name", "count"), [(0.02, "short", 5), (0.04, "field", 7), (0.1, "comb", 9)])
def test_each_length_has_its_model(seconds, name, count):
    envelope = envelope_of(camera(), seconds)
    lines = score_lines(envelope, OPTIONS.local_window_hz)
    structure = measure_structure(envelope, lines.standard, OPTIONS.local_window_hz)
    assert model_name(structure) == name
    assert len(features(lines, structure)) == count == len(load_calibration()[name].weights)


def test_confidence_never_passes_what_was_proved():
    evidence = VideoClassifier(OPTIONS).classify(envelope_of(camera(), 0.1))
    assert 0.95 < evidence.confidence <= OPTIONS.top_confidence
    assert evidence.refusal is None


def test_noise_is_no_candidate():
    envelope = power_envelope(noise(48_000, 5), RATE_HZ, OPTIONS.envelope_rate_hz, OPTIONS.limiter)
    assert VideoClassifier(OPTIONS).classify(envelope) is None


@pytest.mark.parametrize(("modulation", "is_am"), [("AM", True), ("FM", False)])
def test_a_vision_carrier_tells_am_from_fm(modulation, is_am):
    samples = camera(modulation=modulation).slice(0, 48_000, 1.2e9 + 0.5e6, RATE_HZ)
    assert (carrier_fraction(power_spectrum(samples, 0, RATE_HZ)) > OPTIONS.carrier_fraction) == is_am


def test_every_option_states_range_and_cost():
    for table in msgspec.json.schema(RfOptions)["$defs"].values():
        for field in table["properties"].values():
            text = field.get("description")
            assert (text is None and "$ref" in str(field)) or ";" in text or "only" in text, field
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"dwell_s": 9.0}, RfOptions)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"dwel_s": 0.02}, RfOptions)
