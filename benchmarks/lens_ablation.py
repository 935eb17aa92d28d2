"""What each cue buys: recall and false alerts on held-out scenes with one cue at a time taken away.

    .venv/bin/python -m benchmarks.lens_ablation --rows ROWS.npz [--scenes 60]

A cue is taken away wherever it is used: its threshold is opened, its features are left out, and the score is fitted
anew without them, on the rows that `lens_fit --rows` kept.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.lens_fit import LEFT_OUT, NAMES, load, standardised_fit
from benchmarks.lens_scenes import CONDITIONS, HELD_OUT_SEEDS, run_sequence
from detector.lens.options import LensOptions
from detector.lens.scoring import GlintModel
from detector.lens.synth.scorer import interval

FIRST = 8_000  # of the held-out seeds: no other table uses these
PEOPLE = ("eyes", "spectacles")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is taken away."""

    features: tuple[str, ...] = ()
    options: dict[str, float] = field(default_factory=dict)


CUES = {
    "all cues": Cue(),
    "without ratio": Cue(("log_ratio", "retro_share"), {"min_ratio": 1.2}),
    "without dark frame": Cue(("dark_residue",), {"max_dark_residue": 1.0}),
    "without extent": Cue(("extent",), {"max_extent_deg": 1.1}),
    "without motion": Cue(
        ("jitter", "flux_spread_dex", "cone", "wander"),
        {"min_view_deg": 0.0, "max_wander_deg": 5.0, "first_look_evidence": -10.0},
    ),
    "without neighbours": Cue((), {"neighbours_alike": 20}),
    "without chance": Cue(("evidence", "speck_share"), {"false_alert_budget": 1.0, "budget_sets": 10}),
}


def model_without(features: tuple[str, ...], rows: Path) -> GlintModel:
    """Return the score fitted without some features, on the scenes that the shipped one was fitted on."""
    kept = [row for row in load(rows) if row.kind not in LEFT_OUT and row.scene % 2 == 0]
    return standardised_fit(kept, np.array([name not in features for name in NAMES]))


def main() -> None:
    """Run every scene once for each cue and print one row a cue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=60)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print("| | lenses found | 95 % | false alerts | on what | on tape | on people |\n|---|---|---|---|---|---|---|")
    for name, cue in CUES.items():
        options = LensOptions(**cue.options)  # type: ignore[arg-type]
        model = model_without(cue.features, arguments.rows)
        alerts: Counter[str] = Counter()
        lenses = 0
        for seed in HELD_OUT_SEEDS[FIRST : FIRST + arguments.scenes]:
            outcomes = run_sequence(seed, CONDITIONS["plain"], options, model).outcomes()
            lenses += sum(o.kind == "lens" for o in outcomes)
            alerts += Counter(o.kind for o in outcomes if o.alerted)
        low, high = interval(alerts["lens"], lenses)
        wrong = {k: n for k, n in alerts.items() if k not in ("lens", "tape", *PEOPLE)}
        what = ", ".join(f"{n} {k}" for k, n in sorted(wrong.items()))
        people = sum(alerts[k] for k in PEOPLE)
        print(
            f"| {name} | {alerts['lens']}/{lenses} | {low:.3f}-{high:.3f} | {sum(wrong.values())} | {what} "
            f"| {alerts['tape']} | {people} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
