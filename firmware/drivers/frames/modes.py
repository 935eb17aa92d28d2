"""Which of a camera's modes to run, and what follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from firmware.drivers.frames.sensors import SENSORS, cropped_hfov_deg, frame_size
from firmware.drivers.settings import CameraSettings

__all__ = ["SensorMode", "choose_mode"]


@dataclass(frozen=True, slots=True)
class SensorMode:
    """What the driver needs of an entry of `Picamera2.sensor_modes`.

    Attributes
    ----------
    unpacked : str
        Raw format with a whole number of bytes a pixel.
    size_px : (int, int)
        Width and height.
    bit_depth : int
    max_fps : float
    crop_width_px : int
        Columns of the array that the mode sees.
    """

    unpacked: str
    size_px: tuple[int, int]
    bit_depth: int
    max_fps: float
    crop_width_px: int

    def readout_ns(self, settings: CameraSettings) -> int:
        """Return how long the read-out may take: as configured, else the shortest frame, none for a global shutter."""
        slowest_us = 0.0 if SENSORS[settings.sensor].global_shutter else 1e6 / self.max_fps
        return round(1000 * (settings.readout_us or slowest_us))

    def hfov_deg(self, settings: CameraSettings) -> float:
        """Return the horizontal field of view: as configured, else the sensor table's, cropped as the mode crops."""
        return settings.hfov_deg or cropped_hfov_deg(SENSORS[settings.sensor], self.crop_width_px)


def choose_mode(entries: Iterable[dict[str, Any]], settings: CameraSettings) -> SensorMode:
    """Return the deepest mode that is fast enough.

    Raw frames need a mode of the very size; the image processor shrinks any mode that is large enough, and takes the
    one that sees most, then the smallest.

    Raises
    ------
    LookupError
        There is none; one line that lists the modes.
    """
    modes = [_mode(entry) for entry in entries if "size" in entry]
    width, height = frame_size(settings)
    if settings.stream == "raw":
        fitting = [mode for mode in modes if mode.size_px == (width, height)]
    else:
        fitting = [mode for mode in modes if mode.size_px[0] >= width and mode.size_px[1] >= height]
    fitting = [mode for mode in fitting if mode.max_fps >= settings.fps]
    if not fitting:
        listed = ", ".join(f"{m.size_px[0]} x {m.size_px[1]} at {m.max_fps:.0f}" for m in modes)
        raise LookupError(f"no mode of {width} x {height} at {settings.fps:g} fps (modes: {listed})")
    if settings.stream == "raw":
        return max(fitting, key=lambda mode: (mode.bit_depth, mode.max_fps))
    return max(fitting, key=lambda mode: (mode.crop_width_px, -mode.size_px[0], mode.bit_depth, mode.max_fps))


def _mode(entry: dict[str, Any]) -> SensorMode:
    return SensorMode(entry["unpacked"], entry["size"], entry["bit_depth"], entry["fps"], entry["crop_limits"][2])
