"""Calibration of the camera and its rings: pure routines, one a file, from frames to a dated result's numbers.

`measure_dark`, `measure_balance`, `measure_focus` and `measure_reference` take frames and refuse with a reason
(`RefusedError`) what they cannot measure; `LensCalibration` is what the sense takes of their results.
"""
