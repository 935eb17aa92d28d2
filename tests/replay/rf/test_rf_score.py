"""Small generated recordings, scored per class; the big table is benchmarks/rf_score.py."""

import sys

import pytest

from benchmarks.rf_score import Tally, score_cameras, score_negatives

LEAST = {"loud": 0.9, "weak": 0.5}


def test_cameras_are_found_with_the_right_standard(capsys):
    tallies = score_cameras(seeds=(1,), snrs_db=(20.0, 3.0), looks=3)
    with capsys.disabled():
        sys.stdout.write("\n")
        for (name, snr_db), tally in tallies.items():
            sys.stdout.write(f"  {name:12} {snr_db:5.1f} dB  Pd {tally}\n")
    for snr_db, least in ((20.0, LEAST["loud"]), (3.0, LEAST["weak"])):
        of_level = [tally for (_, level), tally in tallies.items() if level == snr_db]
        hits, trials = sum(t.hits for t in of_level), sum(t.trials for t in of_level)
        assert hits >= least * trials
    assert not sum(tally.wrong["standard"] for tally in tallies.values())


def test_hard_negatives_stay_silent(capsys):
    tallies, lines = score_negatives(seeds=(1,), powers_dbfs=(-12.0,), seconds=(0.02, 0.1))
    total = Tally(sum(t.hits for t in tallies.values()), sum(t.trials for t in tallies.values()))
    with capsys.disabled():
        sys.stdout.write(f"\n  {len(tallies)} hard negatives: false alarms {total}\n")
    assert len(tallies) >= 32
    assert lines == []


def test_wilson_interval():
    low, high = Tally(hits=9, trials=10).interval()
    assert low == pytest.approx(0.596, abs=0.01)
    assert high == pytest.approx(0.982, abs=0.01)
