"""``GET /``: the page itself."""

from pathlib import Path

import msgspec
from flask import Blueprint, Response, g, make_response, render_template

from web_ui.preferences import LANGUAGE_NAMES, chosen_words
from web_ui.security.sessions import Sessions

__all__ = ["HelpLines", "load_help_lines", "page_blueprint"]


class HelpLine(msgspec.Struct, forbid_unknown_fields=True):
    """A number to call; `name` is the code of its words."""

    number: str
    name: str


class HelpLines(msgspec.Struct, forbid_unknown_fields=True):
    """Numbers to call by country, and when they were last checked."""

    checked: str
    lines: tuple[HelpLine, ...]


def load_help_lines() -> HelpLines:
    """Read ``static/help_lines.json``."""
    return msgspec.json.decode(
        Path(__file__).with_name("static").joinpath("help_lines.json").read_bytes(), type=HelpLines
    )


def page_blueprint(sessions: Sessions) -> Blueprint:
    """Return the route of the page."""
    page = Blueprint("page", __name__)
    help_lines = load_help_lines()

    @page.get("/")
    def show() -> Response:
        boot = {"words": chosen_words().catalogue(), "languages": LANGUAGE_NAMES}
        html = render_template("page.html", token=sessions.token(g.session_id), help_lines=help_lines, boot=boot)
        response = make_response(html)
        response.headers["Cache-Control"] = "no-store"
        return response

    return page
