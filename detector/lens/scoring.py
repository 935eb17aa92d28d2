"""From a track to a probability that it is a lens: a logistic over features that a person can check."""

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from math import log10, sqrt
from statistics import fmean, median, pstdev

import numpy as np
import numpy.typing as npt

from detector.lens.cone import cone_evidence
from detector.lens.glints import Reading
from detector.lens.options import LensOptions
from detector.lens.tracking import Track

__all__ = [
    "GlintModel",
    "TrackFeatures",
    "common_drift",
    "evidence_penalty",
    "features_of",
    "lens_confidence",
    "load_model",
    "motion_is_known",
    "unexplained_deg",
    "view_span_deg",
    "wander_deg",
]

_MOST_EVIDENCE = 2.5
_LEAST_CONE, _MOST_CONE = -1.5, 2.0
_MOST_WANDER = 3.0
_LEAST_WANDERINGS = 3
_KNOWN_MOTION = 0.75  # share of its sets whose motion must be trusted before it is said to move by itself
_DEPTH_RANGE = (-0.1, 0.5)  # from behind a window to a third of the way to the camera; mirror images have 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFeatures:
    """What a track says about what glints; all bounded, so that no one of them can shout the others down.

    Attributes
    ----------
    log_ratio : float
        Median log10 of the on-axis to off-axis flux ratio, at least -1.
    retro_share : float
        Share of its sets that read `retro`.
    evidence : float
        Log likelihood ratio of a lens against a chance row of sparkle, over 10, between -1 and 2.5.
    dark_residue : float
        Median dark flux over on-axis flux, at most 1; 0 when never seen in the dark (see `no_dark_penalty`).
    extent : float
        Median extent over the widest allowed, at most 2.
    extent_spread : float
        Standard deviation of the extent over the widest allowed, at most 1: a lens is always as wide as it is, gloss
        grows and shrinks as the camera moves.
    jitter : float
        Root-mean-square misfit over the gate: a fixed point has little.
    flux_spread_dex : float
        Standard deviation of log10 flux, at most 1.
    speck_share : float
        Share of its sets in which a single pixel held it all.
    cone : float
        Log likelihood ratio of a lens against a mirror that faces the camera, over 10, between -1.5 and 2 (see
        `detector.lens.cone`); 0 where the hand's motion is not known.
    wander : float
        Root-mean-square motion against the wall that no depth explains, over what a fixed lens may have, at most 3; 0
        where the hand's motion is not known.
    """

    log_ratio: float
    retro_share: float
    evidence: float
    dark_residue: float
    extent: float
    extent_spread: float
    jitter: float
    flux_spread_dex: float
    speck_share: float
    cone: float
    wander: float

    def vector(self) -> npt.NDArray[np.float64]:
        """Return the features in the order of their declaration, shape (11,)."""
        return np.array([getattr(self, f.name) for f in fields(self)])


@dataclass(frozen=True, slots=True)
class GlintModel:
    """Logistic regression: weights by feature name, after subtracting `centre` and dividing by `scale`."""

    intercept: float
    weights: npt.NDArray[np.float64]
    centre: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]

    def logit(self, features: TrackFeatures) -> float:
        """Return the log odds of a lens."""
        return float(self.intercept + self.weights @ ((features.vector() - self.centre) / self.scale))


@cache
def load_model() -> GlintModel:
    """Return the shipped coefficients (`glint_model.json`, written by `benchmarks/lens_fit.py`)."""
    data = json.loads(files("detector.lens").joinpath("glint_model.json").read_text(encoding="utf-8"))
    names = [f.name for f in fields(TrackFeatures)]
    weights, centre, scale = (np.array([data[key][name] for name in names]) for key in ("weights", "centre", "scale"))
    return GlintModel(float(data["intercept"]), weights, centre, scale)


def features_of(track: Track, options: LensOptions, px_per_deg: float) -> TrackFeatures:
    """Return the features of a track, over the measurements that it remembers."""
    # Plain lists: for a dozen numbers they are several times faster than arrays, and this runs for every track.
    glints = track.glints
    residues = [g.dark_residue for g in glints if g.dark_residue is not None]
    flux = [log10(g.flux_dn) for g in glints]
    misfit_px = sqrt(fmean([m * m for m in track.misfits_px])) if track.misfits_px else 0.0
    return TrackFeatures(
        log_ratio=max(-1.0, log10(median([g.ratio for g in glints]))),
        retro_share=sum(g.reading is Reading.RETRO for g in glints) / len(glints),
        evidence=min(_MOST_EVIDENCE, max(-1.0, track.evidence / 10)),
        dark_residue=min(1.0, median(residues)) if residues else 0.0,
        extent=min(2.0, median([g.extent_deg for g in glints]) / options.max_extent_deg),
        extent_spread=min(1.0, pstdev([g.extent_deg for g in glints]) / options.max_extent_deg),
        jitter=min(2.0, misfit_px / (options.gate_deg * px_per_deg)),
        flux_spread_dex=min(1.0, pstdev(flux)),
        speck_share=sum(g.speck for g in glints) / len(glints),
        cone=min(_MOST_CONE, max(_LEAST_CONE, cone_evidence(track, options) / 10)) if motion_is_known(track) else 0.0,
        wander=min(_MOST_WANDER, wander_deg(track) / options.max_wander_deg),
    )


def motion_is_known(track: Track) -> bool:
    """Return whether most of the hand's motion between its sets was trusted."""
    return track.trusted_hits >= _KNOWN_MOTION * track.hits


def view_span_deg(track: Track) -> float:
    """Return the diagonal of the box of viewpoints from which it read `retro`, degrees at the wall."""
    seen = [(w[2], w[3]) for w, g in zip(track.wanderings, track.glints, strict=True) if g.reading is Reading.RETRO]
    if not seen:
        return 0.0
    y, x = zip(*seen, strict=True)
    return float(np.hypot(max(y) - min(y), max(x) - min(x)))


def wander_deg(track: Track) -> float:
    """Return by how much it moved against the wall, root mean square, beyond what one depth explains.

    A thing that stands out from the wall by a share k of the remaining range moves k times as far as the viewpoint:
    one number for both axes. What is left over moves by itself: eyes, spectacles, a pendant. 0 where most of the
    hand's motion was not trusted, or with fewer than three sets.
    """
    if len(track.wanderings) < _LEAST_WANDERINGS or not motion_is_known(track):
        return 0.0
    return unexplained_deg(np.array(track.wanderings))


def unexplained_deg(table: npt.NDArray[np.float64]) -> float:
    """Return the root mean square of what no one depth explains; rows (drift y, drift x, view y, view x), degrees."""
    drift, view = table[:, :2] - table[:, :2].mean(axis=0), table[:, 2:] - table[:, 2:].mean(axis=0)
    depth = float((drift * view).sum() / max((view * view).sum(), 1e-6))
    rest = drift - np.clip(depth, *_DEPTH_RANGE) * view
    return float(np.sqrt((rest**2).sum(axis=1).mean()))


def evidence_penalty(track: Track, options: LensOptions) -> float:
    """Return the log odds taken off where a control is missing.

    `no_dark_penalty` when no dark frame ever showed the place, `untrusted_penalty` times the share of sets whose
    registration was not trusted.
    """
    no_dark = all(g.dark_residue is None for g in track.glints)
    return options.no_dark_penalty * no_dark + options.untrusted_penalty * (1 - track.trusted_hits / track.hits)


def lens_confidence(track: Track, options: LensOptions, px_per_deg: float, model: GlintModel) -> float:
    """Return the probability that the track is a lens or another retro-reflector of a lens's size."""
    logit = model.logit(features_of(track, options, px_per_deg)) - evidence_penalty(track, options)
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def common_drift(one: Track, other: Track) -> tuple[float, float] | None:
    """Return (apart, together): how far two tracks moved against each other, and jointly beyond what a depth explains.

    Root mean square over the sets they share at the end of both, degrees; None when those are fewer than three or the
    hand's motion is not known.
    """
    count = min(len(one.wanderings), len(other.wanderings))
    known = all(motion_is_known(t) and t.misses == 0 for t in (one, other))
    if count < _LEAST_WANDERINGS or not known or one.last_t_ns != other.last_t_ns:
        return None
    first, second = (np.array(t.wanderings)[-count:] for t in (one, other))
    apart = first[:, :2] - second[:, :2]
    apart = apart - apart.mean(axis=0)
    return float(np.sqrt((apart**2).sum(axis=1).mean())), unexplained_deg((first + second) / 2)
