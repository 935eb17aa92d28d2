"""Fit the coefficients of the track score on synthetic scenes and say how well they are calibrated.

    .venv/bin/python -m benchmarks.lens_fit [--scenes 300] [--write]

Scenes are split in two by their seed, never by frame: one half is fitted, the other judged. Each weight is held to the
sign that physics gives it. Tape is left out: its beads are retro-reflectors too, and told apart by their number.
"""

import argparse
import json
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import minimize

from benchmarks.lens_scenes import CONDITIONS, FIT_SEEDS, Sequence, run_sequence
from detector.lens.judgement import Judgement, to_alert
from detector.lens.scoring import TrackFeatures, evidence_penalty, features_of
from detector.lens.synth.scorer import nearest_object
from detector.types import AlertKind

NAMES = [f.name for f in fields(TrackFeatures)]
SIGNS = {"log_ratio": 1, "retro_share": 1, "persistence": 1, "log_hits": 1, "dark_residue": -1}
RIDGE = 0.0005
MODEL = Path(__file__).parents[1] / "detector" / "lens" / "glint_model.json"
FIT_CONDITIONS = ("plain", "noise x3", "7.7 px a frame", "dark every 3rd set", "no dark", "blank wall", "plain")


def rows_of(sequence: Sequence) -> list[tuple[list[float], float, float]]:
    """Return (features, penalty, label) of every track that was seen often enough."""
    options, px_per_deg = sequence.sense.options, sequence.sense.px_per_deg
    rows = []
    for track in sequence.sense.tracks:
        if track.hits < options.min_hits:
            continue
        alert = to_alert(Judgement(track, 0.0, AlertKind.LENS_GLINT, 0, None))
        name, _ = nearest_object(alert, sequence.truth, sequence.within_px)
        kind = sequence.kinds.get(name or "", "nothing")
        if kind != "tape":
            vector = list(features_of(track, options, px_per_deg).vector())
            rows.append((vector, evidence_penalty(track, options), float(kind == "lens")))
    return rows


def collect(scenes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features (n, 9), penalties (n,), labels (n,) and scene numbers (n,)."""
    x, penalty, label, scene = [], [], [], []
    for k, seed in enumerate(FIT_SEEDS[:scenes]):
        condition = CONDITIONS[FIT_CONDITIONS[k % len(FIT_CONDITIONS)]]
        for row in rows_of(run_sequence(seed, condition)):
            x.append(row[0])
            penalty.append(row[1])
            label.append(row[2])
            scene.append(seed)
    return np.array(x), np.array(penalty), np.array(label), np.array(scene)


def fit(x: np.ndarray, penalty: np.ndarray, label: np.ndarray) -> tuple[float, np.ndarray]:
    """Return intercept and weights of the ridge-regularised logistic regression on standardised features."""

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        z = theta[0] + x @ theta[1:] - penalty
        p = 1 / (1 + np.exp(-z))
        value = np.mean(np.logaddexp(0, z) - label * z) + RIDGE * (theta[1:] ** 2).sum() / 2
        slope = (p - label) / len(label)
        return float(value), np.concatenate([[slope.sum()], x.T @ slope + RIDGE * theta[1:]])

    bounds = [(None, None)] + [(0, None) if SIGNS.get(n, -1) > 0 else (None, 0) for n in NAMES]
    result = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return float(result.x[0]), result.x[1:]


def expected_calibration_error(p: np.ndarray, label: np.ndarray, bins: int = 10) -> float:
    """Return the mean gap between stated and observed share over equal-width bins, weighted by count."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[which == b].mean() - label[which == b].mean()) * (which == b).sum() for b in np.unique(which)]
    return float(sum(gaps) / len(p))


def main() -> None:
    """Fit, print, and with --write replace the shipped coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    x, penalty, label, scene = collect(arguments.scenes)
    train = scene % 2 == 0
    centre, scale = x[train].mean(axis=0), np.maximum(x[train].std(axis=0), 0.05)
    z = (x - centre) / scale
    intercept, weights = fit(z[train], penalty[train], label[train])
    print(f"tracks {len(x)} ({int(label.sum())} lenses), fitted on {int(train.sum())}")
    print(
        "| feature | weight |\n|---|---|\n"
        + "\n".join(f"| {n} | {w:+.2f} |" for n, w in zip(NAMES, weights, strict=True))
    )
    for title, part in (("fitted scenes", train), ("other scenes", ~train)):
        p = 1 / (1 + np.exp(-(intercept + z[part] @ weights - penalty[part])))
        brier = float(((p - label[part]) ** 2).mean())
        ece = expected_calibration_error(p, label[part])
        print(f"{title}: n {int(part.sum())}, Brier {brier:.4f}, ECE {ece:.4f}")
        for low, high in ((0, 0.1), (0.1, 0.35), (0.35, 0.7), (0.7, 0.9), (0.9, 1.01)):
            inside = (p >= low) & (p < high)
            if inside.any():
                stated, seen = p[inside].mean(), label[part][inside].mean()
                print(f"  {low:.2f}-{high:.2f}: n {inside.sum()}, stated {stated:.3f}, lenses {seen:.3f}")
        for k in np.flatnonzero(part)[(p >= 0.7) & (label[part] == 0)]:
            print(f"  false: scene {int(scene[k])}", dict(zip(NAMES, x[k].round(2).tolist(), strict=True)))
    if arguments.write:
        columns = {"weights": weights, "centre": centre, "scale": scale}
        model = {"intercept": round(intercept, 4)}
        model |= {k: {n: round(float(v), 4) for n, v in zip(NAMES, c, strict=True)} for k, c in columns.items()}
        MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
