"""Puts the virtual dongle under those who use a dongle: pyrtlsdr here, other programs, Debian's rtl_tcp."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.virtual_dongle.build import build
from tests.virtual_dongle.scene import Scene

__all__ = ["client_environment", "debian_program", "rtl_tcp_server", "under_pyrtlsdr"]

_LOADER = Path(__file__).parent / "loader"


def client_environment(scene: Scene) -> Mapping[str, str]:
    """Return the environment in which any program, and any Python with pyrtlsdr, finds the virtual dongle."""
    library = build()
    path = os.pathsep.join(filter(None, [str(_LOADER), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        "LD_LIBRARY_PATH": str(library.parent),
        "PYTHONPATH": path,
        "VIRTUAL_DONGLE_LIBRARY": str(library),
        "VIRTUAL_DONGLE_SOCKET": str(scene.path),
    }


@contextmanager
def under_pyrtlsdr(scene: Scene) -> Iterator[None]:
    """Have the next ``import rtlsdr`` of this process load the virtual dongle."""
    pyrtlsdrlib = pytest.importorskip("pyrtlsdrlib", reason="pyrtlsdrlib is not installed")
    library = build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIRTUAL_DONGLE_SOCKET", str(scene.path))
        patch.setattr(pyrtlsdrlib, "load_librtlsdr", lambda: ctypes.CDLL(str(library)))
        for name in [name for name in sys.modules if name.split(".")[0] == "rtlsdr"]:
            patch.delitem(sys.modules, name)
        yield
        for name in [name for name in sys.modules if name.split(".")[0] == "rtlsdr"]:
            del sys.modules[name]


def debian_program(name: str, package: str) -> str:
    """Return the path of a program; skips the test where it is not installed."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed (apt install {package})")
    return program


@contextmanager
def rtl_tcp_server(scene: Scene) -> Iterator[int]:
    """Run Debian's rtl_tcp on the virtual dongle; yields its port, skips the test where it is not installed."""
    program, line_buffered = debian_program("rtl_tcp", "rtl-sdr"), debian_program("stdbuf", "coreutils")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [line_buffered, "-oL", program, "-a", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        command, env=client_environment(scene), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
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
