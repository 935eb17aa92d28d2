"""A wide recording cut into the slices that a dongle would have seen, one after the other in frequency."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.errors import InputError

__all__ = ["MAX_RATE_HZ", "MIN_RATE_HZ", "cut", "slice_offsets_hz"]

MIN_RATE_HZ, MAX_RATE_HZ = 2e5, 40e6
_DONGLE_TOP_HZ = 2.56e6
_WIDE_USABLE = 0.9
_TRIM = 1000


def slice_offsets_hz(sample_rate_hz: float, slice_rate_hz: float, usable_fraction: float) -> tuple[float, ...]:
    """Return the centres of the slices relative to the recording's, in rising order.

    An even number of slices keeps the recording's own centre, where its receiver leaves a DC spike, between two.

    Parameters
    ----------
    sample_rate_hz : float
        Of the recording.
    slice_rate_hz : float
        Wanted; recordings up to 2.56 MS/s are used as they are, in one slice.
    usable_fraction : float
        Middle part of a slice that counts.

    Raises
    ------
    InputError
        The recording's rate is outside 200 kS/s to 40 MS/s.
    """
    if not MIN_RATE_HZ <= sample_rate_hz <= MAX_RATE_HZ:
        raise InputError(f"rate {sample_rate_hz:g}: outside {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g} samples a second")
    if sample_rate_hz <= _DONGLE_TOP_HZ:
        return (0.0,)
    width_hz = slice_rate_hz * usable_fraction
    span_hz = _WIDE_USABLE * sample_rate_hz
    count = max(2, int(np.ceil(span_hz / width_hz)))
    count += count % 2
    outermost_hz = max((span_hz - width_hz) / 2, width_hz / 4)
    return tuple(float(offset) for offset in np.linspace(-outermost_hz, outermost_hz, count))


def cut(
    samples: npt.NDArray[np.complex64], sample_rate_hz: float, slice_rate_hz: float, usable_fraction: float
) -> Iterator[tuple[float, float, npt.NDArray[np.complex64]]]:
    """Yield the slices of a stretch of a recording.

    One FFT of the stretch, then one short inverse FFT a slice. Up to 0.1 % of the samples are left off the end so
    that the lengths factorise; the slice rate comes out within 0.1 % of the one wanted, and is given.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
    sample_rate_hz, slice_rate_hz, usable_fraction : float
        As for `slice_offsets_hz`.

    Yields
    ------
    offset_hz : float
        Centre of the slice relative to the recording's.
    rate_hz : float
        Its sample rate.
    part : ndarray of complex64

    Raises
    ------
    InputError
        As for `slice_offsets_hz`.
    """
    offsets = slice_offsets_hz(sample_rate_hz, slice_rate_hz, usable_fraction)
    if len(offsets) == 1:
        yield 0.0, sample_rate_hz, samples
        return
    count = len(samples) // _TRIM * _TRIM or len(samples)
    lines = scipy.fft.fftshift(scipy.fft.fft(samples[:count]))
    bins = max(1, round(count * slice_rate_hz / sample_rate_hz))
    rate_hz = sample_rate_hz * bins / count
    scale = np.float32(bins / count)
    for offset_hz in offsets:
        first = round(offset_hz * count / sample_rate_hz) + count // 2 - bins // 2
        first = min(max(first, 0), count - bins)
        actual_hz = (first + bins // 2 - count // 2) * sample_rate_hz / count
        part = scipy.fft.ifft(scipy.fft.ifftshift(lines[first : first + bins])) * scale
        yield actual_hz, rate_hz, part
