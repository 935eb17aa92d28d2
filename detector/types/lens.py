"""Lens items: frames, the light they were taken under, the camera's geometry."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from detector.types.provenance import Provenance

__all__ = ["CameraGeometry", "Frame", "LedEdge", "LedState"]


class LedState(StrEnum):
    """Which ring is lit.

    `ON_AXIS_DIM` is the on-axis ring at a small share of its light, so that what clips under all of it is measured.
    """

    ON_AXIS = "on_axis"
    ON_AXIS_DIM = "on_axis_dim"
    OFF_AXIS = "off_axis"
    DARK = "dark"

    @property
    def shows_the_wall(self) -> bool:
        """Whether a ring is lit with all its light, so that the wall's pattern is seen."""
        return self in (LedState.ON_AXIS, LedState.OFF_AXIS)


@dataclass(frozen=True, slots=True)
class LedEdge:
    """A change of the light: from `t_ns` (monotonic) on, `state` holds until the next edge begins.

    Attributes
    ----------
    t_ns : int
        The new light is fully there.
    state : LedState
    began_ns : int or None
        From here to `t_ns` the light was changing, and belongs to neither state; None where it changed in no time.
    wavelength_nm : float or None
        Of the ring that is lit; None in the dark, or where it is not known.
    """

    t_ns: int
    state: LedState
    began_ns: int | None = None
    wavelength_nm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraGeometry:
    """What turns pixels into angles and digital numbers into flux.

    Attributes
    ----------
    width_px, height_px : int
    hfov_deg : float
        Full horizontal field of view.
    bit_depth : int
        Significant bits of a pixel; saturation is at 2**bit_depth - 1.
    black_level_dn : float
        Digital number of no light.
    on_axis_radius_mm, off_axis_radius_mm : float
        Radii of the two LED rings around the camera's aperture.
    on_axis_wavelength_nm, off_axis_wavelength_nm : float
        Their light.
    """

    width_px: int
    height_px: int
    hfov_deg: float
    bit_depth: int = 8
    black_level_dn: float = 0.0
    on_axis_radius_mm: float = 6.0
    off_axis_radius_mm: float = 45.0
    on_axis_wavelength_nm: float = 850.0
    off_axis_wavelength_nm: float = 850.0

    @property
    def focal_px(self) -> float:
        """Focal length in pixels of the pinhole model."""
        return float(self.width_px / 2 / np.tan(np.radians(self.hfov_deg) / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One linear grey frame.

    Attributes
    ----------
    pixels : ndarray of uint8 or uint16, shape (height, width), read-only
        Linear in light; (y, x), pixel centres on integers, origin top left.
    t_ns : int
        Monotonic start of exposure of the first row.
    exposure_ns : int
        Exposure of each row.
    readout_ns : int
        Delay between the first and the last row's exposure; 0 for a global shutter.
    gain : float
        Analogue times digital gain.
    led : LedState or None
        Light during the whole exposure of every row; None when not attributed (yet).
    wavelength_nm : float or None
        Of that light; None in the dark, or where it is not known.
    sequence : int
        Counts frames of the source, lost ones included: a gap means lost frames.
    provenance : Provenance
    """

    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    t_ns: int
    exposure_ns: int
    sequence: int
    provenance: Provenance
    readout_ns: int = 0
    gain: float = 1.0
    led: LedState | None = None
    wavelength_nm: float | None = None

    def __post_init__(self) -> None:
        self.pixels.flags.writeable = False

    @property
    def t_end_ns(self) -> int:
        """Monotonic end of exposure of the last row."""
        return self.t_ns + self.exposure_ns + self.readout_ns
