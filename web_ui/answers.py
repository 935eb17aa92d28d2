"""Answers that look the same everywhere: JSON for programs, a small page for people."""

import msgspec
from flask import Response, make_response, render_template, request

from web_ui.preferences import chosen_words

__all__ = ["json_answer", "refuse"]


def json_answer(data: object, status: int = 200) -> Response:
    """Return one JSON document, never cached."""
    response = Response(msgspec.json.encode(data) + b"\n", status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(status: int, code: str, retry_after_s: float | None = None) -> Response:
    """Return an error: under ``/api`` and to whoever sends JSON as JSON, else as a small page.

    Parameters
    ----------
    status : int
    code : str
        Words under ``error.<code>``.
    retry_after_s : float, optional
        When it is worth another try.
    """
    words = chosen_words()
    text = words.render(f"error.{code}")
    if request.path.startswith("/api") or request.method not in ("GET", "HEAD"):
        response = json_answer({"error": code, "message": text}, status)
    else:
        response = make_response(render_template("error.html", status=status, text=text), status)
        response.headers["Cache-Control"] = "no-store"
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(max(1, round(retry_after_s)))
    return response
