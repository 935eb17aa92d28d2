from collections import Counter
from itertools import pairwise

import pytest

from detector.rf.band_plan import parse_band_plan, shipped_band_plan
from detector.rf.budget import Lane, RetuneMeter, make_budget
from detector.rf.candidates import Backoff, Shortlist
from detector.rf.hop_plan import HopPlan, make_hop_plan, sweep_plan
from detector.rf.options import RfOptions
from detector.rf.scheduler import Scheduler
from detector.rf.sweep_options import SweepOptions

OPTIONS = RfOptions()
NS = 1_000_000_000
PLAN = """
region = "XX"
[[band]]
mhz = [100, 112]
camera = true
name = "cameras"
source = "s"
date = "2026-01-01"
mark = "V"
"""
CAMERA_HZ = {100e6, 104e6, 108e6, 112e6}


@pytest.fixture
def scheduler():
    hops = make_hop_plan(parse_band_plan(PLAN), (80e6, 140e6), 4e6, full_range=True, fine_step_hz=1.92e6)
    return Scheduler(hops, OPTIONS)


def first_pass(scheduler):
    looks = [scheduler.next_look() for _ in range(scheduler.hops)]
    for look in looks:
        scheduler.visited(look.center_hz)
    return looks


def test_the_first_pass_visits_the_comb_once_cameras_first(scheduler):
    looks = first_pass(scheduler)
    assert len({look.center_hz for look in looks}) == scheduler.hops == 16
    assert {look.center_hz for look in looks[:4]} == CAMERA_HZ
    assert {look.dwell_s for look in looks[:4]} == {OPTIONS.dwell_s}
    assert not scheduler.unvisited
    assert scheduler.rounds == 1


def test_lanes_get_their_share_of_the_time(scheduler):
    first_pass(scheduler)
    spent = Counter()
    for _ in range(6000):
        look = scheduler.next_look()
        spent[look.lane] += look.dwell_s + 0.01
    total = sum(spent.values())
    sweep = OPTIONS.sweep
    for lane, share in zip(Lane, (sweep.camera_share, sweep.wide_share, sweep.fine_share), strict=True):
        assert spent[lane] / total == pytest.approx(share, abs=0.01)


def test_every_hop_of_a_lane_comes_round(scheduler):
    first_pass(scheduler)
    seen = Counter(scheduler.next_look().center_hz for _ in range(3000))
    assert not CAMERA_HZ - set(seen)
    assert len(seen) >= 16 + 30
    assert max(seen[hz] for hz in CAMERA_HZ) - min(seen[hz] for hz in CAMERA_HZ) <= 2


def test_hops_whose_blocks_were_lost_come_round_again_and_do_not_stop_the_rest(scheduler):
    first = [scheduler.next_look() for _ in range(scheduler.hops)]
    for look in first[3:]:
        scheduler.visited(look.center_hz)
    later = [scheduler.next_look() for _ in range(12)]
    lost = {look.center_hz for look in first[:3]}
    assert [look.center_hz for look in later[0::2]] == [look.center_hz for look in (*first[:3], *first[:3])]
    assert any(look.center_hz not in lost for look in later[1::2])
    for center_hz in lost:
        scheduler.visited(center_hz)
    assert scheduler.rounds == 1


def test_a_spoilt_look_takes_its_visit_back(scheduler):
    looks = first_pass(scheduler)
    scheduler.spoilt(looks[5])
    assert scheduler.unvisited == {looks[5].center_hz}
    assert looks[5].center_hz in {scheduler.next_look().center_hz for _ in range(2)}


def test_restart_asks_for_everything_again(scheduler):
    first_pass(scheduler)
    scheduler.shortlist(104e6, 0)
    scheduler.restart()
    assert len(scheduler.unvisited) == scheduler.hops
    look = scheduler.next_look()
    assert (look.center_hz, look.confirm) == (100e6, False)


def test_a_candidate_is_confirmed_before_the_next_hop_longer_and_beside_it_when_refuted(scheduler):
    assert scheduler.shortlist(104e6, 0)
    assert not scheduler.shortlist(104e6, 0)
    centers, dwells_s = [], []
    for attempt in range(OPTIONS.confirm_attempts):
        look = scheduler.next_look()
        assert (look.confirm, look.candidate_hz) == (True, 104e6)
        centers.append(look.center_hz)
        dwells_s.append(look.dwell_s)
        rests = scheduler.refuted(104e6, attempt)
        assert rests == (attempt == OPTIONS.confirm_attempts - 1)
    assert centers == [104e6, 104e6 + 1.2e6, 104e6 - 1.2e6]
    assert dwells_s == [OPTIONS.confirm_dwell_s, OPTIONS.long_dwell_s, OPTIONS.long_dwell_s]
    assert not scheduler.next_look().confirm
    assert scheduler.resting == 1


def test_confirmations_beside_the_edge_stay_inside(scheduler):
    assert scheduler.shortlist(140e6, 0)
    scheduler.next_look()
    scheduler.refuted(140e6, 0)
    assert scheduler.next_look().center_hz == 140e6


def test_widths_are_measured_after_the_first_pass_and_clipped_hops_at_once(scheduler):
    scheduler.survey([102e6])
    assert not scheduler.next_look().extent
    scheduler.again(100e6)
    look = scheduler.next_look()
    assert (look.center_hz, look.extent) == (100e6, False)
    for _ in range(scheduler.hops - 1):
        assert not scheduler.next_look().extent
    assert scheduler.next_look().extent


def test_a_lost_confirmation_may_be_asked_for_again(scheduler):
    scheduler.shortlist(104e6, 0)
    scheduler.dropped(scheduler.next_look())
    assert scheduler.shortlist(104e6, 0)


def test_doubtful_rhythms_cannot_take_more_than_their_share(scheduler):
    """Every look asks for a longer one that is gone: the sweep still gets its part of the time."""
    longer_s = total_s = 0.0
    for number in range(4000):
        look = scheduler.next_look()
        total_s += look.dwell_s + 0.01
        if look.confirm:
            longer_s += look.dwell_s + 0.01
            scheduler.gone(look.candidate_hz)
        else:
            scheduler.visited(look.center_hz)
            scheduler.shortlist(look.center_hz, number * 30_000_000, 9.0)
    assert longer_s < OPTIONS.sweep.confirm_share * total_s + OPTIONS.sweep.confirm_burst_s + 0.2
    assert longer_s > 0.8 * OPTIONS.sweep.confirm_share * total_s


def test_rests_grow_and_stop_growing():
    shortlist = Shortlist(Backoff(attempts=1, first_s=4, longest_s=30, louder_db=3))
    t_ns, rests_s = 0, []
    for _ in range(6):
        assert shortlist.ask(1e9, t_ns, 9.0)
        shortlist.take()
        assert shortlist.refuted(1e9, t_ns)
        rest_s = next(s for s in range(1, 100) if shortlist.ask(1e9, t_ns + s * NS, 9.0))
        shortlist.dropped(1e9)
        rests_s.append(rest_s)
        t_ns += rest_s * NS
    assert rests_s == [4, 8, 16, 30, 30, 30]


def test_a_plainer_rhythm_breaks_the_rest():
    shortlist = Shortlist(Backoff(attempts=1, first_s=60, longest_s=60, louder_db=3))
    shortlist.ask(1e9, 0, 9.0)
    shortlist.take()
    shortlist.refuted(1e9, 0)
    assert not shortlist.ask(1e9, NS, 11.9)
    assert shortlist.ask(1e9, NS, 12.1)


def test_what_is_gone_or_confirmed_does_not_rest():
    shortlist = Shortlist(Backoff(attempts=1, first_s=60, longest_s=60, louder_db=3))
    for outcome in (shortlist.gone, shortlist.confirmed):
        assert shortlist.ask(1e9, 0, 9.0)
        shortlist.take()
        outcome(1e9)
    assert shortlist.ask(1e9, 0, 9.0)
    assert shortlist.rests == 0


def test_those_that_failed_least_come_first():
    shortlist = Shortlist(Backoff(attempts=1, first_s=1, longest_s=1, louder_db=3))
    shortlist.ask(1e9, 0, 9.0)
    shortlist.take()
    shortlist.refuted(1e9, 0)
    shortlist.ask(1e9, 2 * NS - 1, 9.0)
    shortlist.ask(2e9, 2 * NS, 9.0)
    assert shortlist.take() == (2e9, 0)


def test_the_budget_says_what_the_sweep_then_takes():
    """What the page promises is what a run of the scheduler keeps."""
    plan = sweep_plan(shipped_band_plan("KR"), (24e6, 1766e6), OPTIONS)
    scheduler = Scheduler(plan, OPTIONS)
    first_pass(scheduler)
    budget, t_s, visits = scheduler.budget, 0.0, {}
    for _ in range(6000):
        look = scheduler.next_look()
        t_s += look.dwell_s + 0.01
        visits.setdefault((look.lane, look.center_hz), []).append(t_s)
    for lane in (Lane.CAMERA, Lane.WIDE):
        gaps = [b - a for (key, _), times in visits.items() if key is lane for a, b in pairwise(times)]
        assert max(gaps) == pytest.approx(budget.period_s(lane), rel=0.06)
    assert budget.whole_s <= 18
    assert budget.period_s(Lane.CAMERA) <= 11


def test_slow_retuning_lengthens_what_is_promised_and_never_the_dwell():
    hops = {Lane.CAMERA: 190, Lane.WIDE: 370, Lane.FINE: 900}
    quick, slow = (make_budget(hops, SweepOptions(), 0.02, retune_s) for retune_s in (0.004, 0.022))
    assert slow.whole_s > quick.whole_s
    assert quick.lanes[Lane.WIDE].dwell_s > slow.lanes[Lane.WIDE].dwell_s == SweepOptions().least_wide_dwell_s
    assert quick.lanes[Lane.CAMERA].dwell_s == slow.lanes[Lane.CAMERA].dwell_s == 0.02
    assert quick.whole_s == pytest.approx(SweepOptions().whole_target_s, rel=0.01)


def test_a_lane_without_hops_leaves_its_share_to_the_others():
    budget = make_budget({Lane.CAMERA: 10, Lane.WIDE: 0}, SweepOptions(), 0.02, 0.01)
    assert budget.lanes[Lane.CAMERA].share == 1
    assert budget.period_s(Lane.WIDE) is None
    assert budget.period_s(Lane.CAMERA) == pytest.approx(0.3)


def test_retuning_is_measured_and_pauses_are_not():
    meter = RetuneMeter()
    t_ns = 0
    for _ in range(400):
        meter.update(t_ns, t_ns + 20_000_000)
        t_ns += 42_000_000
    assert meter.retune_s == pytest.approx(0.022, abs=1e-4)
    meter.update(t_ns + 60 * NS, t_ns + 61 * NS)
    assert meter.retune_s == pytest.approx(0.022, abs=1e-4)


def test_the_quick_pass_alone_is_even_and_short():
    options = RfOptions(sweep=SweepOptions(passes="wide"))
    scheduler = Scheduler(sweep_plan(shipped_band_plan("KR"), (24e6, 1766e6), options), options)
    looks = first_pass(scheduler)
    assert {look.dwell_s for look in looks} == {options.sweep.quick_dwell_s}
    assert sum(look.dwell_s + 0.01 for look in looks) < 5.1


def fine_alone():
    sweep = SweepOptions(passes="fine")
    options = RfOptions(sweep=sweep, sample_rate_hz=sweep.fine_rate_hz)
    return Scheduler(sweep_plan(shipped_band_plan("KR"), (24e6, 1766e6), options), options)


def test_the_fine_pass_alone_covers_the_span_in_rising_order():
    scheduler = fine_alone()
    looks = first_pass(scheduler)
    centers = [look.center_hz for look in looks]
    assert centers == sorted(centers)
    assert scheduler.hops == 688
    assert max(high - low for low, high in pairwise(centers)) <= 2.56e6 * 0.99
    assert sum(look.dwell_s + 0.0108 for look in looks) < 8.1


def test_longer_looks_of_a_quick_pass_wait_until_everything_was_listened_to_but_for_a_share():
    scheduler = fine_alone()
    for number in range(200):
        scheduler.name(100e6 + number * 2e6, 20.0)
    looks = []
    while scheduler.unvisited:
        looks.append(scheduler.next_look())
        if not looks[-1].naming:
            scheduler.visited(looks[-1].center_hz)
    spent = sum(look.dwell_s + 0.01 for look in looks if look.naming)
    whole = sum(look.dwell_s + 0.01 for look in looks)
    assert 0.01 < spent / whole < 0.035
    assert sum(scheduler.next_look().naming for _ in range(50)) == 50


def test_a_plan_without_hops_is_refused():
    with pytest.raises(ValueError, match="hop"):
        Scheduler(HopPlan(()), OPTIONS)
