"""How a hand holds a camera: smooth, seeded, and known at any instant without having run up to it."""

from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt

__all__ = ["HandMotion", "Pose"]

_SINES = 3
_TREMOR_HZ = (7.0, 9.5)  # physiological tremor, 8-12 Hz for the finger, a little lower with a load in the hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera is: moved right/down/towards the wall, then panned right, tilted down, rolled clockwise.

    `t_s` is when: people in view move by themselves.
    """

    y_mm: float = 0.0
    x_mm: float = 0.0
    z_mm: float = 0.0
    pan_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    t_s: float = 0.0

    def towards(self, other: "Pose", fraction: float) -> "Pose":
        """Return the pose a fraction of the way to another, for the small steps within one frame."""
        here, there = np.array(astuple(self)), np.array(astuple(other))
        names = [f.name for f in fields(self)]
        return Pose(**dict(zip(names, (here + fraction * (there - here)).tolist(), strict=True)))


class HandMotion:
    """A hand sweeping to and fro, as sums of a few slow sines plus tremor.

    Parameters
    ----------
    seed : int
    speed_deg_s : float
        Root-mean-square rate of each of pan and tilt. 30 deg/s is a hurried hand (7.7 px a frame at 40 fps, 640 px).
    reach_deg : float
        Root-mean-square excursion of each; with the speed it sets how often the hand turns back.
    travel_mm : float
        Root-mean-square excursion of the camera sideways, up and down; half of it towards the wall.
    tremor_deg : float
    """

    def __init__(
        self,
        seed: int,
        speed_deg_s: float = 5.0,
        reach_deg: float = 2.5,
        travel_mm: float = 25.0,
        tremor_deg: float = 0.01,
    ) -> None:
        rng = np.random.default_rng(seed)
        base_hz = speed_deg_s / max(reach_deg, 1e-9) / (2 * np.pi)
        self._hz = base_hz * rng.uniform(0.6, 1.3, (6, _SINES))
        self._phase = rng.uniform(0, 2 * np.pi, (6, _SINES))
        self._tremor_hz = rng.uniform(*_TREMOR_HZ, 6)
        reach = np.array([travel_mm, travel_mm, travel_mm / 2, reach_deg, reach_deg, reach_deg / 2])
        self._amplitude = reach * np.sqrt(2 / _SINES)
        self._tremor = np.array([0.0, 0.0, 0.0, tremor_deg, tremor_deg, tremor_deg]) * np.sqrt(2)

    def pose(self, t_s: float) -> Pose:
        """Return the pose at `t_s` seconds; any finite time, negative too."""
        slow: npt.NDArray[np.float64] = np.sin(2 * np.pi * self._hz * t_s + self._phase).sum(axis=1)
        quick = np.sin(2 * np.pi * self._tremor_hz * t_s + self._phase[:, 0])
        y_mm, x_mm, z_mm, pan, tilt, roll = (float(v) for v in self._amplitude * slow + self._tremor * quick)
        return Pose(y_mm=y_mm, x_mm=x_mm, z_mm=z_mm, pan_deg=pan, tilt_deg=tilt, roll_deg=roll, t_s=t_s)
