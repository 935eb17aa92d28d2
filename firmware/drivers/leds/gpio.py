"""The two infrared rings on GPIO pins, by way of gpiozero.

Off is the state of rest: after `open`, after `close`, at exit, and when the watchdog finds a ring lit for too long.
A process killed outright cannot switch off, and the kernel may keep a pin as it was; the LED board therefore carries
a monostable of its own, and `open` darkens both pins first thing.
"""

import atexit
import threading
from typing import Any

from detector.types import LedEdge, LedState, Provenance
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.leds.dose import DoseLimit
from firmware.drivers.settings import LedSettings
from firmware.drivers.source import Source

__all__ = ["GpioLeds"]


class GpioLeds(DriverBase):
    """Two rings, never lit together.

    Parameters
    ----------
    source : Source
        ``gpio:``.
    settings : LedSettings
    clock : Clock
        Stamps the edges; the camera's clock.
    """

    def __init__(self, source: Source, settings: LedSettings, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self._settings = settings
        self._clock = clock
        self._rings: dict[LedState, Any] = {}
        self._dose = DoseLimit(settings)
        self._cut = False
        self._changed = threading.Condition()
        self._watchdog: threading.Thread | None = None

    def open(self) -> None:
        """Claim both pins, dark.

        Raises
        ------
        DeviceError
            gpiozero or lgpio is missing, there is no GPIO here, or a pin is taken.
        """
        self.close()
        try:
            factory = self._pin_factory()
            self._claim(LedState.ON_AXIS, self._settings.on_axis_pin, factory)
            self._claim(LedState.OFF_AXIS, self._settings.off_axis_pin, factory)
        except Exception as error:  # gpiozero's errors, and lgpio's, which share no base class
            self.close()
            raise self.failure(f"pins cannot be claimed: {error}") from error
        self._dose = DoseLimit(self._settings)
        self._cut = False
        atexit.register(self.close)
        self._watchdog = threading.Thread(target=self._watch, name="led watchdog", daemon=True)
        self._watchdog.start()

    def close(self) -> None:
        """Switch off and release the pins; harmless when not open."""
        with self._changed:
            rings, self._rings = self._rings, {}
            for ring in rings.values():
                ring.off()
                ring.close()
            self._changed.notify_all()
        if self._watchdog is not None:
            self._watchdog.join()
        self._watchdog = None
        atexit.unregister(self.close)

    def switch(self, state: LedState) -> LedEdge:
        """Light this ring only; the edge carries the time at which the light was there.

        Raises
        ------
        DeviceError
            Not open, the watchdog has cut the light since the last switch (so frames in between are not what their
            edges say), or the duty limit is reached. The rings are dark then.
        """
        with self._changed:
            if not self._rings:
                raise self.failure("not open")
            self._darken()
            if self._cut:
                self._cut = False
                raise self.failure(f"the watchdog cut a ring that stayed lit for {self._settings.max_on_s:g} s")
            if state is not LedState.DARK:
                self._light(state)
            return LedEdge(self._clock.monotonic_ns() + 1000 * self._settings.latency_us, state)

    def enforce(self) -> None:
        """Switch off if a ring has been lit for too long; the watchdog's thread calls this."""
        with self._changed:
            due_ns = self._dose.off_due_ns()
            if self._rings and due_ns is not None and self._clock.monotonic_ns() >= due_ns:
                self._darken()
                self._cut = True

    def _light(self, state: LedState) -> None:
        if self._dose.spent(self._clock.monotonic_ns()):
            duty, window_s = self._settings.max_duty, self._settings.duty_window_s
            raise self.failure(f"lit for more than {duty:.0%} of {window_s:g} s: the eye-safety limit")
        self._rings[state].on()
        self._dose.light(self._clock.monotonic_ns())
        self._changed.notify_all()

    def _darken(self) -> None:
        for ring in self._rings.values():
            ring.off()
        self._dose.darken(self._clock.monotonic_ns())

    def _pin_factory(self) -> Any:
        """Return the pins that were chosen for this process, or the kernel's; never gpiozero's list of fallbacks."""
        from gpiozero import Device

        if Device.pin_factory is not None:
            return Device.pin_factory
        from gpiozero.pins.lgpio import LGPIOFactory

        # Kept for the process: gpiozero never closes a factory that it does not know, and each holds a descriptor.
        Device.pin_factory = LGPIOFactory()
        return Device.pin_factory

    def _claim(self, state: LedState, pin: int, factory: Any) -> None:
        from gpiozero import DigitalOutputDevice

        self._rings[state] = DigitalOutputDevice(
            pin, active_high=self._settings.active_high, initial_value=False, pin_factory=factory
        )

    def _watch(self) -> None:
        while True:
            with self._changed:
                if not self._rings:
                    return
                due_ns = self._dose.off_due_ns()
                left_s = None if due_ns is None else (due_ns - self._clock.monotonic_ns()) / NS_PER_S
                if left_s is None or left_s > 0:
                    self._changed.wait(left_s)
            self.enforce()
