"""The guard: a small process that outlives the driver's and switches the rings off when that one cannot.

A process that is killed outright runs no handler, and the kernel of a Raspberry Pi keeps an output as it was when its
owner dies. The guard holds the reading end of a pipe whose writing end only the driver has: the end of the pipe is the
end of the driver, whatever ended it. The guard takes the pins over then, dark, and goes. A driver that is alive but
frozen, with a ring lit, says nothing for longer than a ring may be lit: the guard kills it first.
"""

import os
import select
import subprocess
import sys
import time
from typing import Any, Protocol

from firmware.drivers.settings import LedSettings

__all__ = ["GUARD_READY", "Guard", "GuardProcess", "Message", "NoGuard"]

GUARD_READY = b"ready\n"
_READY_DEADLINE_S = 10.0
_END_DEADLINE_S = 2.0


class Message:
    """What the driver tells the guard, a byte each."""

    LIT = b"1"
    DARK = b"0"
    GOODBYE = b"q"


class Guard(Protocol):
    """Who watches over the rings of a driver."""

    def start(self, factory: Any, pins: tuple[int, ...]) -> None:
        """Watch from now on; `factory` made the pins.

        Raises
        ------
        OSError
            It cannot be started.
        """

    def tell(self, message: bytes) -> None:
        """Pass a `Message` on.

        Raises
        ------
        OSError
            The guard is gone, or takes no more: the rings are not guarded.
        """

    def end(self) -> None:
        """Watch no longer: the rings are dark, and the pins may be let go; harmless when not started."""


class NoGuard:
    """Nobody: for pins that exist in the driver's own process only, as gpiozero's mock pins do."""

    def start(self, factory: Any, pins: tuple[int, ...]) -> None:
        """Do nothing."""

    def tell(self, message: bytes) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class GuardProcess:
    """A `firmware.drivers.leds.guard_process` of its own session, so that no signal to the driver's group ends it.

    Parameters
    ----------
    settings : LedSettings
    """

    def __init__(self, settings: LedSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    @property
    def pid(self) -> int | None:
        """Process number, None when not started."""
        return None if self._process is None else self._process.pid

    def start(self, factory: Any, pins: tuple[int, ...]) -> None:
        """Start the process and wait until it could act; see `Guard.start`."""
        kind = type(factory)
        reading, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        command = [
            *(sys.executable, "-m", "firmware.drivers.leds.guard_process"),
            *(
                "--factory",
                f"{kind.__module__}:{kind.__qualname__}",
                "--active-high",
                str(int(self._settings.active_high)),
            ),
            *("--lit-deadline-s", str(self._settings.max_on_s + self._settings.guard_grace_s)),
            *map(str, pins),
        ]
        try:
            self._process = subprocess.Popen(
                command, stdin=reading, stdout=subprocess.PIPE, start_new_session=True, close_fds=True
            )
        finally:
            os.close(reading)
        self._wait_until_ready(self._process)

    def tell(self, message: bytes) -> None:
        """Pass a message on; see `Guard.tell`."""
        os.write(self._pipe, message)

    def end(self) -> None:
        """Say goodbye and wait for the process to end; one that does not is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            self.tell(Message.GOODBYE)
        except OSError:
            process.kill()  # gone already, or stuck
        os.close(self._pipe)
        self._pipe = -1
        try:
            process.wait(_END_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101
        deadline_s = time.monotonic() + _READY_DEADLINE_S
        if not select.select([process.stdout], [], [], deadline_s - time.monotonic())[0]:
            self.end()
            raise TimeoutError(f"the guard was not ready within {_READY_DEADLINE_S:g} s")
        if process.stdout.readline() != GUARD_READY:
            self.end()
            raise OSError("the guard ended at once")
