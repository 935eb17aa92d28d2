"""A scene and the process that renders it."""

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from detector.rf.synth import DongleModel, Emission
from tests.virtual_dongle.control import Control
from tests.virtual_dongle.protocol import Physics
from tests.virtual_dongle.server import serve

__all__ = ["Scene"]

_START_DEADLINE_S = 60.0

Transmitters = Callable[[], Mapping[str, Emission]]


class Scene:
    """What is on the air, as a context manager: a process that renders it for every virtual dongle.

    Parameters
    ----------
    transmitters : callable
        Module-level function that returns the emissions by name; called in the server's process.
    physics : Physics, optional
    dongle : DongleModel, optional
        Faults of the receiver.
    seed : int
        Of the receiver's noise.
    """

    def __init__(
        self,
        transmitters: Transmitters,
        *,
        physics: Physics | None = None,
        dongle: DongleModel | None = None,
        seed: int = 1,
    ) -> None:
        self._arguments = (transmitters, physics or Physics(), dongle or DongleModel(), seed)
        self._directory = Path()
        self._process: multiprocessing.process.BaseProcess | None = None
        self.path = Path()

    @property
    def control(self) -> Control:
        """Orders to the server."""
        return Control(self.path)

    def __enter__(self) -> Self:
        """Start the server and wait until it listens."""
        self._directory = Path(tempfile.mkdtemp(prefix="nunchi-scene-"))
        self.path = self._directory / "socket"
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=serve, args=(self.path, theirs, *self._arguments), daemon=True)
        self._process.start()
        theirs.close()
        try:
            if not ours.poll(_START_DEADLINE_S):
                raise TimeoutError("the scene server does not start")
            ours.recv()  # EOFError when it ended
        except BaseException:
            self.__exit__(None, None, None)
            raise
        finally:
            ours.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the server."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        shutil.rmtree(self._directory, ignore_errors=True)
