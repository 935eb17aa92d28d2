"""Small frames for the lens tests."""

import numpy as np

from detector.lens.glints import Glint, Reading
from detector.lens.options import LensOptions
from detector.lens.ratio import Lights
from detector.lens.working import WorkingFrame, WorkingScale
from detector.types import CameraGeometry, Frame, LedState, Provenance

GEOMETRY = CameraGeometry(width_px=640, height_px=480, hfov_deg=62.2, black_level_dn=4)
OPTIONS = LensOptions()
SCALE = WorkingScale.of(GEOMETRY, OPTIONS)
PX_PER_DEG = GEOMETRY.focal_px * np.pi / 180
ON, OFF, DARK, DIM = LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK, LedState.ON_AXIS_DIM


def make_frame(pixels, led=ON, sequence=0, t_ns=None, exposure_ns=2_000_000, gain=1.0):
    return Frame(
        pixels=np.ascontiguousarray(pixels),
        t_ns=1_000_000_000 + sequence * 33_000_000 if t_ns is None else t_ns,
        exposure_ns=exposure_ns,
        gain=gain,
        sequence=sequence,
        provenance=Provenance.SIMULATED,
        led=led,
    )


def working(pixels, led=ON, sequence=0, **changes):
    return WorkingFrame.of(make_frame(pixels, led, sequence, **changes), led, SCALE, OPTIONS)


def wall(level=100.0, seed=0, sigma=2.0, shape=(480, 640)):
    noise = np.random.default_rng(seed).normal(0, sigma, shape)
    return np.clip(np.round(level + noise), 0, 255).astype(np.uint8)


def with_spot(pixels, y, x, height=150.0, sigma=0.8):
    gy, gx = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    spot = height * np.exp(-0.5 * ((gy - y) ** 2 + (gx - x) ** 2) / sigma**2)
    return np.clip(pixels + spot, 0, 255).astype(np.uint8)


def lights(on=500.0, off=0.0, sigma=8.0):
    return Lights(
        on_dn=on, off_dn=off, sigma_dn=sigma, on_summit_dn=on / 4, off_summit_dn=off / 4, summit_sigma_dn=sigma / 4
    )


def glint(y=100.0, x=100.0, **changes):
    values = {
        "flux_dn": 500.0,
        "ratio": 20.0,
        "dark_residue": 0.0,
        "extent_deg": 0.3,
        "saturated": False,
        "speck": False,
        "snr": 30.0,
        "lights": lights(),
        "reading": Reading.RETRO,
    }
    values = values | changes
    return Glint(y_px=y, x_px=x, **({"whole_dn": values["flux_dn"]} | values))
