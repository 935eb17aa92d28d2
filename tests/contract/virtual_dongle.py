"""Builds the virtual dongle and puts it under pyrtlsdr, or under Debian's rtl_tcp."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["build", "rtl_tcp_server", "under_pyrtlsdr"]

_SOURCE = Path(__file__).with_suffix(".c")


def build(directory: Path) -> Path:
    """Compile the library; skips the test where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler for the virtual dongle")
    library = directory / "librtlsdr.so.0"
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-Wl,-soname,librtlsdr.so.0"]
    subprocess.run([compiler, *flags, "-o", str(library), str(_SOURCE), "-lm"], check=True, timeout=60)
    return library


@contextmanager
def under_pyrtlsdr(library: Path) -> Iterator[None]:
    """Have the next ``import rtlsdr`` load this library."""
    pyrtlsdrlib = pytest.importorskip("pyrtlsdrlib", reason="pyrtlsdrlib is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyrtlsdrlib, "load_librtlsdr", lambda: ctypes.CDLL(str(library)))
        for name in [name for name in sys.modules if name.split(".")[0] == "rtlsdr"]:
            patch.delitem(sys.modules, name)
        yield
        for name in [name for name in sys.modules if name.split(".")[0] == "rtlsdr"]:
            del sys.modules[name]


@contextmanager
def rtl_tcp_server(library: Path) -> Iterator[int]:
    """Run Debian's rtl_tcp on the virtual dongle; yields its port, skips the test where it is not installed."""
    program, line_buffered = shutil.which("rtl_tcp"), shutil.which("stdbuf")
    if program is None or line_buffered is None:
        pytest.skip("rtl_tcp is not installed (apt install rtl-sdr)")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [line_buffered, "-oL", program, "-a", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(library.parent)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            assert any("listening" in line for line in server.stdout), "rtl_tcp ended before it listened"
            while not _listens(port):  # it says so a moment before it does
                assert server.poll() is None, "rtl_tcp ended before it listened"
            yield port
        finally:
            server.kill()


def _listens(port: int) -> bool:
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)
