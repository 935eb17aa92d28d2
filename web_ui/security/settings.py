"""Security settings of one run of the page."""

import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import Self

__all__ = ["SecuritySettings", "is_loopback", "new_pairing_code"]

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuritySettings:
    """What guards the page; make it with `for_host`.

    Attributes
    ----------
    bind_host : str
        Address that the server is bound to.
    pairing_code : str or None
        Six digits that a new phone must type; None (only on a loopback address): no pairing.
    allowed_hosts : tuple of str
        Further names that the page may be called by (``nunchi.local``).
    secret_key : bytes
        Signs sessions and tokens; new in every run, so that a restart ends all sessions.
    session_s : float
        Life of a pairing in seconds.
    tries_per_minute : int
        Codes that may be tried within a minute, by all phones together.
    """

    bind_host: str
    pairing_code: str | None = field(repr=False)
    allowed_hosts: tuple[str, ...] = ()
    secret_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    session_s: float = 12 * 3600.0
    tries_per_minute: int = 5

    def __post_init__(self) -> None:
        if self.pairing_code is None and not is_loopback(self.bind_host):
            raise ValueError(f"bind_host {self.bind_host!r} is reachable by others: a pairing code is needed")

    @classmethod
    def for_host(cls, bind_host: str, allowed_hosts: tuple[str, ...] = ()) -> Self:
        """Return settings for an address: no pairing on loopback, a fresh code on any other.

        The caller shows `pairing_code` where only the owner sees it (the terminal).
        """
        code = None if is_loopback(bind_host) else new_pairing_code()
        return cls(bind_host=bind_host, pairing_code=code, allowed_hosts=allowed_hosts)

    @property
    def pairing_required(self) -> bool:
        """Whether a phone must be paired before it sees anything."""
        return self.pairing_code is not None

    def allows_host(self, name: str) -> bool:
        """Whether the page may be called by this name (host without port, lower case, no brackets).

        This stops DNS rebinding: a foreign name that resolves to the device is refused. Bound to all addresses,
        any literal IP address passes, since a literal address cannot be rebound.
        """
        if name in (*_LOOPBACK_NAMES, self.bind_host.lower(), *(host.lower() for host in self.allowed_hosts)):
            return True
        bound, named = _address(self.bind_host), _address(name)
        return bound is not None and bound.is_unspecified and named is not None


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine only."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def new_pairing_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
