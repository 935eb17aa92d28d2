"""A down-converter before the receiver: what the receiver tunes to, and what is on the air.

Low-side injection: intermediate = air - oscillator; the spectrum keeps its order. High-side injection: intermediate =
oscillator - air; rising frequencies fall, and the samples are conjugated to turn the slice round again.
"""

from dataclasses import dataclass, replace

import numpy as np

from detector.rf.options import RfOptions
from detector.types import IqBlock, Tuning

__all__ = ["Converter"]


@dataclass(frozen=True, slots=True)
class Converter:
    """Frequencies on the air against those at the receiver.

    Attributes
    ----------
    lo_hz : float
        Local oscillator; 0 where there is no converter.
    high_side : bool
        The oscillator lies above what is received.
    pass_hz : tuple of float
        Lowest and highest frequency on the air that the converter passes; 0 where not known.
    """

    lo_hz: float = 0.0
    high_side: bool = False
    pass_hz: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def from_options(cls, options: RfOptions) -> "Converter":
        """Return the converter of a configuration."""
        high_side = options.converter_side == "high" and options.converter_lo_hz > 0
        return cls(options.converter_lo_hz, high_side, (options.converter_low_hz, options.converter_high_hz))

    @property
    def fitted(self) -> bool:
        """Whether there is one."""
        return self.lo_hz > 0

    def to_air(self, receiver_hz: float) -> float:
        """Return the frequency on the air that the receiver hears at `receiver_hz`."""
        return self.lo_hz - receiver_hz if self.high_side else self.lo_hz + receiver_hz

    def to_receiver(self, air_hz: float) -> float:
        """Return where to tune for a frequency on the air; the inverse of `to_air`."""
        return self.lo_hz - air_hz if self.high_side else air_hz - self.lo_hz

    def span_on_air(self, span_hz: tuple[float, float]) -> tuple[float, float]:
        """Return what a receiver's span reaches on the air, rising, cut to what the converter passes.

        Raises
        ------
        ValueError
            Nothing is left: the converter and the receiver do not fit together.
        """
        low_hz, high_hz = sorted(self.to_air(edge_hz) for edge_hz in span_hz)
        if self.fitted:
            low_hz = max(low_hz, self.pass_hz[0], 0.0)
            high_hz = min(high_hz, self.pass_hz[1] or high_hz)
        if low_hz >= high_hz:
            raise ValueError(f"a converter at {self.lo_hz / 1e6:g} MHz leaves nothing that the receiver can tune to")
        return low_hz, high_hz

    def tuning(self, tuning: Tuning) -> Tuning:
        """Return what to ask of the receiver for a tuning on the air."""
        return replace(tuning, center_hz=self.to_receiver(tuning.center_hz)) if self.fitted else tuning

    def on_air(self, block: IqBlock) -> IqBlock:
        """Return a block as it was on the air: its centre moved, its spectrum the right way round."""
        if not self.fitted:
            return block
        samples = np.conj(block.samples) if self.high_side else block.samples
        return replace(block, center_hz=self.to_air(block.center_hz), samples=samples)
