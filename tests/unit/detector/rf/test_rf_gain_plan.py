import numpy as np
import pytest

from detector.rf.gain_plan import R82XX_GAINS_DB, GainPlan
from detector.rf.sweep_options import GainOptions

NS = 1_000_000_000
OPTIONS = GainOptions()


class Front:
    """A receiver with given power at its input: noise, transmitters, eight bits."""

    def __init__(self, noise_dbm=-36.0):
        self.noise_dbm = noise_dbm
        self.signals_dbm = {}

    def hear(self, center_hz, gain_db):
        """Clipped part and level in dBFS at a gain, for Gaussian samples."""
        power = 10 ** (self.noise_dbm / 10) + 10 ** (self.signals_dbm.get(center_hz, -200) / 10)
        power *= 10 ** ((gain_db - 30) / 10)
        over = np.exp(-1 / (power + 1e-12))
        return over, 10 * np.log10(min(power, 1.0) + 1e-5)


def sweep(plan, front, centers_hz, rounds, t_ns=0, step_s=1.0):
    again = 0
    for _ in range(rounds):
        for center_hz in centers_hz:
            gain_db = plan.gain_db(center_hz)
            clipped, level_dbfs = front.hear(center_hz, gain_db)
            again += plan.update(center_hz, gain_db, clipped, level_dbfs, t_ns)
            t_ns += int(step_s * NS)
    return t_ns, again


def test_a_broadcaster_takes_its_own_band_down_and_no_other():
    plan, front = GainPlan(OPTIONS, 30.0), Front()
    front.signals_dbm[94e6] = 6.0
    _, again = sweep(plan, front, [94e6, 98e6, 1240e6], 8)
    assert plan.gain_db(94e6) < 24
    assert plan.gain_db(98e6) == plan.gain_db(94e6)
    assert plan.gain_db(1240e6) == 30.0
    assert again == plan.changes > 0
    assert front.hear(94e6, plan.gain_db(94e6))[0] <= OPTIONS.clipped


def test_gain_settles_and_does_not_swing():
    plan, front = GainPlan(OPTIONS, 30.0), Front()
    front.signals_dbm[94e6] = 3.0
    t_ns, _ = sweep(plan, front, [94e6, 98e6], 60)
    settled, changes = plan.gain_db(94e6), plan.changes
    sweep(plan, front, [94e6, 98e6], 300, t_ns)
    assert (plan.gain_db(94e6), plan.changes) == (settled, changes)


def test_gain_creeps_up_again_when_the_transmitter_is_gone_and_stops_where_noise_is_enough():
    plan, front = GainPlan(OPTIONS, 30.0), Front()
    front.signals_dbm[94e6] = 6.0
    t_ns, _ = sweep(plan, front, [94e6, 98e6], 10)
    low_db = plan.gain_db(94e6)
    front.signals_dbm.clear()
    gains = []
    for _ in range(200):
        t_ns, _ = sweep(plan, front, [94e6, 98e6], 1, t_ns)
        gains.append(plan.gain_db(94e6))
    steps = np.diff([low_db, *gains])
    assert np.diff(np.flatnonzero(steps)).min() * 2 >= OPTIONS.hold_s - 2, "hysteresis: a quiet time before each step"
    assert steps.min() >= 0
    assert steps.max() <= 5
    assert 25 <= gains[-1] <= 30
    assert front.hear(94e6, gains[-1])[1] >= OPTIONS.enough_dbfs - OPTIONS.up_db


def test_a_deaf_receiver_asks_for_more_up_to_the_limit():
    plan = GainPlan(OPTIONS, 30.0)
    sweep(plan, Front(noise_dbm=-49.0), [1240e6], 300)
    assert plan.gain_db(1240e6) == OPTIONS.most_db


def test_looks_asked_for_before_a_change_decide_nothing():
    plan = GainPlan(OPTIONS, 30.0)
    assert plan.update(94e6, 30.0, 0.3, 0.0, 0)
    once = plan.gain_db(94e6)
    assert plan.update(94e6, 30.0, 0.3, 0.0, NS), "worth another look, at the gain that holds now"
    assert (plan.gain_db(94e6), plan.changes) == (once, 1)


def test_what_clips_at_the_lowest_gain_is_overloaded_and_named():
    plan, front = GainPlan(OPTIONS, 30.0), Front()
    front.signals_dbm[94e6] = front.signals_dbm[114e6] = 60.0
    sweep(plan, front, [94e6, 114e6, 1240e6], 12)
    assert plan.gain_db(94e6) == OPTIONS.least_db
    assert plan.overloaded_hz() == ((80e6, 120e6),)
    front.signals_dbm.clear()
    sweep(plan, front, [94e6, 114e6, 1240e6], 1)
    assert plan.overloaded_hz() == ()


def test_one_burst_is_no_overload():
    plan = GainPlan(GainOptions(automatic=False), 30.0)
    plan.update(434e6, 30.0, 0.3, 0.0, 0)
    assert plan.overloaded_hz() == ()
    plan.update(434e6, 30.0, 0.3, 0.0, NS)
    assert plan.overloaded_hz() == ((420e6, 440e6),)
    assert plan.gain_db(434e6) == 30.0


def test_only_gains_that_the_tuner_has_are_asked_for():
    plan, front = GainPlan(OPTIONS, 30.0), Front()
    rng = np.random.default_rng(3)
    t_ns = 0
    for _ in range(200):
        front.signals_dbm[94e6] = float(rng.uniform(-60, 40))
        t_ns, _ = sweep(plan, front, [94e6], 1, t_ns, step_s=20)
        assert plan.gain_db(94e6) in (*R82XX_GAINS_DB, 30.0)
        assert OPTIONS.least_db <= plan.gain_db(94e6) <= OPTIONS.most_db
    assert plan.range_db()[0] == pytest.approx(plan.gain_db(94e6))
