"""Does the raster change down the picture, the same way in every field?

A bare rhythm at the line rate (pulse trains, switching, bit clocks) is the same everywhere: folded over fields,
nothing is left but noise. A picture has its blanking interval, some 25 lines of 312 without content, and shading from
top to bottom. Three measures, each with a known null:

- ``low_z``, ``odd_z``, ``even_z``: analysis of variance. The power of the fold at m = 1...12 field rates (the teeth of
  Mertz and Gray), over the variance between the fields at the same place, series by series: a sum of F ratios, close
  to normal by their number. Mains hum on a rhythm, rectified, fills even teeth only. `high_z` is the same at
  m = 16...31: random data are white down the picture, pictures are not. The strongest tooth of each sum is left out: a
  rhythm that beats with a carrier or with the receiver's spike puts all of its beat on one.
- ``gate_z``: a scan for a stretch of 4 to 6 of 64 positions (the blanking interval) whose lines differ from the rest,
  in all series at once; the largest over the positions, which noise takes to 3.0 +- 0.7.
- ``level_low_z``, ``level_odd_z``, ``level_even_z``, ``level_gate_z``: the same of one number a position, how much of
  the mean line is there: the change of all series projected on their mean, the matched filter for lines that are the
  mean line made weaker or stronger. Its variance is again taken between the fields, so that data which change all
  series together prove nothing. In the blanking interval every line lacks its picture and in field sync it lacks
  its sync, so that a dark picture, of which the first measures see little, shows here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from detector.rf.video.raster import POSITIONS, Raster

__all__ = ["FieldEvidence", "measure_fields"]

_LOW, _HIGH = np.arange(1, 13), np.arange(16, 32)
_ODD, _EVEN = np.arange(3, 16, 2), np.arange(2, 15, 2)
_HIGHEST = {7: 1.352, 12: 1.629, 16: 1.766}
"""Mean of the largest of so many standard normal variables (David and Nagaraja, "Order statistics", 2003, table)."""
_FASTEST = 20
_GATES, _LEVEL_GATES = (4, 5, 6), (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEvidence:
    """What the fold over fields shows; see the module.

    Attributes
    ----------
    fields : int
        Fields folded; of a single one the variance is taken from its own fastest changes.
    low_z, odd_z, even_z, high_z, gate_z : float
    level_low_z, level_odd_z, level_even_z, level_gate_z : float
    """

    fields: int
    low_z: float
    odd_z: float
    even_z: float
    high_z: float
    gate_z: float
    level_low_z: float
    level_odd_z: float
    level_even_z: float
    level_gate_z: float


def measure_fields(raster: Raster) -> FieldEvidence:
    """Measure how the raster changes down the picture.

    Parameters
    ----------
    raster : Raster
    """
    values = raster.values
    change, variance = _change(values)
    level, _ = _change(_along_mean(values, variance)[None])
    teeth, level_teeth = (np.abs(scipy.fft.fft(part, axis=1)) ** 2 / POSITIONS for part in (change, level))
    return FieldEvidence(
        fields=values.shape[1],
        low_z=_tooth_z(teeth, _LOW),
        odd_z=_tooth_z(teeth, _ODD),
        even_z=_tooth_z(teeth, _EVEN),
        high_z=_tooth_z(teeth, _HIGH),
        gate_z=_gate_z(change, _GATES),
        level_low_z=_tooth_z(level_teeth, _LOW),
        level_odd_z=_tooth_z(level_teeth, _ODD),
        level_even_z=_tooth_z(level_teeth, _EVEN),
        level_gate_z=_gate_z(level, _LEVEL_GATES),
    )


def _change(
    values: npt.NDArray[np.complexfloating],
) -> tuple[npt.NDArray[np.complexfloating], npt.NDArray[np.float64]]:
    """Fold of each series without its mean, unit variance where nothing changes down the picture; and the variance."""
    fields = values.shape[1]
    fold = values.mean(axis=1)
    variance, degrees = _variance(values, fold)
    # an F ratio with d degrees of freedom in its denominator has mean d / (d - 2)
    scale = np.sqrt(fields / variance * (degrees - 2) / degrees)
    return (fold - fold.mean(axis=1, keepdims=True)) * scale[:, None], variance


def _along_mean(
    values: npt.NDArray[np.complex64], variance: npt.NDArray[np.float64]
) -> npt.NDArray[np.complexfloating]:
    """How much of the mean line there is, at every position of every field: shape (fields, POSITIONS).

    Series weigh by their mean over their variance; the mean's own noise is taken off its power.
    """
    mean = values.mean(axis=(1, 2))
    power = np.maximum(np.abs(mean) ** 2 - variance / values[0].size, 0)
    weight = np.sqrt(power) * np.exp(-1j * np.angle(mean)) / variance
    return np.asarray(np.tensordot(weight, values, axes=1) + 1e-12)


def _variance(
    values: npt.NDArray[np.complexfloating], fold: npt.NDArray[np.complexfloating]
) -> tuple[npt.NDArray[np.float64], int]:
    """Variance of each series between fields at the same place, and its degrees of freedom.

    Of a single field it is the power at the highest teeth: what changes fast down the picture is noise.
    """
    fields = values.shape[1]
    if fields == 1:
        teeth = np.abs(scipy.fft.fft(fold, axis=1)) ** 2 / POSITIONS
        part = teeth[:, _FASTEST : POSITIONS - _FASTEST + 1]
        return np.maximum(part.mean(axis=1, dtype=np.float64), 1e-24), 2 * part.shape[1]
    squares = (np.abs(values - fold[:, None]) ** 2).sum(axis=(1, 2), dtype=np.float64)
    return np.maximum(squares / (POSITIONS * (fields - 1)), 1e-24), 2 * POSITIONS * (fields - 1)


def _tooth_z(teeth: npt.NDArray[np.floating], orders: npt.NDArray[np.intp]) -> float:
    """Sum over the series and both sides without its strongest tooth, against its expectation."""
    each = (teeth[:, orders] + teeth[:, -orders]).sum(axis=0, dtype=np.float64)
    count = 2 * len(teeth)
    highest = count + _HIGHEST[len(orders)] * np.sqrt(count)
    rest = count * len(orders) - highest
    return float((each.sum() - each.max() - rest) / np.sqrt(count * (len(orders) - 1)))


def _gate_z(change: npt.NDArray[np.complexfloating], widths: tuple[int, ...]) -> float:
    best = -np.inf
    sums = np.cumsum(np.concatenate([change, change[:, : max(widths)]], axis=1), axis=1)
    sums = np.concatenate([np.zeros((len(sums), 1), sums.dtype), sums], axis=1)
    for width in widths:
        window = (sums[:, width : width + POSITIONS] - sums[:, :POSITIONS]) / width
        power = (np.abs(window) ** 2).sum(axis=0) / (1 / width - 1 / POSITIONS)
        best = max(best, float(power.max()))
    return float((best - len(change)) / np.sqrt(len(change)))
