"""The whole device in its simulated rooms: what it says, and how it takes the loss of a sensor."""

import os
import signal

import psutil

from tests.integration.device_process import State, running_device

TOILET = ("--rf", "sim:toilet_stall", "--camera", "sim:toilet_stall", "--leds", "sim:toilet_stall")


def kinds(state: State) -> set[str]:
    return {alert["kind"] for alert in state["alerts"]}


def status(state: State, sense: str) -> str:
    return str(state["sensors"][sense]["status"])


def test_the_hotel_room_shows_its_camera_and_its_lens_and_nothing_else() -> None:
    with running_device() as device:
        state = device.wait_until(lambda now: kinds(now) >= {"analog_video", "lens_glint"})
        assert state["provenance"] == "simulated"
        (video,) = (alert for alert in state["alerts"] if alert["kind"] == "analog_video")
        assert abs(video["freq_hz"] - 1240e6) < 1e6
        assert video["standard"] == "PAL"
        assert state["verdict"] == "strong_sign"
        assert len(state["alerts"]) == 2
        children = device.children()
        assert len(children) >= 2
    assert device.process.returncode == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_homing_on_the_camera_until_the_page_goes_away() -> None:
    with running_device() as device:
        state = device.wait_until(lambda now: "analog_video" in kinds(now))
        (alert,) = (alert for alert in state["alerts"] if alert["kind"] == "analog_video")
        assert device.post("/api/homing", {"alert": alert["id"]}) == 200
        state = device.wait_until(lambda now: now["homing"] is not None and now["homing"]["strength"] is not None)
        assert state["homing"]["alert"] == alert["id"]
        assert 0.1 < state["homing"]["strength"] < 0.9
        assert any(part["code"] == "rf.missing.homing" for part in state["coverage"]["rf"]["missing"])
        # nobody asks again
        device.wait_until(lambda now: now["homing"] is None)
        device.wait_until(lambda now: now["coverage"]["rf"]["complete"])
        assert device.state["sensors"]["rf"]["restarts"] == 0
        assert device.post("/api/homing", {"alert": alert["id"], "renew": True}) == 409


def test_a_killed_sensor_shows_at_once_comes_back_and_leaves_a_gap() -> None:
    with running_device(*TOILET) as device:
        device.wait_until(lambda now: status(now, "rf") == "ok" and status(now, "lens") == "ok")
        os.kill(device.state["sensors"]["rf"]["pid"], signal.SIGKILL)
        state = device.wait_until(lambda now: status(now, "rf") == "offline")
        assert state["verdict"] == "incomplete"
        state = device.wait_until(lambda now: status(now, "rf") == "ok")
        assert state["sensors"]["rf"]["restarts"] == 1
        assert state["coverage"]["rf"]["missing"][0]["code"] == "device.gap"
        assert not state["alerts"]


def test_absent_devices_are_faults_and_never_a_simulation() -> None:
    with running_device("--rf", "rtl:0", "--camera", "picamera:0") as device:
        state = device.wait_until(lambda now: status(now, "rf") == "fault" and status(now, "lens") == "fault")
        assert state["provenance"] == "live"
        assert state["verdict"] == "incomplete"
        for sense in ("rf", "lens"):
            detail = state["sensors"][sense]["detail"]
            assert detail and "\n" not in detail


def test_sensors_do_not_outlive_a_killed_device() -> None:
    with running_device() as device:
        device.wait_until(lambda now: status(now, "rf") == "ok" and status(now, "lens") == "ok")
        children = device.children()
        device.process.kill()
        _, alive = psutil.wait_procs(children, timeout=20)
        assert not alive
