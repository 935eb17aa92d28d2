"""The scene server: one thread that answers every virtual dongle, and whoever brings on faults."""

import json
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from detector.rf.synth import DongleModel, Emission
from tests.virtual_dongle.protocol import REQUEST, Fault, Operation, Physics, Request, pack_reply
from tests.virtual_dongle.renderer import Renderer

__all__ = ["serve"]

_NO_DEVICE = -3


class _Client:
    """One connection; a dongle that was opened before it was pulled out stays dead."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.life = -1
        self.waiting: Request | None = None


class _Server:
    """State of the scene and of its faults."""

    def __init__(self, renderer: Renderer, physics: Physics) -> None:
        self._renderer, self._physics = renderer, physics
        self._selector = selectors.DefaultSelector()
        self._fault, self._amount, self._hang_close = Fault.NONE, 0.0, False
        self._life = 0
        self._gone = -4
        self._rng = np.random.default_rng(0)
        self._epoch_s = time.monotonic()
        self._figures: dict[str, float] = dict.fromkeys(
            ("samples", "render_s", "opened", "retunes", "first_s", "last_s"), 0.0
        )
        self._center_hz = 0.0

    def run(self, listener: socket.socket) -> None:
        """Answer for ever."""
        self._selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is listener:
                    client = _Client(listener.accept()[0])
                    self._selector.register(client.end, selectors.EVENT_READ, client)
                else:
                    self._hear(key.data)

    def _hear(self, client: _Client) -> None:
        try:
            text = client.end.recv(REQUEST.size, socket.MSG_WAITALL)
            if len(text) == REQUEST.size:
                self._answer(client, Request(*REQUEST.unpack(text)))
                return
        except OSError:
            pass  # a client that was killed in the middle of a question: as one that closed
        self._selector.unregister(client.end)
        client.waiting = None
        client.end.close()

    def _answer(self, client: _Client, request: Request) -> None:
        if request.operation == Operation.CONTROL:
            client.end.sendall(self._control(json.loads(client.end.recv(request.count, socket.MSG_WAITALL))))
            self._resume()
        elif self._must_wait(client, request):
            client.waiting = request
        else:
            client.waiting = None
            client.end.sendall(self._reply(client, request))

    def _must_wait(self, client: _Client, request: Request) -> bool:
        if request.operation == Operation.CLOSE:
            return self._hang_close
        return request.operation == Operation.SAMPLES and self._fault is Fault.STALL and client.life == self._life

    def _resume(self) -> None:
        """Answer who was left waiting by a fault that is over."""
        for key in list(self._selector.get_map().values()):
            client = key.data
            if isinstance(client, _Client) and client.waiting is not None:
                try:
                    self._answer(client, client.waiting)
                except OSError:
                    client.waiting = None  # it did not live to hear; its end of the line is noticed next

    def _control(self, order: dict[str, Any]) -> bytes:
        try:
            if "fault" in order:
                self._begin(Fault(order["fault"]), float(order["amount"]))
            if "hang_close" in order:
                self._hang_close = bool(order["hang_close"])
            if "transmitter" in order:
                self._renderer.switch(order["transmitter"], order["on"])
        except (KeyError, ValueError) as error:
            return pack_reply(-1, json.dumps(repr(error)).encode())
        return pack_reply(0, json.dumps(self._figures).encode())

    def _begin(self, fault: Fault, amount: float) -> None:
        if fault is Fault.UNPLUG:
            self._life += 1
            self._gone = int(amount) or -4
        self._fault, self._amount = fault, amount

    def _reply(self, client: _Client, request: Request) -> bytes:
        plugged = self._fault is not Fault.UNPLUG
        if request.operation == Operation.COUNT:
            return pack_reply(int(plugged))
        if request.operation == Operation.OPEN and plugged:
            client.life = self._life
            self._figures["opened"] += 0.5  # two connections a dongle
            self._figures["first_s"] = 0.0
            return pack_reply(0, physics=self._physics)
        if request.operation == Operation.OPEN:
            return pack_reply(_NO_DEVICE)
        if request.operation == Operation.CLOSE:
            return pack_reply(0)
        if client.life != self._life:
            return pack_reply(self._gone)
        return self._samples(request) if request.operation == Operation.SAMPLES else pack_reply(0)

    def _samples(self, request: Request) -> bytes:
        start_s = request.start_s - self._epoch_s
        lost = round(request.count * self._amount / (1 - self._amount)) if self._fault is Fault.LOSE else 0
        begun_s = time.perf_counter()
        if lost:
            half = request.count // 2
            late_s = start_s + (half + lost) / request.rate_hz
            parts = self._render(request, start_s, half), self._render(request, late_s, request.count - half)
            payload = b"".join(parts)
        else:
            payload = self._spoiled(self._render(request, start_s, request.count))
        self._figures["render_s"] += time.perf_counter() - begun_s
        self._figures["samples"] += request.count
        self._figures["first_s"] = self._figures["first_s"] or request.start_s
        self._figures["last_s"] = request.start_s + request.count / request.rate_hz
        self._figures["retunes"] += request.center_hz != self._center_hz
        self._center_hz = request.center_hz
        return pack_reply(0, payload, lost=lost)

    def _render(self, request: Request, start_s: float, count: int) -> bytes:
        return self._renderer.render(request, start_s, count).tobytes()

    def _spoiled(self, payload: bytes) -> bytes:
        if self._fault is Fault.SHORT:
            return payload[: int(len(payload) * self._amount) // 512 * 512]
        if self._fault is Fault.GARBAGE:
            return self._rng.bytes(len(payload))
        if self._fault is Fault.STUCK:
            return b"\x80" * len(payload)
        return payload


def serve(
    path: Path,
    ready: Connection,
    transmitters: Callable[[], Mapping[str, Emission]],
    physics: Physics,
    dongle: DongleModel,
    seed: int,
) -> None:
    """Render a scene for ever; the entry point of the server's process.

    Parameters
    ----------
    path : Path
        Socket to listen on.
    ready : Connection
        Told when it listens.
    transmitters, physics, dongle, seed
        As for `Scene`.
    """
    server = _Server(Renderer(transmitters(), dongle, seed), physics)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen(64)
        ready.send(None)
        ready.close()
        server.run(listener)
