"""Stands in front of the real pyrtlsdrlib in processes of the tests: has pyrtlsdr load the virtual dongle."""

import ctypes
import os


def load_librtlsdr() -> ctypes.CDLL:
    """Load the library that the environment names."""
    return ctypes.CDLL(os.environ["VIRTUAL_DONGLE_LIBRARY"])
