"""The rings' eye-safety limits, and rings that are not there."""

import sys
from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from detector.errors import DeviceError
from detector.types import LedState
from firmware.drivers.leds.dose import DoseLimit, allowed_duty
from firmware.drivers.leds.gpio import GpioLeds
from firmware.drivers.leds.guard import NoGuard
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
    return GpioLeds(parse_leds_source("gpio:"), settings, clock, NoGuard())


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
            for number in range(20):
                leds.switch((LedState.ON_AXIS, LedState.OFF_AXIS)[number % 2])
                clock.advance(0.05)
        assert not pins.pin(5).state
        assert clock.t_ns == 5_000_000_000 + 500_000_000, "half of the window, lit without a pause"


def test_a_strobe_within_the_duty_goes_on_for_ever(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock, LedSettings()) as leds:
        for number in range(3000):
            leds.switch((LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)[number % 3])
            clock.advance(0.033)


def test_a_dimmed_ring_counts_by_its_share(pins: MockFactory) -> None:
    clock = FakeClock()
    settings = LedSettings(max_on_s=0.1, max_duty=0.5, duty_window_s=1.0, on_axis_dim_share=0.4)
    with _leds(clock, settings) as leds:
        for number in range(200):  # lit for two thirds of the time, 0.47 by its light
            leds.switch((LedState.ON_AXIS, LedState.DARK, LedState.ON_AXIS_DIM)[number % 3])
            clock.advance(0.05)
    dose = DoseLimit(settings)
    dose.light(0, 0.4)
    assert not dose.spent(10_000_000_000), "0.4 of the light may be there for ever"
    dose.light(10_000_000_000)
    assert dose.spent(20_000_000_000)


def test_a_ring_without_a_second_driver_cannot_be_dimmed(pins: MockFactory) -> None:
    assert _leds(FakeClock(), LedSettings(on_axis_dim_pin=23)).dims
    assert not _leds(FakeClock(), LedSettings(on_axis_dim_pin=-1)).dims
    red = LedSettings(on_axis_light="red", on_axis_dim_pin=23)
    assert not _leds(FakeClock(), red).dims, "the dimming driver is the infrared ring's"
    with _leds(FakeClock(), red):
        assert pins.pin(23).function == "output"
        assert not pins.pin(23).state, "claimed, and dark"


def test_a_ring_that_is_lit_already_stays_lit_and_its_time_goes_on(pins: MockFactory) -> None:
    clock = FakeClock()
    with _leds(clock) as leds:
        leds.switch(LedState.ON_AXIS)
        before = len(pins.pin(5).states)
        clock.advance(0.06)
        leds.switch(LedState.ON_AXIS)
        assert len(pins.pin(5).states) == before, "a blink would spoil a frame that its edge calls good"
        clock.advance(0.04)
        with pytest.raises(DeviceError, match="the watchdog cut a ring"):
            leds.switch(LedState.ON_AXIS)
        assert not pins.pin(5).state


def test_measured_irradiance_tightens_the_duty(pins: MockFactory) -> None:
    assert allowed_duty(LedSettings(max_duty=0.5)) == 0.5
    assert allowed_duty(LedSettings(max_duty=0.5, irradiance_w_m2=150.0)) == 0.5
    assert allowed_duty(LedSettings(max_duty=0.5, irradiance_w_m2=400.0)) == 0.25
    clock, lit = FakeClock(), 0
    with (
        _leds(clock, LedSettings(irradiance_w_m2=400.0)) as leds,
        pytest.raises(DeviceError, match=r"^gpio:: lit for more than 25% of 5 s"),
    ):
        while True:
            leds.switch((LedState.ON_AXIS, LedState.OFF_AXIS)[lit % 2])
            clock.advance(0.01)
            lit += 1
    assert lit == 125, "a quarter of the window"


def test_red_is_on_axis_only_where_it_is_asked_for(pins: MockFactory) -> None:
    red = LedSettings(on_axis_light="red", on_axis_pin=5, off_axis_pin=6, red_pin=7)
    with _leds(FakeClock(), red) as leds:
        edge = leds.switch(LedState.ON_AXIS)
        assert (edge.state, edge.wavelength_nm) == (LedState.ON_AXIS, 625.0)
        assert [pins.pin(number).state for number in (5, 6, 7)] == [False, False, True]
        assert leds.switch(LedState.OFF_AXIS).wavelength_nm == 850.0
        assert [pins.pin(number).state for number in (5, 6, 7)] == [False, True, False]
    pins.pin(7).function = "output"
    pins.pin(7).state = True  # as a crash may have left it
    with _leds(FakeClock(), LedSettings(on_axis_pin=5, off_axis_pin=6, red_pin=7)) as leds:
        assert leds.switch(LedState.ON_AXIS).wavelength_nm == 850.0
        assert [pins.pin(number).state for number in (5, 6, 7)] == [True, False, False]


def test_red_without_a_red_ring(pins: MockFactory) -> None:
    with pytest.raises(DeviceError, match=r"^gpio:: pins cannot be claimed: "):
        _leds(FakeClock(), LedSettings(on_axis_light="red", red_pin=-1)).open()


def test_without_its_guard_nothing_is_lit(pins: MockFactory) -> None:
    class Gone(NoGuard):
        def tell(self, message: bytes) -> None:
            raise BrokenPipeError("nobody reads")

    with GpioLeds(parse_leds_source("gpio:"), SETTINGS, FakeClock(), Gone()) as leds:
        with pytest.raises(DeviceError, match=r"^gpio:: the guard of the rings is gone: nobody reads$"):
            leds.switch(LedState.ON_AXIS)
        assert not pins.pin(5).state


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
