"""The line-rate test: does the power in the sub-bands of a slice repeat at the rate of a television line?

Any slice of an FM or AM picture repeats, roughly, from line to line: the spectrum of its power has lines at k times
15 625 Hz (625/50) or 15 734.264 Hz (525/59.94). The statistic of a rate is the mean over K = 7 harmonics of
ln(1 + h_k), h_k the periodogram at the harmonic over its surroundings, averaged over the sub-bands. The logarithm
keeps one strong tone or burst from standing in for a rhythm; all harmonics are taken at one and the same clock error,
which is searched over +-120 ppm in steps of half a bin of the highest harmonic.

Null. The dwell is its own reference: the same statistic, search included, is taken at `RING` other rates (13.1 to
18.4 kHz without the television lines). Of a dwell without period it is a mean of K bounded-influence terms, close to
normal; `z` is the height over the ring's median in its robust standard deviations (1.4826 MAD), a CFAR (Rohling, IEEE
T-AES 19(4), 1983: order statistics of the reference cells) over rates instead of ranges. Whatever raises all rates
alike (bursts, wide data, another modulation) raises the reference with them. benchmarks/rf_null.py compares the tail
with noise.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.video.standards import COMPUTER_LINE_HZ, NTSC, PAL, STANDARDS, LineStandard
from detector.rf.video.subbands import SubBands

__all__ = ["CLOCK_PPM", "HARMONICS", "RING", "LineScore", "score_lines"]

HARMONICS = 7
CLOCK_PPM = 120.0
_RIVALS = np.arange(15_350, 16_050, 2 * CLOCK_PPM * 1e-6 * PAL.line_hz)
"""Rates near those of television, between the halves of the ring: a strong rhythm here leaks into all of them."""
RING = np.concatenate([np.linspace(13_100, 15_350, 40), np.linspace(16_050, 18_400, 40)])
_STRONGEST, _APART_BINS = 2, 2.5
_TOP = 0.49
_LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScore:
    """Outcome of the line-rate test for the better standard.

    Attributes
    ----------
    standard : LineStandard
    z, other_z : float
        Height over the reference rates, in standard deviations, of this standard and of the other.
    odd_z, even_z : float
        Of the odd and of the even harmonics alone.
    half_z : float
        Of the frequencies half way between the harmonics.
    core_z, rival_z : float
        Without the two strongest harmonics: of this standard, and of the best rate near those of television that is
        none of them. Minus infinity where it was not asked for.
    score_db, other_db : float
        How far a typical harmonic stands above its surroundings.
    screen_db : float
        The same of the weakest harmonic of the plainest computer raster; -30 where it was not asked for.
    clock_ppm : float
        Error of the line rate, to half a bin of the highest harmonic; of the camera's and the receiver's clocks.
    harmonics : int
        Harmonics that the frame rate could hold (7 from 265 kS/s on).
    """

    standard: LineStandard
    z: float
    other_z: float
    odd_z: float
    even_z: float
    half_z: float
    core_z: float
    rival_z: float
    score_db: float
    other_db: float
    screen_db: float
    clock_ppm: float
    harmonics: int


def score_lines(bands: SubBands, *, rivals: bool = False) -> LineScore:
    """Score both line systems and return the better one.

    Parameters
    ----------
    bands : SubBands
        Of at least about 4 ms; shorter ones score by chance only.
    rivals : bool
        Look also what is left without the strongest harmonics, here and at the rates nearby, and for computer rasters.
    """
    heights, bin_hz = _heights(bands)
    count = min(HARMONICS, int(bands.frame_hz * _TOP // RING[-1]))
    clocks_ppm = _clocks(bin_hz, count)
    ring = _Reference(_logs(heights, bin_hz, RING, clocks_ppm, count))
    television = _logs(heights, bin_hz, np.array([standard.line_hz for standard in STANDARDS]), clocks_ppm, count)
    means = television.mean(axis=2)
    best = int(means.max(axis=1).argmax())
    clock = int(means[best].argmax())
    terms, other = television[best, clock], float(means[1 - best].max())
    place = (np.arange(1, count + 1) - 0.5) * STANDARDS[best].line_hz * (1 + clocks_ppm[clock] * 1e-6)
    half = float(np.log1p(heights[np.round(place / bin_hz).astype(np.intp)]).mean())
    z, odd_z, even_z, half_z = ring.z((float(terms.mean()), float(terms[0::2].mean()), float(terms[1::2].mean()), half))
    core_z, rival_z = _cores(heights, bin_hz, terms, clocks_ppm) if rivals else (-np.inf, -np.inf)
    return LineScore(
        standard=STANDARDS[best],
        z=z,
        other_z=ring.z((other, 0, 0, 0))[0],
        odd_z=odd_z,
        even_z=even_z,
        half_z=half_z,
        core_z=core_z,
        rival_z=rival_z,
        score_db=_decibels(float(terms.mean())),
        other_db=_decibels(other),
        screen_db=_decibels(_screen_log(heights, bin_hz, bands.frame_hz, clocks_ppm) if rivals else 0.0),
        clock_ppm=float(clocks_ppm[clock]),
        harmonics=count,
    )


def _apart(bin_hz: float) -> npt.NDArray[np.float64]:
    """Rates between the halves of the ring, none within the main lobe of television's first harmonic."""
    least_hz = _APART_BINS * bin_hz
    return _RIVALS[np.all([np.abs(_RIVALS - standard.line_hz) > least_hz for standard in STANDARDS], axis=0)]


def _cores(
    heights: npt.NDArray[np.float64],
    bin_hz: float,
    terms: npt.NDArray[np.float64],
    clocks_ppm: npt.NDArray[np.float64],
) -> tuple[float, float]:
    """Heights of the mean without its largest terms, over the same of the ring: of `terms`, and of the best rival."""

    def core(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.sort(logs, axis=-1)[..., :-_STRONGEST].mean(axis=-1))

    ring, near = (
        core(_logs(heights, bin_hz, rates, clocks_ppm, len(terms))).max(axis=1, initial=0.0)
        for rates in (RING, _apart(bin_hz))
    )
    middle, spread = (float(part) for part in _location(ring))
    return (float(core(terms)) - middle) / spread, (float(near.max(initial=0.0)) - middle) / spread


def _screen_log(
    heights: npt.NDArray[np.float64], bin_hz: float, frame_hz: float, clocks_ppm: npt.NDArray[np.float64]
) -> float:
    """ln(1 + height) of the weakest harmonic, at the plainest of the computer rasters that have one here."""
    found = [0.0]
    for line_hz in COMPUTER_LINE_HZ:
        if count := int(frame_hz * _TOP // line_hz):
            finer_ppm = np.linspace(clocks_ppm[0], clocks_ppm[-1], count * len(clocks_ppm))
            logs = _logs(heights, bin_hz, np.array([line_hz]), finer_ppm, count)
            found.append(float(logs.min(axis=2).max()))
    return max(found)


class _Reference:
    """The null of the same dwell: of all, odd, even harmonics with the search over clocks, and without a search."""

    def __init__(self, logs: npt.NDArray[np.float64]) -> None:
        odd, even = logs[:, :, 0::2].mean(axis=2), logs[:, :, 1::2].mean(axis=2)
        both = logs.mean(axis=2)
        searched = [part.max(axis=1) for part in (both, odd, even)]
        rows = np.stack([*searched, both[:, both.shape[1] // 2]])
        self._middle, self._spread = _location(rows)

    def z(self, values: tuple[float, float, float, float]) -> list[float]:
        """Heights of (all, odd, even, without search) in standard deviations."""
        heights: list[float] = ((np.array(values) - self._middle) / self._spread).tolist()
        return heights


def _heights(bands: SubBands) -> tuple[npt.NDArray[np.float64], float]:
    """Periodogram over its surroundings (one line rate wide, medians), mean over the bands, and its bin width."""
    length = scipy.fft.next_fast_len(bands.power.shape[1], real=True)
    lines = scipy.fft.rfft(bands.power * hann(bands.power.shape[1]), length, axis=1)
    bin_hz = bands.frame_hz / length
    power = np.square(lines.real) + np.square(lines.imag)
    if bands.alike:
        power = power.mean(axis=0, keepdims=True)
    width = max(8, round(PAL.line_hz / bin_hz))
    blocks = power.shape[1] // width
    rows = power[:, : blocks * width].reshape(len(power), blocks, width)
    # the median of exponential power is ln 2 of its mean, that of the mean of three rows 0.89 of it
    level = np.maximum(_median(rows) / np.float32(0.891 if bands.alike else np.log(2)), np.float32(1e-30))
    whole = np.ones(power.shape[1])
    whole[: blocks * width] = (rows / level[..., None]).mean(axis=0, dtype=np.float64).reshape(-1)
    return whole, bin_hz


def _location(rows: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Median along the last axis, and robust standard deviation (1.4826 MAD)."""
    middle = _median(rows)
    return middle, np.maximum(1.4826 * _median(np.abs(rows - middle[..., None])), _LEAST_SPREAD)


def _median(rows: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Upper median along the last axis, without numpy's care for missing values."""
    middle = rows.shape[-1] // 2
    return np.asarray(np.partition(rows, middle, axis=-1)[..., middle])


def _clocks(bin_hz: float, count: int) -> npt.NDArray[np.float64]:
    step_ppm = 0.5 * bin_hz / (count * NTSC.line_hz) * 1e6
    each_side = int(CLOCK_PPM / step_ppm + 0.5)
    return np.arange(-each_side, each_side + 1, dtype=np.float64) * step_ppm


def _logs(
    heights: npt.NDArray[np.float64],
    bin_hz: float,
    rates_hz: npt.NDArray[np.float64],
    clocks_ppm: npt.NDArray[np.float64],
    count: int,
) -> npt.NDArray[np.float64]:
    """ln(1 + height) at every harmonic: shape (rates, clocks, harmonics)."""
    return np.asarray(np.log1p(heights[_places(bin_hz, rates_hz.tobytes(), clocks_ppm.tobytes(), count)]))


@lru_cache(maxsize=16)
def _places(bin_hz: float, rates: bytes, clocks: bytes, count: int) -> npt.NDArray[np.intp]:
    """Bins of the harmonics; the same for every hop of one length, so kept."""
    rates_hz, clocks_ppm = np.frombuffer(rates), np.frombuffer(clocks)
    base = rates_hz[:, None] * (1 + clocks_ppm[None] * 1e-6)
    return np.round(base[:, :, None] * np.arange(1, count + 1) / bin_hz).astype(np.intp)


def _decibels(mean_log: float) -> float:
    return float(10 * np.log10(max(np.expm1(mean_log), 1e-3)))


@lru_cache(maxsize=8)
def hann(length: int) -> npt.NDArray[np.float32]:
    """Return a Hann window (float32, shape (length,)); cached."""
    return np.hanning(length).astype(np.float32)
