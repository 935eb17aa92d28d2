"""Tells signals of a gapless row of slices from the images of their neighbours.

Slices that are used to their edges show signals from beyond the edge as well: a whole sample rate away, on the other
side, weaker than in the slice to which they belong (`resampler.py`). Where that slice was heard, the image is
foretold: a stretch no stronger than that is an image. Where a real signal lies on the place of an image, its own image,
or the signal itself where slices overlap, shows in the slice on the other side, and it stays.

The other image a receiver makes, mirrored at the middle by the converter's two branches and some 39 dB down, is held
against what the slice itself shows there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.classifiers.template import Run, SliceView
from detector.rf.resampler import image_gain

__all__ = ["Row", "is_image"]

_PLAIN = 4.0
_BLUR_HZ = 60e3
_MARGIN = 4.0
_ECHO = 0.25
_ECHO_HZ = 8e3
_LEAST_ECHO = 12.0
_WIDEST = 0.45
_BRANCHES = 5e-4
_TOLERANCE, _STOPBAND = 0.95, 4e-4
_BLOCK = 10
_LOAD_HZ = 500e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A slice and those beside it, by rising frequency; None where one was not heard.

    All have the same rate, their noise levelled (`slope.py`).
    """

    below: SliceView | None
    view: SliceView
    above: SliceView | None


def is_image(row: Row, run: Run) -> bool:
    """Return whether a stretch is what a neighbour leaves there, or the mirror of what the slice itself holds.

    Parameters
    ----------
    row : Row
    run : Run
        Of ``row.view``. One wider than 0.45 of the rate is never an image: the filter is too narrow for one.
    """
    rate_hz = row.view.sample_rate_hz
    offset_hz = run.freq_hz - row.view.center_hz
    if run.width_hz > _WIDEST * rate_hz:
        return False
    power = _power(row.view, run.low_hz, run.high_hz, 0.0)
    if _mirrored(row.view, run, power):
        return True
    donor, other = (row.below, row.above) if offset_hz > 0 else (row.above, row.below)
    if donor is None:
        return False
    shift_hz = -rate_hz if offset_hz > 0 else rate_hz
    foretold = _power(donor, run.low_hz + shift_hz - _BLUR_HZ, run.high_hz + shift_hz + _BLUR_HZ, _PLAIN, row.view)
    if power > _MARGIN * foretold and not _of_wide(donor, row.view, run, shift_hz, power):
        return False
    return other is None or not _echoes(other, row.view, run, power)


def _mirrored(view: SliceView, run: Run, power: float) -> bool:
    """Whether the other side of the slice holds so much more that the converter's two branches explain the stretch."""
    twice_hz = 2 * view.center_hz
    held = _power(view, twice_hz - run.high_hz - _ECHO_HZ, twice_hz - run.low_hz + _ECHO_HZ, _PLAIN)
    return power < _BRANCHES * held


def _of_wide(donor: SliceView, view: SliceView, run: Run, shift_hz: float, power: float) -> bool:
    """Whether a wide signal of changing load near the original's place would leave as much per bin."""
    spectrum = donor.spectrum
    excess = spectrum.density[: len(spectrum.density) // _BLOCK * _BLOCK] / donor.floor - 1.0
    levels = np.median(excess.reshape(-1, _BLOCK), axis=1)
    at_hz = spectrum.frequency_hz(0) + (np.arange(len(levels)) + 0.5) * _BLOCK * spectrum.bin_hz
    near = levels[np.abs(at_hz - run.freq_hz - shift_hz) < _LOAD_HZ]
    level = float(near.max()) if len(near) else 0.0
    original_hz = run.freq_hz + shift_hz
    bins = max(1.0, run.width_hz / spectrum.bin_hz)
    return level > _PLAIN and power / bins < _MARGIN * level * float(_at_most(original_hz, view, donor))


def _at_most(freq_hz: npt.ArrayLike, view: SliceView, donor: SliceView) -> npt.NDArray[np.float64]:
    """The most that a signal may leave in `view` of what `donor` shows: the filter may be a little wider than known."""
    offset_hz = np.asarray(freq_hz, float) - view.center_hz
    gain = image_gain(_TOLERANCE * offset_hz, view.sample_rate_hz, np.asarray(freq_hz, float) - donor.center_hz)
    return np.maximum(gain, _STOPBAND)


def _echoes(other: SliceView, view: SliceView, run: Run, power: float) -> bool:
    """Whether the slice on the other side shows a signal of this power as it would show a real one."""
    rate_hz = view.sample_rate_hz
    offset_hz = run.freq_hz - other.center_hz
    turns = round(offset_hz / rate_hz)
    expected = power * float(image_gain(offset_hz, rate_hz, run.freq_hz - view.center_hz))
    if expected < _LEAST_ECHO:
        return False
    shift_hz = -turns * rate_hz
    heard = _power(other, run.low_hz + shift_hz - _ECHO_HZ, run.high_hz + shift_hz + _ECHO_HZ, _PLAIN)
    return heard > _ECHO * expected


def _power(view: SliceView, low_hz: float, high_hz: float, plain: float, image_in: SliceView | None = None) -> float:
    """Power over the noise, in units of the noise of a bin, of the bins that stand out by `plain`; its image's."""
    spectrum = view.spectrum
    middle = len(spectrum.density) // 2
    first = int(np.floor((low_hz - spectrum.center_hz) / spectrum.bin_hz)) + middle
    last = int(np.ceil((high_hz - spectrum.center_hz) / spectrum.bin_hz)) + middle
    index = np.arange(max(first, 0), min(last + 1, len(spectrum.density)))
    excess: npt.NDArray[np.floating] = spectrum.density[index] / view.floor - 1.0
    excess = np.where(excess > plain, excess, 0.0) if plain else np.clip(excess, 0, None)
    if image_in is not None and len(index):
        freq_hz = spectrum.center_hz + (index - middle) * spectrum.bin_hz
        excess = excess * _at_most(freq_hz, image_in, view)
    return float(excess.sum())
