"""Homing and baselines on the page."""

import pytest
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.conftest import OpenPage, Phone
from tests.browser.test_page import KO, VIBRATION, WORDS

HOME = states.WALKING["homing"]
READY = {**states.WALKING, "homing": None}


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_walking_fits_one_screen(open_page: OpenPage, lang: str, width: int, height: int) -> None:
    state = {**states.WALKING, "provenance": "simulated"}
    screen = open_page(state, Phone(lang=lang, width=width, height=height))
    page = screen.page
    expect(page.locator("#homing-number")).to_have_text("47")
    expect(page.locator("#homing-word")).to_have_text(WORDS[lang].render("homing.warmer"))
    for part in ("#provenance", "#homing-number", "#homing-bar", "#homing-peak", "#homing-stop"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for trend in ("colder", "steady", "waiting", "not_heard", "very_close"):
        screen.device.change(homing={**HOME, "trend": trend})
        expect(page.locator("#homing-word")).to_have_text(WORDS[lang].render(f"homing.{trend}"))
        assert screen.overflow_px() == 0
        expect(page.locator("#homing-stop")).to_be_in_viewport(ratio=1)


def test_from_the_alert_to_the_walk_and_back(open_page: OpenPage) -> None:
    screen = open_page(READY)
    page = screen.page
    expect(page.locator("#homing")).to_be_hidden()
    expect(page.locator("[data-alert='lens-7'] .find")).to_be_hidden()
    page.locator("[data-alert='rf-1'] .find").click()
    expect(page.locator("#homing-number")).to_have_text("–")
    expect(page.locator("#result")).to_be_hidden()
    screen.device.change(homing=HOME)
    expect(page.locator("#homing-number")).to_have_text("47")
    expect(page.locator("#homing-peak")).to_have_text("Strongest so far: 55")
    assert page.locator("#homing-bar").get_attribute("aria-valuenow") == "47"
    with page.expect_response("**/api/homing"):
        pass
    assert ("home", "rf-1", True) in screen.device.asked, "the page says that it is still there"
    page.locator("#homing-stop").click()
    expect(page.locator("#homing")).to_be_hidden()
    expect(page.locator("#result")).to_be_visible()
    assert screen.device.asked[-1] == ("stop_homing",)


def test_warmer_can_be_felt(open_page: OpenPage) -> None:
    screen = open_page({**states.WALKING, "homing": {**HOME, "trend": "steady"}}, Phone(script=VIBRATION))
    page = screen.page
    expect(page.locator("#homing-word")).to_have_text("No change")
    assert page.evaluate("felt.length") == 0
    screen.device.change(homing=HOME)
    expect(page.locator("#homing-word")).to_have_text("Warmer")
    screen.device.change(homing={**HOME, "strength": 0.5})
    expect(page.locator("#homing-number")).to_have_text("50")
    assert page.evaluate("felt.length") == 1


def test_a_refusal_is_told_at_the_alert(open_page: OpenPage) -> None:
    screen = open_page(READY)
    screen.device.refuses = "sensor_down"
    card = screen.page.locator("[data-alert='rf-1']")
    card.locator(".find").click()
    expect(card.locator(".error")).to_have_text("The radio is not working right now.")
    screen.errors.clear()  # Chromium reports every refusal on the console


def test_recording_outside_and_comparing_inside(open_page: OpenPage) -> None:
    screen = open_page({**states.NOTHING, "baseline": states.BASELINES}, Phone(lang="ko"))
    page = screen.page
    page.locator("#baseline-place").fill("  3층 복도 ")
    page.get_by_role("button", name=KO.render("baseline.record")).click()
    expect(page.locator("#baseline-state")).to_have_text(
        KO.render("baseline.recording", {"place": "3층 복도", "percent": 0})
    )
    page.locator("#baseline-leave").click()
    expect(page.locator("#baseline-form")).to_be_visible()
    expect(page.locator("#baseline-place")).to_have_value("  3층 복도 ")
    rows = page.locator("#baseline-kept .kept")
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("[data-act='compare']")).to_be_disabled()
    expect(rows.nth(1)).to_contain_text(KO.render("baseline.not_comparable"))
    rows.nth(0).locator("[data-act='compare']").click()
    delete = rows.nth(0).locator("[data-act='delete']")
    delete.click()
    expect(delete).to_have_text(KO.render("baseline.delete_sure"))
    with page.expect_response("**/api/baseline/delete"):
        delete.click()
    baseline_id = "20261122T201000-abcdef"
    assert screen.device.asked == [
        ("record", "3층 복도"),
        ("leave",),
        ("compare", baseline_id),
        ("delete", baseline_id),
    ]


def test_a_name_need_not_be_given(open_page: OpenPage) -> None:
    screen = open_page({**states.NOTHING, "baseline": states.BASELINES})
    screen.page.get_by_role("button", name="Record outside").click()
    expect(screen.page.locator("#baseline-state")).to_contain_text("Corridor")
    assert screen.device.asked == [("record", "Corridor")]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_comparison_shows_its_progress_and_its_find(open_page: OpenPage, lang: str) -> None:
    screen = open_page(states.COMPARING, Phone(lang=lang, width=360, height=640, scheme="light"))
    page, words = screen.page, WORDS[lang]
    expect(page.locator("#baseline-common")).to_have_text(words.render("baseline.common", {"common_db": 7.5}))
    expect(page.locator("#baseline-bar")).to_have_js_property("value", 0.62)
    card = page.locator("[data-alert='rf-rise-1']")
    expect(card.locator("h3")).to_have_text(words.render("kind.unknown_emitter"))
    expect(card).to_contain_text("31 dB")
    assert screen.overflow_px() == 0
    problem = states.phrase("rf.baseline.stood_still")
    screen.device.change(baseline={**states.BASELINES, "problem": problem, "store_problem": "disk full"})
    expect(page.locator("#baseline-problem")).to_have_text(words.render("rf.baseline.stood_still") + " disk full")


def test_a_device_without_baselines_shows_none(open_page: OpenPage) -> None:
    page = open_page(states.NOTHING).page
    expect(page.locator(".sensor")).to_have_count(2)
    expect(page.locator("#baseline")).to_be_hidden()
