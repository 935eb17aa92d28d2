"""Routes under ``/api``, error answers, languages."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browser import states
from tests.browser.fake_device import FakeDevice
from tests.unit.web_ui.helpers import MARK, token_of
from web_ui.page import load_help_lines
from web_ui.words import load_catalogue

PAGE_MD = Path(__file__).parents[3] / "docs/page.md"


def mark(client: FlaskClient, path: str, body: object) -> tuple[int, dict[str, str]]:
    answer = client.post(path, json=body, headers={"X-Nunchi-Token": token_of(client)})
    return answer.status_code, answer.get_json()


def test_state_is_the_devices_document(client: FlaskClient) -> None:
    answer = client.get("/api/state")
    assert answer.get_json() == json.loads(json.dumps(states.STRONG))
    assert answer.headers["Cache-Control"] == "no-store"


def test_frame_is_the_newest_jpeg(client: FlaskClient, device: FakeDevice) -> None:
    assert device.frame is not None
    answer = client.get("/api/frame.jpg")
    assert (answer.data, answer.mimetype) == (device.frame.jpeg, "image/jpeg")
    assert answer.headers["X-Frame-Sequence"] == "1"
    assert answer.headers["X-Frame-Age-S"] == "0.10"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_frame_is_no_content(client: FlaskClient, device: FakeDevice) -> None:
    device.frame = None
    answer = client.get("/api/frame.jpg")
    assert (answer.status_code, answer.data) == (204, b"")


def test_words_of_each_language(client: FlaskClient) -> None:
    assert client.get("/api/words/ko").get_json() == load_catalogue("ko")
    assert client.get("/api/words/..%2f").status_code == 404


def test_a_mark_reaches_the_device(client: FlaskClient, device: FakeDevice) -> None:
    assert mark(client, MARK, {"mark": "false_alarm"}) == (200, {"id": "rf-1", "mark": "false_alarm"})
    assert device.snapshot()["alerts"][0]["mark"] == "false_alarm"  # type: ignore[index]


def test_an_id_may_hold_anything(client: FlaskClient, device: FakeDevice) -> None:
    device.become(states.HOSTILE)
    assert mark(client, "/api/alerts/a%2Fb%3F%3Cx%3E/mark", {"mark": "false_alarm"})[0] == 200


def test_marking_an_unknown_alert(client: FlaskClient) -> None:
    status, body = mark(client, "/api/alerts/gone/mark", {"mark": "none"})
    assert (status, body["error"]) == (404, "no_such_alert")


@pytest.mark.parametrize("body", [{}, [], {"mark": "maybe"}, {"mark": 1}, {"mark": "none", "x": 1}])
def test_a_mark_that_makes_no_sense(client: FlaskClient, body: object) -> None:
    assert mark(client, MARK, body)[0] == 400


def test_a_body_too_large(client: FlaskClient) -> None:
    status, body = mark(client, MARK, {"mark": "x" * 10_000})
    assert (status, body["error"]) == (413, "too_large")


def test_unknown_routes_are_json_under_api_and_a_page_elsewhere(client: FlaskClient) -> None:
    answer = client.get("/api/nowhere")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
    page = client.get("/nowhere/<script>")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<script>" not in page.get_data(as_text=True)


def test_wrong_methods_say_what_is_allowed(client: FlaskClient) -> None:
    answer = client.get(MARK)
    assert (answer.status_code, answer.get_json()["error"]) == (405, "bad_method")
    assert "POST" in answer.headers["Allow"]


def test_a_fault_of_the_device_is_a_clean_answer(
    client: FlaskClient, device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret path /etc/nunchi")

    monkeypatch.setattr(device, "snapshot", fail)
    answer = client.get("/api/state")
    assert (answer.status_code, answer.get_json()["error"]) == (500, "fault")
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accepted", "cookie", "lang"),
    [("ko-KR,ko;q=0.9", None, "ko"), ("fr", None, "en"), ("ko", "en", "en"), ("", "ko", "ko"), ("ko", "xx", "ko")],
)
def test_language_by_choice_then_browser(client: FlaskClient, accepted: str, cookie: str | None, lang: str) -> None:
    if cookie:
        client.set_cookie("nunchi_lang", cookie)
    html = client.get("/", headers={"Accept-Language": accepted}).get_data(as_text=True)
    assert f'<html lang="{lang}"' in html
    assert load_catalogue(lang)["verdict.waiting"] in html


def test_appearance_is_one_of_the_known(client: FlaskClient) -> None:
    client.set_cookie("nunchi_theme", "red")
    assert 'data-theme="red"' in client.get("/").get_data(as_text=True)
    client.set_cookie("nunchi_theme", "x onload=1")
    assert 'data-theme="auto"' in client.get("/").get_data(as_text=True)


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    assert "style=" not in html
    assert "onclick" not in html
    assert "//" not in html.split("<body>")[0].replace("application/json", "")


def test_help_lines_carry_a_date_and_have_words() -> None:
    help_lines = load_help_lines()
    assert len(help_lines.checked.split("-")) == 3
    assert {line.number for line in help_lines.lines} >= {"112", "1366", "999", "101"}
    assert all(line.name in load_catalogue("ko") for line in help_lines.lines)


def test_every_route_and_error_is_documented(app: Flask) -> None:
    text = PAGE_MD.read_text()
    routes = {rule.rule.replace("<path:alert_id>", "<id>") for rule in app.url_map.iter_rules()}
    assert not {route for route in routes if f"{route}`" not in text}
    errors = {code.removeprefix("error.") for code in load_catalogue("en") if code.startswith("error.")} - {"back"}
    assert not {code for code in errors if f"`{code}`" not in text}
