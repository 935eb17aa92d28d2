"""Power against time in a few sub-bands of a slice: what the line-rate test listens to.

A slice in the middle of an FM picture keeps nearly all its power inside, so that the power of the whole slice says
little; but the instantaneous frequency is the brightness, so narrower bands light up and go dark with every line. In
noise, a band of 1/16 of the slice also holds 1/16 of the noise. An AM picture has a carrier to measure against.
`quick_bands` correlates neighbouring samples, three products each, for every hop; `fine_bands` cuts sixteen bands for
candidates, each the bandwidth of a sync pulse (150 kHz, 4.7 us: the matched filter for it).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.video.carrier import without_dc

__all__ = ["SubBands", "fine_bands", "quick_bands"]

_FINE_BANDS, _FINE_WIDTH_HZ = 16, 1.4e5
_FRAME_HZ = 2.8e5
_CARRIER_OVER_MEDIAN, _CARRIER_HZ, _WAVE_LIMIT = 1000.0, 3e3, 6.0
_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubBands:
    """Power against time.

    Attributes
    ----------
    power : ndarray of float32, shape (bands, n)
        Limited, scaled, mean-free; `quick_bands` has linear combinations of bands instead.
    frame_hz : float
        Frames a second.
    alike : bool
        The rows have noise of one level, so that their spectra may be averaged as they are.
    peak : float
        Strongest frame of the slice over the mean one, before limiting; pulses make it large.
    in_phase : bool
        The last row is the slice in phase with its carrier.
    """

    power: npt.NDArray[np.float32]
    frame_hz: float
    alike: bool = False
    peak: float = 1.0
    in_phase: bool = False

    @property
    def duration_s(self) -> float:
        """Length of the dwell."""
        return float(self.power.shape[1] / self.frame_hz)


def quick_bands(samples: npt.NDArray[np.complex64], sample_rate_hz: float, limiter: float) -> SubBands:
    """Cut half-slice bands by correlating neighbouring samples: for every hop.

    The three rows are the power |x_n|^2 and the real and imaginary part of x_(n+1) x_n*, summed over frames of 3.6 us.
    Their sums and differences are the power in four overlapping half-slice bands (centre, edges, upper, lower side);
    as they are, they are an envelope detector and the two arms of a frequency discriminator.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
        C-contiguous. The receiver's DC spike may stay.
    sample_rate_hz : float
        From 200 kS/s on.
    limiter : float
        Limit of a frame's power over the mean; keeps one pulse from outweighing the dwell.

    Returns
    -------
    SubBands
    """
    group = max(1, int(sample_rate_hz / _FRAME_HZ))
    frames = (len(samples) - 1) // group
    flat = samples.view(np.float32)
    here = flat[: 2 * frames * group].reshape(frames, 2 * group)
    after = flat[2 : 2 * frames * group + 2].reshape(frames, 2 * group)
    rows = np.empty((3, frames), np.float32)
    np.einsum("ij,ij->i", here, here, out=rows[0])
    np.einsum("ij,ij->i", here, after, out=rows[1])
    np.einsum("ij,ij->i", here[:, 0::2], after[:, 1::2], out=rows[2])
    rows[2] -= np.einsum("ij,ij->i", here[:, 1::2], after[:, 0::2])
    mean = max(rows[0].mean(), _TINY)
    peak = float(rows[0].max() / mean)
    if peak > limiter:
        rows *= np.minimum(np.float32(limiter) * mean / np.maximum(rows[0], _TINY), 1)
    rows -= rows.mean(axis=1, keepdims=True)
    rows *= 1 / np.sqrt(np.maximum(np.einsum("ij,ij->i", rows, rows) / np.float32(frames), _TINY))[:, None]
    return SubBands(power=rows, frame_hz=sample_rate_hz / group, alike=True, peak=peak)


def fine_bands(samples: npt.NDArray[np.complex64], sample_rate_hz: float, limiter: float) -> SubBands:
    """Cut up to sixteen bands with a Hann window, half overlapping: for candidates.

    Where one line stands far above all others, a last row is the part of the slice in phase with it (synchronous
    detection): half the noise of an envelope, and no product of noise with noise.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
    sample_rate_hz : float
        From 200 kS/s on; below 2.3 MS/s there are fewer bands.
    limiter : float
        Limit over a band's median power.

    Returns
    -------
    SubBands
    """
    bands = _band_count(sample_rate_hz, _FINE_WIDTH_HZ, _FINE_BANDS)
    hop = max(1, int(sample_rate_hz / _FRAME_HZ))
    frames = max(1, (len(samples) - bands) // hop)
    step = samples.strides[0]
    parts = np.lib.stride_tricks.as_strided(samples, (frames, bands), (step * hop, step), writeable=False)
    lines = scipy.fft.fft(parts * _hann(bands), axis=1) if bands > 1 else parts
    power = np.ascontiguousarray(_square(lines).T)
    middle = np.maximum(np.median(power, axis=1, keepdims=True), _TINY).astype(np.float32)
    rows = _limited(power / middle, limiter)
    wave = _in_phase(samples, sample_rate_hz, hop, frames)
    if wave is not None:
        rows = np.concatenate([rows, wave[None]])
    return SubBands(power=rows, frame_hz=sample_rate_hz / hop, in_phase=wave is not None)


def _in_phase(
    samples: npt.NDArray[np.complex64], sample_rate_hz: float, hop: int, frames: int
) -> npt.NDArray[np.float32] | None:
    """The slice in phase with its carrier, summed over the hops; None where no line is a carrier.

    A carrier in the very middle is only looked for where there is no other: what stands there mostly is the receiver's
    own, and in phase with that nothing repeats.
    """
    lines = scipy.fft.fft(samples)
    power = _square(lines)
    least = _CARRIER_OVER_MEDIAN * np.median(power)
    middle = int(power.argmax())
    without_dc(power, sample_rate_hz)
    peak = int(power.argmax())
    if power[peak] < least:
        peak, power[middle] = middle, _square(lines[middle : middle + 1])[0]
    if power[peak] < least:
        return None
    reach = round(_CARRIER_HZ / sample_rate_hz * len(lines))
    near = (np.arange(-reach, reach + 1) + peak) % len(lines)
    alone = np.zeros_like(lines)
    alone[near] = lines[near] * _hann(len(near))
    carrier = scipy.fft.ifft(alone, overwrite_x=True)
    wave = (samples.real * carrier.real + samples.imag * carrier.imag) / np.maximum(np.abs(carrier), _TINY)
    count = min(frames, len(wave) // hop)
    sums = np.zeros(frames, np.float32)
    sums[:count] = wave[: count * hop].reshape(count, hop).sum(axis=1)
    sums -= sums.mean()
    limit = _WAVE_LIMIT * sums.std()
    return np.asarray(np.clip(sums, -limit, limit) / max(float(sums.std()), 1e-30), np.float32)


def _band_count(sample_rate_hz: float, width_hz: float, most: int) -> int:
    """Power of two whose bands are at least `width_hz` wide."""
    return int(min(most, 2 ** max(0, int(np.floor(np.log2(sample_rate_hz / width_hz))))))


def _limited(power: npt.NDArray[np.float32], limiter: float) -> npt.NDArray[np.float32]:
    out = np.minimum(power, np.float32(limiter))
    out -= out.mean(axis=1, keepdims=True)
    return out


def _square(lines: npt.NDArray[np.complex64]) -> npt.NDArray[np.float32]:
    """|x|^2."""
    out: npt.NDArray[np.float32] = np.square(lines.real)
    out += np.square(lines.imag)
    return out


@lru_cache(maxsize=8)
def _hann(length: int) -> npt.NDArray[np.float32]:
    return np.hanning(length + 2)[1:-1].astype(np.float32)
