"""IQ recordings, memory-mapped: opened with every doubt checked, read in pieces of any size."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from detector.errors import InputError
from firmware.recordings.formats import RAW_FORMATS, IqFormat, decode_iq

__all__ = [
    "MAX_RATE_HZ",
    "MIN_RATE_HZ",
    "IqChunk",
    "IqRecording",
    "IqSegment",
    "check_rate",
    "map_samples",
    "open_raw_iq",
]

MIN_RATE_HZ = 200e3
MAX_RATE_HZ = 40e6
_TEXT_PROBE_BYTES = 65_536
_TEXT_FRACTION = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class IqSegment:
    """A stretch of a recording on one tuning (a SigMF capture).

    Attributes
    ----------
    start, sample_count : int
        First sample and number of samples.
    center_hz : float
    t_utc_ns : int or None
        UTC of its first sample in ns since 1970; None where the recording does not say.
    """

    start: int
    sample_count: int
    center_hz: float
    t_utc_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IqChunk:
    """Contiguous samples of one segment.

    Attributes
    ----------
    samples : ndarray of complex64, shape (n,)
        A full-scale tone has magnitude 1.
    start : int
        Position of the first one in the recording.
    center_hz : float
    clipped_fraction : float
        Fraction in [0, 1] of components at either end of the format's range.
    """

    samples: npt.NDArray[np.complex64]
    start: int
    center_hz: float
    clipped_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IqRecording:
    """An open recording; the file stays mapped for as long as the object lives.

    Attributes
    ----------
    path : Path
        The file that was asked for.
    sample_rate_hz : float
    segments : tuple of IqSegment
        At least one, in order, none empty.
    """

    path: Path
    form: IqFormat
    sample_rate_hz: float
    segments: tuple[IqSegment, ...]
    components: npt.NDArray[np.number]

    @property
    def sample_count(self) -> int:
        """Samples of all segments."""
        return sum(segment.sample_count for segment in self.segments)

    @property
    def duration_s(self) -> float:
        """Seconds of all segments."""
        return self.sample_count / self.sample_rate_hz

    def read(self, segment: IqSegment, start: int, count: int) -> IqChunk:
        """Decode a piece of a segment.

        Parameters
        ----------
        segment : IqSegment
        start, count : int
            Relative to the segment; what lies beyond its end is left out.

        Raises
        ------
        InputError
            A float sample is NaN or infinite; the line names the file and the sample.
        """
        first = segment.start + start
        last = segment.start + min(start + count, segment.sample_count)
        components = self.components[2 * first : 2 * last]
        try:
            samples, clipped = decode_iq(components, self.form)
        except InputError as error:
            position = int(np.argmin(np.isfinite(components)))
            value = components[position]
            raise InputError(f"{self.path}: sample {first + position // 2} is {value}, not a finite number") from error
        return IqChunk(samples=samples, start=first, center_hz=segment.center_hz, clipped_fraction=clipped)

    def chunks(self, count: int) -> Iterator[IqChunk]:
        """Yield the whole recording in pieces of at most `count` samples that never cross a segment's end.

        Raises
        ------
        InputError
            As for `read`, when the piece is reached.
        """
        for segment in self.segments:
            for start in range(0, segment.sample_count, count):
                yield self.read(segment, start, count)


def open_raw_iq(path: Path, form_name: str, sample_rate_hz: float, center_hz: float) -> IqRecording:
    """Open a file of bare samples, about which only the caller knows anything.

    Parameters
    ----------
    path : Path
    form_name : str
        ``cu8``, ``cs8``, ``cs16`` (little endian) or ``cf32`` (little endian).
    sample_rate_hz : float
        200e3 to 40e6, inclusive.
    center_hz : float
        Zero or more.

    Raises
    ------
    InputError
        The format, rate or frequency is none; the file is missing, empty, cut off inside a sample, or text.
    """
    form = RAW_FORMATS.get(form_name)
    if form is None:
        raise InputError(f"{path}: unknown format {form_name!r} (allowed: {', '.join(RAW_FORMATS)})")
    check_rate(path, sample_rate_hz)
    if not (np.isfinite(center_hz) and center_hz >= 0):
        raise InputError(f"{path}: center frequency {center_hz:g} Hz is not zero or more")
    _size_bytes(path)
    _check_not_text(path)
    components = map_samples(path, form)
    segment = IqSegment(start=0, sample_count=len(components) // 2, center_hz=float(center_hz))
    return IqRecording(
        path=path, form=form, sample_rate_hz=float(sample_rate_hz), segments=(segment,), components=components
    )


def check_rate(path: Path, sample_rate_hz: float) -> None:
    """Raise InputError unless the rate is one that the detector takes."""
    if not MIN_RATE_HZ <= sample_rate_hz <= MAX_RATE_HZ:
        raise InputError(
            f"{path}: sample rate {sample_rate_hz:g} S/s is outside "
            f"{MIN_RATE_HZ / 1e3:g} kS/s to {MAX_RATE_HZ / 1e6:g} MS/s"
        )


def map_samples(path: Path, form: IqFormat) -> npt.NDArray[np.number]:
    """Map a file of samples into memory, read-only.

    Returns
    -------
    ndarray of form.dtype, shape (2 n,)

    Raises
    ------
    InputError
        It is missing, not a file, unreadable, empty, or its size is no whole number of samples.
    """
    size = _size_bytes(path)
    if size % form.sample_bytes:
        raise InputError(
            f"{path}: truncated: {size} bytes is no whole number of {form.name} samples of {form.sample_bytes} bytes"
        )
    try:
        return np.memmap(path, dtype=form.dtype, mode="r")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _size_bytes(path: Path) -> int:
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if not path.is_file():
        raise InputError(f"{path}: not a file")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path}: empty, 0 bytes")
    return size


def _check_not_text(path: Path) -> None:
    """Refuse a text file given as samples; a quiet recording may be printable too, but holds no space or newline."""
    with path.open("rb") as file:
        probe = np.frombuffer(file.read(_TEXT_PROBE_BYTES), dtype=np.uint8)
    blank = (probe == ord(" ")) | ((probe >= ord("\t")) & (probe <= ord("\r")))
    printable = blank | ((probe > ord(" ")) & (probe < 0x7F))
    if blank.any() and printable.mean() > _TEXT_FRACTION:
        raise InputError(f"{path}: looks like text ({100 * printable.mean():.0f} % printable), not like IQ samples")
