"""Each statistic's null, as its docstring states it, against noise that came through the dongle model."""

from collections import Counter

import numpy as np
import pytest

from detector.rf.classifiers.broadcast_fm import pilot_ratio
from detector.rf.classifiers.bursts import measure_keying
from detector.rf.classifiers.carrier import line_share
from detector.rf.classifiers.cellular import measure_grants
from detector.rf.classifiers.cyclic_prefix import fit_prefix, lag_powers
from detector.rf.classifiers.numerology import DAB, LINKS, LTE
from detector.rf.classifiers.pulsed import measure_pulses
from detector.rf.classifiers.spurs import SpurClassifier
from detector.rf.classifiers.statistics import (
    binomial_surprise,
    cell_average_surprise,
    from_log_odds,
    gauss_surprise,
    log_ratio,
    peak_surprise,
    to_log_odds,
)
from detector.rf.classifiers.template import Run, SliceView
from detector.rf.options import RfOptions
from detector.rf.signals import SignalFinder
from tests.unit.detector.rf.class_helpers import samples_of, view_of

DWELLS = 60


@pytest.fixture(scope="module")
def noise() -> list[SliceView]:
    """Dwells of 20 ms of nothing but the receiver."""
    return [view_of(samples_of((), 1.2e9, 0.02, t0_s=1 + 0.1 * number)) for number in range(DWELLS)]


def channel(width_hz: float = 150e3, offset_hz: float = 4e5) -> Run:
    middle_hz = 1.2e9 + offset_hz
    return Run(low_hz=middle_hz - width_hz / 2, high_hz=middle_hz + width_hz / 2, freq_hz=middle_hz, snr_db=0.0)


def exceeding(values: list[float] | np.ndarray, level: float) -> float:
    return float(np.mean(np.asarray(values) > level))


def test_lag_powers_of_noise_are_exponential(noise: list[SliceView]) -> None:
    lags_s = np.array([numerology.useful_s for numerology in (*LINKS, LTE, DAB)])
    powers = np.concatenate([lag_powers(view.white, lags_s[lags_s < 5e-3]) for view in noise])
    assert powers.mean() == pytest.approx(1, abs=0.12)
    for level in (1.0, 2.0, 3.0):
        assert exceeding(powers, level) == pytest.approx(np.exp(-level), rel=0.35)


def test_the_rhythm_of_noise_stays_below_its_union_bound(noise: list[SliceView]) -> None:
    fits = [
        fit for view in noise for numerology in (LTE, LINKS[0], LINKS[4]) if (fit := fit_prefix(view.white, numerology))
    ]
    assert len(fits) == 3 * DWELLS
    over = [fit.surprise - np.log(fit.trials) for fit in fits]
    for level in (0.0, 1.0, 2.0):
        expected = np.exp(-level)
        assert exceeding(over, level) <= expected + 3 * np.sqrt(expected / len(fits))
    assert max(over) > -2, "a bound that is never come near to says nothing"


def test_a_pilot_in_noise_is_no_higher_than_stated(noise: list[SliceView]) -> None:
    ratios = [pilot_ratio(view, channel(offset_hz=offset_hz)) for view in noise for offset_hz in (-6e5, 5e5)]
    for ratio in (2.0, 4.0):
        assert exceeding(ratios, ratio) == pytest.approx(np.exp(-peak_surprise(ratio, 3)), abs=0.13)


def test_lines_pulses_and_keying_of_noise_are_rare(noise: list[SliceView]) -> None:
    shares = [line_share(view, channel()) for view in noise]
    assert max(share for share, _ in shares) < 0.1
    assert sum(measure_pulses(view.power, view.sample_rate_hz).count for view in noise) <= 8
    z = [measure_keying(view, channel()).z for view in noise]
    assert abs(np.mean(z)) < 0.5
    assert exceeding(z, 3.0) <= 0.05


def test_reference_symbols_in_noise_are_rare(noise: list[SliceView]) -> None:
    assert max(measure_grants(view).reference_z for view in noise) < 6


def test_noise_has_no_name(noise: list[SliceView]) -> None:
    finder, refusals = SignalFinder(RfOptions()), Counter()
    assert [signal for view in noise for signal in finder.find(view, 0, refusals)] == []


def test_a_foreign_line_is_near_a_harmonic_by_chance_only(noise: list[SliceView]) -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(24e6, 1766e6, 4000)
    runs = (Run(low_hz=hz, high_hz=hz + 2e3, freq_hz=hz, snr_db=20.0) for hz in places)
    named = sum(SpurClassifier().judge(noise[0], run).refusal is None for run in runs)
    assert named / 4000 == pytest.approx(4 * noise[0].spectrum.bin_hz / 28.8e6, abs=1.5e-3)


def test_surprises_are_minus_the_log_of_the_tail() -> None:
    assert np.exp(-gauss_surprise(1.96)) == pytest.approx(0.025, rel=0.01)
    assert gauss_surprise(26) == pytest.approx(gauss_surprise(24.999), rel=0.1)
    assert np.exp(-peak_surprise(3.0, 1)) == pytest.approx(1 / 8)
    assert peak_surprise(31, 3) == pytest.approx(peak_surprise(29.9, 3), rel=0.05)
    assert np.exp(-binomial_surprise(8, 10, 0.5)) == pytest.approx(56 / 1024)
    assert binomial_surprise(1, 10, 0.5) == 0
    assert cell_average_surprise(5.0, 1e9) == pytest.approx(5.0)
    assert cell_average_surprise(5.0, 4) < 5.0
    assert from_log_odds(to_log_odds(0.3)) == pytest.approx(0.3)


def test_the_ratio_falls_with_trials_and_rises_with_surprise() -> None:
    assert log_ratio(20, 100) == pytest.approx(log_ratio(20) - np.log(100))
    assert log_ratio(0) < 0 < log_ratio(8)
    # under the null the ratio averages one: that is what makes it a likelihood ratio
    surprises = np.random.default_rng(1).exponential(size=200_000)
    assert np.mean([np.exp(log_ratio(float(value), mean=0.5)) for value in surprises]) == pytest.approx(1, abs=0.05)
