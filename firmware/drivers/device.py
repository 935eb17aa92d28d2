"""What all drivers have in common."""

from types import TracebackType
from typing import Self

from detector.errors import DeviceError
from detector.types import Provenance

__all__ = ["DriverBase", "one_line"]


class DriverBase:
    """A driver as a context manager; subclasses open and close.

    Parameters
    ----------
    source : str
        The SOURCE string.
    provenance : Provenance
    """

    def __init__(self, source: str, provenance: Provenance) -> None:
        self.source = source
        self.provenance = provenance

    def open(self) -> None:
        """Acquire the device."""
        raise NotImplementedError

    def close(self) -> None:
        """Release the device; harmless when it is not open."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Open."""
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def failure(self, reason: object) -> DeviceError:
        """Return an error that names this source and the reason in one line."""
        return DeviceError(f"{self.source}: {one_line(reason)}")


def one_line(reason: object) -> str:
    """Return the text of a reason (an exception, mostly another library's) without line breaks."""
    return " ".join(str(reason).split()) or type(reason).__name__
