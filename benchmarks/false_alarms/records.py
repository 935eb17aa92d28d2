"""What the stages write down, one line of JSON a unit of work, so that runs resume and merge."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

__all__ = ["Ask", "Find", "Glance", "Head", "Log", "LookRecord", "Noise", "Session", "read_all"]


class LookRecord(msgspec.Struct, frozen=True, array_like=True):
    """One longer look.

    Attributes
    ----------
    z, balance : float or None
        Fine line-rate statistic and its harmonics' balance; None where the look's own quick test saw nothing.
    confidence : float
        Posterior of video; 0 where it was refused or not asked.
    refusal : str or None
    link : str or None
        What a digital link was taken for.
    link_confidence : float
    snr_db : float
    kind : str or None
        The alert for which it speaks above the line.
    """

    z: float | None
    balance: float | None
    confidence: float
    refusal: str | None
    link: str | None
    link_confidence: float
    snr_db: float
    kind: str | None


class Ask(msgspec.Struct, frozen=True):
    """A slice that asked for a longer look on one visit, and what longer looks there said, again and again.

    Attributes
    ----------
    hz : float
        Centre of the slice.
    why : str
        ``video`` or ``link``.
    visits : float
        Visits to this slice in a chapter that this visit stands for.
    on_air : tuple of str
        Services that reach into the slice.
    chains : tuple of tuple of LookRecord
        Each chain is what one ask leads to: looks until one confirms, none shows a rhythm, or the attempts are over.
        The first is that of this visit, the others of later ones which asked as well.
    agreed, repeats : int
        Of the looks that follow a confirming one, with other noise, how many confirmed as well, and all.
    """

    hz: float
    why: str
    visits: float
    on_air: tuple[str, ...]
    chains: tuple[tuple[LookRecord, ...], ...]
    agreed: int = 0
    repeats: int = 0


class Find(msgspec.Struct, frozen=True):
    """Something that a sweep listed: ``alert`` or ``inspect``, when, what, and what is on the air there."""

    listed: str
    t_s: float
    kind: str
    mhz: float
    confidence: float
    on_air: tuple[str, ...]


class Head(msgspec.Struct, frozen=True, tag="head"):
    """How a file was made; files of different making are not merged."""

    options: str


class Session(msgspec.Struct, frozen=True, tag="sweep"):
    """An ordinary sweep from its start: skies that change every chapter, nothing left out."""

    seed: int
    index: int
    swept_s: float
    looks_quiet: int
    looks_air: int
    finds: tuple[Find, ...]
    cpu_s: float


class Glance(msgspec.Struct, frozen=True, tag="glance"):
    """A sky of its own, each slice with something on the air visited once, longer looks where one asked."""

    seed: int
    index: int
    asks: tuple[Ask, ...]
    continued_s: float
    finds: tuple[Find, ...]
    cpu_s: float


class Noise(msgspec.Struct, frozen=True, tag="noise"):
    """Longer looks at nothing but the receiver: the fine statistic of each chain's last, and the looks that confirmed.

    `looks` counts every look of the chains.
    """

    seed: int
    index: int
    z: tuple[float, ...]
    best_confidence: float
    confirmed: int
    cpu_s: float
    looks: int = 0


Record = Head | Session | Glance | Noise


class Log:
    """A file of records, appended to as work is done.

    Parameters
    ----------
    path : Path
    options : str
        How the records are made.

    Raises
    ------
    ValueError
        The file was begun with other options.
    """

    def __init__(self, path: Path, options: str) -> None:
        self.path = path
        self.done: dict[type, int] = {Session: 0, Glance: 0, Noise: 0}
        held = list(_read(path)) if path.exists() else []
        for record in held:
            if isinstance(record, Head) and record.options != options:
                raise ValueError(f"{path}: made with {record.options}, not {options}")
            if not isinstance(record, Head):
                self.done[type(record)] += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        if not held:
            self.append(Head(options))

    def append(self, record: Record) -> None:
        """Write a record at once."""
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")
        if not isinstance(record, Head):
            self.done[type(record)] += 1


def _read(path: Path) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(Record)
    for line in path.read_bytes().splitlines():
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError:
            # a run was killed while it wrote: the last line is not whole
            continue


def read_all(directory: Path) -> tuple[str, list[Session], list[Glance], list[Noise]]:
    """Return the options and all records of a directory.

    Raises
    ------
    ValueError
        It holds none, or files of different making.
    """
    records = [record for path in sorted(directory.glob("*.jsonl")) for record in _read(path)]
    heads = {record.options for record in records if isinstance(record, Head)}
    if len(heads) != 1:
        raise ValueError(f"{directory}: {len(heads)} kinds of run, wanted one")
    return (
        heads.pop(),
        [record for record in records if isinstance(record, Session)],
        [record for record in records if isinstance(record, Glance)],
        [record for record in records if isinstance(record, Noise)],
    )
