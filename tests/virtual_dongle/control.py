"""Changes the scene and brings on faults, over the server's own socket."""

import json
import socket
from pathlib import Path
from typing import Any

from tests.virtual_dongle.protocol import REPLY, REQUEST, Fault, Operation

__all__ = ["Control"]


class Control:
    """Orders to a scene server.

    Parameters
    ----------
    path : Path
        The server's socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def fault(self, fault: Fault, amount: float = 0.0) -> None:
        """Bring on a fault; it takes the place of any other. `Fault.NONE` ends it: a pulled dongle is back then."""
        self._order(fault=fault.value, amount=amount)

    def hang_close(self, hangs: bool) -> None:
        """Have ``rtlsdr_close`` wait for ever, beside whatever other fault there is."""
        self._order(hang_close=hangs)

    def switch(self, name: str, on: bool) -> None:
        """Switch a transmitter of the scene on or off."""
        self._order(transmitter=name, on=on)

    def figures(self) -> dict[str, Any]:
        """Return what the server counted: samples, seconds of rendering, retunes, opened dongles.

        ``first_s`` and ``last_s`` are the monotonic times of the first sample since the newest opening and the last.
        """
        return self._order()

    def _order(self, **what: Any) -> dict[str, Any]:
        text = json.dumps(what).encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
            end.settimeout(10.0)
            end.connect(str(self._path))
            end.sendall(REQUEST.pack(Operation.CONTROL, len(text), 0, 0, 0, 0, 0, 0) + text)
            header = end.recv(REPLY.size, socket.MSG_WAITALL)
            status, length, *_ = REPLY.unpack(header)
            document: dict[str, Any] = json.loads(end.recv(length, socket.MSG_WAITALL))
        if status:
            raise ValueError(f"the scene server refuses {what}: {document}")
        return document
