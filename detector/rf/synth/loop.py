"""A periodic waveform kept as short overlapping spectra, from which any slice at any time is cheap to cut."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

__all__ = ["BLOCK_S", "SpectralLoop", "oscillator", "resampled"]

BLOCK_S = 0.005
"""Length of one stored block; slice rates must put a whole number of samples in it (multiples of 200 Hz)."""

_GUARD_S = 0.0005
_EDGE_START = 0.84
"""Where the receiver's channel filter starts to fall, as a fraction of half the slice rate."""


def resampled(wave: npt.NDArray[np.complex128], count: int) -> npt.NDArray[np.complex128]:
    """Return one period of a complex waveform at another number of samples, by way of its spectrum.

    As scipy.signal.resample, which a process that lives on a small board cannot afford to load (50 MB).

    Parameters
    ----------
    wave : ndarray of complex, shape (n,)
    count : int
    """
    lines = scipy.fft.fft(wave)
    kept = np.zeros(count, np.complex128)
    half = min(len(wave), count) // 2
    kept[:half] = lines[:half]
    kept[count - half :] = lines[len(wave) - half :]
    period: npt.NDArray[np.complex128] = scipy.fft.ifft(kept) * (count / len(wave))
    return period


def oscillator(cycles_per_sample: float, count: int, phase_cycles: float = 0.0) -> npt.NDArray[np.complex64]:
    """Return ``exp(2j pi (phase + f n))`` for n in [0, count), built from two short tables (6x faster than exp).

    Parameters
    ----------
    cycles_per_sample : float
        Frequency over sample rate.
    count : int
    phase_cycles : float
        Phase of the first sample, in turns.

    Returns
    -------
    ndarray of complex64, shape (count,)
    """
    inner = 512
    outer = -(-count // inner)
    fine = np.exp(2j * np.pi * cycles_per_sample * np.arange(inner)).astype(np.complex64)
    steps = (phase_cycles + cycles_per_sample * inner * np.arange(outer)) % 1.0
    table: npt.NDArray[np.complex64] = np.multiply.outer(np.exp(2j * np.pi * steps).astype(np.complex64), fine)
    return table.ravel()[:count]


@lru_cache(maxsize=16)
def _channel_filter(bins: int) -> npt.NDArray[np.float32]:
    """Raised-cosine channel filter over the bins of one block, most negative frequency first."""
    distance = np.abs(np.arange(bins) - bins // 2) / (bins / 2)
    fall = np.clip((distance - _EDGE_START) / (1 - _EDGE_START), 0, 1)
    gain: npt.NDArray[np.float32] = (0.5 + 0.5 * np.cos(np.pi * fall)).astype(np.float32)
    return gain


class SpectralLoop:
    """A loop of complex samples that repeats for ever, sliced by overlap-save in the frequency domain.

    Cutting a slice costs one short inverse FFT per 4 ms, whatever the loop's own rate; memory is 1.25 times the loop.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
        One period, at least `BLOCK_S` long; scaled here to a mean power of 1.
    sample_rate_hz : float
        A multiple of 200 Hz.

    Raises
    ------
    ValueError
        The loop is shorter than a block, or its rate is not a multiple of 200 Hz.
    """

    def __init__(self, samples: npt.NDArray[np.complex64], sample_rate_hz: float) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.length = len(samples)
        self._block = _whole(sample_rate_hz * BLOCK_S, "loop rate")
        if self.length < self._block:
            raise ValueError(f"a loop needs at least {self._block} samples, not {self.length}")
        self._guard = round(_GUARD_S * sample_rate_hz)
        self._hop = self._block - 2 * self._guard
        power = float(np.mean(np.abs(samples) ** 2)) or 1.0
        starts = np.arange(0, self.length, self._hop)
        index = (starts[:, None] - self._guard + np.arange(self._block)) % self.length
        blocks = samples[index] * np.float32(1 / np.sqrt(power))
        self._spectra = scipy.fft.fftshift(scipy.fft.fft(blocks, axis=1, overwrite_x=True), axes=1)

    @property
    def duration_s(self) -> float:
        """Period of the loop in seconds."""
        return self.length / self.sample_rate_hz

    def slice(
        self, t0_s: float, sample_count: int, offset_hz: float, sample_rate_hz: float
    ) -> npt.NDArray[np.complex64]:
        """Return what a receiver tuned `offset_hz` above the loop's centre takes in.

        Parameters
        ----------
        t0_s : float
            Absolute time of the first sample; slices of the same tuning join without a seam.
        sample_count : int
        offset_hz : float
            Tuned centre minus the loop's centre.
        sample_rate_hz : float
            A multiple of 200 Hz.

        Returns
        -------
        ndarray of complex64, shape (sample_count,)
            Zeros when the slice lies outside the loop's band.

        Raises
        ------
        ValueError
            `sample_rate_hz` is not a multiple of 200 Hz.
        """
        bins = _whole(sample_rate_hz * BLOCK_S, "slice rate")
        if abs(offset_hz) >= (self.sample_rate_hz + sample_rate_hz) / 2:
            return np.zeros(sample_count, np.complex64)
        shift = round(offset_hz * BLOCK_S)
        out = np.empty(sample_count, np.complex64)
        done = 0
        step = self.sample_rate_hz / sample_rate_hz
        origin = (t0_s * self.sample_rate_hz) % self.length
        while done < sample_count:
            position = (origin + done * step) % self.length
            number = min(int(position // self._hop), len(self._spectra) - 1)
            end = min((number + 1) * self._hop, self.length)
            inside = position - number * self._hop
            taken = min(sample_count - done, max(1, int(np.ceil((end - position) / step - 1e-9))))
            out[done : done + taken] = self._cut(number, inside, shift, bins)[:taken]
            # the block was mixed down by `shift` from its own start: refer that to absolute time
            turns = -shift / BLOCK_S * (t0_s + done / sample_rate_hz)
            out[done : done + taken] *= np.complex64(np.exp(2j * np.pi * (turns % 1.0)))
            done += taken
        residue_hz = offset_hz - shift / BLOCK_S
        out *= oscillator(-residue_hz / sample_rate_hz, sample_count, (-residue_hz * t0_s) % 1.0)
        return out

    def _cut(self, number: int, inside: float, shift: int, bins: int) -> npt.NDArray[np.complex64]:
        """Samples of block `number` from `inside` (loop samples past its start), at `bins` per block, unmixed phase."""
        spectrum = np.zeros(bins, np.complex64)
        first = self._block // 2 + shift - bins // 2
        low, high = max(first, 0), min(first + bins, self._block)
        if low < high:
            spectrum[low - first : high - first] = self._spectra[number, low:high]
        delay = (inside + self._guard) / self._block
        # advancing by `delay` of a block is a phase ramp over the original bins; bin 0 keeps the mixing phase at zero
        spectrum *= _channel_filter(bins)
        spectrum *= oscillator(delay, bins, (-(bins // 2) * delay) % 1.0)
        turned = spectrum * np.complex64(np.exp(2j * np.pi * ((shift * delay) % 1.0)))
        return scipy.fft.ifft(scipy.fft.ifftshift(turned)) * np.float32(bins / self._block)  # type: ignore[no-any-return]


def _whole(value: float, name: str) -> int:
    if abs(value - round(value)) > 1e-6 or value < 1:
        raise ValueError(f"{name} must be a multiple of {1 / BLOCK_S:.0f} Hz")
    return round(value)
