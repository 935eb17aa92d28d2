"""OFDM numerologies that are looked for: how long the useful symbol is and which guard intervals go with it.

A row is a fact of a standard. Two services may share one (2k in 2 MHz is 8k in 8 MHz, symbol for symbol): width and
place tell them apart, not the cyclic prefix.
"""

from dataclasses import dataclass

__all__ = ["DAB", "LINKS", "LTE", "Numerology"]

_GUARDS = (1 / 4, 1 / 8, 1 / 16, 1 / 32)
_WIDTHS_MHZ = (1.25, 1.5, 1.7, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
_MOBILE_SLOT_S, _MOBILE_CLOCK_HZ = 0.5e-3, 30.72e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerology:
    """One useful-symbol duration and the rhythms in which its prefixes may come.

    Attributes
    ----------
    family : str
        ``cofdm``, ``lte`` or ``dab``.
    name : str
        For technicians, such as ``2k/8 MHz``.
    useful_s : float
        Tu: a prefix repeats what comes this much later.
    rhythms : tuple of (float, tuple of (float, float))
        Period in seconds, and start and length in seconds of the prefixes within it; one a guard interval.
    channels_hz : tuple of float
        Channel widths that have this symbol, narrowest first.
    source : str
        Standard.
    """

    family: str
    name: str
    useful_s: float
    rhythms: tuple[tuple[float, tuple[tuple[float, float], ...]], ...]
    channels_hz: tuple[float, ...]
    source: str


def _plain(useful_s: float, guards_s: tuple[float, ...]) -> tuple[tuple[float, tuple[tuple[float, float], ...]], ...]:
    return tuple((useful_s + guard_s, ((0.0, guard_s),)) for guard_s in guards_s)


def _links() -> tuple[Numerology, ...]:
    """DVB-T symbols of 2k and 8k at every width (EN 300 744 at 5-8 MHz, camera links scale its clock), and ISDB-T."""
    found: dict[float, list[tuple[str, float]]] = {}
    for width_mhz in _WIDTHS_MHZ:
        for name, size in (("2k", 2048), ("8k", 8192)):
            useful_s = round(size * 7 / (8e6 * width_mhz), 10)
            found.setdefault(useful_s, []).append((f"{name}/{width_mhz:g} MHz", width_mhz * 1e6))
    for name, useful_s in (("mode 1", 252e-6), ("mode 2", 504e-6), ("mode 3", 1008e-6)):
        found.setdefault(useful_s, []).append((f"ISDB-T {name}/6 MHz", 6e6))
    return tuple(
        Numerology(
            family="cofdm",
            name=" or ".join(name for name, _ in rows),
            useful_s=useful_s,
            rhythms=_plain(useful_s, tuple(guard * useful_s for guard in _GUARDS)),
            channels_hz=tuple(sorted(width for _, width in rows)),
            source="ETSI EN 300 744 4.4 and annex E; ARIB STD-B31 3.3",
        )
        for useful_s, rows in sorted(found.items())
    )


def _mobile_prefixes() -> tuple[tuple[float, float], ...]:
    """Starts and lengths of the seven normal cyclic prefixes of a slot."""
    prefixes, at = [], 0
    for symbol in range(7):
        length = 160 if symbol == 0 else 144
        prefixes.append((at / _MOBILE_CLOCK_HZ, length / _MOBILE_CLOCK_HZ))
        at += length + 2048
    return tuple(prefixes)


LINKS = _links()
LTE = Numerology(
    family="lte",
    name="15 kHz",
    useful_s=2048 / _MOBILE_CLOCK_HZ,
    rhythms=((_MOBILE_SLOT_S, _mobile_prefixes()),),
    channels_hz=(1.4e6, 3e6, 5e6, 10e6, 15e6, 20e6),
    source="3GPP TS 36.211 5.6 and 6.12",
)
DAB = Numerology(
    family="dab",
    name="mode I",
    useful_s=1e-3,
    rhythms=_plain(1e-3, (246e-6,)),
    channels_hz=(1.536e6,),
    source="ETSI EN 300 401 14.2",
)
