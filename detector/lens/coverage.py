"""What the lens sense has looked at, what is short, and what it can never see."""

from dataclasses import dataclass, field

import numpy as np

from detector.lens.options import LensOptions
from detector.types import PeopleState, Phrase, SenseCoverage

__all__ = ["SweepTally"]

_CANNOT_SEE = (
    Phrase("lens.cannot_see.steep_one_way_glass"),
    Phrase("lens.cannot_see.turned_away"),
    Phrase("lens.cannot_see.infrared_filter"),
    Phrase("lens.cannot_see.covered"),
    Phrase("lens.cannot_see.out_of_view"),
)
_REMEMBERED_POSES = 64
_NOBODY = PeopleState()


@dataclass(slots=True)
class SweepTally:
    """Counts since the start or the last gap; `frames`, `dropped` and the like run on over gaps.

    `paused_frames` came while a person was in view and count to nothing else.

    Distinct poses are told by how far the camera stepped, as an angle at the wall: turning on the spot is none.
    """

    options: LensOptions
    frames: int = 0
    paused_frames: int = 0
    dropped: int = 0
    unattributed: int = 0
    sets: int = 0
    trusted_sets: int = 0
    dark_sets: int = 0
    unlit_sets: int = 0
    total_sets: int = 0
    total_trusted_sets: int = 0
    gaps: list[Phrase] = field(default_factory=list)
    _poses: list[tuple[float, float]] = field(default_factory=list)

    def note_set(self, view_deg: tuple[float, float], trusted: bool, dark: bool) -> None:
        """Count one analysed set, taken from that viewpoint (y, x), degrees at the wall."""
        self.sets += 1
        self.total_sets += 1
        self.dark_sets += dark
        if not trusted:
            return
        self.trusted_sets += 1
        self.total_trusted_sets += 1
        if all(np.hypot(view_deg[0] - y, view_deg[1] - x) >= self.options.pose_step_deg for y, x in self._poses):
            self._poses = [*self._poses[-_REMEMBERED_POSES:], view_deg]

    def note_unlit_set(self) -> None:
        """Count a set whose rings lit nothing: a burnt ring or a cut wire must not look like an empty room."""
        self.unlit_sets += 1

    def note_gap(self, reason: Phrase) -> None:
        """Begin again: what was seen before the gap does not make the sweep after it complete."""
        self.gaps = [*self.gaps[-3:], reason]
        self.sets = self.trusted_sets = self.dark_sets = self.unlit_sets = 0
        self._poses = []

    @property
    def poses(self) -> int:
        """Distinct poses since the start or the last gap."""
        return len(self._poses)

    def coverage(self, people: PeopleState = _NOBODY) -> SenseCoverage:
        """Return the coverage; complete only when nothing is short and nobody is in view."""
        short = self._short()
        if people.paused:
            short.insert(0, Phrase("lens.missing.person"))
        done = (
            Phrase("lens.done.frames", {"frames": self.frames}),
            Phrase("lens.done.sets", {"sets": self.total_sets, "trusted_sets": self.total_trusted_sets}),
            Phrase("lens.done.poses", {"poses": self.poses}),
        )
        notes = list(self.gaps)
        if people.times:
            rest = {"seconds": round(people.paused_s, 1), "times": people.times, "frames": self.paused_frames}
            notes.append(Phrase("lens.missing.paused", rest))
        if self.dropped:
            notes.append(Phrase("lens.missing.dropped", {"frames": self.dropped}))
        if self.unattributed:
            notes.append(Phrase("lens.missing.unattributed", {"frames": self.unattributed}))
        return SenseCoverage(complete=not short, done=done, missing=tuple(short + notes), cannot_see=_CANNOT_SEE)

    def _short(self) -> list[Phrase]:
        o = self.options
        short = []
        if self.unlit_sets > o.max_unlit_fraction * (self.sets + self.unlit_sets):
            short.append(Phrase("lens.missing.no_light", {"sets": self.unlit_sets}))
        if self.sets == 0:
            short.append(Phrase("lens.missing.no_sets"))
        elif self.trusted_sets < o.min_trusted_fraction * self.sets:
            short.append(Phrase("lens.missing.registration"))
        if self.trusted_sets < o.complete_sets:
            wanted = {"sets": self.trusted_sets, "wanted": o.complete_sets}
            short.append(Phrase("lens.missing.sets", wanted))
        if self.poses < o.complete_poses:
            short.append(Phrase("lens.missing.poses", {"poses": self.poses, "wanted": o.complete_poses}))
        if self.sets and self.dark_sets < o.min_dark_fraction * self.sets:
            short.append(Phrase("lens.missing.dark"))
        return short
