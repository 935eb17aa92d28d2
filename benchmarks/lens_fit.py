"""Fit the coefficients of the track score on synthetic scenes and say how well they are calibrated.

    .venv/bin/python -m benchmarks.lens_fit [--scenes 400] [--rows FILE.npz] [--traced DIR] [--write] [--diagram SVG]

Scenes are split in two by their seed, never by frame: one half is fitted, the other judged. They end after four to ten
strobe sets, because a live sweep asks for the score after every one; longer
sweeps of crowded walls add the tracks that a short look never meets. Each weight is held to the sign that physics
gives it. Tape, eyes and spectacles are left out: they pass every
ratio and are told apart by their number and by their motion. Path-traced sequences (`--traced`, see
`benchmarks.path_tracer`) join with their own splits: scenes to fit count as even, those held out as odd.
"""

import argparse
import json
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import minimize

from benchmarks.lens_diagram import reliability_svg
from benchmarks.lens_scenes import CONDITIONS, FIT_SEEDS, Sequence, run_sequence
from benchmarks.lens_sweeps import PEOPLE, looking, stall
from benchmarks.lens_traced import TRACED_SCENES, TracedSequence, traced_sequences
from detector.lens.judgement import Judgement, to_alert
from detector.lens.scoring import GlintModel, TrackFeatures, evidence_penalty, features_of
from detector.lens.synth import StrobePlan
from detector.lens.synth.scorer import nearest_object
from detector.types import AlertKind

NAMES = [f.name for f in fields(TrackFeatures)]
SIGNS = {"log_ratio": 1, "retro_share": 1, "evidence": 1, "cone": 1}  # all others count against a lens
RIDGE = 0.0005
MODEL = Path(__file__).parents[1] / "detector" / "lens" / "glint_model.json"
FIT_CONDITIONS = (
    "plain", "noise x5", "pan x2", "plain", "30 deg/s, rolling", "out of focus", "dark every 3rd set", "no dark",
    "blank wall", "plain", "OV5647 640 x 480", "OV5647 1296 x 972", "IMX219 640 x 480 crop", "plain",
    "IMX708 1536 x 864", "IMX296 1456 x 1088",
)  # fmt: skip
STALL_SEEDS = range(20_000, 20_400)
_STALL_S, _STALL_EVERY = 8.0, 12  # seconds of each; frames between two looks at its tracks
LEFT_OUT = {"tape", "eyes", "spectacles"}


@dataclass(frozen=True, slots=True)
class Row:
    """One track of one scene: what it says, what it is, and whether the other questions were answered."""

    scene: int
    kind: str
    penalty: float
    neighbours: int
    ripe: bool
    features: tuple[float, ...]


def rows_of(sequence: Sequence | TracedSequence, seed: int) -> list[Row]:
    """Return a row for every track that was seen often enough; what lies on a lens without light is neither."""
    options, px_per_deg = sequence.sense.options, sequence.sense.px_per_deg
    wanted, kinds, dark = sequence.sense.evidence_wanted, sequence.kinds, sequence.dark
    rows = []
    for judgement in sequence.sense.judgements:
        track = judgement.track
        if track.hits < options.min_hits:
            continue
        alert = to_alert(Judgement(track, 0.0, AlertKind.LENS_GLINT, 0, None))
        name, _ = nearest_object(alert, sequence.truth, sequence.within_px)
        if name in dark:
            continue
        kind = kinds.get(name or "", "nothing")
        features = tuple(features_of(track, options, px_per_deg).vector().tolist())
        ripe = track.evidence >= wanted
        rows.append(Row(seed, kind, evidence_penalty(track, options), judgement.neighbours, ripe, features))
    return rows


def collect(scenes: int) -> list[Row]:
    """Run the scenes, conditions in turn, and return all their rows."""
    rows = []
    for k, seed in enumerate(FIT_SEEDS[:scenes]):
        condition = CONDITIONS[FIT_CONDITIONS[k % len(FIT_CONDITIONS)]]
        plan = replace(condition.plan, sets=4 + seed * 5 // 3 % 7)
        rows += rows_of(run_sequence(seed, replace(condition, plan=plan, lenses=1 + seed // 2 % 3)), seed)
    return rows


def collect_stalls(stalls: int) -> list[Row]:
    """Return rows of longer sweeps of crowded walls, every third with a lens, taken every few sets."""
    rows = []
    for k, seed in enumerate(STALL_SEEDS[:stalls]):
        scene = stall(seed, PEOPLE, lenses=int(k % 3 == 0))
        for frame, sequence in looking(scene, seed, _STALL_S, CONDITIONS["plain"]):
            if frame.sequence % _STALL_EVERY == _STALL_EVERY - 1:
                rows += rows_of(sequence, seed)
    return rows


def collect_traced(directory: Path) -> list[Row]:
    """Return rows of every path-traced sequence of a directory."""
    return [row for sequence in traced_sequences(directory) for row in rows_of(sequence, sequence.scene)]


def save(rows: list[Row], path: Path) -> None:
    """Keep rows for another fit."""
    columns = zip(*map(astuple, rows), strict=True)
    np.savez(path, **dict(zip([f.name for f in fields(Row)], map(np.array, columns), strict=True)))


def load(path: Path) -> list[Row]:
    """Return rows kept before."""
    data = np.load(path)
    columns = [data[f.name].tolist() for f in fields(Row)]
    return [Row(*row[:-1], features=tuple(row[-1])) for row in zip(*columns, strict=True)]


def fit(x: np.ndarray, penalty: np.ndarray, label: np.ndarray, counts: np.ndarray) -> tuple[float, np.ndarray]:
    """Return intercept and weights of the ridge-regularised logistic regression on standardised features."""
    share = counts / counts.sum()

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        z = theta[0] + x @ theta[1:] - penalty
        p = 1 / (1 + np.exp(-z))
        value = share @ (np.logaddexp(0, z) - label * z) + RIDGE * (theta[1:] ** 2).sum() / 2
        slope = (p - label) * share
        return float(value), np.concatenate([[slope.sum()], x.T @ slope + RIDGE * theta[1:]])

    bounds = [(None, None)] + [(0, None) if SIGNS.get(n, -1) > 0 else (None, 0) for n in NAMES]
    result = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return float(result.x[0]), result.x[1:]


def counts_of(rows: list[Row]) -> np.ndarray:
    """Return what each row counts: a sweep's many looks at the same things count as one look together."""
    looks = _STALL_S * 1e9 / StrobePlan().frame_ns / _STALL_EVERY
    return np.array([1 / looks if row.scene in STALL_SEEDS else 1.0 for row in rows])


def standardised_fit(rows: list[Row], keep: np.ndarray | None = None) -> GlintModel:
    """Return the model fitted to rows; features outside `keep`, bool of shape (11,), get no weight."""
    x, penalty = np.array([row.features for row in rows]), np.array([row.penalty for row in rows])
    label = np.array([float(row.kind == "lens") for row in rows])
    counts = counts_of(rows)
    centre = np.average(x, axis=0, weights=counts)
    scale = np.maximum(np.sqrt(np.average((x - centre) ** 2, axis=0, weights=counts)), 0.05)
    z = (x - centre) / scale
    intercept, weights = fit(z if keep is None else z * keep, penalty, label, counts)
    return GlintModel(intercept, weights, centre, scale)


def expected_calibration_error(p: np.ndarray, label: np.ndarray, bins: int = 10) -> float:
    """Return the mean gap between stated and observed share over equal-width bins, weighted by count."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[which == b].mean() - label[which == b].mean()) * (which == b).sum() for b in np.unique(which)]
    return float(sum(gaps) / len(p))


def print_calibration(title: str, p: np.ndarray, label: np.ndarray) -> None:
    """Print Brier score, calibration error over all tracks and over those that are not plainly nothing, and bins."""
    doubtful = p >= 0.05
    brier = float(((p - label) ** 2).mean())
    errors = [expected_calibration_error(p[part], label[part]) for part in (np.full(len(p), True), doubtful)]
    print(f"{title}: n {len(p)}, Brier {brier:.4f}, ECE {errors[0]:.4f}; stated >= 0.05: n {doubtful.sum()}, ", end="")
    print(f"Brier {((p - label)[doubtful] ** 2).mean():.4f}, ECE {errors[1]:.4f}")
    print("| stated | tracks | mean stated | lenses |\n|---|---|---|---|")
    for low, high in ((0, 0.1), (0.1, 0.35), (0.35, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (p >= low) & (p < high)
        if inside.any():
            shares = f"{p[inside].mean():.3f} | {label[inside].mean():.3f}"
            print(f"| {low:.2f}-{min(high, 1):.2f} | {inside.sum()} | {shares} |")


def main() -> None:
    """Fit, print, and with --write replace the shipped coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--stalls", type=int, default=60)
    parser.add_argument("--rows", type=Path, help="keep the rows here, or fit those that are there")
    parser.add_argument("--traced", type=Path, help="directory of path-traced sequences, whose rows are added")
    parser.add_argument("--diagram", type=Path, help="draw the reliability of the scenes not fitted")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = (
        load(arguments.rows)
        if arguments.rows and arguments.rows.exists()
        else collect(arguments.scenes) + collect_stalls(arguments.stalls)
    )
    if arguments.rows and not arguments.rows.exists():
        save(rows, arguments.rows)
    if arguments.traced:
        rows += collect_traced(arguments.traced)
    rows = [row for row in rows if row.kind not in LEFT_OUT]
    x, penalty = np.array([row.features for row in rows]), np.array([row.penalty for row in rows])
    label = np.array([float(row.kind == "lens") for row in rows])
    train = np.array([row.scene % 2 == 0 for row in rows])
    model = standardised_fit([row for row in rows if row.scene % 2 == 0])
    weights = model.weights
    print(f"tracks {len(x)} ({int(label.sum())} lenses), fitted on {int(train.sum())}")
    print("| feature | weight |\n|---|---|")
    print("\n".join(f"| {n} | {w:+.2f} |" for n, w in zip(NAMES, weights, strict=True)))
    p = 1 / (1 + np.exp(-(model.intercept + ((x - model.centre) / model.scale) @ weights - penalty)))
    short = np.array([row.scene not in STALL_SEEDS for row in rows])
    traced = np.array([row.scene >= TRACED_SCENES for row in rows])
    for title, part in (
        ("fitted scenes", train), ("other scenes", ~train), ("other scenes, short looks", ~train & short),
        ("path-traced scenes held out", ~train & traced),
    ):  # fmt: skip
        if not part.any():
            continue
        print_calibration(title, p[part], label[part])
    for k in np.flatnonzero((p >= 0.6) & (label == 0) & [row.ripe for row in rows]):
        print(f"  false: scene {rows[k].scene} {rows[k].kind} p {p[k]:.2f} beside {rows[k].neighbours}", end=" ")
        print(dict(zip(NAMES, x[k].round(2).tolist(), strict=True)))
    if arguments.diagram:
        arguments.diagram.write_text(reliability_svg(p[~train & short], label[~train & short]), encoding="utf-8")
    if arguments.write:
        columns = {"weights": model.weights, "centre": model.centre, "scale": model.scale}
        document: dict[str, object] = {"intercept": round(model.intercept, 4)}
        document |= {k: {n: round(float(v), 4) for n, v in zip(NAMES, c, strict=True)} for k, c in columns.items()}
        MODEL.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
