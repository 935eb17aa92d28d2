"""Commands from the parent to a sensor process: bounded, numbered by version, never in the way of whoever sends."""

import threading
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection

from firmware.log import get_logger
from firmware.runtime.drop_queue import DropOldestQueue

__all__ = ["COMMAND_SCHEMA", "CommandSender", "CommandTray", "SenseCommand"]

COMMAND_SCHEMA = 1
_WAITING_AT_MOST = 16
_JOIN_S = 1.0


@dataclass(frozen=True, slots=True)
class SenseCommand:
    """An order for a sense; what it may be is the sense's own affair (`detector.rf.commands`)."""

    body: object
    schema: int = COMMAND_SCHEMA


class CommandSender:
    """The parent's end: a thread writes into the pipe, so that a child which does not read holds up nobody.

    Parameters
    ----------
    connection : Connection
        Closed by the caller, after `close`.
    name : str
        Of the process, for the log.
    """

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._queue: DropOldestQueue[object] = DropOldestQueue(_WAITING_AT_MOST)
        self._thread = threading.Thread(target=self._write, name=f"commands to {name}", daemon=True)
        self._thread.start()

    def put(self, command: object) -> None:
        """Send a command when the pipe has room; beyond sixteen waiting the oldest is dropped."""
        self._queue.put(command)

    @property
    def dropped(self) -> int:
        """Commands dropped since the start."""
        return self._queue.dropped

    def close(self) -> None:
        """Send no more; call it when the process has ended, which frees a thread that is stuck in the pipe."""
        self._queue.close()
        self._thread.join(_JOIN_S)

    def _write(self) -> None:
        while (command := self._queue.get()) is not None:
            try:
                self._connection.send(command)
            except (OSError, ValueError) as error:
                # a process that just died will not miss it
                get_logger().info("command not delivered", process=self._name, reason=str(error))
                return


class CommandTray:
    """The child's end: commands wait here until the loop takes them, the newest sixteen."""

    def __init__(self) -> None:
        self._commands: deque[object] = deque(maxlen=_WAITING_AT_MOST)
        self._lock = threading.Lock()

    def put(self, command: SenseCommand) -> None:
        """Lay a command down; one of another version is refused and logged."""
        if command.schema != COMMAND_SCHEMA:
            get_logger().warning("command refused", schema=command.schema, understood=COMMAND_SCHEMA)
            return
        with self._lock:
            self._commands.append(command.body)

    def take(self) -> tuple[object, ...]:
        """Return what came since the last call, oldest first."""
        with self._lock:
            commands = tuple(self._commands)
            self._commands.clear()
        return commands
