"""Two glints of one strobe set that lie like the eyes of a head: alike, side by side, as far apart as eyes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
import numpy.typing as npt

from detector.lens.glints import Glint, Reading
from detector.lens.options import LensOptions

__all__ = ["PAIR_DEG", "eye_pairs", "merge_blobs"]

PAIR_DEG = (1.8, 12.0)  # 63 mm from 2 m to 0.3 m
_BLOB_SHARE = 0.3  # of the pair's least gap, within which glints are parts of one: a near pupil clips and falls apart
_MOST_PARTNERS = 3  # two heads have four eyes; what has more partners is one of a row of beads

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Blobs:
    """Places and brightness of what may be eyes in one strobe set.

    Attributes
    ----------
    yx_px : ndarray of float64, shape (n, 2)
        Full-resolution pixels.
    log_flux : ndarray of float64, shape (n,)
        log10 of the flux in digital numbers.
    retro : ndarray of bool, shape (n,)
        Surely retro-reflecting; the others clip under either ring, as a near pupil does now and then.
    """

    yx_px: _Floats
    log_flux: _Floats
    retro: npt.NDArray[np.bool_]


def merge_blobs(glints: Sequence[Glint], px_per_deg: float) -> Blobs:
    """Return the glints that may be retro-reflecting and are more than a single pixel, parts of one thing put together.

    The brightest part stands for all, its place being their mean.
    """
    wanted = (g for g in glints if g.reading in (Reading.RETRO, Reading.SATURATED) and not g.speck)
    near_px = _BLOB_SHARE * PAIR_DEG[0] * px_per_deg
    places: list[list[tuple[float, float]]] = []
    flux: list[float] = []
    retro: list[bool] = []
    for glint in sorted(wanted, key=lambda g: -g.flux_dn):
        for k, parts in enumerate(places):
            if np.hypot(glint.y_px - parts[0][0], glint.x_px - parts[0][1]) < near_px:
                parts.append((glint.y_px, glint.x_px))
                retro[k] |= glint.reading is Reading.RETRO
                break
        else:
            places.append([(glint.y_px, glint.x_px)])
            flux.append(log10(glint.flux_dn))
            retro.append(glint.reading is Reading.RETRO)
    middles = np.array([np.mean(parts, axis=0) for parts in places]).reshape(-1, 2)
    return Blobs(middles, np.array(flux), np.array(retro, dtype=bool))


def eye_pairs(blobs: Blobs, options: LensOptions, px_per_deg: float, slack: float = 1.0) -> _Floats:
    """Return every pair that may be eyes; rows of beads, in which everything has many partners, left out.

    Parameters
    ----------
    blobs : Blobs
    options : LensOptions
    px_per_deg : float
        Full-resolution pixels per degree.
    slack : float
        Multiplies by how much two eyes may differ in flux: more for those that are known already.

    Returns
    -------
    ndarray of float64, shape (k, 2, 2)
        Pairs of (y, x), full-resolution pixels, the one further left first.
    """
    first, second = np.triu_indices(len(blobs.log_flux), 1)
    step = blobs.yx_px[second] - blobs.yx_px[first]
    gap_deg = np.hypot(step[:, 0], step[:, 1]) / px_per_deg
    level = np.abs(step[:, 0]) <= np.tan(np.radians(options.pair_tilt_deg)) * np.abs(step[:, 1])
    alike = np.abs(blobs.log_flux[second] - blobs.log_flux[first]) <= slack * options.pair_flux_dex
    sure = blobs.retro[first] | blobs.retro[second]
    like = sure & level & alike & (gap_deg >= PAIR_DEG[0]) & (gap_deg <= PAIR_DEG[1])
    # Beside an eye there is no other like it: what has one nearer than any two eyes can be is a bead among beads.
    close = alike & (gap_deg < PAIR_DEG[0])
    crowded = np.bincount(np.concatenate([first[close], second[close]]), minlength=len(blobs.log_flux)) > 0
    like &= ~crowded[first] & ~crowded[second]
    first, second = first[like], second[like]
    partners = np.bincount(np.concatenate([first, second]), minlength=len(blobs.log_flux))
    few = (partners[first] <= _MOST_PARTNERS) & (partners[second] <= _MOST_PARTNERS)
    pairs = np.stack([blobs.yx_px[first[few]], blobs.yx_px[second[few]]], axis=1)
    order = np.argsort(pairs[:, :, 1], axis=1)
    return np.take_along_axis(pairs, order[:, :, None], axis=1)
