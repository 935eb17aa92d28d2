"""What every source of samples, frames and light looks like, whichever device, recording or room is behind it."""

from types import TracebackType
from typing import Protocol, Self

from detector.types import CameraGeometry, Frame, IqBlock, LedEdge, LedState, Provenance, Tuning

__all__ = ["Device", "FrameSource", "IqSource", "LedDriver"]


class Device(Protocol):
    """Something opened once, used from one thread, closed once; also a context manager.

    Attributes
    ----------
    source : str
        The SOURCE string that it was made from, for example ``rtl:0``.
    provenance : Provenance
    """

    source: str
    provenance: Provenance

    def open(self) -> None:
        """Acquire the device.

        Raises
        ------
        DeviceError
            It cannot be opened: one line that says what, where and why.
        """

    def close(self) -> None:
        """Release the device; harmless when it is not open."""

    def __enter__(self) -> Self:
        """Open."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


class IqSource(Device, Protocol):
    """A receiver.

    Attributes
    ----------
    span_hz : tuple of float
        Lowest and highest frequency, inclusive, that it can deliver; known once open.
    """

    span_hz: tuple[float, float]

    def read(self, tuning: Tuning) -> IqBlock:
        """Tune, discard the samples that belong to the old tuning, return the dwell.

        Raises
        ------
        DeviceStalledError
            Nothing came within the deadline.
        DeviceError
            The device failed or is gone.
        """


class FrameSource(Device, Protocol):
    """A camera.

    Attributes
    ----------
    geometry : CameraGeometry
        Known once open.
    """

    geometry: CameraGeometry

    def read(self) -> Frame:
        """Return the next frame; `Frame.led` is set only where the source itself knows it (a recording).

        Raises
        ------
        DeviceStalledError, DeviceError
            As for `IqSource.read`.
        """


class LedDriver(Device, Protocol):
    """The rings; dark after `open`, dark after `close`.

    Attributes
    ----------
    dims : bool
        Whether the on-axis ring can be lit at a small share of its light (`LedState.ON_AXIS_DIM`).
    """

    dims: bool

    def switch(self, state: LedState) -> LedEdge:
        """Light this ring only, and say from when to when on the camera's clock the light was changing."""
