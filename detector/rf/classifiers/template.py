"""What every classifier is given, and what it gives back.

A classifier is one file: it looks at one stretch of spectrum (`Run`) of one dwell (`SliceView`), turns a statistic
whose null it knows into a log likelihood ratio, and says why not when it is not (the refusal is counted). It never
changes anything and never asks what the others think; `naming.py` weighs them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.band_plan import Band, BandPlan
from detector.rf.classifiers.cyclic_prefix import Whitened, whiten
from detector.rf.spectrum import Spectrum, power_spectrum
from detector.types import SignalKind

__all__ = ["Channel", "Classifier", "Run", "SliceView", "Verdict", "whole_slice"]

Complex64Array = npt.NDArray[np.complex64]

_DC_HZ = 5e3
_SWING_HZ = 4e5
_SPACE_HZ = 30e3
_STEADY_SWING = 0.6
_LIMIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of neighbouring bins that stand out.

    Attributes
    ----------
    low_hz, high_hz : float
        Radio frequencies of its ends.
    freq_hz : float
        Centroid of its power.
    snr_db : float
        Mean power a bin over the floor.
    """

    low_hz: float
    high_hz: float
    freq_hz: float
    snr_db: float

    @property
    def width_hz(self) -> float:
        """Distance of the ends."""
        return self.high_hz - self.low_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The samples of a run alone: complex64 at a rate a little above its width, centred on it."""

    samples: Complex64Array
    sample_rate_hz: float
    center_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a classifier says of a run.

    Attributes
    ----------
    kind : SignalKind
    log_ratio : float
        ln of (likelihood if it is this) / (likelihood under the null of the classifier's statistic).
    refusal : str or None
        Reason, as counted in ``rejected``, why it is not this; None when it may be.
    """

    kind: SignalKind
    log_ratio: float
    refusal: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class SliceView:
    """One dwell on one slice; what several classifiers need is computed when first asked for, once.

    Attributes
    ----------
    samples : ndarray of complex64, shape (n,)
    spectrum : Spectrum
    floor : float
        Reference noise power a bin.
    peak : float
        Strongest stretch of a few microseconds over the mean power.
    plan : BandPlan
    usable_fraction : float
    """

    samples: Complex64Array
    spectrum: Spectrum
    floor: float
    peak: float
    plan: BandPlan
    usable_fraction: float

    @property
    def sample_rate_hz(self) -> float:
        """Complex samples a second."""
        return self.spectrum.sample_rate_hz

    @property
    def center_hz(self) -> float:
        """Middle of the slice."""
        return self.spectrum.center_hz

    @property
    def seconds(self) -> float:
        """Length of the dwell."""
        return len(self.samples) / self.sample_rate_hz

    @cached_property
    def swing(self) -> float:
        """Standard deviation over mean of the power in frames of 2.5 us: large for pulses, 0.4 for noise."""
        group = max(1, int(self.sample_rate_hz // _SWING_HZ))
        frames = len(self.samples) // group
        steady = self.samples[: frames * group] - self.samples.mean()
        parts = steady.view(np.float32).reshape(frames, 2 * group)
        power = np.einsum("ij,ij->i", parts, parts)
        return float(power.std()) / max(float(power.mean()), 1e-30)

    @cached_property
    def excess(self) -> npt.NDArray[np.float32]:
        """Usable bins over the floor; the receiver's own spike in the middle is set to 1."""
        inside = self.spectrum.usable(self.usable_fraction)
        excess: npt.NDArray[np.float32] = self.spectrum.density[inside] / np.float32(self.floor)
        middle = len(self.spectrum.density) // 2 - inside.start
        quiet = max(1, round(_DC_HZ / self.spectrum.bin_hz))
        excess[middle - quiet : middle + quiet + 1] = 1
        return excess

    @cached_property
    def lines(self) -> Complex64Array:
        """FFT of all samples."""
        lines: Complex64Array = scipy.fft.fft(self.samples)
        return lines

    @cached_property
    def white(self) -> Whitened:
        """Whitened samples, for the cyclic prefix."""
        if self.swing < _STEADY_SWING:
            return whiten(self.lines, self.spectrum.density, self.floor, self.sample_rate_hz)
        samples = self.limited
        density = power_spectrum(samples, self.center_hz, self.sample_rate_hz).density
        return whiten(scipy.fft.fft(samples), density, self.floor, self.sample_rate_hz)

    @property
    def limited(self) -> Complex64Array:
        """Samples with their magnitude limited at what noise of the median power reaches once in 150 samples.

        Keeps phase, and with it the likeness of a prefix and its copy, and takes from lone pulses what they have.
        """
        limit = np.float32(_LIMIT * float(np.median(self.power)) / np.log(2))
        gain = np.sqrt(np.minimum(np.float32(1), limit / (self.power + np.float32(1e-20))))
        samples: Complex64Array = self.samples * gain
        return samples

    @cached_property
    def power(self) -> npt.NDArray[np.float32]:
        """|x|^2 at the full rate, the mean of x taken off."""
        parts = (self.samples - self.samples.mean()).view(np.float32).reshape(-1, 2)
        power: npt.NDArray[np.float32] = np.einsum("ij,ij->i", parts, parts)
        return power

    def band(self, freq_hz: float) -> Band | None:
        """Return the row of the plan that explains a frequency."""
        return self.plan.at(freq_hz)

    def channel(self, run: Run, least_hz: float = 0.0) -> Channel:
        """Return the samples of a run, at least `least_hz` of spectrum and some space on both sides."""
        count = len(self.lines)
        bin_hz = self.sample_rate_hz / count
        width_hz = min(max(run.width_hz + _SPACE_HZ, least_hz), self.sample_rate_hz)
        bins = min(scipy.fft.next_fast_len(max(8, round(width_hz / bin_hz))), count)
        middle = round(((run.low_hz + run.high_hz) / 2 - self.center_hz) / bin_hz)
        index = np.arange(middle - bins // 2, middle - bins // 2 + bins)
        part = scipy.fft.ifft(np.fft.ifftshift(self.lines[index % count])) * np.float32(bins / count)
        return Channel(samples=part, sample_rate_hz=bins * bin_hz, center_hz=self.center_hz + middle * bin_hz)


class Classifier(Protocol):
    """One kind of signal, one file."""

    kind: SignalKind

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return how much the run looks like this kind."""


def whole_slice(view: SliceView) -> Run:
    """Return the usable part of a slice as one run."""
    half_hz = view.sample_rate_hz * view.usable_fraction / 2
    level = max(float(view.excess.mean()), 1e-3)
    return Run(
        low_hz=view.center_hz - half_hz,
        high_hz=view.center_hz + half_hz,
        freq_hz=view.center_hz,
        snr_db=float(10 * np.log10(level)),
    )
