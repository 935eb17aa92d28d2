import pytest

from detector.errors import InputError
from detector.rf.band_plan import parse_band_plan, shipped_band_plan
from detector.rf.hop_plan import HopPlan, make_hop_plan
from detector.rf.scheduler import Scheduler
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


@pytest.fixture
def scheduler():
    hops = make_hop_plan(parse_band_plan(SMALL), (80e6, 140e6), 4e6, full_range=True)
    return Scheduler(hops, camera_share=3, attempts=2, block_s=10)


@pytest.mark.parametrize("region", ["KR", "EU", "US"])
def test_shipped_plans_parse_and_say_where_rows_come_from(region):
    plan = shipped_band_plan(region)
    assert plan.region == region
    assert plan.camera_bands
    assert all(band.source and band.date and band.mark in "VR" for band in plan.bands)
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


def test_everything_is_visited_once_then_cameras_more_often(scheduler):
    first = [scheduler.next_look() for _ in range(scheduler.hops)]
    assert len({look.center_hz for look in first}) == scheduler.hops
    for look in first:
        scheduler.visited(look.center_hz)
    assert not scheduler.unvisited
    assert scheduler.rounds == 1
    later = [scheduler.next_look().center_hz for _ in range(400)]
    camera = {100e6, 104e6, 108e6, 112e6}
    assert sum(center in camera for center in later) == 300
    assert set(later) == {look.center_hz for look in first}


def test_hops_whose_blocks_were_lost_come_round_again(scheduler):
    first = [scheduler.next_look() for _ in range(scheduler.hops)]
    for look in first[3:]:
        scheduler.visited(look.center_hz)
    # by turns with others, so that a hop that never succeeds cannot stop the sweep
    assert [scheduler.next_look() for _ in range(6)][::2] == first[:3]


def test_a_candidate_is_confirmed_before_the_next_hop_then_blocked(scheduler):
    assert scheduler.shortlist(104e6, 0)
    assert not scheduler.shortlist(104e6, 0)
    assert scheduler.next_look().confirm
    assert not scheduler.refuted(104e6, 1)
    assert scheduler.next_look().confirm
    assert scheduler.refuted(104e6, 2)
    assert not scheduler.next_look().confirm
    assert not scheduler.shortlist(104e6, int(5e9))
    assert scheduler.shortlist(104e6, int(11e9))


def test_restart_asks_for_everything_again(scheduler):
    for _ in range(scheduler.hops):
        scheduler.visited(scheduler.next_look().center_hz)
    scheduler.restart()
    assert len(scheduler.unvisited) == scheduler.hops
    assert scheduler.next_look().center_hz == 100e6


def test_a_span_between_two_teeth_gets_one_hop_in_its_middle():
    plan = make_hop_plan(parse_band_plan(SMALL), (1e6, 2e6), 4e6, full_range=True)
    assert [hop.center_hz for hop in plan.hops] == [1.5e6]


def test_a_plan_without_hops_is_refused():
    with pytest.raises(ValueError, match="hop"):
        Scheduler(HopPlan(()), 3, 2, 10)
