"""What stands in for time and for a network dongle in the tests of the drivers."""

import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

import numpy as np

from detector.types import Tuning

Air = Callable[[Tuning, float], np.ndarray]


class FakeClock:
    """Time that passes only when somebody sleeps or turns it."""

    def __init__(self, t_ns: int = 5_000_000_000) -> None:
        self.t_ns = t_ns

    def monotonic_ns(self) -> int:
        return self.t_ns

    def sleep_until(self, t_ns: int) -> None:
        self.t_ns = max(self.t_ns, t_ns)

    def advance(self, seconds: float) -> None:
        self.t_ns += round(seconds * 1e9)


def tone_cu8(offset_hz: float, level: float, tuning: Tuning, t0_s: float) -> np.ndarray:
    """Raw samples of a tone over a little noise."""
    t_s = t0_s + np.arange(tuning.sample_count) / tuning.sample_rate_hz
    noise = np.random.default_rng(1).normal(0, 0.01, (tuning.sample_count, 2))
    tone = level * np.exp(2j * np.pi * offset_hz * t_s)
    parts = np.stack([tone.real, tone.imag], axis=1) + noise
    return np.clip(np.rint(127.5 + 127.5 * parts), 0, 255).astype(np.uint8).ravel()


class RtlTcpServer:
    """An rtl_tcp server in real time, with USB transfers under way that still hold the old tuning after a retune.

    Parameters
    ----------
    air : callable
        (tuning, time in s) to cu8 samples.
    in_flight : int
        Transfers under way.
    greeting : bytes
    silent_after : int or None
        Transfers after which it stalls; None for never.
    hang_up_after : int or None
        Transfers after which it closes the connection; None for never.
    """

    TRANSFER_SAMPLES = 4096

    def __init__(
        self,
        air: Air,
        in_flight: int = 2,
        greeting: bytes = struct.pack(">4sII", b"RTL0", 5, 29),
        silent_after: int | None = None,
        hang_up_after: int | None = None,
    ) -> None:
        self._air = air
        self._in_flight = in_flight
        self._greeting = greeting
        self._silent_after = silent_after
        self._hang_up_after = hang_up_after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[tuple[int, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            if select.select([self._listener], [], [], 0.02)[0]:
                connection, _ = self._listener.accept()
                with connection:
                    try:
                        self._stream(connection)
                    except (ConnectionError, TimeoutError):
                        continue  # the client hung up, which is its right

    def _stream(self, connection: socket.socket) -> None:
        connection.settimeout(1.0)
        connection.sendall(self._greeting)
        center_hz, rate_hz = 100e6, 1e6
        under_way: deque[bytes] = deque()
        due_s = time.monotonic()
        sent = 0
        while not self._stop.is_set():
            wait_s = max(0.0, due_s - time.monotonic())
            if select.select([connection], [], [], wait_s)[0]:
                command = connection.recv(5, socket.MSG_WAITALL)
                if len(command) < 5:
                    return
                code, number = struct.unpack(">BI", command)
                self.commands.append((code, number))
                center_hz = float(number) if code == 1 else center_hz
                rate_hz = float(number) if code == 2 else rate_hz
                continue
            tuning = Tuning(center_hz=center_hz, sample_rate_hz=rate_hz, sample_count=self.TRANSFER_SAMPLES)
            under_way.append(self._air(tuning, due_s).tobytes())
            due_s += self.TRANSFER_SAMPLES / rate_hz
            if len(under_way) > self._in_flight:
                if sent == self._hang_up_after:
                    return
                if sent != self._silent_after:
                    connection.sendall(under_way.popleft())
                    sent += 1
