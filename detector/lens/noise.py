"""How much pixels jitter at each level, read off the frame itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["OPENING_BIAS_SIGMA", "NoiseModel", "estimate_noise"]

OPENING_BIAS_SIGMA = 1.3  # a top-hat of pure noise lies this far above zero

_ROW_STEP = 20
_BINS = 6
_MAD_TO_SIGMA = 1.4826
_SECOND_DIFFERENCE_GAIN = 1.5  # variance of p - (left + right) / 2 for independent pixels
_LEAST_SIGMA_DN = 0.3  # rounding alone


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Variance that grows with the level: `floor_dn2` + `slope_dn` * level (read-out and shot noise)."""

    floor_dn2: float
    slope_dn: float

    def sigma_dn(self, level_dn: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the standard deviation at raw levels (black level included), elementwise."""
        variance = self.floor_dn2 + self.slope_dn * np.asarray(level_dn, dtype=np.float64)
        return np.sqrt(np.maximum(variance, _LEAST_SIGMA_DN**2))


def estimate_noise(grey: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], full_scale_dn: float) -> NoiseModel:
    """Fit the noise model to one frame.

    Every twentieth row is compared with the mean of its left and right neighbours; the median absolute residual in six
    equally filled bins of level gives one variance each, a least-squares line through them the model. Texture raises
    the answer (thresholds become cautious); clipped pixels are left out.

    Parameters
    ----------
    grey : ndarray of uint8 or uint16, shape (h, w)
    full_scale_dn : float
        Level of saturation.

    Returns
    -------
    NoiseModel
        Never below rounding noise; a constant when levels do not vary.
    """
    rows = grey[::_ROW_STEP].astype(np.float32)
    level = (rows[:, :-2] + rows[:, 2:]) / 2
    residual = np.abs(rows[:, 1:-1] - level)
    keep = level < 0.98 * full_scale_dn
    level, residual = level[keep], residual[keep]
    if level.size < _BINS * 10:
        return NoiseModel(_LEAST_SIGMA_DN**2, 0.0)
    order = np.argsort(level)
    bins = np.array_split(order, _BINS)
    levels = np.array([level[b].mean() for b in bins])
    sigma = np.array([np.median(residual[b]) for b in bins]) * _MAD_TO_SIGMA
    variance = np.maximum(sigma**2 / _SECOND_DIFFERENCE_GAIN, _LEAST_SIGMA_DN**2)
    if np.ptp(levels) < 1.0:
        return NoiseModel(float(variance.mean()), 0.0)
    slope, floor = np.polyfit(levels, variance, 1)
    if slope <= 0:
        return NoiseModel(float(variance.mean()), 0.0)
    return NoiseModel(float(max(floor, 0.0)), float(slope))
