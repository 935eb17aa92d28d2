"""How bright a retro-reflector is beside a white wall: the one law that the finder's model and the synthesis share."""

import numpy as np

__all__ = ["retro_lobe"]


def retro_lobe(gain: float, edge_deg: float, ring_radius_mm: float, range_mm: float) -> float:
    """Return how bright a retro-reflector is, relative to a white wall, under a ring this far from the camera's axis.

    A lens images the light onto its sensor as a disc of blur, and whoever looks in sees another such disc of the
    sensor; it is bright where both overlap. For discs of even light that is the chat function, the autocorrelation of
    a disc.

    Parameters
    ----------
    gain : float
        Radiance relative to a white wall with the light exactly on axis.
    edge_deg : float
        Angle at which the returned light ends: the full angular diameter of the blur of a point on the sensor.
    ring_radius_mm, range_mm : float

    Returns
    -------
    float
        gain (2 / pi) (acos x - x sqrt(1 - x^2)), x the ring's angle over the edge; 0 from the edge on. The lobe's
        solid angle times its gain is gain pi edge^2 / 4: what goes into width is missing from brightness. With gain 80
        and edge 1.55 deg: 61, 49, 30, 12 at 0.29, 0.48, 0.77, 1.16 deg (path-traced: 60, 51, 27, 8 above the
        background); with 2340 and 0.55 deg: 863, 133, 0 at 0.29, 0.48, 0.77 deg (862, 135, 0).

    References
    ----------
    J. W. Goodman, Introduction to Fourier Optics, on the incoherent transfer function of a circular pupil.
    """
    x = min(1.0, float(np.degrees(np.arctan2(ring_radius_mm, range_mm))) / edge_deg)
    return float(gain * 2 / np.pi * (np.arccos(x) - x * np.sqrt(1 - x**2)))
