"""Places of one strobe set that may be glints: compact peaks of the on-axis frame, or of what only it shows."""

import cv2
import numpy as np
import numpy.typing as npt

from detector.lens.differencing import StrobePlanes
from detector.lens.light_meter import LightMeter
from detector.lens.noise import OPENING_BIAS_SIGMA, NoiseModel
from detector.lens.options import LensOptions
from detector.lens.working import WorkingFrame, WorkingScale

__all__ = ["CandidateFinder", "untouched"]

_Floats = npt.NDArray[np.float64]
_SPECK_WEIGHT = 0.8  # of a single pixel's own light that does not count in the ranking
_SHARED_RANK = 0.25  # how much of what is not known to be shared counts beside what is known to be on-axis only


class CandidateFinder:
    """Finds them; configured once, called per strobe set."""

    def __init__(self, options: LensOptions, scale: WorkingScale, black_level_dn: float, meter: LightMeter) -> None:
        self._options = options
        self._scale = scale
        self._black_dn = black_level_dn
        self._meter = meter

    def find(self, on: WorkingFrame, planes: StrobePlanes, noise: NoiseModel) -> tuple[_Floats, _Floats, _Floats]:
        """Return compact peaks, ranked by what off-axis light lacks.

        Returns
        -------
        yx : ndarray of float64, shape (n, 2)
        level_dn, snr : ndarray of float64, shape (n,)
            Median around each, and how far it stands out in standard deviations of the noise there.
        """
        o = self._options
        compact = self._standing_out(on, planes)
        margin = int(np.ceil(self._scale.px(o.border_deg)))
        least_dn = (o.detect_snr + OPENING_BIAS_SIGMA) * float(noise.sigma_dn(self._black_dn))
        peak = compact == cv2.dilate(compact, np.ones((3, 3), np.uint8))
        y, x = np.nonzero(peak[margin:-margin, margin:-margin] & (compact[margin:-margin, margin:-margin] > least_dn))
        y, x = y + margin, x + margin
        height = compact[y, x].astype(np.float64)
        clear = height > (o.detect_snr + OPENING_BIAS_SIGMA) * noise.sigma_dn(on.grey[y, x] - height)
        y, x, height = y[clear], x[clear], height[clear]
        rank = self._rank(compact, planes, y, x)
        order = np.argsort(-rank, kind="stable")
        cells = _cells(y[order], x[order], max(1, int(self._meter.radius_px)))
        best = np.sort(np.unique(cells, return_index=True)[1])[: 2 * o.max_candidates]
        yx = np.column_stack([y, x])[order[best]].astype(np.float64)
        yx = yx[untouched(yx, self._meter.radius_px)][: o.max_candidates]
        level = self._meter.level_dn(on, yx)
        light = self._meter.own_light(on, planes, yx, level, 1, noise)
        height, nine = light[:, 1, 1], light.sum(axis=(1, 2))
        # Clipping takes the height of a bright glint away but not its width: nine pixels jitter three times as much.
        snr = np.maximum(height, nine / 3) / noise.sigma_dn(level)
        strong = (snr > o.detect_snr) & (height > o.min_contrast * (level - self._black_dn))
        return yx[strong], level[strong], snr[strong]

    def _rank(
        self, compact: npt.NDArray[np.float32], planes: StrobePlanes, y: npt.NDArray[np.intp], x: npt.NDArray[np.intp]
    ) -> _Floats:
        """Return by how much the nine pixels around each place say retro-reflector.

        Light that came through optics covers more than one pixel, sparkle does not: neither a sparkling room nor a
        clipped pipe must fill the list. What the off-axis ring lights as well hardly counts.
        """
        nine = _nine(compact)[y, x] - _SPECK_WEIGHT * compact[y, x]
        if not planes.motions.trusted:
            return np.asarray(nine - self._options.shared_light_weight * _nine(planes.shared)[y, x])
        more = _nine(planes.difference)[y, x] - _SPECK_WEIGHT * planes.difference[y, x]
        return np.asarray(more + (1 - self._options.shared_light_weight) * _SHARED_RANK * nine)

    def _standing_out(self, on: WorkingFrame, planes: StrobePlanes) -> npt.NDArray[np.float32]:
        """Return what stands out of the on-axis frame, or of the difference where that is to be relied on.

        A lens in a dark hole may shine no brighter than the wall around it; only the difference shows it then.
        """
        compact = np.asarray(on.compact, dtype=np.float32)
        if not planes.motions.trusted:
            return compact
        return np.asarray(cv2.max(compact, planes.difference / np.float32(planes.noise_gain)), dtype=np.float32)


def untouched(yx: _Floats, distance_px: float) -> npt.NDArray[np.bool_]:
    """Mark the best-ranked of places that touch: plateaus of clipped pixels have many equal maxima."""
    close = np.abs(yx[:, None] - yx[None]).max(axis=2) <= distance_px
    beaten = np.zeros(len(yx), dtype=bool)
    for k in np.flatnonzero(np.tril(close, -1).any(axis=1)):
        beaten[k] = bool((close[k, :k] & ~beaten[:k]).any())
    return ~beaten


def _nine(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.boxFilter(image, cv2.CV_32F, (3, 3), normalize=False), dtype=np.float32)


def _cells(y: npt.NDArray[np.intp], x: npt.NDArray[np.intp], side_px: int) -> npt.NDArray[np.intp]:
    """Return the number of the square cell of each peak: a clipped pipe is a plateau of hundreds of peaks.

    Keeping the best of each cell stops it from crowding everything else out.
    """
    return np.asarray(y // side_px * (1 << 16) + x // side_px)
