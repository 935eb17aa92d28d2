"""The estimator of false alarms against the count, where alerts are made frequent by moving the lines down."""

import numpy as np
from scipy.stats import chi2, genpareto

from benchmarks.false_alarms.estimate import alert_chance, noise_rate
from benchmarks.false_alarms.glances import noise_looks
from benchmarks.false_alarms.sweeps import Watched
from benchmarks.false_alarms.tails import pareto_tail
from detector.rf.options import RfOptions
from detector.rf.synth import DongleModel

SPAN_HZ, SESSION_S, SESSIONS = (1.2e9, 1.226e9), 4.0, 6


def test_estimate_agrees_with_the_count_of_a_sweep_of_noise() -> None:
    options = RfOptions(
        line_z=0.5,
        shortlist_z=1.2,
        harmonic_balance=-9.0,
        core_z=-9.0,
        rival_excess_z=99.0,
        screen_excess_db=99.0,
        repeat_z=-99.0,
        half_line=9.0,
        alert_confidence=0.02,
        inspect_confidence=0.01,
        few_fields_odds=1.0,
        dwell_s=0.01,
        confirm_dwell_s=0.05,
        long_dwell_s=0.05,
    )
    alerts = looks = 0
    for seed in range(SESSIONS):
        watched = Watched(options, DongleModel(), SPAN_HZ)
        watched.sweep((), SESSION_S, seed)
        alerts += sum(find.listed == "alert" for find in watched.finds)
        looks += watched.looks_quiet
    hours = SESSIONS * SESSION_S / 3600
    seen = noise_looks(options, DongleModel(), seed=1, index=0, count=50)
    zones = (SPAN_HZ[1] - SPAN_HZ[0]) / (2 * options.merge_hz)
    rate = noise_rate(looks / hours, seen.confirmed, seen.looks, SESSION_S / 3600, zones, np.random.default_rng(1))
    expected, most = rate.value * hours / 100, rate.upper * hours / 100
    assert seen.confirmed > 3
    assert alerts > 2
    # 99 % interval of what the count allows, widened by half: the estimate rests on some twenty confirming looks
    assert expected > chi2.ppf(0.005, 2 * alerts) / 2 / 1.5
    assert expected < 1.5 * chi2.ppf(0.995, 2 * alerts + 2) / 2
    assert most > expected


def test_chance_of_an_alert_needs_two_confirmations() -> None:
    assert alert_chance(0.0, 1.0) == 0
    # rare: a first one that is followed, or a second one later
    np.testing.assert_allclose(alert_chance(1e-4, 0.0), 1e-8 / 2, rtol=1e-3)
    np.testing.assert_allclose(alert_chance(1e-4, 0.3), 0.3e-4, rtol=1e-3)
    assert alert_chance(50.0, 0.0) > 0.999


def test_tail_covers_the_truth_of_a_known_law() -> None:
    covered = []
    for seed in range(20):
        values = genpareto.rvs(-0.1, scale=1.0, size=2000, random_state=seed)
        tail = pareto_tail(values, 5.5, 0.9)
        assert tail is not None
        covered.append(tail.upper >= genpareto.sf(5.5, -0.1))
    assert sum(covered) >= 17
    assert pareto_tail(np.arange(50.0), 100.0, 0.9) is None
