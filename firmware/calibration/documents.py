"""Calibrations as nunchi.calibration/1 and as lines for a terminal."""

from typing import Any

import msgspec

from detector.lens.calibration.model import CalibrationResult
from detector.lens.calibration.results import BalanceResult, DarkResult, FocusResult
from firmware.store.calibrations import SCHEMA, Calibration, CalibrationStore

__all__ = ["calibration_document", "calibration_lines", "shown_document", "shown_lines"]

_LABELS = {"live": "live", "replay": "from a recording", "simulated": "SIMULATED"}


def calibration_document(item: Calibration) -> dict[str, Any]:
    """Return the document of one calibration."""
    fields: dict[str, Any] = msgspec.to_builtins(item)
    return {"schema": SCHEMA, "provenance": fields.pop("provenance"), **fields}


def shown_document(store: CalibrationStore) -> dict[str, Any]:
    """Return what is in force (for whichever camera), what was before, newest first, and what could not be read."""
    in_force = store.newest()
    rest = [item for item in store.listed() if item not in in_force]
    return {
        "schema": SCHEMA,
        "in_force": [calibration_document(item) for item in in_force],
        "history": [calibration_document(item) for item in rest],
        "problems": list(store.problems),
    }


def calibration_lines(item: Calibration) -> list[str]:
    """Return what was measured, in words."""
    head = f"{item.id}: {item.routine.value} of {item.camera}, {item.date} ({_LABELS[item.provenance.value]})"
    return [head, *(f"  {line}" for line in _figures(item.result))]


def shown_lines(store: CalibrationStore) -> list[str]:
    """Return the store's contents in words."""
    in_force = store.newest()
    lines = [line for item in in_force for line in calibration_lines(item)]
    for item in store.listed():
        if item not in in_force:
            state = "undone" if item.undone else "before"
            lines.append(f"{item.id}: {state}, {item.date} ({_LABELS[item.provenance.value]})")
    return [*lines, *store.problems] or ["no calibration: black level as the camera states it, rings taken as alike"]


def _figures(result: CalibrationResult) -> list[str]:
    if isinstance(result, DarkResult):
        return [
            f"black level {result.black_level_dn:.3f} +- {result.black_level_error_dn:.3f} DN, "
            f"read noise {result.read_noise_dn:.3f} +- {result.read_noise_error_dn:.3f} DN, "
            f"non-uniformity {result.dsnu_dn:.3f} DN",
            f"{len(result.hot_pixels)} hot pixels (more than {result.hot_line_dn:.1f} DN over black, or blinking), "
            f"{result.frames} frames of {result.exposure_us:g} us at gain {result.gain:g}",
        ]
    if isinstance(result, BalanceResult):
        return [
            f"on-axis over off-axis light {result.ratio:.4f} +- {result.ratio_error:.4f} in the middle, "
            f"map +- {result.map_error:.4f}, misfit {result.misfit:.2f}",
            f"a white wall at 1 m adds {result.wall_dn_at_1m:.5g} +- {result.wall_dn_at_1m_error:.1g} DN "
            f"per us and gain (wall at {result.distance_mm:g} mm, albedo {result.albedo:g})",
        ]
    if isinstance(result, FocusResult):
        verdict = "good" if result.good else "turn the lens further"
        return [
            f"blur {result.psf_sigma_px:.3f} +- {result.psf_sigma_error_px:.3f} px, "
            f"MTF50 {result.mtf50_cy_px:.3f} +- {result.mtf50_error_cy_px:.3f} cycles/px",
            f"the smallest lens that shows is {result.cost:.2f} times as large as in perfect focus: {verdict}",
        ]
    return [
        f"returns {result.gain_over_white:.2f} +- {result.gain_error:.2f} times white at {result.ring_deg:.2f} deg, "
        f"on axis {result.retro_gain:.2f} +- {result.retro_gain_error:.2f} with a lobe out to {result.edge_deg:g} deg",
        f"scatter {result.spread:.1%} over {result.frames} frames, at y {result.y_px:.1f} px, x {result.x_px:.1f} px "
        f"(aperture {result.aperture_mm:g} mm at {result.distance_mm:g} mm)",
    ]
