"""The blur of a known edge, and pictures without one."""

import numpy as np
import pytest

from detector.lens.calibration.focus import measure_focus
from detector.lens.calibration.refusal import Refusal
from detector.lens.calibration.results import working_psf_px
from detector.lens.options import LensOptions
from detector.lens.synth.bench import edge_light, lens_light
from tests.unit.detector.lens.calibration.bench_helpers import GEOMETRY, NO_LIGHT, ON, OPTIONS, frames, refused


def measure(light, **changes):
    return measure_focus(frames({ON: light}, **changes), GEOMETRY, OPTIONS, LensOptions())


@pytest.mark.parametrize(("sigma_px", "slant_deg"), [(0.5, 5.0), (0.9, -7.0), (2.0, 4.0)])
def test_blur_is_that_of_the_edge(sigma_px, slant_deg):
    found = measure(edge_light(GEOMETRY, (120.3, 150.6), slant_deg, sigma_px, (80, 600)))
    assert found.psf_sigma_px == pytest.approx(sigma_px, abs=4 * found.psf_sigma_error_px)
    assert found.psf_sigma_error_px < 0.02 * sigma_px + 0.005
    assert abs(found.slant_deg) == pytest.approx(abs(slant_deg), abs=0.2)
    frequency = found.mtf50_cy_px
    assert np.exp(-2 * (np.pi * found.psf_sigma_px * frequency) ** 2) == pytest.approx(0.5, abs=0.001)


def test_an_edge_that_lies_down_is_measured_alike():
    light = edge_light(GEOMETRY, (120.3, 120.6), 5.0, 0.8, (80, 600))[:240, :240].T
    wide = np.pad(light, ((0, 0), (0, 80)), mode="edge")
    assert measure(wide).psf_sigma_px == pytest.approx(0.8, rel=0.02)


def test_blur_costs_apertures():
    sharp = measure(edge_light(GEOMETRY, (120, 150), 5, 0.55, (80, 600)))
    soft = measure(edge_light(GEOMETRY, (120, 150), 5, 1.5, (80, 600)))
    assert sharp.good
    assert not soft.good
    assert soft.cost == pytest.approx(3.0, rel=0.05)  # 1.5 px against the sharpest 0.5
    assert working_psf_px(1.0, 2) == pytest.approx(np.sqrt(0.25 + 1 / 16))


@pytest.mark.parametrize(
    ("light", "code"),
    [
        (300.0 + NO_LIGHT, Refusal.NO_EDGE),
        (lens_light(GEOMETRY, (120, 150), 6.0, 400.0, 1.0), Refusal.NO_EDGE),
        (edge_light(GEOMETRY, (120, 150), 0.1, 0.8, (80, 600)), Refusal.NOT_SLANTED),
        (edge_light(GEOMETRY, (120, 150), 5.0, 0.8, (80, 1200)), Refusal.CLIPPED),
        (
            edge_light(GEOMETRY, (120, 150), 5.0, 0.8, (80, 600))
            - edge_light(GEOMETRY, (120, 156), 5.0, 0.8, (0, 520)),
            Refusal.NO_EDGE,
        ),
    ],
    ids=["plain", "dot", "upright", "clipped", "bar"],
)
def test_pictures_without_one_slanted_edge_are_refused(light, code):
    with refused(code):
        measure(light)
