"""From the routines' results to what the sense takes."""

from dataclasses import replace

import numpy as np

from detector.lens.calibration.applied import LensCalibration
from detector.lens.calibration.results import BalanceResult, DarkResult, FocusResult, ReferenceResult, working_psf_px
from detector.lens.detectability import DetectabilityModel
from detector.lens.options import LensOptions
from detector.lens.working import WorkingScale
from detector.types import CameraGeometry

__all__ = ["CalibrationResult", "calibration_of"]

CalibrationResult = DarkResult | BalanceResult | FocusResult | ReferenceResult


def calibration_of(
    results: tuple[CalibrationResult, ...], geometry: CameraGeometry, options: LensOptions
) -> LensCalibration:
    """Put results together, at most one of each routine.

    Parameters
    ----------
    results : tuple of results
        Those missing leave their part as it is without calibration. A detectability model needs the reference lens;
        the brightness of a wall at 1 m is the balance's rather than the one beside the lens.
    geometry : CameraGeometry
    options : LensOptions
        Its working width turns the blur into that of the working frame.
    """
    dark = next((item for item in results if isinstance(item, DarkResult)), None)
    balance = next((item for item in results if isinstance(item, BalanceResult)), None)
    focus = next((item for item in results if isinstance(item, FocusResult)), None)
    reference = next((item for item in results if isinstance(item, ReferenceResult)), None)
    model = None
    if reference is not None:
        source = reference if balance is None else balance
        model = DetectabilityModel(
            retro_gain=reference.retro_gain, edge_deg=reference.edge_deg, wall_dn_at_1m=source.wall_dn_at_1m
        )
        if focus is not None:
            model = _with_blur(model, focus, WorkingScale.of(geometry, options))
    return LensCalibration(
        black_level_dn=None if dark is None else dark.black_level_dn,
        hot_yx=() if dark is None else tuple((y, x) for y, x, _ in dark.hot_pixels),
        balance_terms=None if balance is None else balance.terms,
        detectability=model,
    )


def _with_blur(model: DetectabilityModel, focus: FocusResult, scale: WorkingScale) -> DetectabilityModel:
    blur_deg = float(np.degrees(working_psf_px(focus.psf_sigma_px, scale.factor) / scale.focal_px))
    return replace(model, psf_sigma_deg=blur_deg)
