"""Image sensors of Raspberry Pi camera modules."""

from dataclasses import dataclass

import numpy as np

from firmware.drivers.settings import SensorName

__all__ = ["SENSORS", "Sensor", "cropped_hfov_deg"]


@dataclass(frozen=True, slots=True)
class Sensor:
    """An image sensor behind its module's own lens.

    Attributes
    ----------
    array_width_px : int
        Columns of the whole active array.
    hfov_deg : float
        Horizontal field of view of the whole array.
    global_shutter : bool
    """

    array_width_px: int
    hfov_deg: float
    global_shutter: bool = False


# Raspberry Pi's documentation of the modules; the IMX296 has a C mount, its figure is for the 6 mm lens.
SENSORS: dict[SensorName, Sensor] = {
    "ov5647": Sensor(2592, 53.5),
    "imx219": Sensor(3280, 62.2),
    "imx708": Sensor(4608, 66.0),
    "imx296": Sensor(1456, 45.4, global_shutter=True),
}


def cropped_hfov_deg(sensor: Sensor, crop_width_px: int) -> float:
    """Return the horizontal field of view of a mode that reads `crop_width_px` columns of the array."""
    half = np.tan(np.radians(sensor.hfov_deg) / 2) * crop_width_px / sensor.array_width_px
    return float(2 * np.degrees(np.arctan(half)))
