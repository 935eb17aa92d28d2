"""Raw samples of the four common formats to complex64."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from detector.errors import InputError

__all__ = ["SampleFormat", "bytes_per_sample", "from_raw"]

SampleFormat = Literal["cu8", "cs8", "cs16", "cf32"]

_LAYOUT: dict[str, tuple[str, float, float]] = {
    "cu8": ("<u1", 127.5, 127.5),
    "cs8": ("<i1", 0.0, 128.0),
    "cs16": ("<i2", 0.0, 32768.0),
    "cf32": ("<f4", 0.0, 1.0),
}


def bytes_per_sample(sample_format: str) -> int:
    """Return the bytes of one complex sample.

    Raises
    ------
    InputError
        The format is none of ``cu8``, ``cs8``, ``cs16``, ``cf32``.
    """
    return 2 * np.dtype(_layout(sample_format)[0]).itemsize


def from_raw(
    raw: bytes | bytearray | memoryview | npt.NDArray[np.generic], sample_format: str
) -> tuple[npt.NDArray[np.complex64], float]:
    """Convert interleaved I and Q.

    Parameters
    ----------
    raw : buffer or ndarray
        Little-endian interleaved components; a trailing half sample is dropped.
    sample_format : {"cu8", "cs8", "cs16", "cf32"}

    Returns
    -------
    samples : ndarray of complex64, shape (n,)
        A full-scale tone has magnitude 1.
    clipped_fraction : float
        Fraction of components at either end of the converter's range (magnitude 1 or more for ``cf32``).

    Raises
    ------
    InputError
        Unknown format, or ``cf32`` with values that are not finite.
    """
    code, offset, scale = _layout(sample_format)
    dtype = np.dtype(code)
    buffer = memoryview(raw.tobytes()) if isinstance(raw, np.ndarray) else memoryview(raw)
    usable = len(buffer) // (2 * dtype.itemsize) * 2 * dtype.itemsize
    parts = np.frombuffer(buffer[:usable], dtype)
    if not len(parts):
        return np.empty(0, np.complex64), 0.0
    if dtype.kind == "f":
        if not np.isfinite(parts).all():
            raise InputError(f"{sample_format}: samples that are not finite numbers")
        clipped = float(np.count_nonzero(np.abs(parts) >= 1) / len(parts))
    else:
        limits = np.iinfo(dtype)
        clipped = float(np.count_nonzero((parts == limits.min) | (parts == limits.max)) / len(parts))
    values = parts.astype(np.float32)
    if offset:
        values -= np.float32(offset)
    if scale != 1:
        values *= np.float32(1 / scale)
    return values.view(np.complex64), clipped


def _layout(sample_format: str) -> tuple[str, float, float]:
    if sample_format not in _LAYOUT:
        raise InputError(f"format {sample_format!r}: not one of {', '.join(get_args(SampleFormat))}")
    return _LAYOUT[sample_format]
