"""The guard's own program: ``python -m firmware.drivers.leds.guard_process --factory MODULE:CLASS PIN...``.

Reads `Message` bytes from its standard input. It imports little, so that it costs little memory, and the pins' library
before it says that it is ready, so that nothing is left to go wrong when it has to act.
"""

import argparse
import importlib
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from firmware.drivers.leds.guard import GUARD_READY, Message

__all__ = ["main"]

_TAKE_OVER_S = 5.0  # the kernel frees a dead process's pins a moment after its pipes
_RETRY_S = 0.002
_READ_BYTES = 4096


def main(arguments: list[str] | None = None) -> int:
    """Watch until the driver says goodbye, or is no more; returns the exit status."""
    options = _parse(arguments)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    driver = os.pidfd_open(os.getppid())
    importlib.import_module("gpiozero")
    module, _, name = options.factory.partition(":")
    factory = getattr(importlib.import_module(module), name)()
    sys.stdout.buffer.write(GUARD_READY)
    sys.stdout.buffer.flush()
    if _watch(driver, options.lit_deadline_s):
        return 0
    taken = _darken(factory, options.pins, bool(options.active_high))
    # Closing would leave the pins floating inputs; ended like this, the kernel of a Raspberry Pi keeps them driven.
    os._exit(0 if len(taken) == len(options.pins) else 1)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="guard_process", description="switches LED rings off when their driver dies")
    parser.add_argument("--factory", required=True, help="gpiozero pin factory, MODULE:CLASS")
    parser.add_argument("--active-high", type=int, choices=(0, 1), required=True)
    parser.add_argument("--lit-deadline-s", type=float, required=True)
    parser.add_argument("pins", type=int, nargs="+", help="BCM numbers")
    return parser.parse_args(arguments)


def _watch(driver: int, lit_deadline_s: float) -> bool:
    """Return True when the driver said goodbye, False when it ended without a word or had to be killed."""
    due_s: float | None = None
    while True:
        left_s = None if due_s is None else due_s - time.monotonic()
        if left_s is not None and left_s <= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(driver, signal.SIGKILL)
            return False
        if not select.select([sys.stdin], [], [], left_s)[0]:
            continue
        said = os.read(sys.stdin.fileno(), _READ_BYTES)
        if not said:
            return False
        if Message.GOODBYE in said:
            return True
        due_s = time.monotonic() + lit_deadline_s if said.endswith(Message.LIT) else None


def _darken(factory: Any, pins: list[int], active_high: bool) -> dict[int, Any]:
    """Return the pins taken over, dark, as long as the caller keeps them."""
    from gpiozero import DigitalOutputDevice

    dark: dict[int, Any] = {}
    give_up_s = time.monotonic() + _TAKE_OVER_S
    while len(dark) < len(pins) and time.monotonic() < give_up_s:
        for pin in pins:
            # An error means: still its dead owner's, or already a new driver's, which darkens it itself.
            with suppress(Exception):
                dark[pin] = dark.get(pin) or DigitalOutputDevice(
                    pin, active_high=active_high, initial_value=False, pin_factory=factory
                )
        time.sleep(_RETRY_S)
    return dark


if __name__ == "__main__":
    sys.exit(main())
