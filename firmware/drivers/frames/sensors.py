"""Image sensors of Raspberry Pi camera modules."""

from dataclasses import dataclass

import numpy as np

from firmware.drivers.settings import CameraSettings, SensorName

__all__ = ["SENSORS", "Sensor", "cropped_hfov_deg", "frame_size"]


@dataclass(frozen=True, slots=True)
class Sensor:
    """An image sensor behind its module's own lens.

    Attributes
    ----------
    array_width_px : int
        Columns of the whole active array.
    hfov_deg : float
        Horizontal field of view of the whole array.
    strobe_size_px : (int, int)
        Width and height of the mode that suits the strobe: fast, and not cropped where the sensor has such a one.
    global_shutter : bool
    """

    array_width_px: int
    hfov_deg: float
    strobe_size_px: tuple[int, int]
    global_shutter: bool = False


# Raspberry Pi's documentation of the modules; the IMX296 has a C mount, its figure is for the 6 mm lens. The IMX219's
# 640 x 480 sees only the middle of the array, so its binned full-field mode is the usual one here.
SENSORS: dict[SensorName, Sensor] = {
    "ov5647": Sensor(2592, 53.5, (640, 480)),
    "imx219": Sensor(3280, 62.2, (1640, 1232)),
    "imx708": Sensor(4608, 66.0, (1536, 864)),
    "imx708_wide": Sensor(4608, 102.0, (1536, 864)),
    "imx296": Sensor(1456, 45.4, (1456, 1088), global_shutter=True),
}


def frame_size(settings: CameraSettings) -> tuple[int, int]:
    """Return width and height of the frames: as configured, or the sensor's usual ones."""
    usual = SENSORS[settings.sensor].strobe_size_px
    return settings.width_px or usual[0], settings.height_px or usual[1]


def cropped_hfov_deg(sensor: Sensor, crop_width_px: int) -> float:
    """Return the horizontal field of view of a mode that reads `crop_width_px` columns of the array."""
    half = np.tan(np.radians(sensor.hfov_deg) / 2) * crop_width_px / sensor.array_width_px
    return float(2 * np.degrees(np.arctan(half)))
