"""The hint and the map of spots: readable, calm, honest about what is not known."""

import pytest
from playwright.sync_api import expect

from detector.lens.guidance import Hint
from tests.browser import states
from tests.browser.conftest import OpenPage, Phone
from web_ui.words import Words

EN = Words("en")


def guided(hint: str | None, **changes: object) -> dict[str, object]:
    return {"guidance": {"lens": states.guidance(hint, **changes)}}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_hint_moves_the_picture(open_page: OpenPage, lang: str) -> None:
    screen = open_page(states.NOTHING, Phone(lang=lang, width=360, height=640, scheme="light"))
    hint, words = screen.page.locator("#hint"), Words(lang)
    expect(hint).to_have_text(words.render("guide.keep_going"))
    heights = set()
    for code in Hint:
        screen.device.change(**guided(code))
        expect(hint).to_have_text(words.render(f"lens.guide.{code}"))
        heights.add(hint.evaluate("node => node.offsetHeight"))
    assert len(heights) == 1


def test_the_map_shows_done_and_begun_by_shape(open_page: OpenPage) -> None:
    screen = open_page({**states.NOTHING, **guided("move_left")})
    page = screen.page
    expect(page.locator("#hint")).to_have_attribute("role", "status")  # polite
    expect(page.locator("#spots-count")).to_have_text("148 of 272 spots done")
    expect(page.locator("#map")).to_have_attribute("aria-label", "Map of the wall: 148 of 272 spots done.")
    done, begun = (page.locator(f"#map-{name}").get_attribute("d") for name in ("done", "begun"))
    assert (done.count("M"), begun.count("M")) == (148, 124)
    assert done.split("z")[0][-6:] != begun.split("z")[0][-6:]
    expect(page.locator("#spots-size")).to_have_text(EN.render("guide.size_unknown"))
    screen.device.change(**guided(None, calibrated=True, smallest_lens_mm=1.234))
    expect(page.locator("#spots-size")).to_have_text("Here a lens from about 1.2 mm would show.")
    screen.device.change(**guided(None, calibrated=True))
    expect(page.locator("#spots-size")).to_have_text(EN.render("guide.size_none"))


def test_the_words_of_a_standing_hint_are_not_written_again(open_page: OpenPage) -> None:
    """A live region that is written anew speaks anew."""
    screen = open_page({**states.NOTHING, **guided("slower")})
    page = screen.page
    expect(page.locator("#hint")).to_have_text("A little slower.")
    page.evaluate(
        "window.writes = 0; new MutationObserver(() => { window.writes += 1 })"
        ".observe(document.querySelector('#hint'), { childList: true, characterData: true, subtree: true })"
    )
    screen.device.change(**guided("slower", view=[1.0, 2.0, 18.0, 22.0]))
    expect(page.locator("#map-view")).to_have_attribute("d", "M2 1h22v18h-22z")
    assert page.evaluate("window.writes") == 0


def test_without_a_camera_there_is_no_advice(open_page: OpenPage) -> None:
    screen = open_page({**states.OFFLINE, "guidance": {}})
    expect(screen.page.locator("#verdict")).to_be_visible()
    expect(screen.page.locator("#hint")).to_be_hidden()
    expect(screen.page.locator("#spots")).to_be_hidden()
