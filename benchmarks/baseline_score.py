"""False alerts of the comparison with a baseline, and what it finds; markdown on stdout.

    python benchmarks/baseline_score.py [trials] [seed]

Levels are drawn cell by cell (no samples): a receiver's noise, a city's transmitters with Rayleigh or Rician fading
from look to look, lognormal differences between corridor and room, a window that lifts everything, remotes and phones
that send now and then. Everything else is the device's own code. Intervals are exact Poisson, 95 %.
"""

import sys
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from detector.rf.band_plan import shipped_band_plan
from detector.rf.baseline import Comparison, LookStore, Rise, make_baseline
from detector.rf.baseline_desk import explained_cells
from detector.rf.baseline_options import BaselineOptions
from detector.rf.levels import CellLevels
from detector.types import Provenance

SPAN_HZ = (24e6, 1766e6)
OPTIONS, PLAN = BaselineOptions(), shipped_band_plan("KR")
CELL_HZ, FLOOR_DB = OPTIONS.cell_hz, -90.0
FIRST = int(SPAN_HZ[0] / CELL_HZ)
CELLS = int(SPAN_HZ[1] / CELL_HZ) - FIRST
EXPLAINED = explained_cells(PLAN, SPAN_HZ, CELL_HZ)
RISES_DB = (10, 15, 20, 25, 30, 40)

Levels = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How corridor and room differ.

    Attributes
    ----------
    window_db : float
        All that comes from outside is stronger inside by this.
    shadow_db : float
        Spread of each transmitter's own difference.
    rice : float
        Power of the steady part over the fading one; 0 is Rayleigh.
    walks_outside, walks_inside : bool
        Whether looks fade independently; otherwise all of a place are one.
    bursts : int
        Remotes and phones, each sending in a third of the looks.
    """

    name: str
    window_db: float = 0.0
    shadow_db: float = 4.0
    rice: float = 0.0
    walks_outside: bool = True
    walks_inside: bool = True
    bursts: int = 20


SCENES = (
    Scene(name="corridor and room alike"),
    Scene(name="room with a window (+3 dB)", window_db=3.0),
    Scene(name="inner corridor, window (+15 dB)", window_db=15.0),
    Scene(name="one shadow larger than assumed (6 dB)", shadow_db=6.0, window_db=3.0),
    Scene(name="Rician, K = 6 dB", rice=4.0, window_db=3.0),
    Scene(name="hardly any fading, shadow 6 dB", rice=30.0, shadow_db=6.0, window_db=3.0),
    Scene(name="device lies still inside", walks_inside=False, window_db=3.0),
    Scene(name="stood still outside, Rayleigh", walks_outside=False, window_db=3.0),
    Scene(name="stood still at both, Rayleigh", walks_outside=False, walks_inside=False, window_db=3.0),
    Scene(name="no bursts, no window", bursts=0),
)


def fades(rng: np.random.Generator, scene: Scene, looks: int, walks: bool, count: int) -> Levels:
    """Power of each look and stretch that fades as one, mean 1."""
    rows = looks if walks else 1
    steady = np.sqrt(scene.rice / (1 + scene.rice))
    moving = np.sqrt(0.5 / (1 + scene.rice))
    phase = np.exp(2j * np.pi * rng.random((rows, count)))
    field = steady * phase + moving * (rng.standard_normal((rows, count)) + 1j * rng.standard_normal((rows, count)))
    return np.repeat(np.abs(field) ** 2, looks // rows, axis=0)


class City:
    """Transmitters with their bands and their levels outside, drawn once a trial."""

    def __init__(self, rng: np.random.Generator, scene: Scene) -> None:
        self.rng, self.scene = rng, scene
        # stations, base stations, trunked voice: two in three where the plan expects them, the rest anywhere
        named = np.flatnonzero(EXPLAINED[:CELLS])
        starts = np.where(rng.random(80) < 0.67, rng.choice(named, 80), rng.integers(0, CELLS - 100, 80))
        widths = rng.choice([1, 2, 15, 60, 90], 80)
        self.bands = [(int(start), int(min(start + width, CELLS))) for start, width in zip(starts, widths, strict=True)]
        self.outside_db = rng.uniform(-10, 45, len(self.bands))
        self.shadow_db = scene.shadow_db * rng.standard_normal(len(self.bands))
        self.bursts = [(int(at), rng.uniform(5, 45)) for at in rng.integers(0, CELLS - 2, scene.bursts)]

    def looks(self, *, inside: bool) -> list[CellLevels]:
        """All looks at one place."""
        rng, scene = self.rng, self.scene
        count = OPTIONS.inside_looks if inside else OPTIONS.outside_looks
        # noise of a look of 20 ms averaged over a cell: about 0.1 dB
        power = 1 + 0.025 * rng.standard_normal((count, CELLS))
        for number, (start, stop) in enumerate(self.bands):
            level_db = self.outside_db[number] + (scene.window_db + self.shadow_db[number] if inside else 0.0)
            blocks = -(-(stop - start) // 20)
            walks = scene.walks_inside if inside else scene.walks_outside
            fade = np.repeat(fades(rng, scene, count, walks, blocks), 20, axis=1)[:, : stop - start]
            power[:, start:stop] += 10 ** (level_db / 10) * fade
        for at, level_db in self.bursts:
            sends = rng.random(count) < 1 / 3
            power[:, at] += sends * 10 ** (level_db / 10) * rng.exponential(size=count)
        level = (FLOOR_DB + 10 * np.log10(power)).astype(np.float32)
        return [CellLevels(first=FIRST, level_db=row, floor_db=FLOOR_DB) for row in level]


def trial(
    rng: np.random.Generator, scene: Scene, planted: tuple[float, float] | None = None
) -> tuple[list[Rise], Comparison, int]:
    """Record, go in, compare once; `planted` is an emitter's SNR outside and its rise.

    Returns the rises, the comparison, and the cell at which the planted emitter begins.
    """
    city = City(rng, scene)
    at = int(rng.integers(0, CELLS - 100))
    store = LookStore(SPAN_HZ, CELL_HZ, OPTIONS.outside_looks)
    rayleigh = replace(scene, rice=0.0)
    for inside in (False, True):
        looks = city.looks(inside=inside)
        if planted is not None:
            outside_db, rise_db = planted
            level_db = outside_db + (rise_db if inside else 0.0)
            # near: little fading; far: Rayleigh
            fade = fades(rng, replace(scene, rice=10.0) if inside else rayleigh, len(looks), True, 3)
            for look, row in zip(looks, fade, strict=True):
                power = 10 ** (look.level_db[at : at + 60] / 10)
                power += 10 ** ((FLOOR_DB + level_db) / 10) * np.repeat(row, 20)
                look.level_db[at : at + 60] = 10 * np.log10(power)
        if inside:
            comparison = Comparison(OPTIONS, make_baseline(store, "corridor", Provenance.SIMULATED), SPAN_HZ, EXPLAINED)
            for look in looks:
                comparison.add(look)
        else:
            for look in looks:
                store.add(look)
    return list(comparison.rises()), comparison, at + FIRST


def poisson(count: int, trials: int) -> str:
    """Per hundred comparisons, with its interval."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    high = chi2.ppf(0.975, 2 * count + 2) / 2
    return f"{100 * count / trials:.1f} [{100 * low / trials:.1f}, {100 * high / trials:.1f}]"


def main(trials: int, seed: int) -> None:
    print(f"\nFalse alerts per hundred comparisons of 24-1766 MHz ({trials} each, seed {seed}; stated: ", end="")
    print(f"{100 * OPTIONS.false_alarms:g})\n")
    print("| scene | alerts | worth a look | comparisons with an alert | common rise taken off |")
    print("|---|---|---|---|---|")
    for number, scene in enumerate(SCENES):
        alerts = doubtful = spoiled = 0
        common = []
        for turn in range(trials):
            rises, comparison, _ = trial(np.random.default_rng([seed, number, turn]), scene)
            found = sum(rise.chance <= OPTIONS.false_alarms for rise in rises)
            alerts, doubtful, spoiled = alerts + found, doubtful + len(rises) - found, spoiled + (found > 0)
            common.append(comparison.together()[0])
        print(
            f"| {scene.name} | {poisson(alerts, trials)} | {poisson(doubtful, trials)} | {spoiled}/{trials} "
            f"| {np.median(common):.1f} dB |"
        )
    show_finds(max(trials // 5, 20), seed)


def show_finds(trials: int, seed: int) -> None:
    """What a planted emitter of 6 MHz gives, by its rise and by how well it is heard outside."""
    print(f"\nFound, an emitter 6 MHz wide anywhere ({trials} each; room with a window):\n")
    print("| SNR in a cell outside | " + " | ".join(f"+{rise} dB" for rise in RISES_DB) + " |")
    print("|---|" + "---|" * len(RISES_DB))
    for row, outside_db in enumerate((-20.0, 0.0, 20.0)):
        cells = []
        for column, rise_db in enumerate(RISES_DB):
            hits = 0
            for turn in range(trials):
                rng = np.random.default_rng([seed, 77, row, column, turn])
                rises, _, at = trial(rng, SCENES[1], (outside_db, float(rise_db)))
                hits += any(
                    rise.chance <= OPTIONS.false_alarms
                    and rise.high_hz > at * CELL_HZ
                    and rise.low_hz < (at + 60) * CELL_HZ
                    for rise in rises
                )
            cells.append(f"{hits / trials:.2f}")
        print(f"| {outside_db:g} dB | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [200, 4100][len(arguments) :]))
