"""The walk of a simulated room: distances, and the level that follows."""

import numpy as np
import pytest

from detector.types import Tuning
from firmware.drivers.sim.rooms import room_named
from firmware.drivers.sim.walk import Walk


def test_the_walk_starts_at_its_reference_and_stays_between_its_ends() -> None:
    walk = Walk()
    distances = [walk.distance_m(t_s) for t_s in np.arange(0, 120, 0.1)]
    assert distances[0] == pytest.approx(walk.reference_m)
    assert min(distances) == pytest.approx(walk.near_m, rel=1e-3)
    assert max(distances) == pytest.approx(walk.far_m, rel=1e-3)
    assert max(np.abs(np.diff(distances))) < 0.03, "metres in a tenth of a second"


def test_half_the_distance_is_six_decibels() -> None:
    still = Walk(near_m=1.0, far_m=1.0, reference_m=2.0)
    assert still.change_db(17.0) == pytest.approx(6.02, abs=0.01)


def test_the_rooms_camera_is_louder_when_it_is_near() -> None:
    room = room_named("hotel_room")
    assert room.transmitter is not None
    walk, sky = room.transmitter.walk, room.sky()
    times_s = np.arange(0, 60, 1.0)
    near_s, far_s = (float(times_s[pick([walk.distance_m(t) for t in times_s])]) for pick in (np.argmin, np.argmax))
    tuning = Tuning(center_hz=1240e6, sample_rate_hz=2.4e6, sample_count=48_000, gain_db=10.0)
    near, far = (np.mean(np.abs(sky.field(tuning, t_s)) ** 2) for t_s in (near_s, far_s))
    assert 10 * np.log10(near / far) == pytest.approx(walk.change_db(near_s) - walk.change_db(far_s), abs=2)
