"""Which ring hangs on which pin, and which of them a light of the strobe means."""

from dataclasses import dataclass

from detector.types import LedState
from firmware.drivers.settings import LedSettings

__all__ = ["Ring", "spare_pins", "wired_rings"]


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring of LEDs around the camera.

    Attributes
    ----------
    pin : int
        BCM number of its driver.
    radius_mm : float
    wavelength_nm : float
    """

    pin: int
    radius_mm: float
    wavelength_nm: float


def wired_rings(settings: LedSettings) -> dict[LedState, Ring]:
    """Return the ring that each lit state of the strobe means; the dimmed one only where it has a pin."""
    red = settings.on_axis_light == "red"
    rings = {
        LedState.ON_AXIS: _red(settings) if red else _infrared(settings, settings.on_axis_pin),
        LedState.OFF_AXIS: Ring(settings.off_axis_pin, settings.off_axis_radius_mm, settings.infrared_nm),
    }
    if settings.on_axis_dim_pin >= 0 and not red:
        rings[LedState.ON_AXIS_DIM] = _infrared(settings, settings.on_axis_dim_pin)
    return rings


def spare_pins(settings: LedSettings) -> tuple[int, ...]:
    """Return the pins of rings that the strobe does not use; they are held dark."""
    red = settings.on_axis_light == "red"
    spare = (settings.on_axis_pin, settings.on_axis_dim_pin) if red else (settings.red_pin,)
    return tuple(pin for pin in spare if pin >= 0)


def _infrared(settings: LedSettings, pin: int) -> Ring:
    return Ring(pin, settings.on_axis_radius_mm, settings.infrared_nm)


def _red(settings: LedSettings) -> Ring:
    return Ring(settings.red_pin, settings.red_radius_mm, settings.red_nm)
