"""What the lens sense has looked at, what is short, and what it can never see."""

from dataclasses import dataclass, field

from detector.lens.options import LensOptions
from detector.types import PeopleState, Phrase, SenseCoverage, SpotCoverage

__all__ = ["SweepTally"]

_CANNOT_SEE: tuple[Phrase, ...] = (
    Phrase("lens.cannot_see.steep_one_way_glass"),
    Phrase("lens.cannot_see.turned_away"),
    Phrase("lens.cannot_see.too_near"),
    Phrase("lens.cannot_see.infrared_filter"),
    Phrase("lens.cannot_see.covered"),
    Phrase("lens.cannot_see.out_of_view"),
)
_SIZE_UNKNOWN = Phrase("lens.cannot_see.size_unknown")
_NOBODY = PeopleState()


@dataclass(slots=True)
class SweepTally:
    """Counts since the start or the last gap; `frames`, `dropped` and the like run on over gaps.

    `paused_frames` came while a person was in view and count to nothing else.

    What the sets were good for, spot by spot, is the business of `SpotMap`.
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

    def note_set(self, trusted: bool, dark: bool) -> None:
        """Count one analysed set."""
        self.sets += 1
        self.total_sets += 1
        self.dark_sets += dark
        self.trusted_sets += trusted
        self.total_trusted_sets += trusted

    def note_unlit_set(self) -> None:
        """Count a set whose rings lit nothing: a burnt ring or a cut wire must not look like an empty room."""
        self.unlit_sets += 1

    def note_gap(self, reason: Phrase) -> None:
        """Begin again: what was seen before the gap does not make the sweep after it complete."""
        self.gaps = [*self.gaps[-3:], reason]
        self.sets = self.trusted_sets = self.dark_sets = self.unlit_sets = 0

    def coverage(self, spots: SpotCoverage, maps_ended: int = 0, people: PeopleState = _NOBODY) -> SenseCoverage:
        """Return the coverage; complete only when nothing is short.

        Parameters
        ----------
        spots : SpotCoverage
            `SpotMap.coverage`.
        maps_ended : int
            How often the place on the wall was lost since the start or the last gap.
        people : PeopleState
            Nothing is complete while somebody is in view.
        """
        short = self._short(spots)
        if people.paused:
            short.insert(0, Phrase("lens.missing.person"))
        done = [
            Phrase("lens.done.frames", {"frames": self.frames}),
            Phrase("lens.done.sets", {"sets": self.total_sets, "trusted_sets": self.total_trusted_sets}),
            Phrase("lens.done.spots", {"done": spots.done, "pointed": spots.pointed}),
        ]
        cannot_see = _CANNOT_SEE
        if spots.smallest_lens_mm is not None:
            done.append(Phrase("lens.done.smallest", {"aperture_mm": spots.smallest_lens_mm}))
        else:
            cannot_see = (*_CANNOT_SEE, _SIZE_UNKNOWN)
        notes = list(self.gaps)
        if maps_ended:
            notes.append(Phrase("lens.missing.place_lost", {"times": maps_ended}))
        if people.times:
            rest = {"seconds": round(people.paused_s, 1), "times": people.times, "frames": self.paused_frames}
            notes.append(Phrase("lens.missing.paused", rest))
        if self.dropped:
            notes.append(Phrase("lens.missing.dropped", {"frames": self.dropped}))
        if self.unattributed:
            notes.append(Phrase("lens.missing.unattributed", {"frames": self.unattributed}))
        return SenseCoverage(
            complete=not short,
            done=tuple(done),
            missing=tuple(short + notes),
            cannot_see=cannot_see,
            spots=spots,
        )

    def _short(self, spots: SpotCoverage) -> list[Phrase]:
        o = self.options
        short = []
        if self.unlit_sets > o.max_unlit_fraction * (self.sets + self.unlit_sets):
            short.append(Phrase("lens.missing.no_light", {"sets": self.unlit_sets}))
        if self.sets == 0:
            short.append(Phrase("lens.missing.no_sets"))
        elif self.trusted_sets < o.min_trusted_fraction * self.sets:
            short.append(Phrase("lens.missing.registration"))
        if spots.done < o.complete_spots:
            short.append(Phrase("lens.missing.few_spots", {"done": spots.done, "wanted": o.complete_spots}))
        if spots.done < o.complete_share * spots.pointed:
            short.append(Phrase("lens.missing.spots", {"spots": spots.pointed - spots.done, "pointed": spots.pointed}))
        if self.sets and self.dark_sets < o.min_dark_fraction * self.sets:
            short.append(Phrase("lens.missing.dark"))
        return short
