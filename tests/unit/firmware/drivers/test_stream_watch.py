"""Samples that are missing, and bytes that never were samples."""

import numpy as np
import pytest

from detector.rf.synth import AnalogVideoEmission, CarrierEmission, DongleModel, Sky, bars
from detector.types import Tuning
from firmware.drivers.iq.stream_watch import StreamWatch, evenly_spread
from firmware.drivers.settings import RtlSettings

RATE_HZ, COUNT = 2.4e6, 76_000


def watch(**settings: float) -> StreamWatch:
    return StreamWatch(RtlSettings(**settings))


def late(share: float) -> float:
    return COUNT / RATE_HZ * (1 + share)


def test_transfers_in_time_lose_nothing() -> None:
    judge = watch()
    assert not any(judge.lost_in_transfer(late(-0.02), COUNT, RATE_HZ) for _ in range(50))


def test_every_transfer_late_is_a_loss() -> None:
    judge = watch()
    lost = [judge.lost_in_transfer(late(0.1), COUNT, RATE_HZ) for _ in range(20)]
    assert lost[:15] == [0] * 15
    assert lost[15:] == [7600] * 5


def test_a_busy_processor_is_no_loss() -> None:
    judge, rng = watch(), np.random.default_rng(1)
    shares = np.where(rng.random(400) < 0.5, 0.3, -0.02)
    assert sum(judge.lost_in_transfer(late(share), COUNT, RATE_HZ) > 0 for share in shares) < 20


def test_one_long_hold_up_is_a_loss() -> None:
    judge = watch(late_s=0.05)
    assert judge.lost_in_transfer(COUNT / RATE_HZ + 0.049, COUNT, RATE_HZ) == 0
    assert judge.lost_in_transfer(COUNT / RATE_HZ + 0.06, COUNT, RATE_HZ) == 144_000


@pytest.mark.parametrize(("share", "noticed"), [(0.0, False), (0.03, False), (0.2, True)])
def test_an_endless_stream_that_is_slower_than_its_clock(share: float, noticed: bool) -> None:
    judge = watch()
    burst = 131_072
    lost = [
        judge.lost_in_stream(0.1 * step, round(0.1 * step * (1 - share) * RATE_HZ) // burst * burst, RATE_HZ)
        for step in range(100)
    ]
    assert not any(lost[:29])
    assert (max(lost) > 0) is noticed
    if noticed:
        assert lost[-1] == pytest.approx(share * 3 * RATE_HZ, rel=0.3)


def test_another_rate_starts_the_count_anew() -> None:
    judge = watch()
    judge.lost_in_stream(0.0, 0, RATE_HZ)
    assert judge.lost_in_stream(4.0, 4_000_000, 1e6) == 0
    assert judge.lost_in_stream(8.0, 8_000_000, 1e6) == 0


def test_random_bytes_and_counters_are_no_samples() -> None:
    rng = np.random.default_rng(2)
    for size in (2_048, 10_000, 96_000):
        assert all(evenly_spread(rng.integers(0, 256, size, dtype=np.uint8)) for _ in range(20))
        assert evenly_spread((np.arange(size) % 256).astype(np.uint8))


@pytest.mark.parametrize("gain_db", [0.0, 15.0, 30.0, 40.0, 49.6])
@pytest.mark.parametrize("power_dbfs", [-60.0, -20.0, -6.0, 0.0])
def test_nothing_on_the_air_looks_random_at_any_gain(gain_db: float, power_dbfs: float) -> None:
    emissions = (
        CarrierEmission(center_hz=1240.3e6, power_dbfs=power_dbfs),
        AnalogVideoEmission(center_hz=1240e6, power_dbfs=power_dbfs, pictures=(bars(),)),
    )
    for noise_dbfs in (-36.0, -12.0, -4.0):
        for chosen in ((), emissions[:1], emissions[1:], emissions):
            sky = Sky(chosen, dongle=DongleModel(noise_dbfs=noise_dbfs), seed=3)
            tuning = Tuning(center_hz=1240e6, sample_rate_hz=RATE_HZ, sample_count=12_000, gain_db=gain_db)
            assert not evenly_spread(sky.receive(tuning, 0.5))


def test_a_dongle_is_given_up_after_a_row_of_spoilt_dwells_or_a_spoilt_first_one() -> None:
    rng = np.random.default_rng(4)
    good = np.full(4096, 128, np.uint8)
    bad = rng.integers(0, 256, 4096, dtype=np.uint8)
    judge = watch(spoilt_dwells=3)
    seen = []
    for raw in (good, bad, bad, good, bad, bad, bad):
        judge.spoilt(raw)
        seen.append(judge.hopeless)
    assert seen == [False] * 6 + [True]
    fresh = watch(spoilt_dwells=3)
    assert fresh.spoilt(bad)
    assert fresh.hopeless
