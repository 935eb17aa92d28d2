"""The simulated dongle keeps the old tuning for as long as a real one does, and its driver skips exactly that."""

import numpy as np
import pytest

from detector.errors import InputError
from detector.rf.synth import CarrierEmission, Sky
from detector.types import Tuning
from firmware.drivers.open import make_iq_source
from firmware.drivers.settings import RtlSettings
from firmware.drivers.sim.iq import SETTLE_NS, SimDongle
from firmware.drivers.sim.rooms import room_named
from tests.contract.fakes import FakeClock


def _tuning(center_hz: float, count: int = 24_000) -> Tuning:
    return Tuning(center_hz=center_hz, sample_rate_hz=2.4e6, sample_count=count, gain_db=30.0)


def test_stale_samples_last_as_long_as_the_tuner_takes() -> None:
    dongle = SimDongle(Sky([CarrierEmission(center_hz=100.1e6, power_dbfs=-6.0)]))
    dongle.tune(_tuning(100e6), 0)
    asked_ns = 50_000_000
    good_ns = dongle.tune(_tuning(200e6), asked_ns)
    assert good_ns == asked_ns + SETTLE_NS
    power = np.abs(dongle.read(asked_ns, 48_000).astype(float).reshape(-1, 2) - 127.5).sum(axis=1)
    settle_samples = round(SETTLE_NS * 2.4e-3)
    assert power[:settle_samples].mean() > 5 * power[settle_samples:].mean()
    assert power[settle_samples : settle_samples + 24].mean() == pytest.approx(power[-2400:].mean(), rel=0.5)


def test_staying_on_a_tuning_costs_no_time() -> None:
    dongle = SimDongle(Sky([]))
    assert dongle.tune(_tuning(100e6), 0) == SETTLE_NS
    assert dongle.tune(_tuning(100e6), 60_000_000) == 60_000_000


def test_a_hop_takes_settling_and_dwell() -> None:
    clock = FakeClock()
    with make_iq_source("sim:toilet_stall", RtlSettings(), clock) as source:
        start_ns = clock.t_ns
        source.read(_tuning(300e6, 48_000))
        assert clock.t_ns - start_ns == SETTLE_NS + 20_000_000
        stayed = source.read(_tuning(300e6, 48_000))
        assert clock.t_ns - start_ns == SETTLE_NS + 40_000_000
        assert stayed.t_ns == start_ns + SETTLE_NS + 20_000_000


def test_the_camera_is_on_the_air_in_the_hotel_room_only() -> None:
    powers = {}
    for name in ("hotel_room", "toilet_stall"):
        with make_iq_source(f"sim:{name}", RtlSettings(), FakeClock()) as source:
            powers[name] = float(np.mean(np.abs(source.read(_tuning(1240e6)).samples) ** 2))
    assert powers["hotel_room"] > 4 * powers["toilet_stall"]


def test_the_transmitted_picture_is_of_the_room() -> None:
    room = room_named("hotel_room")
    video = room.sky().emissions[0]
    shown = video.pictures[0]  # type: ignore[attr-defined]
    wall = room.renderer().room_picture(*shown.shape).astype(float)
    assert np.corrcoef(shown.ravel(), wall.ravel())[0, 1] > 0.99
    assert np.ptp(shown) > 0.3


def test_a_room_that_is_none() -> None:
    rooms = (
        r"\(rooms: hotel_room, toilet_stall, city_flat, visited_room, dark_cap, plain_wall, edge_target, "
        r"reference_lens\)"
    )
    with pytest.raises(InputError, match=f"^room 'cellar': no such room {rooms}$"):
        room_named("cellar")
