"""The whole device on a virtual dongle that fails in every way: what the page says, and that it comes back by itself.

How long each takes is measured by ``benchmarks/dongle_faults.py``; here nothing depends on the clock.
"""

from collections.abc import Iterator

import pytest

from tests.integration.device_process import RunningDevice, State, running_device
from tests.virtual_dongle import Fault, Scene, build, client_environment
from tests.virtual_dongle.faults import QUICK_CONFIG, QUICK_PHYSICS, faulty
from tests.virtual_dongle.scenes import two_tones

pytest.importorskip("rtlsdr", reason="pyrtlsdr or librtlsdr is not installed")

STATES_WATCHED = 8


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    build()
    with Scene(two_tones, physics=QUICK_PHYSICS) as scene:
        yield scene


@pytest.fixture(scope="module")
def running(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDevice]:
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text(QUICK_CONFIG)
    options = ("--config", str(config), "--rf", "rtl:0", "--camera", "sim:toilet_stall")
    with running_device(*options, environment=client_environment(scene)) as device:
        yield device
    assert device.process.returncode == 0


@pytest.fixture
def device(running: RunningDevice) -> RunningDevice:
    """A device that has covered everything and found nothing: the state that a fault must not leave standing."""
    running.wait_until(lambda now: now["verdict"] == "nothing_detected")
    return running


def status(state: State) -> str:
    return str(state["sensors"]["rf"]["status"])


def missing(state: State) -> set[str]:
    return {phrase["code"] for phrase in state["coverage"]["rf"]["missing"]}


def watch(device: RunningDevice) -> list[State]:
    """A few states in a row; the page goes on living."""
    return [dict(device.next_state()) for _ in range(STATES_WATCHED)]


@pytest.mark.parametrize(
    ("name", "amount"), [("unplug", -4), ("stall", 0), ("short", 0.5), ("garbage", 0), ("hang", 0)]
)
def test_a_dead_dongle_is_offline_and_comes_back(device: RunningDevice, scene: Scene, name: str, amount: float) -> None:
    with faulty(scene.control, name, amount):
        state = device.wait_until(lambda now: status(now) in ("offline", "fault"))
        assert "\n" not in state["sensors"]["rf"]["detail"]
        states = watch(device)
        assert {status(now) for now in states} <= {"offline", "fault"}
        assert {now["verdict"] for now in states} == {"incomplete"}
        assert device.state["provenance"] != "live"  # the camera is simulated, and nothing hides that
    state = device.wait_until(lambda now: status(now) == "ok")
    assert state["verdict"] == "incomplete"
    assert "rf.missing.hops" in missing(state)
    state = device.wait_until(lambda now: now["verdict"] == "nothing_detected")
    assert "device.gap" in missing(state)


@pytest.mark.parametrize(
    ("fault", "amount", "code"), [(Fault.LOSE, 0.2, "rf.missing.lost"), (Fault.STUCK, 0.0, "rf.missing.silent")]
)
def test_a_bad_dongle_covers_nothing(
    device: RunningDevice, scene: Scene, fault: Fault, amount: float, code: str
) -> None:
    with faulty(scene.control, fault.value, amount):
        device.wait_until(lambda now: code in missing(now))
        states = watch(device)
        assert {now["verdict"] for now in states} == {"incomplete"}
    state = device.wait_until(lambda now: now["verdict"] == "nothing_detected")
    assert code not in missing(state)
