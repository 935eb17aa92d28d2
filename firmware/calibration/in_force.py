"""The calibration that a sensor loop starts with."""

from pathlib import Path

from detector.lens.calibration.applied import LensCalibration
from detector.lens.calibration.model import calibration_of
from detector.lens.options import LensOptions
from detector.types import CameraGeometry, Provenance
from firmware.log import get_logger
from firmware.store.calibrations import CalibrationStore, CameraIdentity

__all__ = ["load_calibration"]


def load_calibration(
    directory: Path,
    camera: CameraIdentity,
    provenance: Provenance,
    geometry: CameraGeometry,
    options: LensOptions,
) -> LensCalibration:
    """Return what is stored for this camera; an empty calibration, which changes nothing, where there is none.

    What is stored for another camera, mode or schema, or was made on a camera less real, is logged in a line each.

    Parameters
    ----------
    directory : Path
        Of the calibrations; it need not exist.
    camera : CameraIdentity
    provenance : Provenance
        Of the camera.
    geometry : CameraGeometry
    options : LensOptions
    """
    applied, refused = CalibrationStore(directory).in_force(camera, provenance)
    log = get_logger()
    for line in refused:
        log.warning("calibration", reason=line)
    if applied:
        log.info("calibration", applied=[item.id for item in applied], camera=str(camera))
    return calibration_of(tuple(item.result for item in applied), geometry, options)
