"""Glints followed from set to set: constant velocity over the hand's own motion, assignment within gates."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from detector.lens.chance import SparkleField, set_evidence
from detector.lens.glints import Glint, Reading
from detector.lens.mirror_patch import MirrorPatches
from detector.lens.options import LensOptions
from detector.lens.ratio import lower_ratio, pooled
from detector.lens.registration import map_places
from detector.lens.viewpoints import PastViews

__all__ = ["SetMotion", "Track", "Tracker"]

_Floats = npt.NDArray[np.float64]
_Indices = npt.NDArray[np.intp]
_NOTHING: _Floats = np.zeros((0, 3))
_UNMATCHED = 1e3  # cost of a track without a glint: more than any pair within its gate
_LOOK_BACK_HITS = 3  # tracks that never come this far need no past
_OFFSET = 1.0  # a sparse matrix drops zeros, and a perfect pair costs nothing
_DEPTH_UNKNOWN, _DEPTH_KNOWN = 0.3, 0.1  # of the viewpoint's step, by which a thing before the wall may be off
_FLUX_WEIGHT = 0.25  # of a whole gate: position decides, flux settles ties
_STEP = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]])
_KICK = np.array([0.25, 0.25, 1.0, 1.0])  # white acceleration over one set, position and velocity (uncorrelated)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMotion:
    """What the hand did between two strobe sets.

    Attributes
    ----------
    matrix : ndarray of float64, shape (3, 3)
        Motion of the picture, (x, y, 1), full-resolution pixels.
    trusted : bool
        Whether it is to be relied on; if not, gates widen.
    view_deg : tuple of float
        (y, x) of the viewpoint since the start, as an angle at the wall; turning on the spot leaves it alone.
    """

    matrix: _Floats
    trusted: bool
    view_deg: tuple[float, float] = (0.0, 0.0)


@dataclass(slots=True, kw_only=True)
class Track:
    """One thing that glints, as long as it can be followed.

    Attributes
    ----------
    number : int
        Counts up; the alert's key comes from it.
    state : ndarray of float64, shape (4,)
        y, x in full-resolution pixels of the newest set, then what they drift per set beyond the hand's motion.
    spread : ndarray of float64, shape (4, 4)
        Covariance of `state`.
    glints : deque of Glint
        Newest last, bounded.
    points : deque of (frame sequence, y_px, x_px)
        Newest last, bounded.
    misfits_px : deque of float
        Distance of each measurement from its prediction.
    hits, chances, misses, trusted_hits : int
        Sets that showed it; sets that could have, up to the last that did; misses since; hits with trusted motion.
    first_t_ns, last_t_ns : int
    evidence : float
        Log likelihood ratio of a lens against a chance row of sparkle (see `detector.lens.chance`), over all sets.
    anchor : ndarray of float64, shape (2,)
        The newest measured place (y, x), carried along with the hand's motion alone.
    drift_deg : ndarray of float64, shape (2,)
        How far it has moved against the wall since it was first seen.
    wanderings : deque of (drift y, drift x, view y, view x)
        `drift_deg` of each measurement with the viewpoint it was taken from, degrees.
    unseen : deque of (view y, view x)
        Viewpoints, degrees at the wall, from which its place was in view and gave nothing, or about as much under
        either ring; also before it was first seen, as far back as the tracker remembers.
    patch : float
        Log likelihood ratio of a lone lens against a patch of mirrors around it (`detector.lens.mirror_patch`).
    alike_sets : int
        Sets after which it was judged to have neighbours alike.
    held : bool
        An alert that left the view or went out: kept, its place carried along with the hand's motion.
    """

    number: int
    state: _Floats
    spread: _Floats
    glints: deque[Glint]
    points: deque[tuple[int, float, float]]
    misfits_px: deque[float]
    first_t_ns: int
    last_t_ns: int
    hits: int = 1
    chances: int = 1
    misses: int = 0
    trusted_hits: int = 0
    evidence: float = 0.0
    anchor: _Floats
    drift_deg: _Floats
    wanderings: deque[tuple[float, float, float, float]]
    unseen: deque[tuple[float, float]] = field(default_factory=deque)
    patch: float = 0.0
    alike_sets: int = 0
    held: bool = False

    @property
    def yx(self) -> tuple[float, float]:
        """Where it is now, full-resolution pixels, whether in view or not."""
        return float(self.state[0]), float(self.state[1])


@dataclass(slots=True)
class Tracker:
    """Follows glints.

    Parameters
    ----------
    options : LensOptions
    px_per_deg : float
        Full-resolution pixels per degree.
    size_px : tuple of int
        Height and width of the picture; outside it nothing can be missed.
    """

    options: LensOptions
    px_per_deg: float
    size_px: tuple[int, int]
    tracks: list[Track] = field(default_factory=list)
    ended: list[Track] = field(default_factory=list)
    _next_number: int = 0
    _view_deg: tuple[float, float] = (0.0, 0.0)
    _past: PastViews = field(init=False)
    sparkle: SparkleField = field(init=False)
    patches: MirrorPatches = field(init=False)

    def __post_init__(self) -> None:
        height_deg, width_deg = (side / self.px_per_deg for side in self.size_px)
        margin_px = self.px_per_deg * self.options.border_deg
        apart_deg = 2 * self.options.mirror_cone_deg
        self._past = PastViews(self.options.look_back_sets, apart_deg, margin_px, self.size_px)
        self.sparkle, off_axis_sparkle = (
            SparkleField(self.options, self.px_per_deg, height_deg * width_deg) for _ in range(2)
        )
        self.patches = MirrorPatches(off_axis_sparkle, self.options.gate_deg * self.px_per_deg)

    @property
    def viewpoints(self) -> int:
        """Viewpoints a mirror's cone apart since the start or the last gap."""
        return self._past.viewpoints

    def step(
        self,
        glints: Sequence[Glint],
        motion: SetMotion,
        sequence: int,
        t_ns: int,
        looking: bool = True,
        off_axis_only: _Floats = _NOTHING,
    ) -> None:
        """Advance by one strobe set.

        Parameters
        ----------
        glints : sequence of Glint
            Of the on-axis frame.
        motion : SetMotion
            Of the picture since the previous set.
        sequence, t_ns : int
            Of the on-axis frame.
        looking : bool
            False while nothing is looked for: what a pause hides was not dark.
        off_axis_only : ndarray of float64, shape (n, 3)
            (y, x, 1 for a single pixel) of what only the off-axis ring shows, in the on-axis frame.
        """
        self._predict(motion)
        self._past.carry(motion.matrix if motion.trusted else None)
        gates_px = np.array([self._gate_px(t, motion) for t in self.tracks])
        pairs = self._assign(glints, gates_px)
        paired = dict(pairs)
        known = [np.where(np.isfinite(t.spread[0, 0]), t.state[:2], 0.0) for t in self.tracks]
        chance = self.sparkle.chance(np.array(known).reshape(-1, 2), gates_px / self.px_per_deg)
        for k, track in enumerate(self.tracks):
            if not track.held and self._in_view(track):
                track.evidence += set_evidence(glints[paired[k]] if k in paired else None, chance[k], self.options)
        for track_at, glint_at in pairs:
            self._update(self.tracks[track_at], glints[glint_at], motion, sequence, t_ns)
        self._look_back([self.tracks[k] for k, _ in pairs if self.tracks[k].hits == _LOOK_BACK_HITS])
        for k, track in enumerate(self.tracks):
            if k not in paired and not track.held:
                missed = self._in_view(track)
                track.misses += missed
                if missed and motion.trusted and looking:
                    track.unseen.append(motion.view_deg)
        taken = set(paired.values())
        fresh = [g for k, g in enumerate(glints) if k not in taken]
        born = [(g.y_px, g.x_px, g.speck) for g in fresh if g.reading in (Reading.RETRO, Reading.FAINT)]
        self.sparkle.add(np.array(born, dtype=np.float64).reshape(-1, 3))
        self.patches.add(off_axis_only)
        self._weigh_patches([self.tracks[k] for k, _ in pairs])
        self.tracks += [self._begin(g, motion, sequence, t_ns) for g in fresh]
        self._view_deg = motion.view_deg
        if looking:
            self._past.add(motion.view_deg)
        else:
            self._past.carry(None)

    def sweep(self, keep: set[int]) -> None:
        """End tracks that were missed too often or left the view; hold those whose number is in `keep`."""
        o = self.options
        alive: list[Track] = []
        for track in self.tracks:
            gone = track.misses > o.max_missed_sets or not self._in_view(track)
            if gone and not track.held:
                track.held = track.number in keep
            if gone and not track.held:
                self.ended.append(track)
            else:
                alive.append(track)
        held = sorted((t for t in alive if t.held), key=lambda t: t.last_t_ns)
        live = sorted((t for t in alive if not t.held), key=lambda t: (t.hits, t.last_t_ns))
        drop = held[: max(0, len(held) - o.max_held_alerts)] + live[: max(0, len(live) - o.max_tracks)]
        dropped = {t.number for t in drop}
        self.ended += drop
        self.tracks = [t for t in alive if t.number not in dropped]

    def restart(self, keep: set[int]) -> None:
        """End every track after a gap; those in `keep` stay as held alerts whose place is no longer known."""
        for track in self.tracks:
            track.held = track.number in keep
            track.spread = np.diag([np.inf, np.inf, 0.0, 0.0])
            if not track.held:
                self.ended.append(track)
        self.tracks = [t for t in self.tracks if t.held]
        self.sparkle.restart()
        self.patches.restart()
        self._past.restart()

    def _predict(self, motion: SetMotion) -> None:
        """Carry every track whose place is known along, all at once: there may be hundreds."""
        o = self.options
        self.sparkle.carry(motion.matrix)
        self.patches.carry(motion.matrix)
        known = [t for t in self.tracks if np.isfinite(t.spread[0, 0])]
        if not known:
            return
        states = np.array([t.state for t in known])
        places = np.concatenate([states[:, :2], states[:, :2] + states[:, 2:], [t.anchor for t in known]])
        here, ahead, anchors = np.split(map_places(motion.matrix, places), 3)
        kick_px = self.px_per_deg * (o.acceleration_sigma_deg if motion.trusted else o.gate_untrusted_deg / 3)
        spreads = _STEP @ np.array([t.spread for t in known]) @ _STEP.T + np.diag(_KICK) * kick_px**2
        drift = ahead - here
        drift[[t.held for t in known]] = 0.0  # a drift of one set ago says nothing about a place out of sight
        for track, place, velocity, spread, anchor in zip(known, ahead, drift, spreads, anchors, strict=True):
            track.state = np.concatenate([place, velocity])
            track.spread = spread
            track.anchor = anchor

    def _gate_px(self, track: Track, motion: SetMotion) -> float:
        """Return the gate; as long as a track's depth is not known, stepping aside may move it against the wall."""
        o = self.options
        if track.held:
            return self.px_per_deg * (o.reacquire_deg if motion.trusted else max(o.reacquire_deg, o.gate_untrusted_deg))
        if not motion.trusted:
            return self.px_per_deg * o.gate_untrusted_deg
        step_deg = self._step_deg(motion)
        share = _DEPTH_UNKNOWN if track.hits == 1 else _DEPTH_KNOWN
        return self.px_per_deg * (o.gate_deg + share * step_deg)

    def _step_deg(self, motion: SetMotion) -> float:
        """Return how far the viewpoint has moved since the set before."""
        return float(np.hypot(motion.view_deg[0] - self._view_deg[0], motion.view_deg[1] - self._view_deg[1]))

    def _assign(self, glints: Sequence[Glint], gate: _Floats) -> list[tuple[int, int]]:
        """Pair as many tracks with glints as their gates allow, at the least total cost (LAPJVsp).

        Most pairs have no rival; only the others are weighed against each other.
        """
        if not glints or not self.tracks:
            return []
        places = np.array([[g.y_px, g.x_px] for g in glints])
        flux = np.log10([g.flux_dn for g in glints])
        expected = np.array([t.state[:2] for t in self.tracks])
        known = np.array([np.isfinite(t.spread[0, 0]) for t in self.tracks])
        last_flux = np.log10([t.glints[-1].flux_dn for t in self.tracks])
        distance = np.linalg.norm(expected[:, None] - places[None], axis=2) / gate[:, None]
        change = np.abs(last_flux[:, None] - flux[None]) / self.options.flux_gate_dex
        track_at, glint_at = np.nonzero((distance <= 1) & (change <= 1) & known[:, None])
        rivals = np.bincount(track_at, minlength=len(gate))[track_at] + np.bincount(glint_at)[glint_at] > 2
        sure = list(zip(track_at[~rivals].tolist(), glint_at[~rivals].tolist(), strict=True))
        if not rivals.any():
            return sure
        track_at, glint_at = track_at[rivals], glint_at[rivals]
        cost = distance[track_at, glint_at] + _FLUX_WEIGHT * change[track_at, glint_at]
        return sure + _settle(track_at, glint_at, cost)

    def _weigh_patches(self, seen: list[Track]) -> None:
        """Say of tracks that may come to an alert whether they lie amid a patch of mirrors."""
        likely = [t for t in seen if t.hits >= _LOOK_BACK_HITS and t.evidence > 0]
        if not likely:
            return
        places = np.array([t.yx for t in likely])
        for track, patch in zip(likely, self.patches.evidence(places, self.sparkle.near(places)[:, 0]), strict=True):
            track.patch = patch

    def _look_back(self, young: list[Track]) -> None:
        """Note from which viewpoints the places of new tracks were in view, and dark, before they were first seen."""
        if not young:
            return
        inside, views = self._past.in_view(np.array([t.yx for t in young]))
        for track, yes in zip(young, inside, strict=True):
            before = max(0, len(yes) - (track.chances - 1))  # the present set is not among them yet
            track.unseen.extendleft((float(y), float(x)) for y, x in views[:before][yes[:before]][::-1])

    def _update(self, track: Track, glint: Glint, motion: SetMotion, sequence: int, t_ns: int) -> None:
        sigma2 = (self.options.measurement_sigma_deg * self.px_per_deg) ** 2
        place = np.array([glint.y_px, glint.x_px])
        misfit = place - track.state[:2]
        if track.held:
            self._replace(track, glint)
        else:
            gain = track.spread[:, :2] @ np.linalg.inv(track.spread[:2, :2] + sigma2 * np.eye(2))
            track.state = track.state + gain @ misfit
            track.spread = track.spread - gain @ track.spread[:2]
            track.misfits_px.append(float(np.hypot(*misfit)))
            track.chances += 1 + track.misses
            track.drift_deg = track.drift_deg + (place - track.anchor) / self.px_per_deg
        track.anchor = place
        track.wanderings.append((*track.drift_deg.tolist(), *motion.view_deg))
        track.hits += 1
        track.trusted_hits += motion.trusted
        track.misses = 0
        track.held = False
        dark = glint.ratio < np.sqrt(self.options.min_ratio) and glint.reading is not Reading.FAINT
        if dark and motion.trusted:
            track.unseen.append(motion.view_deg)
        track.glints.append(glint)
        if glint.reading is Reading.FAINT:
            self._pool(track)
        track.points.append((sequence, glint.y_px, glint.x_px))
        track.last_t_ns = t_ns

    def _pool(self, track: Track) -> None:
        """Read faint sets together: noise that hides what the off-axis ring shows in each does not in all of them.

        Once they are known to be of a retro-reflector, they count as what they are: their evidence is added.
        """
        o = self.options
        ratio = float(lower_ratio(pooled([g.lights for g in track.glints]), o.ratio_cap))
        if ratio < o.min_ratio:
            return
        chance = self.sparkle.chance(np.array([track.yx]), np.array([o.gate_deg]))[0]
        from_birth = track.hits == len(track.glints)
        for k, glint in enumerate(track.glints):
            if glint.reading is Reading.FAINT:
                track.glints[k] = replace(glint, reading=Reading.RETRO, ratio=ratio)
                first = from_birth and k == 0
                track.evidence += (
                    self.sparkle.birth_evidence(glint.speck) if first else set_evidence(track.glints[k], chance, o)
                )

    def _replace(self, track: Track, glint: Glint) -> None:
        track.state = np.array([glint.y_px, glint.x_px, 0.0, 0.0])
        track.spread = self._first_spread()
        track.chances += 1

    def _begin(self, glint: Glint, motion: SetMotion, sequence: int, t_ns: int) -> Track:
        o = self.options
        self._next_number += 1
        return Track(
            number=self._next_number,
            state=np.array([glint.y_px, glint.x_px, 0.0, 0.0]),
            spread=self._first_spread(self._step_deg(motion)),
            glints=deque([glint], maxlen=o.history_sets),
            points=deque([(sequence, glint.y_px, glint.x_px)], maxlen=o.max_track_points),
            misfits_px=deque(maxlen=o.history_sets),
            first_t_ns=t_ns,
            last_t_ns=t_ns,
            trusted_hits=int(motion.trusted),
            evidence=self.sparkle.birth_evidence(glint.speck) if glint.reading is Reading.RETRO else 0.0,
            anchor=np.array([glint.y_px, glint.x_px]),
            drift_deg=np.zeros(2),
            wanderings=deque([(0.0, 0.0, *motion.view_deg)], maxlen=o.history_sets),
            unseen=deque(maxlen=o.history_sets),
        )

    def _first_spread(self, step_deg: float = 0.0) -> _Floats:
        """Return what is known of a new track: its place, and a drift that its depth may bring at this pace."""
        sigma_px = self.options.measurement_sigma_deg * self.px_per_deg
        drift_px = float(np.hypot(sigma_px / 2, _DEPTH_UNKNOWN * step_deg * self.px_per_deg))
        return np.diag(np.array([sigma_px, sigma_px, drift_px, drift_px]) ** 2)

    def _in_view(self, track: Track) -> bool:
        y, x = track.state[:2]
        return bool(self._past.holds(y, x))


def _settle(track_at: _Indices, glint_at: _Indices, cost: _Floats) -> list[tuple[int, int]]:
    """Return the pairs, of those that the gates allow, that leave the fewest tracks alone at the least total cost."""
    tracks, row = np.unique(track_at, return_inverse=True)
    glints, column = np.unique(glint_at, return_inverse=True)
    alone = np.arange(len(tracks))
    weight = np.concatenate([cost + _OFFSET, np.full(len(tracks), _UNMATCHED)])
    place = (np.concatenate([row, alone]), np.concatenate([column, len(glints) + alone]))
    graph = csr_array((weight, place), shape=(len(tracks), len(glints) + len(tracks)))
    rows, columns = min_weight_full_bipartite_matching(graph)
    paired = columns < len(glints)
    return list(zip(tracks[rows[paired]].tolist(), glints[columns[paired]].tolist(), strict=True))
