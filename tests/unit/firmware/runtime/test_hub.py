from dataclasses import replace
from typing import Any

import pytest

from detector.fusion.options import FusionOptions
from detector.types import Guidance, PeopleState, Phrase, SenseCoverage, SpotCoverage
from firmware.runtime.hub import Hub
from firmware.runtime.messages import FrameMessage, ReportMessage, SensorStatus
from tests.integration.sensor_loops import one_alert, report, spec, steady
from web_ui.words import Words


@pytest.fixture
def hub() -> Hub:
    return Hub([spec(steady)], FusionOptions(), Words("en"))


def state(hub: Hub) -> dict[str, Any]:
    return dict(hub.snapshot())


def test_before_any_report_the_verdict_is_incomplete(hub: Hub) -> None:
    document = state(hub)
    assert document["schema"] == "nunchi.state/1"
    assert document["verdict"] == "incomplete"
    assert document["provenance"] == "simulated"
    assert document["sensors"]["rf"]["status"] == "starting"


def test_a_report_without_alerts_and_with_whole_coverage(hub: Hub) -> None:
    hub.on_report("rf", ReportMessage(report(1), 0))
    document = state(hub)
    assert (document["verdict"], document["sensors"]["rf"]["status"]) == ("nothing_detected", "ok")


def test_guidance_and_spots_reach_the_page_and_go_with_the_sensor(hub: Hub) -> None:
    spots = SpotCoverage(spot_deg=2.5, pointed=8, done=6)
    guidance = Guidance(hint=Phrase("lens.guide.slower"), rows=("o#", "##"), view=(0.0, 0.0, 2.0, 2.0))
    pointed = replace(report(1), guidance=guidance, coverage=SenseCoverage(complete=True, spots=spots))
    assert state(hub)["guidance"] == {}
    hub.on_report("rf", ReportMessage(pointed, 0))
    told = state(hub)["guidance"]["rf"]
    assert told["hint"] == {"code": "lens.guide.slower", "values": {}, "text": "A little slower."}
    assert (list(told["rows"]), list(told["view"])) == (["o#", "##"], [0.0, 0.0, 2.0, 2.0])
    assert (told["smallest_lens_mm"], told["calibrated"]) == (None, False)
    assert state(hub)["coverage"]["rf"]["spots"] == {
        "spot_deg": 2.5, "pointed": 8, "done": 6, "share": 0.75, "smallest_lens_mm": None
    }  # fmt: skip
    hub.on_report("rf", ReportMessage(replace(pointed, guidance=replace(guidance, hint=None)), 0))
    assert state(hub)["guidance"]["rf"]["hint"] is None
    hub.on_status("rf", SensorStatus.OFFLINE, None)
    assert state(hub)["guidance"] == {}


def test_an_alert_survives_the_loss_of_its_sensor_and_the_gap_shows(hub: Hub) -> None:
    hub.on_report("rf", ReportMessage(report(1, (one_alert(),)), 0))
    hub.on_process_lost("rf")
    hub.on_status("rf", SensorStatus.OFFLINE, "process ended")
    document = state(hub)
    assert document["sensors"]["rf"]["status"] == "offline"
    assert document["sensors"]["rf"]["restarts"] == 1
    assert [alert["id"] for alert in document["alerts"]] == ["rf:1240"]
    assert document["verdict"] == "strong_sign"
    hub.on_report("rf", ReportMessage(report(2), 0))
    document = state(hub)
    assert [alert["id"] for alert in document["alerts"]] == ["rf:1240"]
    assert document["sensors"]["rf"]["status"] == "ok"


def test_a_device_that_is_plugged_in_again_keeps_its_finds_and_their_marks(hub: Hub) -> None:
    hub.on_report("rf", ReportMessage(report(1, (one_alert(),)), 0))
    hub.mark_alert("rf:1240", "false_alarm")
    hub.on_status("rf", SensorStatus.OFFLINE, "unplugged")
    assert [alert["id"] for alert in state(hub)["alerts"]] == ["rf:1240"]
    hub.on_report("rf", ReportMessage(report(2, (one_alert(),)), 0))
    assert [(alert["id"], alert["mark"]) for alert in state(hub)["alerts"]] == [("rf:1240", "false_alarm")]


def test_time_without_a_sensor_is_missing_coverage(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = 1_000_000_000
    monkeypatch.setattr("firmware.runtime.hub.time.monotonic_ns", lambda: now_ns)
    hub.on_report("rf", ReportMessage(report(1), 0))
    hub.on_status("rf", SensorStatus.OFFLINE, None)
    now_ns += 4_000_000_000
    hub.on_report("rf", ReportMessage(report(2), 0))
    document = state(hub)
    assert document["sensors"]["rf"]["lost_s"] == 4.0
    assert document["coverage"]["rf"]["missing"][0]["values"] == {"seconds": 4.0}


def test_a_repeated_status_of_a_sensor_that_never_worked_is_no_gap(hub: Hub) -> None:
    for _ in range(3):
        hub.on_status("rf", SensorStatus.FAULT, "rtl:0: no dongle found")
    sensor = state(hub)["sensors"]["rf"]
    assert (sensor["status"], sensor["detail"], sensor["lost_s"]) == ("fault", "rtl:0: no dongle found", 0.0)


def test_marking_changes_the_verdict_and_is_said(hub: Hub) -> None:
    hub.on_report("rf", ReportMessage(report(1, (one_alert(),)), 0))
    hub.mark_alert("rf:1240", "false_alarm")
    document = state(hub)
    assert (document["verdict"], document["alerts"][0]["mark"]) == ("nothing_detected", "false_alarm")
    assert "verdict.because.marked" in {because["code"] for because in document["verdict_because"]}
    hub.mark_alert("rf:1240", "none")
    assert state(hub)["verdict"] == "strong_sign"


def test_an_unknown_alert_cannot_be_marked(hub: Hub) -> None:
    with pytest.raises(KeyError):
        hub.mark_alert("rf:1", "false_alarm")


def test_coverage_that_is_short_keeps_the_verdict_incomplete(hub: Hub) -> None:
    short = SenseCoverage(complete=False, missing=(Phrase("x"),))
    hub.on_report("rf", ReportMessage(replace(report(1), coverage=short), 0))
    assert state(hub)["verdict"] == "incomplete"


def test_asking_for_the_picture_is_what_makes_frames(hub: Hub) -> None:
    wanted: list[int] = []
    hub.serve_frames_from(wanted.append)
    assert hub.newest_frame() is None
    hub.newest_frame()
    assert len(wanted) == 1
    hub.on_frame("rf", FrameMessage(b"jpeg", 7, 0))
    frame = hub.newest_frame()
    assert frame is not None and frame.sequence == 7
    hub.on_status("rf", SensorStatus.OFFLINE, "unplugged")
    assert hub.newest_frame() is None


def test_the_last_picture_is_dropped_when_a_person_comes_into_view(hub: Hub) -> None:
    hub.on_frame("rf", FrameMessage(b"jpeg", 7, 0))
    hub.on_report("rf", ReportMessage(replace(report(1), people=PeopleState()), 0))
    assert hub.newest_frame() is not None
    hub.on_report("rf", ReportMessage(replace(report(2), people=PeopleState(withheld=True)), 0))
    assert hub.newest_frame() is None


def test_the_state_says_how_long_it_was_paused_for_people(hub: Hub) -> None:
    assert state(hub)["people"] is None
    people = PeopleState(paused=True, withheld=True, paused_s=2.04, times=1, since_t_ns=report(1).t_ns - 2_000_000_000)
    hub.on_report("rf", ReportMessage(replace(report(1), people=people), 0))
    assert state(hub)["people"] == {"paused": True, "withheld": True, "paused_s": 2.0, "times": 1, "since_s": 2.0}


def test_nothing_detected_admits_that_the_device_was_not_put_to_the_test(hub: Hub) -> None:
    hub.on_report("rf", ReportMessage(report(1), 0))
    assert "coverage.no_positive_control" in {because["code"] for because in state(hub)["verdict_because"]}


def test_a_lost_sensor_stays_lost_until_it_works_again(hub: Hub) -> None:
    hub.on_status("rf", SensorStatus.STARTING, None)
    assert state(hub)["sensors"]["rf"]["status"] == "starting"
    hub.on_report("rf", ReportMessage(report(1), 0))
    hub.on_process_lost("rf")
    hub.on_status("rf", SensorStatus.OFFLINE, "process ended")
    hub.on_status("rf", SensorStatus.STARTING, None)
    assert state(hub)["sensors"]["rf"]["status"] == "offline"
    assert state(hub)["sensors"]["rf"]["detail"] == "process ended"
    hub.on_report("rf", ReportMessage(report(2), 0))
    assert state(hub)["sensors"]["rf"]["status"] == "ok"
