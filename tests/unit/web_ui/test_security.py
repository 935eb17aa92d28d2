"""Who may ask for what: host names, other sites, pairing, sessions, headers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.unit.web_ui.helpers import CODE, MARK, token_of
from web_ui.security import SecuritySettings
from web_ui.security.sessions import Sessions
from web_ui.security.settings import is_loopback
from web_ui.security.tries import TryLimit


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def pair(phone: FlaskClient, code: str = CODE, **headers: str) -> int:
    return phone.post("/pair", json={"code": code}, headers=headers).status_code


# --- host names


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
def test_own_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/api/state", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[", "10.0.0.7"])
def test_foreign_names_are_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/api/state", headers={"Host": host})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "foreign_host")


def test_forwarded_names_count_for_nothing(client: FlaskClient) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost", "Forwarded": "host=localhost"}
    assert client.get("/", headers=headers).status_code == 403


def test_configured_names_are_answered() -> None:
    settings = SecuritySettings.for_host("192.168.4.1", ("Nunchi.local",))
    assert settings.allows_host("nunchi.local")
    assert settings.allows_host("192.168.4.1")
    assert not settings.allows_host("192.168.4.2")


def test_bound_to_all_addresses_any_literal_address_passes_but_no_foreign_name() -> None:
    settings = SecuritySettings.for_host("0.0.0.0")
    assert settings.allows_host("10.1.2.3")
    assert not settings.allows_host("evil.example")


# --- settings


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("::", False)])
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    assert SecuritySettings.for_host(host).pairing_required is not loopback


def test_reachable_by_others_without_a_code_is_impossible() -> None:
    with pytest.raises(ValueError, match="pairing code"):
        SecuritySettings(bind_host="0.0.0.0", pairing_code=None)


def test_secrets_stay_out_of_logs() -> None:
    settings = SecuritySettings.for_host("0.0.0.0")
    assert settings.pairing_code is not None
    assert settings.pairing_code not in repr(settings)
    assert str(settings.secret_key) not in repr(settings)


# --- changes


def test_a_change_with_token_passes(client: FlaskClient) -> None:
    headers = {"X-Nunchi-Token": token_of(client), "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post(MARK, json={"mark": "false_alarm"}, headers=headers).status_code == 200


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_a_change_without_the_right_token_is_refused(client: FlaskClient, token: str | None) -> None:
    headers = {} if token is None else {"X-Nunchi-Token": token}
    answer = client.post(MARK, json={"mark": "false_alarm"}, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "bad_token")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:99"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused_despite_the_token(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post(MARK, json={"mark": "none"}, headers={"X-Nunchi-Token": token_of(client), **headers})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "foreign_origin")


def test_a_form_cannot_change_anything(client: FlaskClient) -> None:
    answer = client.post(MARK, data={"mark": "none"}, headers={"X-Nunchi-Token": token_of(client)})
    assert answer.status_code == 415


def test_another_site_can_neither_embed_pictures_nor_use_up_streams(client: FlaskClient) -> None:
    for path in ("/api/frame.jpg", "/api/events", "/api/state"):
        assert client.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_link_from_elsewhere_opens_the_page(client: FlaskClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# --- headers


@pytest.mark.parametrize("path", ["/", "/api/state", "/nowhere", "/static/js/main.js", "/api/nowhere"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


# --- pairing


def test_without_pairing_nothing_is_shown(phone: FlaskClient) -> None:
    assert phone.get("/").headers["Location"] == "/pair"
    for path in ("/api/state", "/api/events", "/api/frame.jpg", "/api/words/en", "/api/nowhere"):
        assert phone.get(path).status_code == 401
    assert phone.post(MARK, json={"mark": "none"}).status_code == 401


def test_what_the_pairing_page_needs_is_public(phone: FlaskClient) -> None:
    page = phone.get("/pair")
    assert page.status_code == 200
    assert CODE not in page.get_data(as_text=True)
    with phone.get("/static/js/pairing.js") as script:
        assert script.status_code == 200


def test_the_right_code_opens_the_page(phone: FlaskClient) -> None:
    answer = phone.post("/pair", json={"code": CODE})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Max-Age=43200" in cookie
    assert phone.get("/").status_code == 200
    headers = {"X-Nunchi-Token": token_of(phone)}
    assert phone.post(MARK, json={"mark": "none"}, headers=headers).status_code == 200


def test_tokens_belong_to_one_session(paired_app: Flask, phone: FlaskClient) -> None:
    pair(phone)
    other = paired_app.test_client()
    other.environ_base["HTTP_HOST"] = "192.168.4.1:8080"
    pair(other)
    assert token_of(phone) != token_of(other)
    answer = phone.post(MARK, json={"mark": "none"}, headers={"X-Nunchi-Token": token_of(other)})
    assert answer.status_code == 403


@pytest.mark.parametrize("code", ["000000", "", "0429170", "０４２９１７"])
def test_a_wrong_code_is_refused(phone: FlaskClient, code: str) -> None:
    assert pair(phone, code) == 403
    assert phone.get("/api/state").status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b'{"code": 42917}', b'{"code": "1", "more": 1}', b"\xff"])
def test_a_broken_pairing_request_is_refused(phone: FlaskClient, body: bytes) -> None:
    assert phone.post("/pair", data=body, content_type="application/json").status_code == 400


def test_five_tries_a_minute_even_for_the_right_code(phone: FlaskClient) -> None:
    assert [pair(phone, "111111") for _ in range(5)] == [403] * 5
    answer = phone.post("/pair", json={"code": CODE})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_another_site_cannot_use_up_the_tries(phone: FlaskClient) -> None:
    assert pair(phone, "111111", Origin="http://evil.example") == 403
    assert [pair(phone, "111111") for _ in range(5)] == [403] * 5


def test_on_loopback_there_is_nothing_to_pair(client: FlaskClient) -> None:
    assert client.get("/pair").headers["Location"] == "/"
    assert client.post("/pair", json={"code": "000000"}).status_code == 404


# --- sessions and tries by the clock


def test_a_session_expires() -> None:
    clock = Clock()
    sessions = Sessions(b"key", 60.0, clock)
    cookie = sessions.issue()
    assert sessions.read(cookie)
    clock.now_s += 61
    assert sessions.read(cookie) is None


def test_forged_sessions_are_refused() -> None:
    sessions = Sessions(b"key", 60.0)
    body, _, signature = sessions.issue().rpartition(".")
    later = body.rpartition(".")[0] + ".99999999"
    others = Sessions(b"other run", 60.0).issue()
    for cookie in (None, "", ".", "..", "x", f"{later}.{signature}", f"{body}.{'0' * 64}", others, "é.1.é"):
        assert sessions.read(cookie) is None


def test_tries_come_back_after_the_window() -> None:
    clock = Clock()
    tries = TryLimit(2, 60.0, clock)
    assert [tries.take(), tries.take()] == [0.0, 0.0]
    clock.now_s += 20
    assert tries.take() == 40.0
    clock.now_s += 40
    assert tries.take() == 0.0
