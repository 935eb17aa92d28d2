"""On-axis over off-axis light as a lower bound, of one strobe set or of several together."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
import numpy.typing as npt

__all__ = ["FLUX_SIGMA", "SUMMIT_SIGMA", "Lights", "lower_ratio", "pooled"]

_Floats = npt.NDArray[np.float64]
FLUX_SIGMA = 3.0  # flux that noise alone may leave under a glint's shape, searched for its brightest place
SUMMIT_SIGMA = 2.0  # and height, the highest of a dozen pixels being what noise makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Lights:
    """What both rings gave at one place; numbers of one glint, or arrays of many.

    Attributes
    ----------
    on_dn, off_dn : float or ndarray of float64
        Flux, working pixels times digital numbers, balanced, without what shines by itself; `off_dn` may be negative.
    sigma_dn : float or ndarray of float64
        Noise of `off_dn`.
    on_summit_dn, off_summit_dn : float or ndarray of float64
        Height over the dark body; of the off-axis one what noise makes of none is taken off.
    summit_sigma_dn : float or ndarray of float64
    """

    on_dn: float | _Floats
    off_dn: float | _Floats
    sigma_dn: float | _Floats
    on_summit_dn: float | _Floats
    off_summit_dn: float | _Floats
    summit_sigma_dn: float | _Floats

    def at(self, k: int) -> "Lights":
        """Return the k-th of many."""
        return Lights(**{name: float(getattr(self, name)[k]) for name in self.__slots__})

    @property
    def unseen_off_axis(self) -> bool | npt.NDArray[np.bool_]:
        """Whether the off-axis ring showed nothing that noise does not."""
        flux = np.asarray(self.off_dn) <= FLUX_SIGMA * np.asarray(self.sigma_dn)
        return flux & (np.asarray(self.off_summit_dn) <= SUMMIT_SIGMA * np.asarray(self.summit_sigma_dn))


def pooled(lights: Sequence[Lights]) -> Lights:
    """Return several sets taken together: light adds up, independent noise adds up in squares."""
    return Lights(
        on_dn=sum(one.on_dn for one in lights),
        off_dn=sum(one.off_dn for one in lights),
        sigma_dn=hypot(*(float(one.sigma_dn) for one in lights)),
        on_summit_dn=sum(one.on_summit_dn for one in lights),
        off_summit_dn=sum(one.off_summit_dn for one in lights),
        summit_sigma_dn=hypot(*(float(one.summit_sigma_dn) for one in lights)),
    )


def lower_ratio(lights: Lights, cap: float) -> _Floats:
    """Return a lower bound of on-axis over off-axis light, by flux or by height, whichever is less.

    Parameters
    ----------
    lights : Lights
    cap : float
        More is counted as this, and less than its inverse as that.

    Returns
    -------
    ndarray of float64
        Of the shape of what it was given. Noise sets the least denominator. Peak alone would pass a concave mirror,
        flux alone a screw in a dark recess.
    """
    by_flux = lights.on_dn / np.maximum(lights.off_dn, FLUX_SIGMA * np.asarray(lights.sigma_dn))
    by_summit = lights.on_summit_dn / np.maximum(
        lights.off_summit_dn, SUMMIT_SIGMA * np.asarray(lights.summit_sigma_dn)
    )
    return np.clip(np.minimum(by_flux, by_summit), 1 / cap, cap)
