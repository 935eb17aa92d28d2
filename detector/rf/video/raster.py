"""The raster behind a line rate: every line harmonic as a slow signal, folded at the field rate.

A harmonic of the line rate, shifted to zero, is what all lines have in common (its mean) and how they differ down the
picture (its changes, the same in every field of a still scene). Mertz & Gray, "A theory of scanning", Bell Syst. Tech.
J. 13 (1934): the spectrum of a scanned picture is k line rates plus m field rates. Folded over the fields of a dwell,
what belongs to the picture adds up and what does not averages out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.video.standards import LineStandard
from detector.rf.video.subbands import SubBands

__all__ = ["POSITIONS", "Raster", "make_raster"]

POSITIONS = 64
_HARMONICS = 8
_FINE = 4
_SEAM = 10
_PAD = 0.02
_LEVEL_HZ = 6400.0
_TRIALS = 171
_BLOCKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """Line harmonics over the fields of a dwell.

    Attributes
    ----------
    values : ndarray of complex64, shape (series, fields, POSITIONS)
        A series is one harmonic in one sub-band; white noise has unit variance.
    clock_ppm : float
        Error of the line rate, refined.
    """

    values: npt.NDArray[np.complex64]
    clock_ppm: float


def make_raster(bands: SubBands, standard: LineStandard, clock_ppm: float) -> Raster | None:
    """Demodulate and fold.

    Parameters
    ----------
    bands : SubBands
    standard : LineStandard
    clock_ppm : float
        From the line-rate test, good to half a bin of the highest harmonic.

    Returns
    -------
    Raster or None
        None where the dwell is shorter than a field (2 % may lack).
    """
    line_hz = standard.line_hz * (1 + clock_ppm * 1e-6)
    field_frames = standard.field_lines / line_hz * bands.frame_hz
    fields = int(bands.power.shape[1] / field_frames + _PAD)
    if fields < 1:
        return None
    count = round(fields * field_frames)
    power = _completed(bands.power, count, bands.frame_hz / line_hz)
    lines = scipy.fft.rfft(power, count, axis=1) / np.float32(np.sqrt(count))
    bin_hz = bands.frame_hz / count
    harmonics = [k for k in range(1, _HARMONICS + 1) if k * line_hz + 1.1 * _LEVEL_HZ < bands.frame_hz / 2]
    series = np.stack([_demodulate(lines, bin_hz, k * line_hz, fields) for k in harmonics], axis=1)
    return _refined(series, np.array(harmonics), standard, clock_ppm, bin_hz, fields)


def _completed(power: npt.NDArray[np.float32], count: int, line_frames: float) -> npt.NDArray[np.float32]:
    """`count` frames; a few that lack at the end are taken from whole lines before, lest a rhythm seems to change."""
    lack = count - power.shape[1]
    if lack <= 0:
        return power[:, :count]
    least = int(np.ceil(lack / line_frames))
    back = np.arange(least, least + 40) * line_frames
    shift = round(float(back[np.abs(back - np.round(back)).argmin()]))
    start = power.shape[1] - shift
    return np.concatenate([power, power[:, start : start + lack]], axis=1)


def _demodulate(
    lines: npt.NDArray[np.complex64], bin_hz: float, harmonic_hz: float, fields: int
) -> npt.NDArray[np.complex64]:
    """One harmonic of every band over its noise, finer than needed: shape (bands, fields * POSITIONS * _FINE)."""
    middle, half, level = round(harmonic_hz / bin_hz), fields * POSITIONS * _FINE // 2, round(_LEVEL_HZ / bin_hz)
    around = lines[:, max(1, middle - level) : middle + level]
    noise = np.sqrt(np.maximum(np.median(np.abs(around) ** 2, axis=1, keepdims=True) / np.log(2), 1e-30))
    part = scipy.fft.ifftshift(lines[:, middle - half : middle + half] / noise, axes=1)
    series = scipy.fft.ifft(part, axis=1) * np.sqrt(2 * half)
    time = np.arange(2 * half) / (2 * half)
    turns = (harmonic_hz / bin_hz - middle) * time
    return np.asarray(series * np.exp(-2j * np.pi * turns), np.complex64)


def _refined(
    series: npt.NDArray[np.complex64],
    harmonics: npt.NDArray[np.intp],
    standard: LineStandard,
    clock_ppm: float,
    bin_hz: float,
    fields: int,
) -> Raster:
    """Turn every series so that its strict line component stands still; then thin it out to POSITIONS a field.

    Where the end of the dwell meets its beginning the transform saw a jump: there the mean stands in.
    """
    span_ppm = 1.3 * bin_hz / (harmonics[-1] * standard.line_hz) * 1e6
    trials = np.linspace(-span_ppm, span_ppm, _TRIALS)
    blocks = series.reshape(*series.shape[:2], fields * _BLOCKS, -1).mean(axis=3)
    turns = standard.field_lines * 1e-6 * np.arange(fields * _BLOCKS)[:, None] / _BLOCKS * trials
    gain = np.zeros(_TRIALS)
    for place, k in enumerate(harmonics):
        sums = np.abs(blocks[:, place] @ np.exp(-2j * np.pi * k * turns)) ** 2
        gain += np.log1p(sums.mean(axis=0) * (POSITIONS * _FINE / _BLOCKS / (fields * _BLOCKS)))
    error_ppm = float(trials[gain.argmax()])
    time = np.arange(series.shape[2]) / (POSITIONS * _FINE)
    still = series * np.exp(-2j * np.pi * standard.field_lines * error_ppm * 1e-6 * harmonics[:, None] * time)
    middle = still[..., _SEAM:-_SEAM].mean(axis=2, keepdims=True)
    still[..., :_SEAM] = still[..., -_SEAM:] = middle
    thin = still.reshape(-1, fields, POSITIONS, _FINE).mean(axis=3) * np.sqrt(_FINE)
    return Raster(values=thin.astype(np.complex64), clock_ppm=clock_ppm + error_ppm)
