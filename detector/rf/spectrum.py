"""Power spectral density of a dwell."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

__all__ = ["Spectrum", "power_spectrum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Averaged periodogram of one dwell.

    Attributes
    ----------
    density : ndarray of float32, shape (bins,)
        Power per bin (full-scale tone 1), lowest frequency first; the sum is the mean power.
    center_hz, sample_rate_hz : float
    averages : int
        Segments averaged.
    """

    density: npt.NDArray[np.float32]
    center_hz: float
    sample_rate_hz: float
    averages: int

    @property
    def bin_hz(self) -> float:
        """Distance of bins."""
        return self.sample_rate_hz / len(self.density)

    def usable(self, fraction: float) -> slice:
        """Return the bins within the middle `fraction` of the slice."""
        edge = round(len(self.density) * (1 - fraction) / 2)
        return slice(edge, len(self.density) - edge)

    def frequency_hz(self, index: float) -> float:
        """Return the radio frequency of a (fractional) bin."""
        return self.center_hz + (index - len(self.density) // 2) * self.bin_hz


@lru_cache(maxsize=4)
def _window(length: int) -> npt.NDArray[np.float32]:
    taper = np.hanning(length + 1)[:-1]
    window: npt.NDArray[np.float32] = (taper / np.sqrt(np.mean(taper**2))).astype(np.float32)
    return window


def power_spectrum(
    samples: npt.NDArray[np.complex64], center_hz: float, sample_rate_hz: float, bins: int = 1024
) -> Spectrum:
    """Average periodograms of Hann-windowed segments side by side (Welch 1967, no overlap: each sample once).

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
        Fewer than `bins` are padded with zeros; a remainder shorter than a segment is not used.
    center_hz, sample_rate_hz : float
    bins : int

    Returns
    -------
    Spectrum
    """
    count = len(samples) // bins
    if count == 0:
        samples = np.concatenate([samples, np.zeros(bins - len(samples), np.complex64)])
        count = 1
    segments = samples[: count * bins].reshape(count, bins) * _window(bins)
    lines = scipy.fft.fft(segments, axis=1, overwrite_x=True).view(np.float32)
    power = np.einsum("ij,ij->j", lines, lines).reshape(bins, 2).sum(axis=1)
    density = np.fft.fftshift(power) * np.float32(1 / (count * float(bins) ** 2))
    return Spectrum(density=density, center_hz=center_hz, sample_rate_hz=sample_rate_hz, averages=count)
