"""Pins that outlive the process that drives them, as a Raspberry Pi's do: one file each, which holds the level.

A pin belongs to one process at a time, and is free once that process is dead (a lock on the file, which the kernel
keeps account of as it does of GPIO lines); its level stays.
"""

import fcntl
import os
import time
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPin

__all__ = ["DIRECTORY_VARIABLE", "FileFactory", "level"]

DIRECTORY_VARIABLE = "NUNCHI_TEST_PINS"


class FilePin(MockPin):
    """The file's two words are the level and when it was written (CLOCK_MONOTONIC, ns)."""

    _file = -1

    def _set_function(self, value: str) -> None:
        if value == "output" and self._file < 0:
            path = Path(os.environ[DIRECTORY_VARIABLE]) / str(self.info.name)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                raise
            self._file = file
        super()._set_function(value)

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        os.pwrite(self._file, f"{int(value)} {time.monotonic_ns():020d}".encode(), 0)

    def close(self) -> None:
        super().close()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class FileFactory(MockFactory):
    """Its pins are in the directory that the environment names."""

    def __init__(self) -> None:
        super().__init__(pin_class=FilePin)


def level(directory: Path, pin: int) -> tuple[int, int]:
    """Return a pin's level and when it was written, in ns."""
    state, written_ns = (directory / f"GPIO{pin}").read_text().split()
    return int(state), int(written_ns)
