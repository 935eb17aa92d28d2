"""Small generated recordings, scored per class; the big table is benchmarks/rf_score.py."""

import sys

import pytest

from benchmarks.rf_score import Scores, score_cameras, score_negatives, trials_of_synth
from benchmarks.rf_sky import Tally, wilson

LEAST = {0.0: 0.95, -10.0: 0.8}


def test_cameras_are_found_with_the_right_standard(capsys):
    scores = Scores()
    score_cameras(trials_of_synth((1,), [(0.1, level) for level in LEAST], looks=3), scores)
    with capsys.disabled():
        sys.stdout.write("\n")
        for (name, _, snr_db), tally in scores.found.items():
            sys.stdout.write(f"  {name:14} {snr_db:5.1f} dB  Pd {tally}\n")
    for snr_db, least in LEAST.items():
        of_level = [tally for key, tally in scores.found.items() if key[2] == snr_db]
        assert sum(t.hits for t in of_level) >= least * sum(t.trials for t in of_level)
    assert not sum(tally.wrong_standard for tally in scores.found.values())


def test_hard_negatives_stay_silent(capsys):
    scores = Scores()
    score_negatives((1,), (-12.0, -40.0), (0.02, 0.1), scores)
    total = Tally(sum(t.hits for t in scores.false.values()), sum(t.trials for t in scores.false.values()))
    with capsys.disabled():
        sys.stdout.write(f"\n  {len(scores.false)} hard negatives: false alarms {total}\n")
    assert len(scores.false) >= 32
    assert scores.lines == []


def test_wilson_interval():
    low, high = wilson(9, 10)
    assert low == pytest.approx(0.596, abs=0.01)
    assert high == pytest.approx(0.982, abs=0.01)
