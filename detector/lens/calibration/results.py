"""What each routine found: plain numbers, which the store keeps and the sense takes without scipy's statistics."""

from dataclasses import dataclass

import numpy as np

__all__ = ["BalanceResult", "DarkResult", "FocusResult", "ReferenceResult", "Terms", "working_psf_px"]

Terms = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkResult:
    """What a camera gives without light, at one exposure and gain.

    Attributes
    ----------
    black_level_dn, black_level_error_dn : float
        Mean of the sound pixels and its standard error (pixels' and frames' scatter).
    read_noise_dn, read_noise_error_dn : float
        Standard deviation over time of a sound pixel, rounding taken off.
    dsnu_dn : float
        Dark-signal non-uniformity: spatial standard deviation of sound pixels beyond their noise (EMVA 1288).
    hot_pixels : tuple of (int, int, float)
        (y, x, mean over the black level in DN), in reading order.
    hot_line_dn : float
        A pixel was hot whose mean exceeded the black level by this.
    exposure_us, gain : float
    frames : int
    """

    black_level_dn: float
    black_level_error_dn: float
    read_noise_dn: float
    read_noise_error_dn: float
    dsnu_dn: float
    hot_pixels: tuple[tuple[int, int, float], ...]
    hot_line_dn: float
    exposure_us: float
    gain: float
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceResult:
    """The rings on a plain wall.

    Attributes
    ----------
    ratio, ratio_error : float
        On-axis over off-axis light in the middle of the picture, per exposure and gain, and its standard error.
    terms, term_errors : tuple of 5 float
        Of the logarithm of the ratio over that in the middle: see `balance_terms`.
    map_error : float
        Standard error of that logarithm, root mean square over the picture.
    misfit : float
        Scatter of the patches about the map over what noise explains; near 1 where the map is smooth enough.
    on_dn_per_us, off_dn_per_us : float
        What each ring adds to the wall in the middle ninth, per microsecond of exposure times gain.
    wall_dn_at_1m, wall_dn_at_1m_error : float
        The on-axis one for a perfectly white wall at 1 m (inverse square); see `DetectabilityModel`.
    distance_mm, albedo : float
        Of the calibration wall, as stated by the technician.
    """

    ratio: float
    ratio_error: float
    terms: Terms
    term_errors: Terms
    map_error: float
    misfit: float
    on_dn_per_us: float
    off_dn_per_us: float
    wall_dn_at_1m: float
    wall_dn_at_1m_error: float
    distance_mm: float
    albedo: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusResult:
    """The blur of one edge.

    Attributes
    ----------
    psf_sigma_px, psf_sigma_error_px : float
        Standard deviation of lens and pixel together, full-resolution pixels, and its standard error.
    mtf50_cy_px, mtf50_error_cy_px : float
        Spatial frequency at which contrast has fallen to one half, cycles per pixel.
    y_px, x_px : float
        Middle of the edge that was measured.
    slant_deg : float
        From the nearest of row and column.
    step_dn : float
    misfit : float
        Root mean square of what the blurred edge leaves unexplained, noise taken off, of the step.
    cost : float
        How many times larger than in perfect focus the smallest aperture is that would show.
    good : bool
        Whether that is within `max_focus_cost`.
    """

    psf_sigma_px: float
    psf_sigma_error_px: float
    mtf50_cy_px: float
    mtf50_error_cy_px: float
    y_px: float
    x_px: float
    slant_deg: float
    step_dn: float
    misfit: float
    cost: float
    good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceResult:
    """The reference lens on a wall, under the on-axis ring.

    Attributes
    ----------
    gain_over_white, gain_error : float
        Radiance of its aperture over that of a perfectly white wall in its place, at this ring angle, and its standard
        error (sets' scatter and the wall's level; not the distance's or the aperture's own error).
    retro_gain, retro_gain_error : float
        The same with the light exactly on axis, by the lobe assumed.
    edge_deg : float
        Where the lobe assumed ends.
    spread : float
        Relative standard deviation of the glint's flux from frame to frame, pixels' noise taken off.
    snr : float
        Flux over its noise, of all frames together.
    y_px, x_px : float
    flux_dn : float
        Mean flux, full-resolution pixels times digital numbers.
    wall_dn_at_1m : float
        From the wall around it; see `DetectabilityModel`.
    aperture_mm, distance_mm, ring_deg : float
    frames : int
    """

    gain_over_white: float
    gain_error: float
    retro_gain: float
    retro_gain_error: float
    edge_deg: float
    spread: float
    snr: float
    y_px: float
    x_px: float
    flux_dn: float
    wall_dn_at_1m: float
    aperture_mm: float
    distance_mm: float
    ring_deg: float
    frames: int


def working_psf_px(psf_sigma_px: float, factor: int) -> float:
    """Return the standard deviation, in working pixels, of a point whose blur is given in full-resolution pixels.

    Averaging `factor` pixels along each axis adds the variance of that box, a full-resolution pixel being part of the
    blur already.
    """
    return float(np.sqrt((psf_sigma_px / factor) ** 2 + (1 - 1 / factor**2) / 12))
