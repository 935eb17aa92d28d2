"""Radio items: how a receiver is tuned and what it delivers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.types.provenance import Provenance

__all__ = ["IqBlock", "Tuning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """One request to a receiver: where to listen, how fast, how long.

    Attributes
    ----------
    center_hz : float
        Radio frequency at the centre of the slice.
    sample_rate_hz : float
        Complex samples per second.
    sample_count : int
        Samples wanted after the stale ones were discarded.
    gain_db : float or None
        Tuner gain; None leaves it to the receiver (AGC).
    """

    center_hz: float
    sample_rate_hz: float
    sample_count: int
    gain_db: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IqBlock:
    """Contiguous complex samples of one dwell on one tuning.

    Attributes
    ----------
    samples : ndarray of complex64, shape (n,), read-only
        Baseband; a full-scale tone has magnitude 1.
    center_hz, sample_rate_hz : float
        As tuned, without correction of the crystal.
    sequence : int
        Counts up by one per block of a source; a gap means lost blocks.
    t_ns : int
        Monotonic time of the first sample.
    provenance : Provenance
    clipped_fraction : float
        Fraction in [0, 1] of raw components at either end of the converter's range.
    lost_samples : int
        Samples known to be missing just before or within this block, beyond the deliberate discard after a retune; as
        many as it has where its content is known to be worthless.
    gain_db : float or None
        Tuner gain in force; None where unknown.
    """

    samples: npt.NDArray[np.complex64]
    center_hz: float
    sample_rate_hz: float
    sequence: int
    t_ns: int
    provenance: Provenance
    clipped_fraction: float = 0.0
    lost_samples: int = 0
    gain_db: float | None = None

    def __post_init__(self) -> None:
        self.samples.flags.writeable = False

    @property
    def duration_s(self) -> float:
        """Length of the block in seconds."""
        return len(self.samples) / self.sample_rate_hz
