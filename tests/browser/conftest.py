"""A real server on a free port, Chromium at the size of a phone."""

from collections.abc import Callable, Iterator, Mapping
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.fake_device import FakeDevice
from web_ui.app import create_app
from web_ui.security import SecuritySettings
from web_ui.server import PageServer

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
LOCALES = {"en": "en-GB", "ko": "ko-KR"}


@dataclass(kw_only=True)
class Phone:
    """How the phone is held and set."""

    lang: str = "en"
    scheme: str = "dark"
    width: int = 390
    height: int = 844
    cookies: Mapping[str, str] = field(default_factory=dict)
    script: str = ""
    """Runs before the page's own scripts."""


@dataclass
class Screen:
    """A page on a phone, with the device behind it."""

    page: Page
    device: FakeDevice
    server: PageServer
    errors: list[str]
    may_lose_contact: bool = False

    def failures(self) -> list[str]:
        """Errors of the page; those of the network are the browser's own and may be expected."""
        return [error for error in self.errors if not (self.may_lose_contact and "net::ERR_" in error)]

    def overflow_px(self) -> int:
        """How far the page is wider than the phone."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (apt install chromium)")
    if find_library("atomic") is None:
        pytest.skip("Playwright's driver cannot start: libatomic is not installed (apt install libatomic1)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


OpenPage = Callable[..., Screen]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open the page of a device in a given state; on the way out, every error of the page fails the test."""
    screens: list[Screen] = []

    def open_(state: Mapping[str, Any], phone: Phone | None = None, security: SecuritySettings | None = None) -> Screen:
        phone = phone or Phone()
        device = FakeDevice(state)
        server = PageServer(create_app(device, security or SecuritySettings.for_host("127.0.0.1")), "127.0.0.1", 0)
        server.start()
        context = browser.new_context(
            viewport={"width": phone.width, "height": phone.height},
            locale=LOCALES[phone.lang],
            color_scheme=phone.scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(8000)
        context.add_cookies([{"name": name, "value": text, "url": server.url} for name, text in phone.cookies.items()])
        page = context.new_page()
        screen = Screen(page, device, server, [])
        screens.append(screen)
        page.on("console", lambda message: screen.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: screen.errors.append(str(error)))
        if phone.script:
            page.add_init_script(phone.script)
        page.goto(server.url)
        return screen

    expect.set_options(timeout=8000)
    yield open_
    overflows = [screen.overflow_px() for screen in screens]
    for screen in screens:
        screen.page.context.close()
        screen.server.stop()
    assert [screen.failures() for screen in screens] == [[]] * len(screens)
    assert overflows == [0] * len(screens)
