"""Every pair of rings, real or simulated, keeps one contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from detector.errors import DeviceError
from detector.types import LedState
from firmware.drivers.interfaces import LedDriver
from firmware.drivers.leds.gpio import GpioLeds
from firmware.drivers.leds.guard import NoGuard
from firmware.drivers.settings import LedSettings
from firmware.drivers.sim.leds import SimLeds
from firmware.drivers.sim.world import OpticsWorld
from firmware.drivers.source import parse_leds_source
from tests.contract.fakes import FakeClock

RINGS = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.ON_AXIS_DIM)


@dataclass(frozen=True)
class Case:
    leds: LedDriver
    clock: FakeClock
    lit: Callable[[], list[LedState]]


def _sim() -> Case:
    clock, world = FakeClock(), OpticsWorld("hotel_room")
    leds = SimLeds(parse_leds_source("sim:hotel_room"), world, clock)
    return Case(leds, clock, lambda: [ring for ring in RINGS if world.is_lit(ring)])


def _gpio() -> Case:
    factory = MockFactory()
    Device.pin_factory = factory
    clock, settings = FakeClock(), LedSettings()
    leds = GpioLeds(parse_leds_source("gpio:"), settings, clock, NoGuard())  # mock pins are this process's own
    numbers = (settings.on_axis_pin, settings.off_axis_pin, settings.on_axis_dim_pin)
    pins = dict(zip(RINGS, map(factory.pin, numbers), strict=True))
    return Case(leds, clock, lambda: [ring for ring, pin in pins.items() if pin.state])


@pytest.fixture(params=["sim", "gpio"])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    made = {"sim": _sim, "gpio": _gpio}[request.param]()
    yield made
    made.leds.close()
    Device.pin_factory = None


def test_dark_after_opening_and_after_closing(case: Case) -> None:
    case.leds.open()
    assert case.lit() == []
    case.leds.switch(LedState.ON_AXIS)
    assert case.lit() == [LedState.ON_AXIS]
    case.leds.close()
    assert case.lit() == []


def test_dark_after_an_exception(case: Case) -> None:
    with pytest.raises(RuntimeError), case.leds:
        case.leds.switch(LedState.OFF_AXIS)
        raise RuntimeError
    assert case.lit() == []


def test_lights_one_ring_at_a_time_and_says_when(case: Case) -> None:
    with case.leds:
        previous_ns = 0
        assert case.leds.dims
        for state in (*RINGS, LedState.DARK, *reversed(RINGS)):
            asked_ns = case.clock.monotonic_ns()
            edge = case.leds.switch(state)
            assert edge.state is state
            assert asked_ns <= (edge.began_ns or edge.t_ns) <= edge.t_ns <= asked_ns + 1_000_000
            assert edge.wavelength_nm == (None if state is LedState.DARK else 850.0)
            assert edge.t_ns > previous_ns
            assert case.lit() == ([] if state is LedState.DARK else [state])
            previous_ns = edge.t_ns
            case.clock.advance(0.033)


def test_closing_twice_and_reopening_work(case: Case) -> None:
    case.leds.close()
    case.leds.open()
    case.leds.close()
    case.leds.close()
    case.leds.open()
    assert case.leds.switch(LedState.ON_AXIS).state is LedState.ON_AXIS


def test_errors_are_device_errors_of_one_line(case: Case) -> None:
    with pytest.raises(DeviceError) as caught:
        case.leds.switch(LedState.ON_AXIS)
    message = str(caught.value)
    assert message.startswith(case.leds.source + ": ")
    assert "\n" not in message
