"""How near a wall is by its brightness, and how small a lens before it would still be seen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.lens.light_meter import LEAST_RADIUS_PX
from detector.lens.noise import OPENING_BIAS_SIGMA
from detector.lens.options import LensOptions
from detector.lens.photometry import disc_offsets
from detector.lens.ratio import FLUX_SIGMA, SUMMIT_SIGMA
from detector.lens.retro import retro_lobe

__all__ = ["LARGEST_APERTURE_MM", "DetectabilityModel"]

_Floats = npt.NDArray[np.float64]
LARGEST_APERTURE_MM = 10.0
_APERTURES_MM = np.geomspace(0.02, LARGEST_APERTURE_MM, 251)  # 2.5 % apart
_ALBEDO = (0.3, 0.9)  # of walls: dark tiles to fresh white paint
_HOLE_ALBEDO = 0.06
_HOLE_RADIUS = 1.1  # of a lens's dark surround, in apertures
# A lens in view reads `retro` in 85 % of its sets (options.lens_show):
_OFF_CENTRE_PX = 0.375  # along both axes: as many places lie nearer to the middle of their pixel,
_UNLUCKY_SIGMA = 1.04  # and as many Gaussian draws lie above minus this


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectabilityModel:
    """What calibration says of this instrument's light and optics.

    Attributes
    ----------
    retro_gain : float
        Radiance of the reference lens with the light exactly on its axis, over that of a perfectly white wall.
    edge_deg : float
        Where the lobe that it returns ends; see `retro_lobe`.
    wall_dn_at_1m : float
        Digital numbers over the black level that a perfectly white (albedo 1), matt wall gives at 1 m under the
        on-axis ring, per microsecond of exposure times gain.
    psf_sigma_deg : float
        Blur of a point in the working frame: lens, pixel and shrinking together; 0.065 is 0.6 px of a 640 px frame.
    """

    retro_gain: float
    edge_deg: float
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

        A disc as bright as the lobe says, blurred, in a dark hole, as far from the middle of its pixel and as unlucky
        with the noise as one in seven. It must pass the finder's rules by what it exceeds the wall: `detect_snr`,
        `min_contrast`, and `min_ratio` over the floors that noise sets under the off-axis flux and summit. It holds for
        a lens in plain view that faces the camera; one that is turned away or behind a pinhole sends back less.

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
        The blurred disc's peak is 1 - exp(-r^2 / 2 s^2) of its radiance, exact for a Gaussian blur. Clipping is left
        out: where the wall leaves less than about 13 sigma to saturation, or full-resolution pixels clip before working
        ones do, the true aperture is larger.
        """
        white_dn = wall_dn / _ALBEDO[1]
        radiance_dn = retro_lobe(self.retro_gain, self.edge_deg, ring_radius_mm, range_mm) * white_dn
        hole_dn = wall_dn - _HOLE_ALBEDO * white_dn
        psf_px = max(float(np.radians(self.psf_sigma_deg)) * focal_px, 1e-3)
        aperture_px = _APERTURES_MM * focal_px / range_mm
        spread2_px2 = psf_px**2 + (aperture_px / 4) ** 2
        radius_px = max(LEAST_RADIUS_PX, focal_px * float(np.radians(options.aperture_deg)))
        shape = np.exp(-_distance2_px2(radius_px) / (2 * spread2_px2[:, None]))
        lens_dn = radiance_dn * _blurred_disc(aperture_px / 2, psf_px)
        dip_dn = hole_dn * _blurred_disc(_HOLE_RADIUS * aperture_px, psf_px)
        over_dn = lens_dn[:, None] * shape - dip_dn[:, None] - _UNLUCKY_SIGMA * sigma_dn
        peak_dn = over_dn.max(axis=1)
        least_dn = max((options.detect_snr + OPENING_BIAS_SIGMA) * sigma_dn, options.min_contrast * wall_dn)
        seen = (peak_dn >= least_dn) & (_ratio(over_dn, peak_dn, sigma_dn, options) >= options.min_ratio)
        missed = np.flatnonzero(~seen)
        first = int(missed[-1]) + 1 if len(missed) else 0
        return float(_APERTURES_MM[first]) if first < len(_APERTURES_MM) else None


def _blurred_disc(radius_px: _Floats, psf_px: float) -> _Floats:
    """Return the value in the middle of discs of height 1, blurred by a Gaussian."""
    return np.asarray(-np.expm1(-0.5 * (radius_px / psf_px) ** 2))


def _distance2_px2(radius_px: float) -> _Floats:
    """Return the squared distances of the pixels of the finder's aperture from a spot off the middle one, (n,)."""
    y, x = np.nonzero(disc_offsets(radius_px))
    reach = int(np.floor(radius_px))
    return np.asarray((y - reach - _OFF_CENTRE_PX) ** 2 + (x - reach - _OFF_CENTRE_PX) ** 2)


def _ratio(over_dn: _Floats, peak_dn: _Floats, sigma_dn: float, options: LensOptions) -> _Floats:
    """Return the greatest on-axis to off-axis ratio that noise lets each spot reach, by flux and by summit."""
    sigma_dn = max(sigma_dn, 1e-9)
    lit = over_dn > options.segment_snr * sigma_dn
    flux = np.where(lit, over_dn, 0.0).sum(axis=1)
    by_flux = flux / (FLUX_SIGMA * sigma_dn * np.sqrt(np.maximum(lit.sum(axis=1), 1)))
    return np.asarray(np.minimum(by_flux, peak_dn / (SUMMIT_SIGMA * sigma_dn)))
