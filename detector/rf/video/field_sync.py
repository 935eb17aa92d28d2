"""Is there a field sync, built of the very pulses that sync the lines?

A dark, still picture changes nowhere down the field but in its vertical interval, and there by a waveform that the
line systems prescribe (ITU-R BT.470-6 and BT.1700): equalising pulses, broad pulses, equalising pulses, then lines
without a picture, all of the same two levels, sync tip and blanking, as every line. Both levels can be read off the
mean line. So the whole interval is known, its amplitude included, and what is tested is one waveform against noise:

    ln L(place) = z a d - (a d)^2 / 2,

z the matched filter's output there in standard deviations, d the output that the waveform would give by itself, a its
amplitude against the prediction, averaged over `_AMPLITUDES` and over all half-lines of a field. That average is a
likelihood ratio (Helstrom, "Statistical theory of signal detection", 1968, ch. VII); of noise it exceeds t with a
probability of at most 1/t (Markov). A bare rhythm, however strong, is refuted by it: it has the mean line and no
interval. The standard deviation is that of the output over all places of the field, so that pictures and random data
raise it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.ndimage
from scipy.special import logsumexp

from detector.rf.video.standards import LineStandard
from detector.rf.video.subbands import SubBands

__all__ = ["log_likelihood_ratio"]

Wave = npt.NDArray[np.float64]

_GRID = 16
"""Samples of a half-line: 2 us, twice as fine as a line's sync pulse is long."""
_SYNC_US, _PORCH_US = 4.7, (6.0, 9.5)
_AMPLITUDES = np.array([0.5, 0.65, 0.8, 0.95, 1.1])
_TIPS, _ROWS = 2, 4
_LEAST_FIELDS = 2
_FIELD_LIMIT, _EXPECTED_LIMIT = 4.0, 1.5
_BASELINE = 4
_UTTERMOST = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Levels:
    """Where a line may begin (in samples of the mean line), and the levels of its sync tip and blanking."""

    start: int
    tip: float
    blank: float


def log_likelihood_ratio(bands: SubBands, standard: LineStandard, line_hz: float) -> float:
    """Return the ln likelihood ratio of a field sync against none.

    Parameters
    ----------
    bands : SubBands
        From `fine_bands`. Tested are the slice in phase with its carrier, and the power in those bands whose mean line
        is plainest: an FM picture visits the band of its sync tip in every sync pulse.
    standard : LineStandard
    line_hz : float
        Measured line rate: two parts in 10^5 wrong smear the sync pulses of 100 ms.

    Returns
    -------
    float
        In nats, within +-500; 0 where the dwell is shorter than two fields. Levels are taken from the two foremost tips
        of the mean line, either way up; the best of all these is charged for the choice.
    """
    half_lines = round(2 * standard.field_lines)
    lines = [_half_lines(row, bands.frame_hz / (2 * line_hz)) for row in bands.power]
    if len(lines[0]) < _LEAST_FIELDS * half_lines:
        return 0.0
    plain = [float(np.var(halves.reshape(-1, 2 * _GRID).mean(axis=0)) / max(np.var(halves), 1e-30)) for halves in lines]
    order = np.argsort(plain)[::-1]
    if bands.in_phase:
        last = len(lines) - 1
        order = np.r_[last, order[order != last]]
    found = [_best(lines[place], standard) for place in order[:_ROWS]]
    return max(found) - float(np.log(len(found)))


def _best(halves: Wave, standard: LineStandard) -> float:
    """Ln likelihood ratio of one row, the best of its tips charged for the choice."""
    mean = np.stack([halves[0::2].mean(axis=0), halves[1::2].mean(axis=0)])
    change = (halves.reshape(-1, 2, _GRID) - mean).reshape(-1)
    line = mean.reshape(-1)
    found = [_ratio_at(change, line, levels, standard) for levels in _tips(line, standard)]
    # a row that never changes has no tip, and says nothing
    return max(found) - float(np.log(len(found))) if found else 0.0


def _half_lines(wave: npt.NDArray[np.float32], frames: float) -> Wave:
    """The wave on a grid of whole half-lines, `frames` long each: shape (an even number of half-lines, _GRID)."""
    count = int((len(wave) - 1) / frames) // 2 * 2
    at = (np.arange(count * _GRID) + 0.5) * (frames / _GRID) - 0.5
    return np.asarray(np.interp(at, np.arange(len(wave)), wave)).reshape(count, _GRID)


def _tips(line: Wave, standard: LineStandard) -> Iterator[_Levels]:
    """Where the mean line reaches furthest up or down for as long as a sync pulse."""
    width, porch = _samples(_SYNC_US, standard), [_samples(us, standard) for us in _PORCH_US]
    smooth = scipy.ndimage.uniform_filter1d(line, width, mode="wrap")
    for sign in (1, -1):
        rising = sign * smooth
        peaks = np.flatnonzero((rising >= np.roll(rising, 1)) & (rising > np.roll(rising, -1)))
        for middle in peaks[np.argsort(-rising[peaks])][:_TIPS]:
            start = int(middle) - width // 2
            blank = np.take(line, start + np.arange(*porch), mode="wrap").mean()
            yield _Levels(start=start, tip=float(smooth[middle]), blank=float(blank))


def _ratio_at(change: Wave, line: Wave, levels: _Levels, standard: LineStandard) -> float:
    """Ln likelihood ratio for one assumption of where the line begins and what its levels are."""
    halves = np.roll(change, -levels.start).reshape(-1, _GRID)
    tip, blank = _vertical_interval(standard)
    width = tip.shape[1]
    places = len(halves) - width + 1
    output, energy = np.empty(places), np.empty(2)
    for parity in (0, 1):
        usual = np.take(line, levels.start + parity * _GRID + np.arange(width * _GRID), mode="wrap")
        lacking = levels.tip * tip[parity] + levels.blank * blank[parity] - usual.reshape(width, _GRID)
        energy[parity] = np.sum(lacking**2)
        products = halves @ lacking.T
        rows, columns = products.strides
        along = np.lib.stride_tricks.as_strided(products, (places, width), (rows, rows + columns), writeable=False)
        output[parity::2] = along[parity::2].sum(axis=1)
    expected = float(np.sqrt(energy.mean()))
    fold = _fold(output / max(expected, 1e-30), expected, round(2 * standard.field_lines))
    height = fold - scipy.ndimage.median_filter(fold, len(fold) // _BASELINE, mode="wrap")
    deviation = max(1.4826 * float(np.median(np.abs(height))), 1e-30)
    z, d = height[:, None] / deviation, _AMPLITUDES * expected / deviation
    ratios = np.clip(z * d - d**2 / 2, -_UTTERMOST, _UTTERMOST)
    return float(logsumexp(ratios) - np.log(ratios.size))


def _fold(output: Wave, expected: float, half_lines: int) -> Wave:
    """Mean over the fields at each half-line, limited lest a burst in one of them count for all.

    The limit is four standard deviations of a single field, or half as much again as the waveform itself would give.
    """
    middle = np.median(output)
    limit = max(_FIELD_LIMIT * 1.4826 * float(np.median(np.abs(output - middle))), _EXPECTED_LIMIT * expected)
    padded = np.full(-(-len(output) // half_lines) * half_lines, np.nan)
    padded[: len(output)] = np.clip(output, middle - limit, middle + limit)
    return np.asarray(np.nanmean(padded.reshape(-1, half_lines), axis=0))


@lru_cache(maxsize=2)
def _vertical_interval(standard: LineStandard) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Where the interval is at the sync tip and where at blanking: each of shape (2, half-lines, _GRID).

    The first axis tells whether it begins with a line or in the middle of one.
    """
    whole, short = _samples(_SYNC_US, standard), _samples(_SYNC_US / 2, standard)
    flat = np.zeros(_GRID, bool)
    equalising, broad, line = flat.copy(), ~flat, flat.copy()
    equalising[:short], broad[-whole:], line[:whole] = True, False, True
    pulses = [equalising] * standard.equalising + [broad] * standard.broad + [equalising] * standard.equalising
    rest = range(len(pulses), 2 * standard.blanked_lines)
    tip = np.array([pulses + [flat if (parity + place) % 2 else line for place in rest] for parity in (0, 1)])
    return tip, ~tip


def _samples(microseconds: float, standard: LineStandard) -> int:
    return round(microseconds * 1e-6 * 2 * _GRID * standard.line_hz)
