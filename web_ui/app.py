"""The Flask application: blueprints, guard, error answers."""

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from web_ui.answers import refuse
from web_ui.api import api_blueprint
from web_ui.device import Device
from web_ui.page import page_blueprint
from web_ui.pairing import pairing_blueprint
from web_ui.preferences import LANGUAGE_NAMES, chosen_theme, chosen_words
from web_ui.radio import radio_blueprint
from web_ui.security import SecuritySettings
from web_ui.security.guard import Guard
from web_ui.security.sessions import Sessions
from web_ui.streams import StreamOptions, Streams

__all__ = ["create_app"]

_MAX_BODY_BYTES = 4096
_ERROR_CODES = {400: "bad_body", 404: "not_found", 405: "bad_method", 413: "too_large"}


def create_app(device: Device, security: SecuritySettings, options: StreamOptions | None = None) -> Flask:
    """Return the page of a device.

    Parameters
    ----------
    device : Device
        Answers all questions and takes all commands.
    security : SecuritySettings
    options : StreamOptions, optional
        Settings of the event streams.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.extensions["nunchi_streams"] = streams = Streams(options or StreamOptions())
    sessions = Sessions(security.secret_key, security.session_s)
    Guard(security, sessions).install(app)
    app.register_blueprint(page_blueprint(sessions))
    app.register_blueprint(api_blueprint(device, streams))
    app.register_blueprint(radio_blueprint(device))
    app.register_blueprint(pairing_blueprint(security, sessions))
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_fault)
    app.context_processor(_template_words)
    return app


def _template_words() -> dict[str, object]:
    words = chosen_words()
    return {"w": words.render, "lang": words.lang, "theme": chosen_theme(), "names": LANGUAGE_NAMES}


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = refuse(status, _ERROR_CODES.get(status, "fault"))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _answer_fault(error: Exception) -> Response:
    current_app.logger.exception("request failed", exc_info=error)
    return refuse(500, "fault")
