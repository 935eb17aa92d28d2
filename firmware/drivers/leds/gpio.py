"""The LED rings on GPIO pins, by way of gpiozero.

Off is the state of rest: after `open`, after `close`, at exit, when the watchdog finds a ring lit for too long, and
when the process is killed or frozen, by the guard (`guard.py`). Should the guard be killed as well, the monostable of
the LED board is left.
"""

import atexit
import threading
from contextlib import suppress
from typing import Any

from detector.errors import DeviceError
from detector.types import LedEdge, LedState, Provenance
from firmware.drivers.clock import NS_PER_S, SYSTEM_CLOCK, Clock
from firmware.drivers.device import DriverBase
from firmware.drivers.leds.dose import DoseLimit
from firmware.drivers.leds.guard import Guard, GuardProcess, Message
from firmware.drivers.leds.wiring import Ring, spare_pins, wired_rings
from firmware.drivers.settings import LedSettings
from firmware.drivers.source import Source

__all__ = ["GpioLeds"]


class GpioLeds(DriverBase):
    """Rings of which never more than one is lit.

    Parameters
    ----------
    source : Source
        ``gpio:``.
    settings : LedSettings
    clock : Clock
        Stamps the edges; the camera's clock.
    guard : Guard or None
        None for a `GuardProcess`.
    """

    def __init__(
        self, source: Source, settings: LedSettings, clock: Clock = SYSTEM_CLOCK, guard: Guard | None = None
    ) -> None:
        super().__init__(source.text, Provenance.LIVE)
        self._settings = settings
        self._clock = clock
        self._guard = GuardProcess(settings) if guard is None else guard
        self._wiring: dict[LedState, Ring] = wired_rings(settings)
        self.dims = LedState.ON_AXIS_DIM in self._wiring
        self._rings: dict[LedState, Any] = {}
        self._spare: list[Any] = []
        self._lit: LedState = LedState.DARK
        self._dose = DoseLimit(settings)
        self._cut = False
        self._changed = threading.Condition()
        self._watchdog: threading.Thread | None = None

    def open(self) -> None:
        """Claim every ring's pin, dark, and set the guard.

        Raises
        ------
        DeviceError
            gpiozero or lgpio is missing, there is no GPIO here, a pin is taken, or the guard does not start.
        """
        self.close()
        try:
            factory = self._pin_factory()
            for state, ring in self._wiring.items():
                self._rings[state] = self._claim(ring.pin, factory)
            self._spare = [self._claim(pin, factory) for pin in spare_pins(self._settings)]
        except Exception as error:  # gpiozero's errors, and lgpio's, which share no base class
            self.close()
            raise self.failure(f"pins cannot be claimed: {error}") from error
        try:
            self._guard.start(factory, (*(ring.pin for ring in self._wiring.values()), *spare_pins(self._settings)))
        except OSError as error:
            self.close()
            raise self.failure(f"the rings cannot be guarded: {error}") from error
        self._dose = DoseLimit(self._settings)
        self._cut = False
        atexit.register(self.close)
        self._watchdog = threading.Thread(target=self._watch, name="led watchdog", daemon=True)
        self._watchdog.start()

    def close(self) -> None:
        """Switch off and release the pins; harmless when not open."""
        with self._changed:
            rings, self._rings, self._spare = [*self._rings.values(), *self._spare], {}, []
            self._lit = LedState.DARK
            for ring in rings:
                ring.off()
            self._guard.end()
            for ring in rings:
                ring.close()
            self._changed.notify_all()
        if self._watchdog is not None:
            self._watchdog.join()
        self._watchdog = None
        atexit.unregister(self.close)

    def switch(self, state: LedState) -> LedEdge:
        """Light this ring only; the edge says from when to when the light was changing.

        The ring that is lit already stays lit, and its time goes on.

        Raises
        ------
        DeviceError
            Not open, the watchdog has cut the light since the last switch (so frames in between are not what their
            edges say), the duty limit is reached, or the guard is gone. The rings are dark then.
        """
        with self._changed:
            if not self._rings:
                raise self.failure("not open")
            self._cut_if_due()
            began_ns = self._clock.monotonic_ns()
            if self._cut:
                self._cut = False
                raise self.failure(f"the watchdog cut a ring that stayed lit for {self._settings.max_on_s:g} s")
            if state is not self._lit:
                self._darken()
                if state is not LedState.DARK:
                    self._light(state)
            ring = self._wiring.get(state)
            there_ns = self._clock.monotonic_ns() + 1000 * self._settings.latency_us
            return LedEdge(there_ns, state, began_ns, None if ring is None else ring.wavelength_nm)

    def enforce(self) -> None:
        """Switch off if a ring has been lit for too long; the watchdog's thread calls this."""
        with self._changed:
            self._cut_if_due()

    def _cut_if_due(self) -> None:
        due_ns = self._dose.off_due_ns()
        if self._rings and due_ns is not None and self._clock.monotonic_ns() >= due_ns:
            self._darken()
            self._cut = True

    def _light(self, state: LedState) -> None:
        if self._dose.spent(self._clock.monotonic_ns()):
            duty, window_s = self._dose.max_duty, self._settings.duty_window_s
            raise self.failure(f"lit for more than {duty:.0%} of {window_s:g} s: the eye-safety limit")
        self._tell_guard(Message.LIT)
        self._rings[state].on()
        self._lit = state
        share = self._settings.on_axis_dim_share if state is LedState.ON_AXIS_DIM else 1.0
        self._dose.light(self._clock.monotonic_ns(), share)
        self._changed.notify_all()

    def _darken(self) -> None:
        for ring in self._rings.values():
            ring.off()
        self._lit = LedState.DARK
        self._dose.darken(self._clock.monotonic_ns())
        self._tell_guard(Message.DARK)

    def _tell_guard(self, message: bytes) -> None:
        try:
            self._guard.tell(message)
        except OSError as error:
            raise self.failure(f"the guard of the rings is gone: {error}") from error

    def _pin_factory(self) -> Any:
        """Return the pins that were chosen for this process, or the kernel's; never gpiozero's list of fallbacks."""
        from gpiozero import Device

        if Device.pin_factory is not None:
            return Device.pin_factory
        from gpiozero.pins.lgpio import LGPIOFactory

        # Kept for the process: gpiozero never closes a factory that it does not know, and each holds a descriptor.
        Device.pin_factory = LGPIOFactory()
        return Device.pin_factory

    def _claim(self, pin: int, factory: Any) -> Any:
        from gpiozero import DigitalOutputDevice

        return DigitalOutputDevice(
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
            with suppress(DeviceError):  # the guard is gone: it is dark already, and the next switch says so
                self.enforce()
