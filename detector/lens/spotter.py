"""Coverage of the wall and guidance: each set's fitness put on the map of spots, and what it asks of the hand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.lens.fitness import FitnessMeter, Hand
from detector.lens.guidance import Guide, advice
from detector.lens.noise import NoiseModel
from detector.lens.options import LensOptions
from detector.lens.registration import map_points
from detector.lens.spot_map import SpotMap
from detector.lens.strobe import StrobeSet
from detector.types import CameraGeometry, Guidance, SpotCoverage

__all__ = ["SpotView", "Spotter"]

_NS = 1e9
_LEAST_SPEED_DEG_S = 5.0  # that a hand may reach while it is not followed


@dataclass(frozen=True, slots=True)
class SpotView:
    """How the camera looks at the wall in one set.

    Attributes
    ----------
    motion : ndarray of float64, shape (3, 3), or None
        Of the picture since the last set, (x, y, 1) in full-resolution pixels; None where there is no last set.
    followed : bool
        Whether that motion is trusted.
    trusted : bool
        Whether the motion within the set is.
    view_deg : tuple of float
        (y, x) of the viewpoint, degrees at the wall.
    """

    motion: npt.NDArray[np.float64] | None
    followed: bool
    trusted: bool
    view_deg: tuple[float, float]


class Spotter:
    """Keeps the map of spots and the hint.

    Parameters
    ----------
    options : LensOptions
    geometry : CameraGeometry
    meter : FitnessMeter
        Tells what each set could have shown.
    """

    def __init__(self, options: LensOptions, geometry: CameraGeometry, meter: FitnessMeter) -> None:
        self._options = options
        self._geometry = geometry
        self.map = SpotMap(options, geometry)
        self._meter = meter
        self._guide = Guide(options)
        self._last_ns: int | None = None
        self._speed_deg_s = 0.0
        self.newest_sequence: int | None = None
        self.coverage: SpotCoverage = self.map.coverage(self._meter.calibrated)
        self.guidance = Guidance(calibrated=self._meter.calibrated)

    @property
    def maps_ended(self) -> int:
        """How often the place was lost since the start or the last gap."""
        return self.map.ended

    def restart(self) -> None:
        """Begin the sweep again, after a gap."""
        self.map.restart()
        self._meter.restart()
        self._guide.restart()
        self._last_ns = None
        self._speed_deg_s = 0.0
        self.coverage = self.map.coverage(self._meter.calibrated)
        self.guidance = Guidance(calibrated=self._meter.calibrated)

    def step(self, strobe: StrobeSet, view: SpotView, noise: NoiseModel, lit: bool) -> None:
        """Take in one set.

        Parameters
        ----------
        strobe : StrobeSet
        view : SpotView
        noise : NoiseModel
            Of its on-axis frame.
        lit : bool
            Whether both rings brightened it.
        """
        t_ns = strobe.on.frame.t_ns
        self.newest_sequence = strobe.on.frame.sequence
        since_s = 0.0 if self._last_ns is None else (t_ns - self._last_ns) / _NS
        first = view.motion is None and self._last_ns is None
        self._last_ns = t_ns
        slip_deg = self._slip_deg(view, since_s)
        self.map.carry(view.motion if view.motion is not None or first else np.eye(3), slip_deg)
        counts = view.trusted and (view.followed or first)
        fitness = self._meter.measure(strobe, Hand(speed_deg_s=self._speed_deg_s, trusted=counts), noise, lit)
        self.map.add(view.view_deg, fitness, counts)
        self._guide.step(t_ns, advice(fitness, self.map, view.view_deg, self._options))
        self.coverage = self.map.coverage(self._meter.calibrated)
        rows, window = self.map.picture()
        known = self._meter.calibrated and np.isfinite(fitness.middle_mm)
        self.guidance = Guidance(
            hint=self._guide.hint,
            rows=rows,
            view=window,
            smallest_lens_mm=round(fitness.middle_mm, 2) if known else None,
            calibrated=self._meter.calibrated,
        )

    def _slip_deg(self, view: SpotView, since_s: float) -> float | None:
        """Return how far the place may be off after this step, and keep the hand's speed while it is known."""
        if view.motion is None:
            return None
        if not view.followed:
            return max(self._speed_deg_s, _LEAST_SPEED_DEG_S) * since_s
        middle = np.array([[(self._geometry.width_px - 1) / 2, (self._geometry.height_px - 1) / 2]])
        away_px = float(np.hypot(*(map_points(view.motion, middle) - middle)[0]))
        away_deg = float(np.degrees(np.arctan(away_px / self._geometry.focal_px)))
        self._speed_deg_s = away_deg / since_s if since_s > 0 else 0.0
        return 0.0
