"""Ordinary sweeping, nothing left out: what asks for longer looks, and what is listed."""

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.false_alarms.records import Find, Session
from benchmarks.false_alarms.skies import CHAPTER_S, SkyMaker, service
from benchmarks.rf_sky import FastReceiver
from detector.rf.band_plan import shipped_band_plan
from detector.rf.options import RfOptions
from detector.rf.sense import RfSense
from detector.rf.synth import DongleModel, Emission, FreshNoise, Sky

__all__ = ["REACH", "SPAN_HZ", "Watched", "on_air", "session", "sweep"]

SPAN_HZ = (24e6, 1766e6)
REACH = 2.0
"""Width around a slice's centre, in slices, within which something on the air may have to do with a longer look."""

_NEAR_HZ = 0.5e6


def on_air(emissions: Sequence[Emission], center_hz: float, width_hz: float) -> tuple[str, ...]:
    """Return the services that reach into a slice, each once."""
    inside = (
        service(emission)
        for emission in emissions
        if abs(emission.center_hz - center_hz) <= (emission.bandwidth_hz + width_hz) / 2
    )
    return tuple(sorted(set(inside)))


class Watched:
    """A sense that sweeps, and a list of what it listed first when.

    Parameters
    ----------
    options : RfOptions
    dongle : DongleModel
    span_hz : tuple of float
    """

    def __init__(self, options: RfOptions, dongle: DongleModel, span_hz: tuple[float, float] = SPAN_HZ) -> None:
        self._options, self._dongle = options, dongle
        self._sense = RfSense.for_sweep(options, shipped_band_plan(options.region), span_hz)
        self._receiver = FastReceiver(Sky((), dongle=dongle, noise=FreshNoise(0)))
        self._known: set[tuple[str, str]] = set()
        self.finds: list[Find] = []
        self.looks_quiet = self.looks_air = 0

    @property
    def swept_s(self) -> float:
        """Time since the start."""
        return self._receiver.t_ns / 1e9

    def sweep(self, emissions: Sequence[Emission], seconds: float, seed: int) -> None:
        """Go on for a while under a sky."""
        self._receiver.sky = Sky(emissions, dongle=self._dongle, noise=FreshNoise(seed))
        end_ns = self._receiver.t_ns + round(seconds * 1e9)
        longer = round(self._options.confirm_dwell_s * self._options.sample_rate_hz)
        while self._receiver.t_ns < end_ns:
            tuning = self._sense.next_tuning()
            self._sense.step(self._receiver.read(tuning))
            if tuning.sample_count < longer:
                continue
            if on_air(emissions, tuning.center_hz, REACH * self._options.sample_rate_hz):
                self.looks_air += 1
            else:
                self.looks_quiet += 1
            self._note(emissions)

    def _note(self, emissions: Sequence[Emission]) -> None:
        report = self._sense.report()
        for listed, findings in (("alert", report.alerts), ("inspect", report.inspect)):
            for finding in findings:
                if (listed, finding.key) in self._known:
                    continue
                self._known.add((listed, finding.key))
                width_hz = max(finding.bandwidth_hz, _NEAR_HZ)
                self.finds.append(
                    Find(
                        listed=listed,
                        t_s=round(self.swept_s, 1),
                        kind=str(finding.kind),
                        mhz=round(finding.freq_hz / 1e6, 2),
                        confidence=round(finding.confidence, 3),
                        on_air=on_air(emissions, finding.freq_hz, width_hz),
                    )
                )


def sweep(
    options: RfOptions,
    dongle: DongleModel,
    skies: Sequence[tuple[Emission, ...]],
    chapter_s: float,
    seed: int,
    span_hz: tuple[float, float] = SPAN_HZ,
) -> Watched:
    """Sweep from a fresh start, one sky after the other."""
    watched = Watched(options, dongle, span_hz)
    for number, emissions in enumerate(skies):
        watched.sweep(emissions, chapter_s, seed + number)
    return watched


def session(options: RfOptions, maker: SkyMaker, seed: int, index: int, chapters: int) -> Session:
    """Sweep a few chapters from a fresh start."""
    began = time.process_time()
    rng = np.random.default_rng([seed, 1, index])
    skies = [maker.draw(rng) for _ in range(chapters)]
    watched = sweep(options, maker.dongle, skies, CHAPTER_S, int(rng.integers(1 << 30)))
    return Session(
        seed=seed,
        index=index,
        swept_s=round(watched.swept_s, 1),
        looks_quiet=watched.looks_quiet,
        looks_air=watched.looks_air,
        finds=tuple(watched.finds),
        cpu_s=round(time.process_time() - began, 1),
    )
