"""The null: how often sparkle makes rows by chance, and how much evidence keeps them within the budget."""

import numpy as np
import pytest

from detector.lens.chance import SparkleField, evidence_wanted, set_evidence
from detector.lens.glints import Reading
from tests.unit.detector.lens.lens_helpers import OPTIONS, PX_PER_DEG, glint

VIEW_DEG2 = 3000.0


def field_of(places_per_set, sets=16, seed=0, speck=False):
    rng = np.random.default_rng(seed)
    field = SparkleField(OPTIONS, PX_PER_DEG, VIEW_DEG2)
    for _ in range(sets):
        yx = rng.uniform((0, 0), (480, 640), (places_per_set, 2))
        field.add(np.column_stack([yx, np.full(places_per_set, float(speck))]))
    return field


def test_chance_is_the_share_of_gates_that_sparkle_hits():
    field, rng = field_of(40), np.random.default_rng(7)
    gate_px = OPTIONS.gate_deg * PX_PER_DEG
    gates = rng.uniform((100, 100), (380, 540), (4000, 2))
    sparkle = rng.uniform((0, 0), (480, 640), (4000, 40, 2))
    seen = (np.linalg.norm(sparkle - gates[:, None], axis=2) <= gate_px).any(axis=1).mean()
    stated = field.chance(gates, np.full(len(gates), OPTIONS.gate_deg))[:, 0].mean()
    assert stated == pytest.approx(seen, rel=0.35)


def test_chance_is_local():
    field = field_of(2)
    crowd = np.column_stack([np.random.default_rng(1).normal(240, 8, (10, 2)), np.zeros(10)])
    for _ in range(10):
        field.add(crowd)
    near, far = field.chance(np.array([[240.0, 240.0], [100.0, 600.0]]), np.full(2, OPTIONS.gate_deg))[:, 0]
    assert near > 5 * far


def test_specks_and_wide_sparkle_are_counted_apart():
    field = field_of(40, speck=True)
    wide, specks = field.chance(np.array([[240.0, 320.0]]), np.array([OPTIONS.gate_deg]))[0]
    assert specks > 5 * wide
    assert field.birth_evidence(speck=False) > 2 > 0 > field.birth_evidence(speck=True)


def test_places_move_with_the_hand():
    field = SparkleField(OPTIONS, PX_PER_DEG, VIEW_DEG2)
    field.add(np.array([[100.0, 100.0, 0.0], [101.0, 100.0, 0.0], [100.0, 101.0, 0.0]]))
    field.carry(np.array([[1.0, 0, 200], [0, 1, 50], [0, 0, 1]]))
    gate = np.full(2, OPTIONS.gate_deg)
    there, before = field.chance(np.array([[150.0, 300.0], [100.0, 100.0]]), gate)[:, 0]
    assert there > before


def test_wanted_evidence_follows_from_the_budget():
    calm, lively = evidence_wanted(0.5, OPTIONS), evidence_wanted(50.0, OPTIONS)
    assert lively - calm == pytest.approx(np.log(100))
    stricter = type(OPTIONS)(false_alert_budget=OPTIONS.false_alert_budget / 10)
    assert evidence_wanted(50.0, stricter) - lively == pytest.approx(np.log(10))


def test_rows_of_sparkle_stay_within_the_budget():
    """Play the null: places that sparkle hits by chance, until they end; the passing ones against the budget."""
    rng = np.random.default_rng(3)
    p = 0.05
    chance = np.array([p, 1e-4])
    wanted = np.log(1 / 0.01)  # one trial, one in a hundred
    passed = 0
    for _ in range(4000):
        evidence, misses = 0.0, 0
        while misses <= OPTIONS.max_missed_sets:
            hit = rng.random() < p
            misses = 0 if hit else misses + 1
            evidence += set_evidence(glint() if hit else None, chance, OPTIONS)
            if evidence >= wanted:
                passed += 1
                break
    assert passed <= 0.01 * 4000 * 1.5


@pytest.mark.parametrize(("reading", "sign"), [(Reading.RETRO, 1), (Reading.SPECULAR, -1), (Reading.SATURATED, 0)])
def test_each_reading_counts_its_way(reading, sign):
    assert np.sign(set_evidence(glint(reading=reading), np.array([0.01, 0.01]), OPTIONS)) == sign
