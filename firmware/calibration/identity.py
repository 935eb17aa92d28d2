"""Which camera a frame came from, as calibrations are filed."""

from detector.types import CameraGeometry
from firmware.drivers.settings import CameraSettings
from firmware.drivers.source import Source, SourceKind
from firmware.store.calibrations import CameraIdentity

__all__ = ["identity_of"]

_NAMES = {SourceKind.SIM: "simulated", SourceKind.FILE: "recording"}


def identity_of(source: Source, settings: CameraSettings, geometry: CameraGeometry) -> CameraIdentity:
    """Return the identity of an open camera.

    Parameters
    ----------
    source : Source
    settings : CameraSettings
        Which sensor is fitted and which stream is read; of no matter to recordings and rooms.
    geometry : CameraGeometry
        Known once the camera is open.
    """
    real = source.kind is SourceKind.PICAMERA
    return CameraIdentity(
        model=settings.sensor if real else _NAMES[source.kind],
        stream=settings.stream if real else "raw",
        width_px=geometry.width_px,
        height_px=geometry.height_px,
        bit_depth=geometry.bit_depth,
        hfov_deg=round(geometry.hfov_deg, 2),
    )
