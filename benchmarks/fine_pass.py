"""What the gapless pass lists of narrow transmitters, right, twice and wrong: many draws, without a clock.

    PYTHONPATH=. .venv/bin/python -m benchmarks.fine_pass [--draws 4] [--seed 500] [--wider 1.08] [--ideal-edges]

Each draw: the busy city of the virtual dongle with 24 narrow transmitters (`tests.virtual_dongle.scenes.narrow`), one
third of them at the seams of the pass, heard through the chip's own filter, images included. A transmitter is found
when the list has an entry within 12 kHz; twice when it has two; an entry that belongs to no transmitter is wrong.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import structs

from benchmarks.rf_sky import wilson
from detector.rf.band_plan import shipped_band_plan
from detector.rf.convert import from_raw
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import DongleModel, Emission, Sky
from detector.types import IqBlock, Provenance, SenseReport, SignalKind
from tests.virtual_dongle.scenes import fine_options, narrow_city

__all__ = ["NEAR_HZ", "one_pass", "score"]

NEAR_HZ = 12e3
RETUNE_S = 0.0108
NAMELESS = (SignalKind.UNKNOWN, SignalKind.NOISE_LIKE)


def one_pass(sky: Sky, options: RfOptions, longer_s: float = 0.0) -> tuple[SenseReport, float]:
    """Sweep a sky once on a clock of its own; return the report, and the seconds until all was listened to.

    Parameters
    ----------
    sky : Sky
    options : RfOptions
    longer_s : float
        How long the sweep goes on after that.
    """
    sense = RfSense.for_sweep(options, shipped_band_plan("KR"), (24e6, 1766e6))
    t_s, until_s, whole_s, number = 1.0, float("inf"), 0.0, 0
    while t_s < until_s:
        tuning = sense.next_tuning()
        samples, clipped = from_raw(sky.receive(tuning, t_s), "cu8")
        block = IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=tuning.sample_rate_hz,
            sequence=number,
            t_ns=round(t_s * 1e9),
            provenance=Provenance.SIMULATED,
            clipped_fraction=clipped,
            gain_db=tuning.gain_db,
        )
        sense.step(block)
        t_s += block.duration_s + RETUNE_S
        number += 1
        if not whole_s and sense.report().coverage.complete:
            whole_s, until_s = t_s - 1.0, t_s + longer_s
    return sense.report(), whole_s


def score(report: SenseReport, scene: Mapping[str, Emission]) -> Counter[str]:
    """Count what the list says of the narrow transmitters of a scene, and entries that belong to nothing."""
    counts: Counter[str] = Counter()
    wide = [item for item in scene.values() if item.bandwidth_hz > 30e3]
    thin = {name: item for name, item in scene.items() if item.bandwidth_hz <= 30e3}
    for name, item in thin.items():
        place = name.split()[0]
        near = [signal for signal in report.signals if abs(signal.freq_hz - item.center_hz) <= NEAR_HZ]
        counts[f"{place} sent"] += 1
        counts[f"{place} found"] += bool(near)
        counts[f"{place} named"] += any(signal.kind not in NAMELESS for signal in near)
        counts[f"{place} twice"] += len(near) > 1
        sort = "voice" if item.bandwidth_hz > 1e3 else "carrier"
        counts.update(f"{sort} called {signal.kind}" for signal in near)
    for signal in report.signals:
        of_thin = any(abs(signal.freq_hz - item.center_hz) <= NEAR_HZ for item in thin.values())
        reach_hz = [(item.bandwidth_hz + signal.bandwidth_hz) / 2 + 60e3 for item in wide]
        of_wide = any(abs(signal.freq_hz - item.center_hz) <= hz for item, hz in zip(wide, reach_hz, strict=True))
        counts["entries"] += 1
        counts["wrong"] += not (of_thin or of_wide)
    return counts


def table(counts: Counter[str], places: Sequence[str]) -> None:
    for place in places:
        sent = counts[f"{place} sent"]
        rates = []
        for what in ("found", "named", "twice"):
            low, high = wilson(counts[f"{place} {what}"], sent)
            rates.append(f"{what} {counts[f'{place} {what}']} [{low:.2f}, {high:.2f}]")
        print(f"{place:8} {sent:4} sent:", ", ".join(rates))
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items()) if " called " in name))
    print(f"entries {counts['entries']}, of no transmitter {counts['wrong']}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--seed", type=int, default=500)
    parser.add_argument("--longer", type=float, default=0.0, help="seconds of sweeping after the pass")
    parser.add_argument("--wider", type=float, default=1.0, help="the chip's filter is this much wider than published")
    parser.add_argument("--ideal-edges", action="store_true", help="a receiver without images, for comparison")
    arguments = parser.parse_args()
    options = structs.replace(fine_options(), signal_limit=500)
    total: Counter[str] = Counter()
    for seed in range(arguments.seed, arguments.seed + arguments.draws):
        scene = narrow_city(seed)
        dongle = DongleModel(resampler=not arguments.ideal_edges, resampler_width=arguments.wider)
        sky = Sky(tuple(scene.values()), dongle, seed=seed)
        report, whole_s = one_pass(sky, options, arguments.longer)
        total += score(report, scene)
        print(f"seed {seed}: {whole_s:.2f} s, images {report.rejected.get('image', 0)}")
    table(total, ("carrier", "free", "seam"))


if __name__ == "__main__":
    main()
