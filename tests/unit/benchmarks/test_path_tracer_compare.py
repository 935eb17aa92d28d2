"""The closed formulas of `detector.lens.synth` against what the path tracer measured of the same things."""

import numpy as np
import pytest

from benchmarks.path_tracer.compare import RINGS_MM, VIEWS_DEG, compared
from benchmarks.path_tracer.optics import simple_lens
from detector.lens.synth.optics import blur_deg

FLAT = 1.2  # times the wall: no more than noise and rounding make of one


@pytest.fixture(scope="module")
def readings():
    return compared()


def by_ring(readings, label, kind="ring"):
    return [dict(zip(RINGS_MM, readings[label][side][kind], strict=True)) for side in ("traced", "formula")]


def by_view(readings, label):
    return [
        dict(zip(VIEWS_DEG, [row[0] for row in readings[label][side]["view"]], strict=True))
        for side in ("traced", "formula")
    ]


def ratio(readings, label, side):
    on_axis, off_axis = readings[label][side]["view"][0][1::2]
    return on_axis / off_axis


def test_everything_traced_is_compared(readings):
    assert len(readings) == 18


# Within 1.5 in the body of a lobe; on its brink a tenth of a degree is a factor of two.
@pytest.mark.parametrize(
    ("label", "rings_mm", "factor"),
    [
        ("simple 1.5 mm, focus +0.00 mm", (3,), 1.5),
        ("simple 2 mm, focus +0.00 mm", (3, 4, 5), 1.5),
        ("simple 2.5 mm, focus +0.00 mm", (3, 4, 5, 6, 8), 1.5),
        ("simple 1 mm, focus -0.15 mm", (3, 4, 5, 6), 1.5),
        ("simple 2 mm, focus -0.15 mm", (3, 4, 5, 6, 8), 1.5),
        ("corrected 2 mm", (3,), 2.0),
        ("plate", (3, 4, 5, 6, 8, 12, 16), 1.5),
        ("tile", (3, 4, 5, 6, 8, 12, 16), 1.5),
        ("pipe", (3, 4, 5, 6, 8, 12, 16), 1.5),
        ("bead", (4, 5, 6, 8), 2.0),
        ("glass ball", (5, 6, 8, 12), 1.5),
        ("status LED", (3, 8, 16), 1.1),
    ],
)
def test_peaks_by_ring_are_those_traced(readings, label, rings_mm, factor):
    traced, formula = by_ring(readings, label)
    for radius_mm in rings_mm:
        assert 1 / factor < formula[radius_mm] / traced[radius_mm] < factor, radius_mm


@pytest.mark.parametrize(("label", "edge_mm"), [("1 mm", 3), ("1.5 mm", 12), ("2 mm", 12), ("2.5 mm", 16)])
def test_simple_lenses_go_dark_where_traced_ones_do(readings, label, edge_mm):
    for peaks in by_ring(readings, f"simple {label}, focus +0.00 mm"):
        assert all(peak < FLAT for radius_mm, peak in peaks.items() if radius_mm >= edge_mm)


@pytest.mark.parametrize("label", ["glass ball", "simple 2 mm, focus -0.15 mm", "pipe", "plate", "tile"])
def test_fluxes_are_those_traced(readings, label):
    for radius_mm in (3.0, 6.0):
        traced, formula = (flux[radius_mm] for flux in by_ring(readings, label, "ring_flux_px2"))
        assert formula == pytest.approx(traced, rel=0.4)


@pytest.mark.parametrize(("label", "factor"), [("glass ball", 1.3), ("pipe", 1.3), ("plate", 1.5), ("tile", 1.5)])
def test_ratios_of_fluxes_are_those_traced(readings, label, factor):
    traced, formula = (ratio(readings, label, side) for side in ("traced", "formula"))
    assert 1 / factor < formula / traced < factor


@pytest.mark.parametrize("label", ["chrome ball", "plastic", "drop"])
def test_small_highlights_hardly_show(readings, label):
    traced, formula = by_view(readings, label)
    assert formula[0.0] == pytest.approx(traced[0.0], abs=0.6)


@pytest.mark.parametrize("label", ["plate", "tile"])
def test_faces_are_gone_at_six_degrees(readings, label):
    for peaks in by_view(readings, label):
        assert peaks[6.0] < FLAT


@pytest.mark.parametrize(
    ("label", "views_deg"),
    [("2.5 mm, focus +0.00", (0, 3, 6, 10, 14, 19, 24)), ("2 mm, focus -0.15", (0, 3, 6, 10, 14, 19, 24))],
)
def test_wide_lobes_change_from_the_side_as_traced(readings, label, views_deg):
    traced, formula = by_view(readings, f"simple {label} mm")
    for angle_deg in views_deg:
        assert 1 / 1.6 < formula[angle_deg] / traced[angle_deg] < 1.6, angle_deg


def test_a_curved_field_darkens_some_views(readings):
    for peaks in by_view(readings, "simple 1.5 mm, focus +0.00 mm"):
        assert peaks[10.0] < FLAT
        assert peaks[19.0] > 5


@pytest.mark.parametrize("error_mm", [0.0, -0.15])
@pytest.mark.parametrize("aperture_mm", [1.0, 1.5, 2.0, 2.5])
def test_the_law_of_blur_follows_the_glass(aperture_mm, error_mm):
    glass = simple_lens(aperture_mm, error_mm)
    defocus_mm = 0.016 * glass.focal_mm - error_mm
    as_a_disc = 2 * np.sqrt(2) * glass.blur_deg  # the disc of the same root-mean-square radius
    assert blur_deg(aperture_mm, glass.focal_mm, defocus_mm) == pytest.approx(as_a_disc, rel=0.25)
