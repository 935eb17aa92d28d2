"""The rings' eye-safety limits, and rings that are not there."""

import sys
from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from detector.errors import DeviceError
from detector.types import LedState
from firmware.drivers.leds.dose import DoseLimit
from firmware.drivers.leds.gpio import GpioLeds
from firmware.drivers.leds.none import NoLeds
from firmware.drivers.settings import LedSettings
from firmware.drivers.source import parse_leds_source
from tests.contract.fakes import FakeClock

SETTINGS = LedSettings(max_on_s=0.1, max_duty=0.5, duty_window_s=1.0, on_axis_pin=5, off_axis_pin=6)


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory
    Device.pin_factory = None


def _leds(clock: FakeClock, settings: LedSettings = SETTINGS) -> GpioLeds:
    return GpioLeds(parse_leds_source("gpio:"), settings, clock)


def test_the_watchdog_cuts_a_ring_and_the_next_switch_says_so(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock) as leds:
        leds.switch(LedState.ON_AXIS)
        clock.advance(0.099)
        leds.enforce()
        assert pins.pin(5).state
        clock.advance(0.001)
        leds.enforce()
        assert not pins.pin(5).state
        with pytest.raises(DeviceError, match=r"^gpio:: the watchdog cut a ring that stayed lit for 0\.1 s$"):
            leds.switch(LedState.OFF_AXIS)
        assert not pins.pin(6).state
        leds.switch(LedState.OFF_AXIS)
        assert pins.pin(6).state


def test_too_much_light_in_a_window_is_refused(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock) as leds:
        with pytest.raises(DeviceError, match=r"^gpio:: lit for more than 50% of 1 s: the eye-safety limit$"):
            for _ in range(20):
                leds.switch(LedState.ON_AXIS)
                clock.advance(0.05)
        assert not pins.pin(5).state
        assert clock.t_ns == 5_000_000_000 + 500_000_000, "half of the window, lit without a pause"


def test_a_strobe_within_the_duty_goes_on_for_ever(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock, LedSettings()) as leds:
        for number in range(3000):
            leds.switch((LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)[number % 3])
            clock.advance(0.033)


def test_both_rings_are_never_lit_together(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock) as leds:
        for state in (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.ON_AXIS):
            leds.switch(state)
    events = sorted(
        (entry.timestamp, number, entry.state)
        for number in (5, 6)
        for entry in pins.pin(number).states  # each pin keeps its own history, times relative to its last change
    )
    assert any(state for *_, state in events)
    assert not pins.pin(5).state
    assert not pins.pin(6).state


def test_active_low_boards_are_dark_when_high(pins: MockFactory) -> None:
    with _leds(FakeClock(), LedSettings(active_high=False)) as leds:
        assert pins.pin(17).state
        leds.switch(LedState.ON_AXIS)
        assert not pins.pin(17).state
        assert pins.pin(27).state


def test_a_pin_that_is_taken(pins: MockFactory) -> None:
    first = _leds(FakeClock())
    first.open()
    with pytest.raises(DeviceError, match=r"^gpio:: pins cannot be claimed: pin GPIO5 is already in use"):
        _leds(FakeClock()).open()
    first.close()


def test_no_gpio_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiozero.pins.lgpio", None)
    Device.pin_factory = None
    with pytest.raises(DeviceError, match=r"^gpio:: pins cannot be claimed: "):
        _leds(FakeClock()).open()


def test_dose_leaks_at_the_allowed_duty() -> None:
    dose = DoseLimit(SETTINGS)
    dose.light(0)
    assert not dose.spent(499_000_000)
    assert dose.spent(500_000_000)
    dose.darken(500_000_000)
    assert not dose.spent(501_000_000)
    assert dose.off_due_ns() is None


def test_no_rings_stay_dark_and_say_so() -> None:
    with NoLeds(parse_leds_source("none:"), FakeClock()) as leds:
        assert leds.switch(LedState.ON_AXIS).state is LedState.DARK
