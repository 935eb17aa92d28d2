"""Routes of homing and baselines: what reaches the device, what is refused and how."""

import pytest
from flask.testing import FlaskClient

from tests.browser import states
from tests.browser.fake_device import FakeDevice
from tests.unit.web_ui.helpers import token_of
from web_ui.words import load_catalogue

ROUTES = {
    "/api/homing": {"alert": "rf-1"},
    "/api/baseline/record": {"place": "corridor"},
    "/api/baseline/compare": {"id": "20261122T201000-abcdef"},
    "/api/baseline/leave": {},
    "/api/baseline/delete": {"id": "20261122T201000-abcdef"},
}
REFUSALS = (
    "not_radio",
    "not_homing",
    "sensor_down",
    "bad_place",
    "baseline_full",
    "baseline_provenance",
    "not_written",
)


@pytest.fixture(autouse=True)
def walking(device: FakeDevice) -> None:
    device.become({**states.STRONG, "baseline": states.BASELINES})


def send(client: FlaskClient, path: str, body: object) -> tuple[int, dict[str, str]]:
    answer = client.post(path, json=body, headers={"X-Nunchi-Token": token_of(client)})
    return answer.status_code, answer.get_json()


def test_each_order_reaches_the_device(client: FlaskClient, device: FakeDevice) -> None:
    for path, body in ROUTES.items():
        assert send(client, path, body)[0] == 200, path
    assert send(client, "/api/homing", {"alert": "rf-1", "renew": True})[0] == 200
    assert send(client, "/api/homing", {"alert": None})[0] == 200
    baseline_id = "20261122T201000-abcdef"
    assert device.asked == [
        ("home", "rf-1", False),
        ("record", "corridor"),
        ("compare", baseline_id),
        ("leave",),
        ("delete", baseline_id),
        ("home", "rf-1", True),
        ("stop_homing",),
    ]


@pytest.mark.parametrize("path", list(ROUTES))
def test_no_order_without_the_token_or_from_elsewhere(client: FlaskClient, device: FakeDevice, path: str) -> None:
    assert client.post(path, json=ROUTES[path]).status_code == 403
    headers = {"X-Nunchi-Token": token_of(client), "Origin": "http://elsewhere.example"}
    assert client.post(path, json=ROUTES[path], headers=headers).status_code == 403
    assert client.get(path).status_code == 405
    assert device.asked == []


@pytest.mark.parametrize("path", list(ROUTES))
@pytest.mark.parametrize("body", [[], {"x": 1}, {"place": 1}, {"id": None}, {"alert": 3}, "text"])
def test_a_body_that_makes_no_sense(client: FlaskClient, device: FakeDevice, path: str, body: object) -> None:
    assert send(client, path, body)[0] == 400
    assert device.asked == []


def test_what_is_not_there(client: FlaskClient, device: FakeDevice) -> None:
    status, body = send(client, "/api/homing", {"alert": "gone"})
    assert (status, body["error"]) == (404, "no_such_alert")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_said_in_words(client: FlaskClient, device: FakeDevice, code: str) -> None:
    device.refuses = code
    status, body = send(client, "/api/baseline/record", {"place": "x"})
    assert (status, body["error"]) == (409, code)
    assert body["message"] == load_catalogue("en")[f"error.{code}"]


def test_every_trend_and_mode_has_words() -> None:
    trends = ("waiting", "warmer", "colder", "steady", "not_heard", "very_close")
    asked = {f"homing.{trend}" for trend in trends} | {
        f"baseline.{mode}" for mode in ("recording", "recorded", "comparing")
    }
    assert not asked - set(load_catalogue("en"))
