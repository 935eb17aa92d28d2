"""Composite video, 625/50 and 525/59.94, interlaced, with horizontal and vertical sync.

Timing after ITU-R BT.470 and BT.1700; both systems are sampled at 13.5 MHz (ITU-R BT.601), which gives a whole
number of samples a line: 864 and 858.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.synth.pictures import Picture

__all__ = ["NTSC", "PAL", "SAMPLE_RATE_HZ", "LineSystem", "composite"]

SAMPLE_RATE_HZ = 13.5e6


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSystem:
    """Timing of one television system.

    Attributes
    ----------
    name : str
        ``PAL`` (any 625-line colour system) or ``NTSC``.
    lines, line_samples : int
        Lines a frame; samples a line at 13.5 MHz.
    line_hz, field_hz : float
    blank_level : float
        Blanking on the scale where sync tip is 0 and peak white is 1.
    equalising, broad : tuple of tuple of int
        Half-lines of the frame with equalising and with broad pulses, as half-open ranges from its first line.
    active_first : tuple of int
        First picture line of each field, counted from 0.
    active_lines : int
        Picture lines a field.
    active_start_us, active_us, subcarrier_hz : float
    """

    name: str
    lines: int
    line_samples: int
    line_hz: float
    field_hz: float
    blank_level: float
    equalising: tuple[tuple[int, int], ...]
    broad: tuple[tuple[int, int], ...]
    active_first: tuple[int, int]
    active_lines: int
    active_start_us: float
    active_us: float
    subcarrier_hz: float


PAL = LineSystem(
    name="PAL",
    lines=625,
    line_samples=864,
    line_hz=15625.0,
    field_hz=50.0,
    blank_level=0.3,
    equalising=((5, 10), (620, 625), (630, 635), (1245, 1250)),
    broad=((0, 5), (625, 630)),
    active_first=(23, 335),
    active_lines=287,
    active_start_us=10.5,
    active_us=51.95,
    subcarrier_hz=4433618.75,
)
NTSC = LineSystem(
    name="NTSC",
    lines=525,
    line_samples=858,
    line_hz=4.5e6 / 286,
    field_hz=60 / 1.001,
    blank_level=0.286,
    equalising=((0, 6), (12, 18), (525, 531), (537, 543)),
    broad=((6, 12), (531, 537)),
    active_first=(21, 284),
    active_lines=240,
    active_start_us=9.4,
    active_us=52.6,
    subcarrier_hz=3579545.45,
)

_SYNC_US, _EQUALISING_US, _SERRATION_US = 4.7, 2.35, 4.7
_BURST_START_US, _BURST_US, _BURST_AMPLITUDE = 5.6, 2.4, 0.15


def composite(
    pictures: Sequence[Picture], system: LineSystem, *, burst: bool = True, ppm: float = 0.0
) -> npt.NDArray[np.float32]:
    """Return whole frames of composite video at 13.5 MS/s, one frame a picture, sync tip 0 to peak white 1.

    Parameters
    ----------
    pictures : sequence of ndarray of float32, shape (rows, columns), 0..1
        At least one; each is stretched over the active picture.
    system : LineSystem
    burst : bool
        Whether each picture line carries a colour burst.
    ppm : float
        Error of the camera's clock; positive runs fast. Realised to within one sample a loop (below 0.5 ppm).

    Returns
    -------
    ndarray of float32, shape (samples,)

    Raises
    ------
    ValueError
        There is no picture.
    """
    if not len(pictures):
        raise ValueError("video needs at least one picture")
    blank = _blank_frame(system, burst=burst)
    video = np.concatenate([_with_picture(blank, picture, system).ravel() for picture in pictures])
    padded = np.concatenate([video[-2:], video, video[:2]])
    video = np.convolve(padded, np.array([1, 4, 6, 4, 1], np.float32) / 16, "same")[2:-2].astype(np.float32)
    length = round(len(video) / (1 + ppm * 1e-6))
    if length == len(video):
        return video
    at = np.arange(length) * (len(video) / length)
    warped: npt.NDArray[np.float32] = np.interp(at, np.arange(len(video) + 1), np.append(video, video[0])).astype(
        np.float32
    )
    return warped


def _samples(microseconds: float) -> int:
    return round(microseconds * SAMPLE_RATE_HZ / 1e6)


def _blank_frame(system: LineSystem, *, burst: bool) -> npt.NDArray[np.float32]:
    """One frame of sync and blanking, shape (lines, line_samples)."""
    half = system.line_samples // 2
    halves = np.full((2 * system.lines, half), system.blank_level, np.float32)
    halves[0::2, : _samples(_SYNC_US)] = 0
    for start, stop in system.equalising:
        halves[start:stop] = system.blank_level
        halves[start:stop, : _samples(_EQUALISING_US)] = 0
    for start, stop in system.broad:
        halves[start:stop] = 0
        halves[start:stop, half - _samples(_SERRATION_US) :] = system.blank_level
    frame: npt.NDArray[np.float32] = halves.reshape(system.lines, system.line_samples)
    if burst:
        at = slice(_samples(_BURST_START_US), _samples(_BURST_START_US + _BURST_US))
        time_s = np.arange(frame.size).reshape(frame.shape) / SAMPLE_RATE_HZ
        tone = _BURST_AMPLITUDE * np.sin(2 * np.pi * ((system.subcarrier_hz * time_s[:, at]) % 1.0))
        for first in system.active_first:
            frame[first : first + system.active_lines, at] += tone[first : first + system.active_lines]
    return frame


def _with_picture(blank: npt.NDArray[np.float32], picture: Picture, system: LineSystem) -> npt.NDArray[np.float32]:
    """The frame with a picture in its active lines, the two fields interlaced."""
    frame: npt.NDArray[np.float32] = blank.copy()
    start, width = _samples(system.active_start_us), _samples(system.active_us)
    columns = np.linspace(0, picture.shape[1] - 1, width)
    left = np.minimum(columns.astype(np.intp), max(picture.shape[1] - 2, 0))
    right = np.minimum(left + 1, picture.shape[1] - 1)
    part = (columns - left).astype(np.float32)
    for field, first in enumerate(system.active_first):
        row = (2 * np.arange(system.active_lines) + field) * picture.shape[0] // (2 * system.active_lines)
        luma = picture[row[:, None], left] * (1 - part) + picture[row[:, None], right] * part
        level = system.blank_level + (1 - system.blank_level) * luma
        frame[first : first + system.active_lines, start : start + width] = level
    return frame
