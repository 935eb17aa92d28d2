"""A lens sequence in place of a camera: paced by its recorded times, over and over."""

from dataclasses import replace
from pathlib import Path

from detector.errors import InputError
from detector.types import CameraGeometry, Frame, Provenance
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.source import Source
from firmware.recordings.lens_sequence import LensSequence, open_lens_sequence

__all__ = ["FileFrameSource"]

_LONE_FRAME_PERIOD_NS = 33_333_333


class FileFrameSource(DriverBase):
    """A recording that starts again at its end, with times and numbers running on; no frame is left out.

    Parameters
    ----------
    source : Source
        ``file:DIR`` of a ``lens-sequence/1``.
    clock : Clock
    """

    def __init__(self, source: Source, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.REPLAY)
        self.geometry = CameraGeometry(width_px=1, height_px=1, hfov_deg=60.0)
        self._path = Path(source.target)
        self._clock = clock
        self._recording: LensSequence | None = None
        self._opened_ns = 0
        self._sequence = 0

    def open(self) -> None:
        """Open the sequence.

        Raises
        ------
        DeviceError
            It cannot be used; the line is the reader's (see `open_lens_sequence`).
        """
        try:
            self._recording = open_lens_sequence(self._path)
        except InputError as error:
            raise self.failure(error) from error
        self.geometry = self._recording.geometry
        self._opened_ns = self._clock.monotonic_ns()
        self._sequence = 0

    def close(self) -> None:
        """Let go of the sequence; harmless when not open."""
        self._recording = None

    def read(self) -> Frame:
        """Return the next frame once its exposure is over, its light attributed; see `FrameSource.read`.

        Raises
        ------
        DeviceError
            Not open, or the frame cannot be decoded.
        """
        if self._recording is None:
            raise self.failure("not open")
        turn, index = divmod(self._sequence, len(self._recording))
        try:
            recorded = self._recording.read(index)
        except InputError as error:
            raise self.failure(error) from error
        since_first_ns = recorded.t_ns - self._recording.t_ns[0] + turn * _turn_ns(self._recording.t_ns)
        frame = replace(recorded, t_ns=self._opened_ns + since_first_ns, sequence=self._sequence)
        self._clock.sleep_until(frame.t_end_ns)
        self._sequence += 1
        return frame


def _turn_ns(times_ns: tuple[int, ...]) -> int:
    """Return after how long the sequence repeats: its length and one mean period more."""
    if len(times_ns) == 1:
        return _LONE_FRAME_PERIOD_NS
    length_ns = times_ns[-1] - times_ns[0]
    return length_ns + length_ns // (len(times_ns) - 1)
