"""What each cue buys: recall and false alerts on held-out scenes with one cue at a time taken away.

    .venv/bin/python -m benchmarks.lens_ablation --rows ROWS.npz [--scenes 60] [--sweeps 6]

A cue is taken away wherever it is used: its threshold is opened, its features are left out, and the score is fitted
anew without them, on the rows that `lens_fit --rows` kept. Besides short scenes with lenses each row goes through
half-minute sweeps of crowded walls without any: gloss, tape and sparkle show what they do only there.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.lens_fit import LEFT_OUT, NAMES, load, standardised_fit
from benchmarks.lens_scenes import CONDITIONS, DARK_LENS, HELD_OUT_SEEDS, run_sequence
from benchmarks.lens_sweeps import PEOPLE as LEFT_OUT_OF_SWEEPS
from benchmarks.lens_sweeps import SWEEP_SEEDS, sweep
from detector.lens.options import LensOptions
from detector.lens.scoring import GlintModel
from detector.lens.synth.scorer import interval

FIRST = 8_000  # of the held-out seeds: no other table uses these
SWEEP_S = 30.0
PEOPLE = ("eyes", "spectacles")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is taken away."""

    features: tuple[str, ...] = ()
    options: dict[str, float] = field(default_factory=dict)
    condition: str = "plain"


CUES = {
    "all cues": Cue(),
    "without ratio": Cue(("log_ratio", "retro_share"), {"min_ratio": 1.2}),
    "without dark frame": Cue(("dark_residue",), {"max_dark_residue": 1.0}),
    "without dimmed frames": Cue(condition="no dimmed frames"),
    "without extent": Cue(("extent", "extent_spread"), {"max_extent_deg": 1.1}),
    "without motion": Cue(
        ("jitter", "flux_spread_dex", "cone", "wander"),
        {"min_view_deg": 0.0, "max_wander_deg": 5.0, "first_look_evidence": -10.0, "mirror_evidence": -1000.0},
    ),
    "without cone": Cue(("cone",), {"first_look_evidence": -10.0, "mirror_evidence": -1000.0}),
    "without neighbours": Cue((), {"neighbours_alike": 20}),
    "without chance": Cue(("evidence", "speck_share"), {"false_alert_budget": 1.0, "budget_sets": 10}),
}


def model_without(features: tuple[str, ...], rows: Path) -> GlintModel:
    """Return the score fitted without some features, on the scenes that the shipped one was fitted on."""
    kept = [row for row in load(rows) if row.kind not in LEFT_OUT and row.scene % 2 == 0]
    return standardised_fit(kept, np.array([name not in features for name in NAMES]))


def _wrong(alerts: Counter[str]) -> tuple[int, str]:
    """Return how many alerts lie on neither lens, tape nor people, and on what."""
    wrong = {k: n for k, n in alerts.items() if k not in ("lens", DARK_LENS, "tape", *PEOPLE)}
    return sum(wrong.values()), ", ".join(f"{n} {k}" for k, n in sorted(wrong.items()))


def main() -> None:
    """Run every scene once for each cue and print one row a cue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--sweeps", type=int, default=6)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print("| | lenses found | 95 % | false alerts | on what | on tape | on people | false alerts in sweeps | on tape |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, cue in CUES.items():
        options = LensOptions(**cue.options)  # type: ignore[arg-type]
        condition = CONDITIONS[cue.condition]
        model = model_without(cue.features, arguments.rows)
        alerts: Counter[str] = Counter()
        lenses = 0
        for seed in HELD_OUT_SEEDS[FIRST : FIRST + arguments.scenes]:
            outcomes = run_sequence(seed, condition, options, model).outcomes()
            lenses += sum(o.kind == "lens" for o in outcomes)
            alerts += Counter(o.kind for o in outcomes if o.alerted)
        long: Counter[str] = Counter()
        for seed in SWEEP_SEEDS[FIRST : FIRST + arguments.sweeps]:
            long += Counter(sweep(seed, SWEEP_S, LEFT_OUT_OF_SWEEPS, condition, options, model)[0])
        low, high = interval(alerts["lens"], lenses)
        wrong, what = _wrong(alerts)
        people = sum(alerts[k] for k in PEOPLE)
        long_wrong, long_what = _wrong(long)
        print(
            f"| {name} | {alerts['lens']}/{lenses} | {low:.3f}-{high:.3f} | {wrong} | {what} "
            f"| {alerts['tape']} | {people} | {long_wrong} {long_what} | {long['tape']} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
