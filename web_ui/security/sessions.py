"""Signed sessions and tokens, valid within one run of the device."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

__all__ = ["Sessions"]


class Sessions:
    """Issues and reads session cookies ``<id>.<expiry>.<signature>``.

    Expiry counts on the monotonic clock, since the device's wall clock may jump by years; the key lives as long as
    the process, so a restart ends all sessions.

    Parameters
    ----------
    key : bytes
    life_s : float
    clock : callable returning seconds
    """

    def __init__(self, key: bytes, life_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key
        self._life_s = life_s
        self._clock = clock

    def issue(self) -> str:
        """Return the cookie of a new session."""
        body = f"{secrets.token_urlsafe(18)}.{int(self._clock() + self._life_s)}"
        return f"{body}.{self._sign('session', body)}"

    def read(self, cookie: str | None) -> str | None:
        """Return the id of a session, None when the cookie is missing, forged or expired."""
        body, _, signature = (cookie or "").rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", body).encode()):
            return None
        session_id, _, expiry = body.rpartition(".")
        return session_id if self._clock() < int(expiry) else None

    def token(self, session_id: str) -> str:
        """Return the token that a page of this session sends with every change."""
        return self._sign("token", session_id)

    def is_token(self, session_id: str, token: str | None) -> bool:
        """Whether a token belongs to a session, in constant time."""
        return hmac.compare_digest((token or "").encode(), self.token(session_id).encode())

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
