"""What each track is taken for, and why: lens, part of a reflective patch, or turned down for a counted reason."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detector.lens.cone import cone_evidence
from detector.lens.glints import Glint, Reading
from detector.lens.options import LensOptions
from detector.lens.people.pairs import PAIR_DEG
from detector.lens.scoring import (
    GlintModel,
    common_drift,
    lens_confidence,
    motion_is_known,
    view_span_deg,
    wander_deg,
)
from detector.lens.tracking import Track
from detector.types import AlertKind, GlintAlert, Phrase

__all__ = ["EvidenceWanted", "Judgement", "hold_back", "judge", "rejection", "to_alert"]

NOT_PERSISTENT = "not_persistent"
NEIGHBOURS_ALIKE = "neighbours_alike"
LOW_CONFIDENCE = "low_confidence"
MOVES_BY_ITSELF = "moves_by_itself"
ONE_VIEWPOINT = "one_viewpoint"
AMID_MIRRORS = "amid_mirrors"
NARROW_CONE = "narrow_cone"
LIKE_EYES = "like_eyes"
_SAID_FIRST = {
    MOVES_BY_ITSELF: "lens.reason.moves_by_itself",
    LIKE_EYES: "lens.reason.like_eyes",
    ONE_VIEWPOINT: "lens.reason.one_viewpoint",
    AMID_MIRRORS: "lens.reason.amid_mirrors",
    LOW_CONFIDENCE: "lens.reason.unsure",
}
_NEIGHBOUR_HITS = 3
_APART = 0.35  # of their common motion, by which two eyes of one head may differ
_NEIGHBOUR_SHARE = 0.25  # beads crowd each other: the light between two of them spoils some of their readings


@dataclass(frozen=True, slots=True)
class Judgement:
    """A track with what it is taken for; `kind` is None when it was turned down, `reason` then says why."""

    track: Track
    confidence: float
    kind: AlertKind | None
    neighbours: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class EvidenceWanted:
    """Log likelihood ratios that a track must reach.

    Attributes
    ----------
    over_sparkle : float
        Against a chance row of sparkle; without it nothing is reported (`evidence_wanted`).
    over_mirror : float
        Against a mirror that faces the camera; without it nothing alerts (`cone_evidence_wanted`).
    """

    over_sparkle: float
    over_mirror: float


def judge(
    tracks: Sequence[Track], options: LensOptions, px_per_deg: float, model: GlintModel, wanted: EvidenceWanted
) -> tuple[Judgement, ...]:
    """Judge every track that has been seen often enough, beside its neighbours.

    Three questions are kept apart. Is it more than a chance row of sparkle? Its evidence must reach what the sweep's
    budget of false alerts asks for, so that strong lenses alert early and weak ones later. Is it more than a mirror
    that faces the camera? What is it? The score says.

    Parameters
    ----------
    tracks : sequence of Track
    options : LensOptions
    px_per_deg : float
    model : GlintModel
    wanted : EvidenceWanted

    Returns
    -------
    tuple of Judgement
        One per track, in order.
    """
    # What never once looked like a retro-reflector need not be scored, and most tracks never do.
    ripe = [
        t.hits >= options.min_hits
        and t.evidence >= wanted.over_sparkle
        and any(g.reading is Reading.RETRO for g in t.glints)
        for t in tracks
    ]
    confidence = [
        min(options.top_confidence, lens_confidence(t, options, px_per_deg, model)) if r else 0.0
        for t, r in zip(tracks, ripe, strict=True)
    ]
    retro = [r or _is_retro(t) for t, r in zip(tracks, ripe, strict=True)]
    alike = [
        max(n, options.neighbours_alike if t.alike_sets >= options.min_hits else 0)  # they may have left the view
        for t, n in zip(tracks, _neighbours_alike(tracks, retro, options, px_per_deg), strict=True)
    ]
    # Only what would be reported need be asked whether it moves.
    moves = [
        c >= options.inspect_confidence and _moves(t, tracks, retro, options, px_per_deg)
        for t, c in zip(tracks, confidence, strict=True)
    ]
    return tuple(
        _judge_one(track, c, n, m, options, wanted)
        for track, c, n, m in zip(tracks, confidence, alike, moves, strict=True)
    )


def _is_retro(track: Track) -> bool:
    """Return whether a track counts as a neighbour: it need not be sure enough for an alert of its own.

    Beads that touch in the picture are too large together, and no less on-axis only. What clips under both rings may be
    a bead: it counts where a dimmed frame told how bright it is, so that screws beside a lens are not taken for alike.
    """
    glints = track.glints
    steady = track.hits >= _NEIGHBOUR_HITS and 2 * track.hits >= track.chances + track.misses and not track.held
    some = _share(track, lambda g: _shows_on_axis_only(g) or (g.saturated and g.whole_dn > g.flux_dn))
    return steady and some >= _NEIGHBOUR_SHARE and 2 * sum(g.speck for g in glints) < len(glints)


def _share(track: Track, which: Callable[[Glint], bool]) -> float:
    return sum(which(g) for g in track.glints) / len(track.glints)


def _shows_on_axis_only(glint: Glint) -> bool:
    return glint.reading in (Reading.RETRO, Reading.TOO_LARGE)


def _moves(
    track: Track, tracks: Sequence[Track], retro: Sequence[bool], options: LensOptions, px_per_deg: float
) -> bool:
    """Return whether it moves by itself, or together with one like it: a pair of eyes.

    Alone, a steady motion cannot be told from a place before the wall as long as the viewpoint moves steadily too. Two
    alike that share one motion are taken for a pair already at a third of what a single glint may wander.
    """
    if wander_deg(track) > options.max_wander_deg:
        return True
    flux = float(np.median([g.flux_dn for g in track.glints]))
    for other, yes in zip(tracks, retro, strict=True):
        if other is track or not yes or other.hits < options.min_hits:
            continue
        away_deg = float(np.hypot(*np.subtract(other.yx, track.yx))) / px_per_deg
        alike = abs(np.log10(np.median([g.flux_dn for g in other.glints]) / flux)) <= options.neighbour_flux_dex
        if alike and PAIR_DEG[0] <= away_deg <= PAIR_DEG[1] and _share_a_motion(track, other, options):
            return True
    return False


def _share_a_motion(track: Track, other: Track, options: LensOptions) -> bool:
    pair = common_drift(track, other)
    if pair is None:
        return False
    apart_deg, together_deg = pair
    return apart_deg < _APART * together_deg and together_deg > options.max_wander_deg / 3


def _judge_one(
    track: Track, confidence: float, neighbours: int, moves: bool, options: LensOptions, wanted: EvidenceWanted
) -> Judgement:
    if confidence < options.inspect_confidence:
        return Judgement(track, confidence, None, neighbours, rejection(track, options, wanted.over_sparkle))
    if moves:
        return Judgement(track, confidence, AlertKind.RETRO_REFLECTOR, neighbours, MOVES_BY_ITSELF)
    if neighbours >= options.neighbours_alike:
        return Judgement(track, confidence, AlertKind.RETRO_REFLECTOR, neighbours, NEIGHBOURS_ALIKE)
    if motion_is_known(track):
        cone = cone_evidence(track, options)
        if cone < options.mirror_evidence:
            return Judgement(track, confidence, None, neighbours, NARROW_CONE)
        if cone < wanted.over_mirror or view_span_deg(track) < options.min_view_deg:
            return Judgement(track, confidence, AlertKind.RETRO_REFLECTOR, neighbours, ONE_VIEWPOINT)
        if cone + track.patch < wanted.over_mirror:
            return Judgement(track, confidence, AlertKind.RETRO_REFLECTOR, neighbours, AMID_MIRRORS)
    if confidence < options.alert_confidence:
        return Judgement(track, confidence, AlertKind.RETRO_REFLECTOR, neighbours, LOW_CONFIDENCE)
    return Judgement(track, confidence, AlertKind.LENS_GLINT, neighbours, None)


def hold_back(judged: Sequence[Judgement], may_be_an_eye: Callable[[Track], bool]) -> tuple[Judgement, ...]:
    """Return the judgements with no alert on what may be an eye: worth a look until it is known to stay in place."""
    return tuple(
        replace(j, kind=AlertKind.RETRO_REFLECTOR, reason=LIKE_EYES)
        if j.kind is AlertKind.LENS_GLINT and may_be_an_eye(j.track)
        else j
        for j in judged
    )


def rejection(track: Track, options: LensOptions, wanted: float) -> str:
    """Return the reason for which a track is turned down: too few sets, or what most of its sets read."""
    if track.hits < options.min_hits:
        return NOT_PERSISTENT
    reading, votes = Counter(g.reading for g in track.glints).most_common(1)[0]
    if reading is Reading.RETRO or 2 * votes < len(track.glints):
        return LOW_CONFIDENCE if track.evidence >= wanted else NOT_PERSISTENT
    return reading.value


def _neighbours_alike(
    tracks: Sequence[Track], retro: Sequence[bool], options: LensOptions, px_per_deg: float
) -> list[int]:
    """Count, for each retro-reflector, the others in its patch: linked by short steps and alike in flux.

    In flux as it clips or as the dimmed ring tells, for beads flicker; what only clips under both rings must be alike
    under the dimmed one, since all that clips is alike otherwise.
    """
    counts = [0] * len(tracks)
    members = [k for k, yes in enumerate(retro) if yes]
    if len(members) < 2:
        return counts
    places = np.array([tracks[k].yx for k in members])
    sure = np.array([_share(tracks[k], _shows_on_axis_only) >= _NEIGHBOUR_SHARE for k in members])
    flux, whole = (
        np.array([np.median(np.log10([getattr(g, name) for g in tracks[k].glints])) for k in members])
        for name in ("flux_dn", "whole_dn")
    )
    near = np.linalg.norm(places[:, None] - places[None], axis=2) <= options.neighbour_deg * px_per_deg
    as_clipped = (np.abs(flux[:, None] - flux[None]) <= options.neighbour_flux_dex) & sure[:, None] & sure[None]
    linked = near & (as_clipped | (np.abs(whole[:, None] - whole[None]) <= options.neighbour_flux_dex))
    for _ in range(int(np.ceil(np.log2(len(members))))):
        linked = (linked.astype(np.int64) @ linked.astype(np.int64)) > 0
    for k, size in zip(members, linked.sum(axis=1), strict=True):
        counts[k] = int(size) - 1
    return counts


def to_alert(judgement: Judgement) -> GlintAlert:
    """Return the alert of a judgement that has a kind.

    Raises
    ------
    ValueError
        The track was turned down.
    """
    if judgement.kind is None:
        raise ValueError(f"track {judgement.track.number} was turned down ({judgement.reason}): it has no alert")
    track = judgement.track
    y_px, x_px = track.points[-1][1:]
    return GlintAlert(
        key=f"glint-{track.number}",
        kind=judgement.kind,
        confidence=judgement.confidence,
        first_t_ns=track.first_t_ns,
        last_t_ns=track.last_t_ns,
        reasons=_reasons(judgement),
        y_px=y_px,
        x_px=x_px,
        frames=len(track.points),
        track=tuple(track.points),
    )


def _reasons(judgement: Judgement) -> tuple[Phrase, ...]:
    track = judgement.track
    ratio = float(np.median([g.ratio for g in track.glints]))
    reasons = [Phrase("lens.reason.ratio", {"ratio": round(ratio, 1)})]
    reasons.append(Phrase("lens.reason.persistent", {"sets": track.hits}))
    if any(g.dark_residue is not None for g in track.glints):
        reasons.append(Phrase("lens.reason.dark"))
    extent_deg = float(np.median([g.extent_deg for g in track.glints]))
    reasons.append(Phrase("lens.reason.compact", {"extent_deg": round(extent_deg, 2)}))
    if judgement.reason == NEIGHBOURS_ALIKE:
        reasons.insert(0, Phrase("lens.reason.neighbours", {"neighbours": judgement.neighbours}))
    if judgement.reason in _SAID_FIRST:
        reasons.insert(0, Phrase(_SAID_FIRST[judgement.reason]))
    return tuple(reasons)
