"""The checks that every request passes, and the headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web_ui.answers import refuse
from web_ui.security.sessions import Sessions
from web_ui.security.settings import SecuritySettings

__all__ = ["SESSION_COOKIE", "Guard"]

SESSION_COOKIE = "nunchi_session"
_LOOPBACK_SESSION = "loopback"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Refuses foreign host names, foreign pages, unpaired phones and changes without a token.

    Parameters
    ----------
    settings : SecuritySettings
    sessions : Sessions
    """

    def __init__(self, settings: SecuritySettings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions

    def install(self, app: Flask) -> None:
        """Put the guard before every request and its headers on every answer."""
        app.before_request(self.check)
        app.after_request(_add_headers)

    def check(self) -> AnyResponse | None:
        """Return a refusal, or None to let the request pass; ``g.session_id`` is then the session or None."""
        if not self._settings.allows_host(_host_name()):
            return refuse(403, "foreign_host")
        if _is_foreign():
            return refuse(403, "foreign_origin")
        g.session_id = self._session_id()
        if g.session_id is None and not _is_public():
            return refuse(401, "not_paired") if request.path != "/" else redirect(url_for("pairing.ask"), 303)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return None
        return self._check_change()

    def _session_id(self) -> str | None:
        if not self._settings.pairing_required:
            return _LOOPBACK_SESSION
        return self._sessions.read(request.cookies.get(SESSION_COOKIE))

    def _check_change(self) -> Response | None:
        if request.mimetype != "application/json":
            return refuse(415, "not_json")
        if _is_public():
            return None
        if not self._sessions.is_token(g.session_id, request.headers.get("X-Nunchi-Token")):
            return refuse(403, "bad_token")
        return None


def _host_name() -> str:
    # From the header alone: Flask's request.host would fall back to the server's own name.
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_foreign() -> bool:
    """Whether another site's page sent this; following a link to the page itself is fine."""
    changes = request.method not in ("GET", "HEAD")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.headers.get('Host', '')}":
        return True
    site = request.headers.get("Sec-Fetch-Site", "none")
    return (changes or request.path.startswith("/api/")) and site not in ("same-origin", "none")


def _is_public() -> bool:
    return request.endpoint == "static" or request.blueprint == "pairing"


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
