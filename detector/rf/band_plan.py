"""Who may be heard where: rows of data with source, date and mark, one plan a region."""

import tomllib
from dataclasses import dataclass
from importlib import resources

from detector.errors import InputError
from detector.types import SignalKind

__all__ = ["Band", "BandPlan", "parse_band_plan", "shipped_band_plan"]

_MARKS = ("V", "S", "R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One row.

    Attributes
    ----------
    low_hz, high_hz : float
        Inclusive.
    name : str
        Short English name for technicians.
    kind : SignalKind or None
        What wide or plain energy there is taken for; None where shape decides.
    camera : bool
        Whether analog cameras are sold for it: revisited more often.
    step_hz : float or None
        Distance of hops where it must be finer than the comb.
    source, date, mark : str
        Where the row comes from, when it was looked up, and V read in the rule or table itself, S in a source
        that quotes it, R reported.
    """

    low_hz: float
    high_hz: float
    name: str
    kind: SignalKind | None
    camera: bool
    step_hz: float | None
    source: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class BandPlan:
    """A region's rows, in the order of the file; the narrowest row that holds a frequency names it."""

    region: str
    bands: tuple[Band, ...]

    def at(self, freq_hz: float) -> Band | None:
        """Return the narrowest ambient row (one with a kind) that holds a frequency, None where there is none."""
        rows = [band for band in self.bands if band.kind is not None and band.low_hz <= freq_hz <= band.high_hz]
        return min(rows, key=lambda band: band.high_hz - band.low_hz, default=None)

    @property
    def camera_bands(self) -> tuple[Band, ...]:
        """Rows to come back to."""
        return tuple(band for band in self.bands if band.camera)


def parse_band_plan(text: str, name: str = "band plan") -> BandPlan:
    """Read a plan.

    Parameters
    ----------
    text : str
        TOML: ``region`` and ``[[band]]`` tables with ``mhz = [low, high]``, ``name``, ``source``, ``date``, ``mark``,
        and optionally ``kind``, ``camera``, ``step_mhz``.
    name : str
        Named in errors.

    Raises
    ------
    InputError
        Not TOML, or a row lacks a key, has an unknown kind or mark, or its limits are the wrong way round.
    """
    try:
        table = tomllib.loads(text)
        bands = tuple(_band(row) for row in table["band"])
        return BandPlan(region=str(table["region"]), bands=bands)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{name}: {error}") from error


def shipped_band_plan(region: str) -> BandPlan:
    """Return the plan that ships for a region (``KR``, ``EU``, ``US``).

    Raises
    ------
    InputError
        There is none.
    """
    row = resources.files("detector.rf.bands").joinpath(f"{region.lower()}.toml")
    if not region.isalpha() or not row.is_file():
        raise InputError(f"region {region!r}: no band plan ships for it")
    return parse_band_plan(row.read_text("utf-8"), f"bands/{region.lower()}.toml")


def _band(row: dict[str, object]) -> Band:
    low, high = row["mhz"]  # type: ignore[misc]
    if not 0 < low < high:  # type: ignore[has-type]
        raise ValueError(f"{row['name']}: mhz = [{low}, {high}] is not a range")  # type: ignore[has-type]
    if row["mark"] not in _MARKS:
        raise ValueError(f"{row['name']}: mark {row['mark']!r} is none of V, S, R")
    kind, step = row.get("kind"), row.get("step_mhz")
    return Band(
        low_hz=float(low) * 1e6,  # type: ignore[has-type]
        high_hz=float(high) * 1e6,  # type: ignore[has-type]
        name=str(row["name"]),
        kind=None if kind is None else SignalKind(str(kind)),
        camera=bool(row.get("camera", False)),
        step_hz=None if step is None else float(str(step)) * 1e6,
        source=str(row["source"]),
        date=str(row["date"]),
        mark=str(row["mark"]),
    )
