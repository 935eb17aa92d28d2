"""A SigMF recording in place of a receiver: paced as it was taken, over and over, tunable within what it holds."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.errors import InputError
from detector.types import IqBlock, Provenance, Tuning
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.source import Source
from firmware.recordings.iq import MIN_RATE_HZ, IqChunk, IqRecording, IqSegment
from firmware.recordings.sigmf import open_sigmf

__all__ = ["FileIqSource"]


class FileIqSource(DriverBase):
    """A recording that runs on in real time whether or not anybody reads, and starts again at its end.

    A tuning gets the slice around its centre that the recording holds: at most the rate asked for, less near an edge;
    `IqBlock.sample_rate_hz` says which. A recording shorter than a dwell gives a shorter block.

    Parameters
    ----------
    source : Source
        ``file:PATH`` of a ``.sigmf-meta`` or ``.sigmf-data`` file.
    clock : Clock
    """

    def __init__(self, source: Source, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.REPLAY)
        self.span_hz = (0.0, 0.0)
        self._path = Path(source.target)
        self._clock = clock
        self._recording: IqRecording | None = None
        self._opened_ns = 0
        self._sequence = 0

    def open(self) -> None:
        """Open the recording.

        Raises
        ------
        DeviceError
            It cannot be used; the line is the reader's (see `open_sigmf`).
        """
        try:
            self._recording = open_sigmf(self._path)
        except InputError as error:
            raise self.failure(error) from error
        self.span_hz = _span_hz(self._recording)
        self._opened_ns = self._clock.monotonic_ns()

    def close(self) -> None:
        """Let go of the file; harmless when not open."""
        self._recording = None

    def read(self, tuning: Tuning) -> IqBlock:
        """Return the slice asked for, when its last sample is due; see `IqSource.read`.

        Raises
        ------
        DeviceError
            Not open, the recording does not hold this frequency, or a sample is not finite.
        """
        if self._recording is None:
            raise self.failure("not open")
        segment, rate_hz = self._held(self._recording, tuning)
        dwell_s = tuning.sample_count / tuning.sample_rate_hz
        t_ns = self._clock.monotonic_ns()
        try:
            chunk = self._take(self._recording, segment, t_ns, dwell_s)
        except InputError as error:
            raise self.failure(error) from error
        samples, rate_hz = _slice(
            chunk.samples, self._recording.sample_rate_hz, tuning.center_hz - segment.center_hz, rate_hz
        )
        samples = samples[: round(dwell_s * rate_hz)]
        self._clock.sleep_until(t_ns + round(len(samples) / rate_hz * NS_PER_S))
        self._sequence += 1
        return IqBlock(
            samples=samples,
            center_hz=tuning.center_hz,
            sample_rate_hz=rate_hz,
            sequence=self._sequence - 1,
            t_ns=t_ns,
            provenance=self.provenance,
            clipped_fraction=chunk.clipped_fraction,
        )

    def _held(self, recording: IqRecording, tuning: Tuning) -> tuple[IqSegment, float]:
        """Return the segment nearest to the tuning, and the rate of the widest slice it holds there."""
        nearest = min(recording.segments, key=lambda segment: abs(segment.center_hz - tuning.center_hz))
        widest_hz = recording.sample_rate_hz - 2 * abs(nearest.center_hz - tuning.center_hz)
        if widest_hz < MIN_RATE_HZ:
            low_hz, high_hz = self.span_hz
            reach = f"{low_hz / 1e6:g} to {high_hz / 1e6:g} MHz"
            raise self.failure(f"cannot tune to {tuning.center_hz / 1e6:g} MHz (reach: {reach})")
        return nearest, min(tuning.sample_rate_hz, widest_hz)

    def _take(self, recording: IqRecording, segment: IqSegment, t_ns: int, dwell_s: float) -> IqChunk:
        count = min(scipy.fft.next_fast_len(int(np.ceil(dwell_s * recording.sample_rate_hz))), segment.sample_count)
        elapsed = (t_ns - self._opened_ns) * recording.sample_rate_hz / NS_PER_S
        start = int(elapsed % segment.sample_count)
        # A block never spans the seam: the jump there would look like a signal.
        return recording.read(segment, start if start + count <= segment.sample_count else 0, count)


def _slice(
    samples: npt.NDArray[np.complex64], rate_hz: float, offset_hz: float, slice_rate_hz: float
) -> tuple[npt.NDArray[np.complex64], float]:
    """Cut a slice out of a stretch by way of its spectrum; its centre is met to within one bin.

    Returns
    -------
    samples : ndarray of complex64
    rate_hz : float
        Of the slice, within one bin of the rate asked for.
    """
    count = len(samples)
    bins = round(count * slice_rate_hz / rate_hz)
    shift = round(offset_hz * count / rate_hz)
    if bins == count and shift == 0:
        return samples, rate_hz
    first = min(max(count // 2 + shift - bins // 2, 0), count - bins)
    lines = scipy.fft.fftshift(scipy.fft.fft(samples))[first : first + bins]
    part = scipy.fft.ifft(scipy.fft.ifftshift(lines)) * np.float32(bins / count)
    return part.astype(np.complex64, copy=False), rate_hz * bins / count


def _span_hz(recording: IqRecording) -> tuple[float, float]:
    """Return the gapless range of centres, the first segment's among them, at which some slice can be had."""
    reach_hz = (recording.sample_rate_hz - MIN_RATE_HZ) / 2
    low_hz = high_hz = recording.segments[0].center_hz
    low_hz, high_hz = low_hz - reach_hz, high_hz + reach_hz
    centers_hz = sorted(segment.center_hz for segment in recording.segments)
    for center_hz in centers_hz:
        if low_hz <= center_hz + reach_hz and center_hz - reach_hz <= high_hz:
            high_hz = max(high_hz, center_hz + reach_hz)
    for center_hz in reversed(centers_hz):
        if low_hz <= center_hz + reach_hz and center_hz - reach_hz <= high_hz:
            low_hz = min(low_hz, center_hz - reach_hz)
    return low_hz, high_hz
