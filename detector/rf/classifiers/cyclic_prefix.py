"""The cyclic-prefix test: does a slice repeat itself after one useful symbol, in the rhythm of whole symbols?

An OFDM symbol of Tu seconds is preceded by a copy of its last Tg seconds, so x(t) and x(t + Tu) agree during the
prefix, once every Tu + Tg. A part of the band is enough: each sub-carrier on its own agrees with its copy.

Two steps, both on whitened samples (the coarse shape of the spectrum divided out, single lines limited, what lies at
the noise floor turned down), so that the null is that of white noise:

1. **Lag.** rho(L) = sum x*(t) x(t+L). Under the null it is complex normal, and r = |rho|^2 over its variance is
   exponential with mean 1: P(r > x) = exp(-x) (the known-noise-free form of Koufos 2009; Axell & Larsson 2011, eq. 8,
   normalise in the same way). The best few of the declared lags go on.
2. **Rhythm.** y(t) = x*(t) x(t+L) is folded at each Tu + Tg. The mean of y over the best window(s) of length Tg,
   *minus its mean over the rest*, is again complex normal; its power over the mean power of the same windows at
   neighbouring lags is a cell-averaged exponential: P(r > x) = (1 + x/m)^-m with m cells (Richards 6.5). Anything that
   repeats without that rhythm (a picture's lines, a pulse train) adds as much to the rest as to the window and cancels.

Trials: every place of the window in the period, clock error and guard that was tried counts as one (a union bound).
"""

from dataclasses import dataclass, replace
from math import ceil, log

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.classifiers.numerology import Numerology
from detector.rf.classifiers.statistics import cell_average_surprise

__all__ = ["PrefixFit", "Whitened", "fit_prefix", "lag_powers", "whiten"]

Complex64Array = npt.NDArray[np.complex64]

_PROFILE_BINS = 31
_LINE_LIMIT = 8.0
_LEAST_WEIGHT = 0.2
_DC_HZ = 4e3
_TAPS = np.arange(-4, 5)
_PARTS = 4
_PART_HZ = 75e3
_NEIGHBOURS = (3, 5)
_CLOCK_PPM = 40.0
_DRIFT_PART = 0.7
_LEAST_SYMBOLS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Whitened:
    """Samples with a flat spectrum.

    Attributes
    ----------
    lines : ndarray of complex64, shape (n,)
        Their FFT.
    base : ndarray of complex64, shape (n,)
        The samples themselves.
    correlation : ndarray of complex64, shape (n,)
        Circular autocorrelation; over the root of `variance` it is complex normal under the null.
    variance : float
    sample_rate_hz : float
    width_hz : float
        Equivalent width of what was kept.
    """

    lines: Complex64Array
    base: Complex64Array
    correlation: Complex64Array
    variance: float
    sample_rate_hz: float
    width_hz: float


def whiten(
    raw_lines: Complex64Array, density: npt.NDArray[np.float32], floor: float, sample_rate_hz: float
) -> Whitened:
    """Flatten the spectrum.

    Parameters
    ----------
    raw_lines : ndarray of complex64, shape (n,)
        FFT of the samples.
    density : ndarray of float32, shape (bins,)
        Averaged periodogram, lowest frequency first.
    floor : float
        Noise power a bin; bins that hold no more than that count little.
    sample_rate_hz : float
    """
    bins, count = len(density), len(raw_lines)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(density, _PROFILE_BINS // 2, "edge"), _PROFILE_BINS)
    profile = np.partition(around, _PROFILE_BINS // 2, axis=1)[:, _PROFILE_BINS // 2] + np.float32(1e-20)
    weight = np.clip(1 - floor / profile, _LEAST_WEIGHT, 1)
    quiet = max(1, round(_DC_HZ * bins / sample_rate_hz))
    weight[bins // 2 - quiet : bins // 2 + quiet + 1] = 0
    gain = np.fft.ifftshift(np.sqrt(weight / profile)).astype(np.float32) / np.float32(np.sqrt(count * bins))
    # fine bin k belongs to the coarse bin that is nearest
    index = np.round(np.arange(count) * (bins / count)).astype(np.intp) % bins
    lines = raw_lines * gain[index]
    power = lines.view(np.float32).reshape(-1, 2)
    power = np.einsum("ij,ij->i", power, power)
    limit = _LINE_LIMIT * np.fft.ifftshift(weight).astype(np.float32)[index]
    over = power > limit
    lines[over] *= np.sqrt(limit[over] / power[over])
    np.minimum(power, limit, out=power)
    # a periodogram bin is exponential: the mean of its square is twice the square of its mean
    squares = float(np.dot(power, power))
    variance = squares / 2 / count**2
    width_hz = float(power.sum()) ** 2 * 2 / max(squares, 1e-30) / count * sample_rate_hz
    return Whitened(
        lines=lines,
        base=scipy.fft.ifft(lines),
        correlation=scipy.fft.ifft(power.astype(np.complex64)),
        variance=variance,
        sample_rate_hz=sample_rate_hz,
        width_hz=width_hz,
    )


def lag_powers(white: Whitened, lags_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return |rho|^2 over its variance at each lag (exponential with mean 1 for noise), interpolated between samples.

    Lags beyond a third of the dwell have no power (0).
    """
    lags = lags_s * white.sample_rate_hz
    whole = np.floor(lags + 0.5).astype(np.intp)
    reach = len(white.correlation) // 3
    taps = np.sinc((lags - whole)[:, None] - _TAPS)
    near = white.correlation[np.clip(whole, 0, reach)[:, None] + _TAPS]
    powers = np.abs((near * taps).sum(axis=1)) ** 2 / white.variance
    return np.where((whole < reach) & (whole > len(_TAPS)), powers, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixFit:
    """The best rhythm at one lag.

    Attributes
    ----------
    numerology : Numerology
    guard : float
        Tg / Tu.
    surprise : float
        -ln P under the null, one trial.
    trials : float
    contrast : float
        Mean product within prefixes over that of the rest: large for OFDM, about 1 for anything merely periodic.
    strength : float
        Correlation coefficient within prefixes: SNR / (1 + SNR) for a clean link.
    spread_hz : float
        Width of spectrum that takes part in the agreement (participation ratio of its parts): a link's own, some tens
        of kHz for a narrow signal that agrees with itself by its symbols. 0 where the rhythm is no better than chance.
    """

    numerology: Numerology
    guard: float
    surprise: float
    trials: float
    contrast: float
    strength: float
    spread_hz: float


def fit_prefix(white: Whitened, numerology: Numerology) -> PrefixFit | None:
    """Return the best rhythm of a numerology, None where the dwell is too short for four symbols.

    Parameters
    ----------
    white : Whitened
    numerology : Numerology
    """
    rate_hz, count = white.sample_rate_hz, len(white.lines)
    lag = numerology.useful_s * rate_hz
    step = max(1, ceil(2 * rate_hz / max(white.width_hz, 1.0)))
    usable = count - int(lag) - 1 - step * max(_NEIGHBOURS)
    if usable < _LEAST_SYMBOLS * numerology.rhythms[0][0] * rate_hz:
        return None
    later = scipy.fft.ifft(_delayed(white.lines, lag - int(lag)))
    sums = [_running(white.base, later, int(lag) + step * near, usable) for near in (0, *_NEIGHBOURS)]
    fits = [
        _fit_rhythm(sums, period_s * rate_hz, tuple((start * rate_hz, width * rate_hz) for start, width in prefixes))
        for period_s, prefixes in numerology.rhythms
    ]
    best = max(range(len(fits)), key=lambda place: fits[place].surprise)
    trials, spread_hz = sum(fit.trials for fit in fits), 0.0
    if fits[best].surprise > log(trials):
        inside = _inside(numerology.rhythms[best], fits[best].start, rate_hz, usable)
        spread_hz = _spread_hz(white, later[int(lag) : int(lag) + usable], inside)
    return PrefixFit(
        numerology=numerology,
        guard=numerology.rhythms[best][1][-1][1] / numerology.useful_s,
        surprise=fits[best].surprise,
        trials=trials,
        contrast=fits[best].contrast,
        strength=fits[best].strength,
        spread_hz=spread_hz,
    )


def _delayed(lines: Complex64Array, part: float) -> Complex64Array:
    """FFT of the samples a part of a sample later: a phase ramp, from two short tables (8 MB and 8 ms less)."""
    count, inner = len(lines), 512
    half = (count + 1) // 2
    fine = np.exp(2j * np.pi * part * np.arange(inner) / count).astype(np.complex64)
    steps = np.exp(2j * np.pi * part * inner * np.arange(half // inner + 1) / count).astype(np.complex64)
    ramp = np.multiply.outer(steps, fine).ravel()
    out = np.empty_like(lines)
    np.multiply(lines[:half], ramp[:half], out=out[:half])
    # the upper half are the negative frequencies -1, -2 ... from the end
    np.multiply(lines[half:], ramp[count - half : 0 : -1].conj(), out=out[half:])
    return out


def _inside(
    rhythm: tuple[float, tuple[tuple[float, float], ...]], start: float, rate_hz: float, usable: int
) -> npt.NDArray[np.bool_]:
    """Which samples lie in a prefix, bool of shape (usable,); `start` in turns of the period."""
    period_s, prefixes = rhythm
    turn = np.arange(usable, dtype=np.float32)
    turn /= np.float32(period_s * rate_hz)
    turn -= np.float32(start)
    turn %= 1
    inside = np.zeros(usable, np.bool_)
    for begin_s, width_s in prefixes:
        inside |= (turn >= begin_s / period_s) & (turn < (begin_s + width_s) / period_s)
    return inside


def _spread_hz(white: Whitened, later: Complex64Array, inside: npt.NDArray[np.bool_]) -> float:
    """Participation ratio, over 75 kHz parts, of the cross-spectrum of the prefixes and what they copy."""
    length = scipy.fft.next_fast_len(len(inside))
    first = scipy.fft.fft(np.where(inside, white.base[: len(inside)], np.complex64(0)), length)
    second = scipy.fft.fft(np.where(inside, later, np.complex64(0)), length)
    cross = np.fft.fftshift(second * first.conj())
    parts = max(4, round(white.sample_rate_hz / _PART_HZ))
    sums = cross[: len(cross) // parts * parts].reshape(parts, -1).sum(axis=1)
    total = sums.sum()
    along = (sums * np.conj(total) / (abs(total) + 1e-30)).real
    ratio = float(along.sum()) ** 2 / float(np.dot(along, along) + 1e-30)
    return ratio * white.sample_rate_hz / parts


@dataclass(frozen=True, slots=True)
class _Fold:
    surprise: float
    trials: float
    contrast: float
    strength: float
    start: float


def _running(base: Complex64Array, later: Complex64Array, shift: int, usable: int) -> npt.NDArray[np.complex128]:
    """Running sum of x*(t) x(t + shift), from 0."""
    sums = np.zeros(usable + 1, np.complex128)
    np.multiply(later[shift : shift + usable], base[:usable].conj(), out=sums[1:])
    np.cumsum(sums, out=sums)
    return sums


def _fit_rhythm(
    sums: list[npt.NDArray[np.complex128]], period: float, prefixes: tuple[tuple[float, float], ...]
) -> _Fold:
    """Fold the products at one period; all lengths in samples. The first of the sums is of the lag itself."""
    length = min(width for _, width in prefixes)
    bins = max(_PARTS, round(period / max(1.0, length / _PARTS)))
    window = _window(bins, period, prefixes)
    usable = len(sums[0]) - 1
    drift = usable * _CLOCK_PPM * 1e-6
    errors = (0.0,) if drift < _DRIFT_PART * length else (-_CLOCK_PPM, 0.0, _CLOCK_PPM)
    own, *others = sums
    edges = _edges(usable, period, bins)
    noise = float(np.mean([_contrasts(part, edges, window)[0].mean() for part in others]))
    cells = len(others) * max(1.0, bins / window.sum() - 1)
    best = _Fold(0.0, 1.0, 0.0, 0.0, 0.0)
    level = float(np.sqrt(np.mean([np.mean(np.abs(np.diff(part)) ** 2) for part in others])))
    for error in errors:
        edges = _edges(usable, period * (1 + error * 1e-6), bins)
        powers, inside, rest = _contrasts(own, edges, window)
        place = int(np.argmax(powers))
        surprise = cell_average_surprise(float(powers[place]) / max(noise, 1e-30), cells)
        if surprise > best.surprise:
            contrast = float(abs(inside[place]) / max(abs(rest[place]), 1e-30))
            strength = min(float(abs(inside[place])) / max(level, 1e-30), 1.0)
            best = _Fold(surprise, 1.0, contrast, strength, place / bins)
    return replace(best, trials=float(len(errors) * bins))


def _edges(usable: int, period: float, bins: int) -> npt.NDArray[np.intp]:
    """Sample numbers at which the bins of whole periods begin, shape (periods * bins + 1,)."""
    count = int(usable / period) * bins
    return np.minimum(np.round(np.arange(count + 1) * (period / bins)), usable).astype(np.intp)


def _window(bins: int, period: float, prefixes: tuple[tuple[float, float], ...]) -> npt.NDArray[np.float64]:
    """1 in the bins of the prefixes, 0 elsewhere."""
    window = np.zeros(bins)
    for start, width in prefixes:
        first = round(start / period * bins)
        window[first : first + max(1, round(width / period * bins))] = 1
    return window


def _contrasts(
    sums: npt.NDArray[np.complex128], edges: npt.NDArray[np.intp], window: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.complex128], npt.NDArray[np.complex128]]:
    """Power of (mean inside the window - mean of the rest) over a white variance, and both means, for each place."""
    bins = len(window)
    folded = np.diff(sums[edges]).reshape(-1, bins).sum(axis=0)
    number = float(edges[-1])
    shape = np.conj(np.fft.fft(window))
    # bins differ by less than a sample in length, and that averages out over the periods
    held = window.sum() * number / bins
    inside = np.fft.ifft(np.fft.fft(folded) * shape)
    rest = (folded.sum() - inside) / (number - held)
    inside = inside / held
    powers = np.abs(inside - rest) ** 2 / (1 / held + 1 / (number - held))
    return powers, inside, rest
