"""What a person sees, in a real browser, through the real server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.conftest import OpenPage, Phone
from web_ui.security import SecuritySettings
from web_ui.words import Words

EN, KO = Words("en"), Words("ko")
WORDS = {"en": EN, "ko": KO}
SIZES = ((390, 844), (360, 640))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_state_in_every_language_fits_the_smallest_phone(open_page: OpenPage, lang: str) -> None:
    screen = open_page(states.STARTING, Phone(lang=lang, width=360, height=640, scheme="light"))
    page = screen.page
    expect(page.locator("html")).to_have_attribute("lang", lang)
    page.locator("#technician summary").click()
    for name in ("STARTING", "NOTHING", "CHECK", "STRONG", "OFFLINE", "PAUSED", "RESUMED", "SIMULATED", "HOSTILE"):
        state = getattr(states, name)
        screen.device.become({**state, "boot_id": name})
        expect(page.locator("#technician-body")).to_contain_text(name)
        expect(page.locator("#verdict")).to_have_text(WORDS[lang].render(f"verdict.{state['verdict']}"))
        assert screen.overflow_px() == 0, name


def test_what_is_not_live_says_so_loudly_and_offers_no_call(open_page: OpenPage) -> None:
    screen = open_page(states.SIMULATED)
    page = screen.page
    banner = page.locator("#provenance")
    expect(banner).to_have_text("SIMULATED — not real")
    expect(banner).to_be_in_viewport()
    expect(page.locator("#not-live")).to_be_visible()
    expect(page.locator("#calls")).to_have_js_property("inert", True)
    page.locator("#settings").scroll_into_view_if_needed()
    expect(banner).to_be_in_viewport()
    screen.device.change(provenance="replay")
    expect(banner).to_have_text("REPLAY — a recording, not this room")
    screen.device.change(provenance="live")
    expect(banner).to_be_hidden()
    expect(page.locator("#calls")).to_have_js_property("inert", False)


def test_alerts_appear_without_a_reload(open_page: OpenPage) -> None:
    screen = open_page(states.NOTHING)
    page = screen.page
    expect(page.locator("#verdict")).to_have_text("Nothing detected by these checks")
    expect(page.locator("#alerts-section")).to_be_hidden()
    page.evaluate("window.sameDocument = true")
    screen.device.become(states.STRONG)
    expect(page.locator("#verdict")).to_have_text("Strong sign: do not touch")
    expect(page.locator("#alerts .alert")).to_have_count(2)
    expect(page.locator("#alerts .alert").first).to_contain_text("Confidence 98 %")
    expect(page.locator("#steps li").first).to_contain_text("Do not touch")
    expect(page.locator("a[href='tel:1366']")).to_be_visible()
    page.locator("#inspect-section summary").click()
    expect(page.locator("#inspect [data-kind='retro_reflector']")).to_contain_text("2 ×")
    assert page.evaluate("window.sameDocument")


def test_a_false_alarm_goes_to_the_device_and_back(open_page: OpenPage) -> None:
    screen = open_page(states.CHECK)
    card = screen.page.locator("[data-alert='lens-7']")
    card.get_by_role("button", name="Mark as false alarm").click()
    expect(card).to_have_attribute("data-mark", "false_alarm")
    expect(card).to_contain_text("Marked as false alarm")
    assert screen.device.snapshot()["alerts"][0]["mark"] == "false_alarm"
    card.get_by_role("button", name="Take the mark back").click()
    expect(card).to_have_attribute("data-mark", "none")


def test_a_button_survives_the_changes_around_it(open_page: OpenPage) -> None:
    """A tap takes time; were the card rebuilt with every change, taps would be lost."""
    screen = open_page(states.CHECK)
    button = screen.page.locator("[data-alert='lens-7'] .mark")
    button.evaluate("node => { window.theButton = node }")
    screen.device.change(alerts=[{**states.GLINT, "last_seen_s": 99.0, "confidence": 0.8}])
    expect(screen.page.locator(".confidence").first).to_have_text("Confidence 80 %")
    assert screen.page.evaluate("window.theButton.isConnected")


def test_an_offline_sensor_is_loud(open_page: OpenPage) -> None:
    page = open_page(states.OFFLINE, Phone(lang="ko")).page
    sensor = page.locator(".sensor[data-sense='rf']")
    expect(sensor).to_contain_text("연결 끊김")
    expect(sensor).to_contain_text("usb_claim_interface error -6")
    expect(page.locator("#verdict")).to_have_text(KO.render("verdict.incomplete"))
    expect(page.locator("#next")).to_have_text(KO.render("next.incomplete_fault"))


def test_a_person_in_view_blanks_the_picture_at_once_and_it_comes_back(open_page: OpenPage) -> None:
    screen = open_page(states.NOTHING)
    page = screen.page
    page.locator("#picture").scroll_into_view_if_needed()
    expect(page.locator("#frame")).to_be_visible()
    screen.device.change(**states.PAUSED)  # the device still hands out its last frame: the page must not show it
    expect(page.locator("#people-text")).to_have_text(f"{EN.render('people.paused')}.")
    expect(page.locator("#frame")).to_be_hidden()
    expect(page.locator("#frame")).not_to_have_attribute("src", re.compile("."))
    expect(page.locator("#frame-note")).to_have_text(EN.render("people.paused"))
    expect(page.locator("#next")).to_have_text(EN.render("next.paused"))
    screen.device.change(**states.RESUMED)
    expect(page.locator("#people-text")).to_have_text(f"{EN.render('people.resumed')}.")
    expect(page.locator("#people-more")).to_be_hidden()
    expect(page.locator("#frame")).to_be_visible()
    screen.device.change(people={**states.RESUMED["people"], "since_s": 9.0})
    expect(page.locator("#people")).to_be_hidden()


def test_what_may_be_eyes_hides_the_picture_without_more_words(open_page: OpenPage) -> None:
    page = open_page(states.SUSPECTED, Phone(lang="ko")).page
    expect(page.locator("#frame-note")).to_have_text(KO.render("people.withheld"))
    expect(page.locator("#frame")).to_be_hidden()
    expect(page.locator("#people")).to_be_hidden()


def test_hostile_text_stays_text(open_page: OpenPage) -> None:
    page = open_page(states.HOSTILE).page
    expect(page.locator(".sensor[data-sense='rf'] .detail")).to_have_text(states.HOSTILE_TEXT)
    page.locator("#technician summary").click()
    expect(page.locator("#technician-body")).to_contain_text(states.HOSTILE_TEXT)
    assert page.locator("img").count() == 1
    assert page.title() == "Nunchi"
    card = page.locator("#alerts .alert")
    card.locator(".mark").click()
    expect(card).to_have_attribute("data-mark", "false_alarm")


def test_lost_contact_is_loud_and_comes_back_by_itself(open_page: OpenPage) -> None:
    screen = open_page(states.STRONG)
    screen.may_lose_contact = True
    page = screen.page
    expect(page.locator("#verdict")).to_have_text("Strong sign: do not touch")
    context = page.context
    context.set_offline(True)
    screen.server._streams._stopping.set()  # the streams end, the server lives on
    expect(page.locator("#lost")).to_be_visible(timeout=5000)
    expect(page.locator("#lost")).to_contain_text("No contact with the device")
    expect(page.locator("#verdict")).to_have_text("Not known right now")
    expect(page.locator("#verdict-last")).to_have_text("Last known: Strong sign: do not touch")
    expect(page.locator("#steps")).to_be_visible()
    screen.server._streams._stopping.clear()
    context.set_offline(False)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#verdict")).to_have_text("Strong sign: do not touch")


def test_a_full_device_says_so(open_page: OpenPage) -> None:
    screen = open_page(states.NOTHING)
    screen.may_lose_contact = True
    full = screen.page.context.new_page()
    streams = screen.server._streams
    taken = 0
    while streams.acquire():
        taken += 1
    full.goto(screen.server.url)
    expect(full.locator("#lost")).to_contain_text("Too many pages")
    for _ in range(taken):
        streams.release()
    expect(full.locator("#verdict")).to_have_text("Nothing detected by these checks")
    expect(full.locator("#lost")).to_be_hidden()


def test_the_language_switch_is_remembered(open_page: OpenPage) -> None:
    page = open_page(states.STRONG).page
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#verdict")).to_have_text(KO.render("verdict.strong_sign"))
    expect(page.locator("#settings-heading")).to_have_text("설정")
    expect(page.locator("#alerts .mark").first).to_have_text("오경보로 표시")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("button", name="한국어")).to_have_attribute("aria-pressed", "true")


def test_appearance_follows_the_phone_until_it_is_chosen(open_page: OpenPage) -> None:
    page = open_page(states.NOTHING, Phone(scheme="light")).page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Dark red").click()
    red = page.evaluate(ground)
    assert len({light, dark, red}) == 3
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "red")


VIBRATION = "window.felt = []; navigator.vibrate = (pattern) => { window.felt.push(pattern); return true; };"


def test_a_new_strong_sign_vibrates_only_if_asked_for(open_page: OpenPage) -> None:
    screen = open_page(states.NOTHING, Phone(script=VIBRATION))
    page = screen.page
    screen.device.become(states.STRONG)
    expect(page.locator("#verdict")).to_have_text("Strong sign: do not touch")
    assert page.evaluate("felt.length") == 0
    page.get_by_role("switch").click()
    assert page.evaluate("felt.length") == 1
    screen.device.change(uptime_s=70.0, alerts=[states.ANALOG, {**states.GLINT, "last_seen_s": 70.0}])
    screen.device.change(alerts=[states.ANALOG, states.GLINT, {**states.GLINT, "id": "lens-8"}])
    expect(page.locator("#alerts .alert")).to_have_count(3)
    assert page.evaluate("felt.length") == 2


def test_the_picture_is_pulled_and_its_age_is_told(open_page: OpenPage) -> None:
    screen = open_page(states.NOTHING)
    page = screen.page
    page.locator("#figure").scroll_into_view_if_needed()
    expect(page.locator("#figure")).to_have_attribute("data-state", "live")
    assert page.evaluate("document.getElementById('frame').naturalWidth") == 648
    screen.device.frame = screen.device.frame and type(screen.device.frame)(screen.device.frame.jpeg, 2, 12.0)
    expect(page.locator("#frame-note")).to_contain_text("12 s old")
    screen.device.frame = None
    expect(page.locator("#figure")).to_have_attribute("data-state", "none")
    expect(page.locator("#frame")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_to_tap_is_large_enough(open_page: OpenPage, width: int, height: int) -> None:
    page = open_page(states.STRONG, Phone(width=width, height=height)).page
    expect(page.locator("#alerts .alert")).to_have_count(2)
    small = page.evaluate("""() => [...document.querySelectorAll("a, button, summary, label.switch")]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.textContent.trim(), node.getBoundingClientRect()])
        .filter(([, box]) => box.width < 48 || box.height < 48).map(([text]) => text)""")
    assert not small


def test_the_bar_leads_to_each_part(open_page: OpenPage) -> None:
    page = open_page(states.NOTHING, Phone(width=360, height=640)).page
    expect(page.locator(".sensor")).to_have_count(2)
    for part in ("settings", "coverage", "picture", "result"):
        page.locator(f".bar a[href='#{part}']").click()
        expect(page.locator(f"#{part}")).to_be_in_viewport()


def test_the_verdict_is_spoken(open_page: OpenPage) -> None:
    page = open_page(states.NOTHING).page
    expect(page.locator("#result")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#lost")).to_have_attribute("role", "alert")


def test_a_sense_and_kinds_nobody_has_heard_of(open_page: OpenPage) -> None:
    state = {
        **states.STRONG,
        "alerts": [{**states.ANALOG, "id": "x-1", "sense": "sonar", "kind": "ticking"}],
        "sensors": {**states.BASE["sensors"], "sonar": {"status": "ok", "source": "sim:x", "provenance": "simulated"}},
        "coverage": {**states.BASE["coverage"], "sonar": {"complete": False, "missing": [states.RF_BLIND]}},
    }
    page = open_page(state).page
    expect(page.locator("#alerts .alert h3")).to_have_text("ticking")
    expect(page.locator(".sensor[data-sense='sonar']")).to_contain_text("sonar")
    expect(page.locator(".sense[data-sense='sonar']")).to_contain_text("Nothing above 1.766 GHz")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_pairing_by_the_six_digits(open_page: OpenPage, lang: str) -> None:
    security = SecuritySettings(bind_host="192.168.4.1", pairing_code="042917")
    screen = open_page(states.NOTHING, Phone(lang=lang), security)
    page, words = screen.page, WORDS[lang]
    expect(page.locator("h1")).to_have_text(words.render("pair.heading"))
    page.locator("#code").fill("123456")
    page.get_by_role("button", name=words.render("pair.go"), exact=True).click()
    expect(page.locator("#error")).to_have_text(words.render("error.wrong_code"))
    assert [error for error in screen.errors if "403" not in error] == []
    screen.errors.clear()  # Chromium reports every refusal on the console
    page.locator("#code").fill("042917")
    page.get_by_role("button", name=words.render("pair.go"), exact=True).click()
    expect(page.locator("#verdict")).to_have_text(words.render("verdict.nothing_detected"))
