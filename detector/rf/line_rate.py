"""The line-rate test: does the envelope of a slice carry the harmonics of a television line?

Any slice of an FM or AM picture is a slope detector whose output repeats, roughly, from line to line: its power
spectrum has lines at k times 15 625 Hz (625/50) or 15 734.264 Hz (525/59.94). The score of a standard is the **lower
median over the first K = 8 harmonics** of (largest of three bins at the harmonic) / (local median).

Null. Periodogram bins of an envelope without period are exponential; over the local median (ln 2 of the mean) a bin
exceeds r with probability 2**-r, the largest of three with q = 1 - (1 - 2**-r)**3, and the lower median with
P(score > r) = sum over j > K/2 of C(K, j) q**j (1 - q)**(K - j): five of eight harmonics have to stand out together.
Three bins cover +-60 ppm at 100 ms, so there is no other search; two standards double P. `null_probability` is that
formula; benchmarks/rf_null.py compares it with noise.

A pattern of half the line period (31.5 kHz computer rasters, 31.25 kHz switching) fills the four even harmonics only
and a single tone one: neither moves the lower median.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.envelope import Envelope

__all__ = ["NTSC", "PAL", "STANDARDS", "LineScore", "LineStandard", "null_probability", "score_lines"]

HARMONICS = 8
_GUARD_BINS = 3
_TOP = 0.48


@dataclass(frozen=True, slots=True)
class LineStandard:
    """A line system: name, line rate in Hz, and the whole lines nearest one field (half a frame of 625 or 525)."""

    name: str
    line_hz: float
    field_lines: tuple[int, int]


PAL = LineStandard("PAL", 15625.0, (312, 313))
NTSC = LineStandard("NTSC", 4.5e6 / 286, (262, 263))
STANDARDS = (PAL, NTSC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScore:
    """Outcome of the line-rate test for the better standard.

    Attributes
    ----------
    standard : LineStandard
    score_db, other_db : float
        Score of this standard and of the other one.
    odd_db, even_db : float
        Lower medians over the odd and over the even harmonics alone.
    harmonics : int
        Harmonics that the sample rate could hold (8 from 270 kS/s on).
    """

    standard: LineStandard
    score_db: float
    other_db: float
    odd_db: float
    even_db: float
    harmonics: int


def null_probability(score_db: float, harmonics: int = HARMONICS) -> float:
    """Return the probability that noise scores above `score_db` for one standard.

    Parameters
    ----------
    score_db : float
    harmonics : int
        Number K of harmonics looked at.
    """
    q = 1 - (1 - 2.0 ** -(10 ** (score_db / 10))) ** 3
    least = harmonics - (harmonics - 1) // 2
    return float(sum(comb(harmonics, j) * q**j * (1 - q) ** (harmonics - j) for j in range(least, harmonics + 1)))


@lru_cache(maxsize=8)
def hann(length: int) -> npt.NDArray[np.float32]:
    """Return a Hann window (float32, shape (length,)); cached."""
    return np.hanning(length).astype(np.float32)


def envelope_spectrum(envelope: Envelope) -> tuple[npt.NDArray[np.float32], float]:
    """Return the Hann-windowed periodogram of an envelope (float32) and the distance of its bins in Hz."""
    length = scipy.fft.next_fast_len(len(envelope.power), real=True)
    lines = scipy.fft.rfft(envelope.power * hann(len(envelope.power)), length).view(np.float32).reshape(-1, 2)
    return np.einsum("ij,ij->i", lines, lines), envelope.sample_rate_hz / length


def harmonic_heights(
    power: npt.NDArray[np.float32], bin_hz: float, frequencies_hz: npt.NDArray[np.floating], window_hz: float
) -> npt.NDArray[np.float64]:
    """Return how far the bins at some frequencies stand above their surroundings.

    Parameters
    ----------
    power : ndarray of float32, shape (bins,)
        Periodogram.
    bin_hz : float
    frequencies_hz : ndarray of float64, shape (k,)
        Each at least `window_hz` from both ends.
    window_hz : float
        Half width of the surroundings; the three bins on either side of the middle are left out.

    Returns
    -------
    ndarray of float64, shape (k,)
        Largest of three bins over the median of the surroundings, in dB.
    """
    middle = np.round(frequencies_hz / bin_hz).astype(np.intp)
    reach = max(_GUARD_BINS + 4, round(window_hz / bin_hz))
    around = _around(reach)
    index = np.clip(middle[:, None] + around, 1, len(power) - 1)
    surroundings = power[index]
    half = surroundings.shape[1] // 2
    floor = np.partition(surroundings, half, axis=1)[:, half]
    peak = power[np.clip(middle[:, None] + np.arange(-1, 2), 0, len(power) - 1)].max(axis=1)
    heights: npt.NDArray[np.float64] = 10 * np.log10((peak + 1e-30) / (floor.astype(np.float64) + 1e-30))
    return heights


@lru_cache(maxsize=8)
def _around(reach: int) -> npt.NDArray[np.intp]:
    offsets = np.arange(-reach, reach + 1)
    return offsets[np.abs(offsets) > _GUARD_BINS]


def lower_median(values: npt.NDArray[np.float64]) -> float:
    """Return the lower of the two middle values (the median for odd counts)."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def score_lines(envelope: Envelope, window_hz: float) -> LineScore:
    """Score both line systems and return the better one.

    Parameters
    ----------
    envelope : Envelope
        At least about 3 ms; shorter ones score by chance only.
    window_hz : float
        Half width of the local median.

    Returns
    -------
    LineScore
    """
    power, bin_hz = envelope_spectrum(envelope)
    count = min(HARMONICS, int((envelope.sample_rate_hz * _TOP) // NTSC.line_hz))
    order = np.arange(1, count + 1)
    wanted = np.concatenate([standard.line_hz * order for standard in STANDARDS])
    heights = harmonic_heights(power, bin_hz, wanted, window_hz).reshape(len(STANDARDS), count)
    scores = [lower_median(row) for row in heights]
    best = int(np.argmax(scores))
    row = heights[best]
    return LineScore(
        standard=STANDARDS[best],
        score_db=scores[best],
        other_db=scores[1 - best],
        odd_db=lower_median(row[0::2]),
        even_db=lower_median(row[1::2]),
        harmonics=count,
    )
