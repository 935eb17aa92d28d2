"""A process that lights a ring and then meets its end: ``python -m tests.integration.led_process END``."""

import os
import signal
import sys

from gpiozero import Device

from detector.types import LedState
from firmware.drivers.leds.gpio import GpioLeds
from firmware.drivers.leds.guard import GuardProcess
from firmware.drivers.settings import LedSettings
from firmware.drivers.source import parse_leds_source
from tests.integration.file_pins import FileFactory

SETTINGS = LedSettings(max_on_s=0.4, guard_grace_s=0.2)


def main(end: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    Device.pin_factory = FileFactory()
    guard = GuardProcess(SETTINGS)
    leds = GpioLeds(parse_leds_source("gpio:"), SETTINGS, guard=guard)
    leds.open()
    leds.switch(LedState.ON_AXIS)
    sys.stdout.write(f"{guard.pid}\n")
    sys.stdout.flush()
    if end == "exception":
        raise RuntimeError("as any part of the loop may")
    if end == "exit":
        sys.exit(0)
    if end == "abort":
        os.abort()  # as a library does that finds its heap broken
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
