"""Short bursts: remote controls, doorbells, sensors, keyed on and off (OOK) or shifted in frequency (FSK).

The power of the run's own channel in blocks of 100 us. Null: a steady noise-like channel gives block means that are
gamma with a squared coefficient of variation 1 / n (n independent samples a block), known to within sqrt(2 / K) of
itself over K blocks; the excess is a normal deviate. A steady carrier or FM varies less than that.
"""

from dataclasses import dataclass

import numpy as np

from detector.rf.classifiers.statistics import gauss_surprise, log_ratio
from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["BurstClassifier", "Keying", "measure_keying"]

_BLOCK_S = 100e-6
_LEAST_CHANNEL_HZ = 60e3
_WIDEST_HZ = 500e3
_ON = 0.25
_LEAST_VARIATION = 0.15
_LEAST_BLOCKS = 20
_SLOT_S = (0.0125, 0.06)


@dataclass(frozen=True, slots=True)
class Keying:
    """How a channel goes on and off.

    Attributes
    ----------
    variation : float
        Squared coefficient of variation of the block powers.
    z : float
        Its excess over the null, in standard deviations.
    on : float
        Part of the blocks above a quarter of the strongest tenth.
    longest_s : float
        Longest time on.
    """

    variation: float
    z: float
    on: float
    longest_s: float

    @property
    def slotted(self) -> bool:
        """Whether the times on are those of voice in time slots (14 ms TETRA, 27.5 ms DMR; several in a row)."""
        return _SLOT_S[0] <= self.longest_s <= _SLOT_S[1] and self.on < 0.9


class BurstClassifier:
    """Finds keyed and bursty narrow signals.

    Refusals: ``wrong_width``, ``too_short``, ``steady``, ``time_slots``.
    """

    kind = SignalKind.OOK_FSK

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how unsteady the run's channel is."""
        if run.width_hz > _WIDEST_HZ:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="wrong_width")
        keying = measure_keying(view, run)
        if keying is None:
            return Verdict(kind=self.kind, log_ratio=-np.inf, refusal="too_short")
        refusal = None
        if keying.variation < _LEAST_VARIATION:
            refusal = "steady"
        elif keying.slotted:
            refusal = "time_slots"
        return Verdict(kind=self.kind, log_ratio=log_ratio(gauss_surprise(keying.z)), refusal=refusal)


def measure_keying(view: SliceView, run: Run) -> Keying | None:
    """Return how a run's channel is keyed, None where the dwell is too short to say."""
    channel = view.channel(run, min(_LEAST_CHANNEL_HZ, view.sample_rate_hz))
    length = max(2, round(_BLOCK_S * channel.sample_rate_hz))
    count = len(channel.samples) // length
    if count < _LEAST_BLOCKS:
        return None
    parts = channel.samples[: count * length].reshape(count, length)
    power = np.mean(np.abs(parts) ** 2, axis=1)
    variation = float(power.var() / (power.mean() ** 2 + 1e-30))
    null = 1 / length
    z = (variation - null) / (null * np.sqrt(2 / count) * np.sqrt(1 + 3 * null))
    on = power > _ON * np.quantile(power, 0.9)
    edges = np.flatnonzero(np.diff(np.r_[False, on, False].astype(np.int8)))
    longest = int((edges[1::2] - edges[0::2]).max()) if len(edges) else 0
    return Keying(variation, float(z), float(on.mean()), longest * length / channel.sample_rate_hz)
