"""What a hidden camera's lens sends back, from its design: how bright, how wide, and how both change from the side."""

from dataclasses import dataclass

import numpy as np

__all__ = [
    "LENS_MD_SWEEP", "LEVEL_SWEEP", "NARROW_CORRECTED", "WIDE_CORRECTED", "Answer", "Sweep", "blur_deg",
    "lens_md_answer", "simple_answer",
]  # fmt: skip

Sweep = tuple[tuple[float, float, float], ...]  # (degrees off the axis, gain, edge), both as shares of those on it

LENS_MD_SWEEP: Sweep = (
    (0.0, 1.0, 1.0), (3.0, 1.0, 1.0), (6.0, 0.83, 1.0), (10.0, 0.86, 1.0), (14.0, 0.79, 1.0), (19.0, 0.29, 1.0),
    (24.0, 0.26, 1.0), (30.0, 0.0, 1.0),
)  # fmt: skip
LEVEL_SWEEP: Sweep = ((0.0, 1.0, 1.0), (24.0, 1.0, 1.0), (30.0, 0.0, 1.0))  # the same blur over its whole field
_ANGLES_DEG = (0.0, 3.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 19.0, 24.0)
_BLIND_DEG = 30.0
_WAVELENGTH_MM = 850e-6
_AIRY = 2.44  # full diameter of the first dark ring, in wavelengths over apertures
_SENSOR_SPREAD_MM = 0.006  # two or three pixels: light of 850 nm goes some 20 um into silicon before it is absorbed
_INFRARED_SHIFT = 0.016  # of the focal length: crown glass set in visible light, used at 850 nm
_ABERRATION = 0.66  # rad per (aperture / 2 f)^3: a biconvex singlet's blur in its best focus
_FIELD_CURVATURE = 0.5  # of f theta^2: so much nearer comes the focus off the axis (traced: in focus at 10 deg)
_ASTIGMATISM = 0.4  # rad per (aperture / f) theta^2: what is left of the blur there (traced)
_TRANSMISSION = 0.85  # in and out through four bare faces
_LENS_MD_GAIN, _LENS_MD_EDGE = 80.0, 0.775  # degrees per millimetre of aperture; both fit its rings from 3 to 12 mm
_USUAL_REFLECTANCE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Returned light: `retro_gain` and `edge_deg` of `retro_lobe` on axis, a faint wide tail, and a sweep of views.

    `tail_share` is the gain of a second lobe, of `tail_deg`, as a share of the first.
    """

    retro_gain: float
    edge_deg: float
    tail_share: float = 0.0
    tail_deg: float = 4.0
    sweep: Sweep = LENS_MD_SWEEP


# lens.md's f/2 lens: 863, 136, 1.0 times the wall at 0.29, 0.48, 0.77 deg. Its sensor sends back all it gets.
NARROW_CORRECTED = Answer(retro_gain=2340.0, edge_deg=0.55, sweep=LEVEL_SWEEP)
# An f/1.3 lens less than a tenth of a millimetre out of its focus: a peak, and a tail of what its glass scatters.
WIDE_CORRECTED = Answer(retro_gain=320.0, edge_deg=1.25, tail_share=0.004, sweep=LEVEL_SWEEP)


def blur_deg(aperture_mm: float, focal_mm: float, defocus_mm: float, away_deg: float = 0.0) -> float:
    """Return the full angular diameter of the image of a point in a simple lens, as a disc of the same mean square.

    The squares of three widths add up: the disc of defocus, spherical aberration (with the cube of the aperture; about
    the best focus the two are orthogonal), and the least that any lens has, diffraction and the spread of light in the
    sensor.

    Parameters
    ----------
    aperture_mm, focal_mm : float
    defocus_mm : float
        How far the sensor lies from the best focus there, either way.
    away_deg : float
        Off the axis: astigmatism grows with its square.
    """
    least_rad = np.hypot(_AIRY * _WAVELENGTH_MM / aperture_mm, _SENSOR_SPREAD_MM / focal_mm)
    defocus_rad = abs(defocus_mm) * aperture_mm / focal_mm**2
    aberration_rad = _ABERRATION * (aperture_mm / (2 * focal_mm)) ** 3
    astigmatism_rad = _ASTIGMATISM * aperture_mm / focal_mm * np.radians(away_deg) ** 2
    return float(np.degrees(np.sqrt(least_rad**2 + defocus_rad**2 + aberration_rad**2 + astigmatism_rad**2)))


def lens_md_answer(aperture_mm: float, reflectance: float = _USUAL_REFLECTANCE) -> Answer:
    """Return what `lens.md`'s simple lens sends back, blurred far more than a well-set singlet of the same size.

    It was measured at 2 mm only. Its blur is taken to be one of defocus, which grows with the aperture; so does what
    the aperture gathers over its width, and the gain stays.
    """
    return Answer(retro_gain=_LENS_MD_GAIN * reflectance / _USUAL_REFLECTANCE, edge_deg=_LENS_MD_EDGE * aperture_mm)


def _blurred_gain(
    aperture_mm: float, focal_mm: float, edge_deg: float, reflectance: float = _USUAL_REFLECTANCE
) -> float:
    """Return the radiance of a lens over that of a white wall, with the light on its axis.

    The light that the aperture gathers is spread over a disc of blur of that full width on a matt sensor, and the
    aperture takes back its share of it.
    """
    return float(reflectance * _TRANSMISSION * (aperture_mm / (focal_mm * np.radians(edge_deg))) ** 2)


def simple_answer(
    aperture_mm: float, focal_mm: float = 4.3, focus_error_mm: float = 0.0, reflectance: float = _USUAL_REFLECTANCE
) -> Answer:
    """Return what a singlet sends back that was set to its focus in visible light and is used at 850 nm.

    Parameters
    ----------
    aperture_mm, focal_mm : float
    focus_error_mm : float
        Of the sensor, positive away from the lens (towards the focus of 850 nm).
    reflectance : float
        Of the sensor, taken as matt.

    Notes
    -----
    The gain is `_blurred_gain`. Field curvature adds to the defocus off the axis: what is short of its focus straight
    ahead passes through it from the side, where its lobe is narrow.
    """
    short_mm = _INFRARED_SHIFT * focal_mm - focus_error_mm
    curved_mm = _FIELD_CURVATURE * focal_mm * np.radians(_ANGLES_DEG) ** 2
    edges_deg = [
        blur_deg(aperture_mm, focal_mm, float(short_mm - mm), deg)
        for mm, deg in zip(curved_mm, _ANGLES_DEG, strict=True)
    ]
    on_axis_deg = edges_deg[0]
    sweep = [
        (angle_deg, float(np.cos(np.radians(angle_deg))) * (on_axis_deg / edge) ** 2, edge / on_axis_deg)
        for angle_deg, edge in zip(_ANGLES_DEG, edges_deg, strict=True)
    ]
    gain = _blurred_gain(aperture_mm, focal_mm, on_axis_deg, reflectance)
    return Answer(retro_gain=gain, edge_deg=on_axis_deg, sweep=(*sweep, (_BLIND_DEG, 0.0, sweep[-1][2])))
