import pytest

from detector.errors import InputError
from detector.rf.band_plan import parse_band_plan, shipped_band_plan
from detector.rf.hop_plan import interlaced, make_hop_plan, sweep_plan
from detector.rf.options import RfOptions
from detector.rf.sweep_options import SweepOptions
from detector.types import SignalKind

ROW = 'name = "x"\nsource = "s"\ndate = "2026-01-01"\n'
SMALL = f"""
region = "XX"
[[band]]
mhz = [100, 112]
camera = true
mark = "V"
{ROW}
[[band]]
mhz = [88, 108]
kind = "broadcast_fm"
mark = "R"
{ROW}
"""


@pytest.mark.parametrize("region", ["KR", "EU", "US"])
def test_shipped_plans_parse_and_say_where_rows_come_from(region):
    plan = shipped_band_plan(region)
    assert plan.region == region
    assert plan.camera_bands
    assert all(band.source and band.date and band.mark in "VSR" for band in plan.bands)
    assert plan.at(100e6).kind is SignalKind.BROADCAST_FM
    assert plan.at(2e9) is None


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        'region = "X"',
        SMALL.replace('"V"', '"Z"'),
        SMALL.replace("[100, 112]", "[112, 100]"),
        SMALL.replace("broadcast_fm", "soup"),
    ],
)
def test_bad_plans_are_named(text):
    with pytest.raises(InputError, match="mine"):
        parse_band_plan(text, "mine")


def test_unknown_region_is_refused():
    with pytest.raises(InputError, match="region"):
        shipped_band_plan("../KR")


def test_comb_covers_camera_bands_and_the_rest_once():
    hops = make_hop_plan(parse_band_plan(SMALL), (80e6, 140e6), 4e6, full_range=True)
    centers = [hop.center_hz for hop in hops.hops]
    assert centers == sorted(set(centers))
    assert [hop.center_hz / 1e6 for hop in hops.camera] == [100, 104, 108, 112]
    assert centers[0] == 80e6
    assert centers[-1] == 140e6
    assert make_hop_plan(parse_band_plan(SMALL), (80e6, 140e6), 4e6, full_range=False).rest == ()


def test_shipped_camera_bands_cost_about_as_many_hops_as_measured():
    plan = make_hop_plan(shipped_band_plan("KR"), (24e6, 1766e6), 4e6, full_range=True)
    assert 150 < len(plan.camera) < 220
    assert 400 < len(plan.hops) < 620


def test_a_span_between_two_teeth_gets_one_hop_in_its_middle():
    plan = make_hop_plan(parse_band_plan(SMALL), (1e6, 2e6), 4e6, full_range=True)
    assert [hop.center_hz for hop in plan.hops] == [1.5e6]


def test_the_fine_pass_has_no_gap_and_stays_inside():
    plan = make_hop_plan(parse_band_plan(SMALL), (80e6, 140e6), 4e6, full_range=True, fine_step_hz=1.92e6)
    edges = [80e6, *(center - 0.96e6 for center in plan.fine_hz[1:]), 140e6]
    gaps = [after - before for before, after in zip(plan.fine_hz, plan.fine_hz[1:], strict=False)]
    assert max(gaps) <= 1.92e6 + 1
    assert plan.fine_hz[0] - 0.96e6 == pytest.approx(edges[0])
    assert plan.fine_hz[-1] + 0.96e6 == pytest.approx(140e6)
    assert make_hop_plan(parse_band_plan(SMALL), (80e6, 140e6), 4e6, full_range=True).fine_hz == ()


def test_interlacing_meets_a_wide_signal_twice_a_pass():
    centers = [4e6 * number for number in range(41)]
    order = interlaced(centers)
    assert sorted(order) == centers
    for low in centers[:-2]:
        first, second = sorted(order.index(center) for center in (low, low + 4e6))
        assert second - first >= len(centers) // 2 - 1


@pytest.mark.parametrize(("passes", "comb", "fine"), [("all", 560, 734), ("wide", 348, 0), ("fine", 0, 734)])
def test_passes_choose_what_is_swept(passes, comb, fine):
    options = RfOptions(sweep=SweepOptions(passes=passes))
    plan = sweep_plan(shipped_band_plan("KR"), (24e6, 1766e6), options)
    assert len(plan.hops) == pytest.approx(comb, abs=20)
    assert (passes == "fine") == (not plan.hops)
    assert len(plan.fine_hz) == fine
