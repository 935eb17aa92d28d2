"""Compiles the virtual dongle, once per version of its source."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

__all__ = ["build"]

_HERE = Path(__file__).parent
_SOURCES = ("dongle.c", "scene.c")
_FLAGS = (
    *("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"),
    *("-pthread", "-Wl,-soname,librtlsdr.so.0"),
)


def build() -> Path:
    """Return the library, ``librtlsdr.so.0`` in a directory of its own; skips the test where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler for the virtual dongle (apt install gcc libc6-dev)")
    texts = [(_HERE / name).read_bytes() for name in (*_SOURCES, "scene.h")]
    version = hashlib.sha256(b"".join([*texts, *(flag.encode() for flag in _FLAGS)])).hexdigest()[:16]
    directory = Path(tempfile.gettempdir()) / f"nunchi-virtual-dongle-{os.getuid()}-{version}"
    library = directory / "librtlsdr.so.0"
    if not library.exists():
        directory.mkdir(mode=0o700, exist_ok=True)
        # Another test process may build the same: each writes its own file, and the last one stays.
        own = directory / f"build-{os.getpid()}.so"
        subprocess.run(
            [compiler, *_FLAGS, "-o", str(own), *(str(_HERE / name) for name in _SOURCES), "-lm"],
            check=True,
            timeout=60,
        )
        own.replace(library)
    return library
