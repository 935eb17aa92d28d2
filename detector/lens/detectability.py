"""How near a wall is by its brightness, and how small a lens before it would still be seen."""

from dataclasses import dataclass

import numpy as np

from detector.lens.options import LensOptions
from detector.lens.retro import retro_lobe

__all__ = ["LARGEST_APERTURE_MM", "DetectabilityModel"]

LARGEST_APERTURE_MM = 10.0
_SMALLEST_APERTURE_MM = 0.05
_ALBEDO = (0.3, 0.9)  # of walls: dark tiles to fresh white paint
_HOLE_ALBEDO = 0.06
_HOLE_RADIUS = 1.1  # of a lens's dark surround, in apertures
_OFF_CENTRE_PX2 = 0.53**2  # 85 % of places lie nearer to the middle of their pixel (options.lens_show's share)
_BALANCE_NOISE = 2**0.5  # a difference of two frames that are equally noisy
# The finder's own, glints.py.
_OPENING_BIAS_SIGMA = 1.3
_FLOOR_SIGMA = 3.0
_SUMMIT_SIGMA = 2.0
_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectabilityModel:
    """What calibration says of this instrument's light and optics.

    Attributes
    ----------
    retro_gain : float
        Radiance of the reference lens with the light exactly on its axis, over that of a perfectly white wall.
    lobe_deg : float
        Standard deviation of the lobe that it returns; see `retro_lobe`.
    wall_dn_at_1m : float
        Digital numbers over the black level that a perfectly white (albedo 1), matt wall gives at 1 m under the
        on-axis ring, per microsecond of exposure times gain.
    psf_sigma_deg : float
        Blur of a point in the working frame: lens, pixel and shrinking together; 0.065 is 0.6 px of a 640 px frame.
    """

    retro_gain: float
    lobe_deg: float
    wall_dn_at_1m: float
    psf_sigma_deg: float = 0.065

    def range_mm(self, wall_dn: float, exposure_us: float, gain: float) -> tuple[float, float]:
        """Return between which ranges a wall of this brightness stands.

        The ring's light falls with the square of the range; the picture of a wall does not fade with range by itself.

        Parameters
        ----------
        wall_dn : float
            What the on-axis ring adds to the wall, digital numbers: black level and the room's light taken off.
        exposure_us, gain : float
            Of that frame.

        Returns
        -------
        tuple of float
            Nearest and farthest, for an albedo of 0.3 and of 0.9; infinite where the ring adds nothing.
        """
        if wall_dn <= 0:
            return np.inf, np.inf
        white_mm = 1000.0 * float(np.sqrt(self.wall_dn_at_1m * exposure_us * gain / wall_dn))
        return white_mm * _ALBEDO[0] ** 0.5, white_mm * _ALBEDO[1] ** 0.5

    def smallest_aperture_mm(
        self,
        range_mm: float,
        ring_radius_mm: float,
        focal_px: float,
        wall_dn: float,
        sigma_dn: float,
        options: LensOptions,
    ) -> float | None:
        """Return the smallest aperture of a lens like the reference one that a strobe set would show as `retro`.

        A disc as bright as the lobe says, blurred, in a dark hole, at a place in its pixel that 85 % of places better;
        it must pass the finder's rules: `detect_snr` over the wall and in the difference, `min_contrast`, and
        `min_ratio` over the floors that noise sets under the off-axis flux and summit. It holds for a lens in plain view
        that faces the camera; one that is turned away or behind a pinhole sends back less.

        Parameters
        ----------
        range_mm : float
        ring_radius_mm : float
            Of the on-axis ring.
        focal_px : float
            Focal length in working pixels (`WorkingScale.focal_px`).
        wall_dn : float
            What the on-axis ring adds to the wall around; taken for a white one, which makes the lens the dimmest.
        sigma_dn : float
            Noise of a working pixel there.
        options : LensOptions

        Returns
        -------
        float or None
            Millimetres; None where even `LARGEST_APERTURE_MM` would not show.

        Notes
        -----
        The blurred disc's peak is 1 - exp(-r^2 / 2 s^2) of its radiance, exact for a Gaussian blur.
        """
        bright = retro_lobe(self.retro_gain, self.lobe_deg, ring_radius_mm, range_mm) * wall_dn / _ALBEDO[1]
        scale = focal_px / range_mm
        psf_px = float(np.radians(self.psf_sigma_deg)) * focal_px

        def seen(aperture_mm: float) -> bool:
            spread2_px2 = psf_px**2 + (aperture_mm * scale / 4) ** 2
            off_centre = float(np.exp(-_OFF_CENTRE_PX2 / (2 * spread2_px2)))
            peak_dn = bright * _blurred_disc(aperture_mm / 2 * scale, psf_px) * off_centre
            hole = _blurred_disc(_HOLE_RADIUS * aperture_mm * scale, psf_px)
            over_wall_dn = peak_dn - hole * wall_dn * (1 - _HOLE_ALBEDO / _ALBEDO[1])
            least_dn = (options.detect_snr + _OPENING_BIAS_SIGMA) * sigma_dn
            if over_wall_dn < max(least_dn, options.min_contrast * wall_dn) or peak_dn < least_dn * _BALANCE_NOISE:
                return False
            return _ratio(peak_dn, spread2_px2, sigma_dn, options) >= options.min_ratio

        if not seen(LARGEST_APERTURE_MM):
            return None
        low, high = _SMALLEST_APERTURE_MM, LARGEST_APERTURE_MM
        for _ in range(_STEPS):
            middle = (low * high) ** 0.5
            low, high = (low, middle) if seen(middle) else (middle, high)
        return high


def _blurred_disc(radius_px: float, psf_px: float) -> float:
    """Return the value in the middle of a disc of height 1, blurred by a Gaussian."""
    return float(-np.expm1(-0.5 * (radius_px / max(psf_px, 1e-6)) ** 2))


def _ratio(peak_dn: float, spread2_px2: float, sigma_dn: float, options: LensOptions) -> float:
    """Return the greatest on-axis to off-axis ratio that noise lets such a spot reach, by flux and by summit.

    Flux of a Gaussian spot over a threshold h: 2 pi s^2 (peak - h), on 2 pi s^2 ln(peak / h) pixels.
    """
    if sigma_dn <= 0:
        return options.ratio_cap
    least_dn = options.segment_snr * sigma_dn
    if peak_dn <= least_dn:
        return 0.0
    area_px = max(1.0, 2 * np.pi * spread2_px2 * np.log(peak_dn / least_dn))
    flux = max(peak_dn, 2 * np.pi * spread2_px2 * (peak_dn - least_dn))
    by_flux = flux / (_FLOOR_SIGMA * sigma_dn * np.sqrt(area_px))
    return float(min(by_flux, peak_dn / (_SUMMIT_SIGMA * sigma_dn), options.ratio_cap))
