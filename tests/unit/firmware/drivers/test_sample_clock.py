"""How much of a stream is still under way."""

from collections.abc import Iterator

import pytest

from firmware.drivers.iq.sample_clock import SampleClock

RATE_HZ, BURST = 2.4e6, 131_072


def bursts(count: int, latency_s: float = 0.001, origin_s: float = 50.0, lost: int = 0) -> Iterator[tuple[float, int]]:
    """Arrival times of whole USB transfers and how many samples have come by then."""
    for number in range(1, count + 1):
        yield origin_s + number * BURST / RATE_HZ + latency_s + lost / RATE_HZ, number * BURST


def test_unknown_at_first() -> None:
    clock = SampleClock(RATE_HZ)
    assert clock.under_way(50.0, 0) is None
    for t_s, received in bursts(3):
        clock.note(t_s, received)
    assert clock.under_way(t_s, received) is None


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.05])
def test_what_was_taken_since_the_last_transfer_is_under_way(after_s: float) -> None:
    clock = SampleClock(RATE_HZ)
    for t_s, received in bursts(20):
        clock.note(t_s, received)
    assert clock.under_way(t_s + after_s, received) == pytest.approx(after_s * RATE_HZ, abs=2)


def test_half_a_transfer_that_waits_elsewhere_is_under_way_too() -> None:
    clock = SampleClock(RATE_HZ)
    for t_s, received in bursts(20):
        clock.note(t_s, received)
    clock.note(t_s + 0.08, received + BURST // 2)  # late, and not all of it
    under_way = clock.under_way(t_s + 0.08, received + BURST // 2)
    assert under_way == pytest.approx(0.08 * RATE_HZ - BURST // 2, abs=2)


def test_arrivals_that_were_held_up_do_not_move_the_origin() -> None:
    clock = SampleClock(RATE_HZ)
    for number, (t_s, received) in enumerate(bursts(40)):
        clock.note(t_s + 0.03 * (number % 3), received)
    assert clock.under_way(t_s, received) == pytest.approx(0, abs=2)


def test_lost_samples_are_forgotten_after_a_while_and_err_towards_too_many_under_way() -> None:
    clock = SampleClock(RATE_HZ)
    for t_s, received in bursts(20):
        clock.note(t_s, received)
    lost = 100_000
    late = list(bursts(60, lost=lost))[20:]
    clock.note(*late[0])
    assert clock.under_way(*late[0]) == pytest.approx(lost, abs=2)
    for t_s, received in late[1:]:
        clock.note(t_s, received)
    assert clock.under_way(t_s, received) == pytest.approx(0, abs=2)
