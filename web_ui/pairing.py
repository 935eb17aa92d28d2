"""Pairing: a phone types the six digits that the device shows, and gets a session."""

import hmac

import msgspec
from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web_ui.answers import json_answer, refuse
from web_ui.security.guard import SESSION_COOKIE
from web_ui.security.sessions import Sessions
from web_ui.security.settings import SecuritySettings
from web_ui.security.tries import TryLimit

__all__ = ["pairing_blueprint"]


class PairBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /pair``."""

    code: str


def pairing_blueprint(settings: SecuritySettings, sessions: Sessions) -> Blueprint:
    """Return the routes of pairing; where no pairing is required they lead to the page."""
    pairing = Blueprint("pairing", __name__)
    tries = TryLimit(settings.tries_per_minute)

    @pairing.get("/pair")
    def ask() -> str | AnyResponse:
        return redirect(url_for("page.show"), 303) if g.session_id else render_template("pairing.html")

    @pairing.post("/pair")
    def answer() -> Response:
        if settings.pairing_code is None:
            return refuse(404, "not_found")
        try:
            body = msgspec.json.decode(request.get_data(), type=PairBody)
        except msgspec.DecodeError:
            return refuse(400, "bad_body")
        wait_s = tries.take()
        if wait_s:
            return refuse(429, "too_many_tries", retry_after_s=wait_s)
        if not hmac.compare_digest(body.code.encode(), settings.pairing_code.encode()):
            return refuse(403, "wrong_code")
        response = json_answer({"paired": True})
        response.set_cookie(
            SESSION_COOKIE, sessions.issue(), max_age=int(settings.session_s), httponly=True, samesite="Strict"
        )
        return response

    return pairing
