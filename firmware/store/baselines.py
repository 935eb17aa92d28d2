"""Baselines by place and date: one JSON file each, at most 32, of at most 4 MB."""

import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from detector.errors import InputError
from detector.types import Baseline, Provenance
from firmware.log import get_logger
from firmware.store.directory import put_aside, write_atomically

__all__ = ["BaselineStore", "StoredBaseline", "place_name"]

SCHEMA: Literal["nunchi.baseline/1"] = "nunchi.baseline/1"
MOST_FILES = 32
MOST_BYTES = 4_000_000
MOST_CELLS = 40_000
PLACE_LENGTH = 40
_SUFFIX = ".json"
_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{6}")
_PER_DB = 100

_Numbers = Annotated[list[Annotated[int, Meta(ge=-100_000, le=10_000_000)]], Meta(max_length=MOST_CELLS)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The file: levels in hundredths of a dB, cells and looks as numbers, all lists of one length."""

    schema: Literal["nunchi.baseline/1"]
    place: Annotated[str, Meta(min_length=1, max_length=PLACE_LENGTH)]
    date: str
    provenance: Provenance
    cell_hz: Annotated[float, Meta(gt=0)]
    cells: _Numbers
    high_cdb: _Numbers
    middle_cdb: _Numbers
    spread_cdb: _Numbers
    floor_cdb: _Numbers
    looks: _Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBaseline:
    """What a list shows of a baseline; `date` is ISO 8601, UTC, by the device's own clock."""

    id: str
    place: str
    date: str
    provenance: Provenance
    moved: bool


def place_name(text: str) -> str:
    """Return a name as it is kept: printable, single spaces, forty characters at most.

    Raises
    ------
    InputError
        Nothing is left of it.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:PLACE_LENGTH].strip()
    if not name:
        raise InputError(f"place {text[:PLACE_LENGTH]!r}: a name is needed")
    return name


class BaselineStore:
    """Keeps baselines in a directory; may be used from several threads.

    A file that cannot be read is put aside under another name, logged in one line and counted: never deleted.

    Parameters
    ----------
    directory : Path
        Made when the first baseline is kept.
    now : callable
        Returns the date; the device's clock may be wrong, and the page shows what it said.
    """

    def __init__(self, directory: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._directory, self._now = directory, now
        self._lock = threading.Lock()
        self._baselines: dict[str, tuple[StoredBaseline, Baseline]] = {}
        self.problem: str | None = None
        self._read_all()

    def listed(self) -> tuple[StoredBaseline, ...]:
        """Return all baselines, newest first."""
        with self._lock:
            stored = [entry[0] for entry in self._baselines.values()]
        return tuple(sorted(stored, key=lambda item: item.id, reverse=True))

    def get(self, baseline_id: str) -> Baseline:
        """Return a baseline.

        Raises
        ------
        KeyError
            There is none.
        """
        with self._lock:
            return self._baselines[baseline_id][1]

    @property
    def full(self) -> bool:
        """Whether one has to be deleted before another can be kept."""
        with self._lock:
            return len(self._baselines) >= MOST_FILES

    def keep(self, baseline: Baseline) -> StoredBaseline:
        """Write a baseline; when this returns it is on the disk.

        Raises
        ------
        InputError
            The store is full, or the place has no name.
        OSError
            It cannot be written.
        """
        date = self._now().replace(microsecond=0)
        baseline_id = f"{date:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        with self._lock:
            if len(self._baselines) >= MOST_FILES:
                raise InputError(f"{self._directory}: {MOST_FILES} baselines are kept: delete one first")
            data = msgspec.json.encode(_file(baseline, date))
            write_atomically(self._directory / f"{baseline_id}{_SUFFIX}", data)
            stored = _entry(baseline_id, baseline, date.isoformat())
            self._baselines[baseline_id] = stored, baseline
        return stored

    def delete(self, baseline_id: str) -> None:
        """Delete a baseline.

        Raises
        ------
        KeyError
            There is none.
        OSError
            The file cannot be removed.
        """
        with self._lock:
            if baseline_id not in self._baselines:
                raise KeyError(baseline_id)
            (self._directory / f"{baseline_id}{_SUFFIX}").unlink(missing_ok=True)
            del self._baselines[baseline_id]

    def _read_all(self) -> None:
        try:
            paths = sorted(self._directory.glob(f"*{_SUFFIX}"), reverse=True)
        except OSError as error:
            self._complain(f"{self._directory}: cannot be read: {error.strerror}")
            return
        for path in paths[:MOST_FILES]:
            try:
                stored, baseline = _read(path)
            except (OSError, ValueError) as error:
                self._complain(put_aside(path, "baseline", error))
            else:
                self._baselines[stored.id] = stored, baseline
        if len(paths) > MOST_FILES:
            self._complain(f"{self._directory}: {len(paths)} baselines, only the newest {MOST_FILES} are used")

    def _complain(self, line: str) -> None:
        self.problem = line
        get_logger().warning("baseline store", reason=line)


def _read(path: Path) -> tuple[StoredBaseline, Baseline]:
    if not _ID.fullmatch(path.stem):
        raise ValueError("the name is no date and number")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES} bytes")
    file = msgspec.json.decode(path.read_bytes(), type=_File)
    lists = (file.cells, file.high_cdb, file.middle_cdb, file.spread_cdb, file.floor_cdb, file.looks)
    if len({len(numbers) for numbers in lists}) != 1 or any(np.diff(file.cells) <= 0):
        raise ValueError("lists of different lengths, or cells out of order")
    baseline = Baseline(
        place=place_name(file.place),
        provenance=file.provenance,
        cell_hz=file.cell_hz,
        cells=np.array(file.cells, np.int32),
        high_db=_from_file(file.high_cdb),
        middle_db=_from_file(file.middle_cdb),
        spread_db=_from_file(file.spread_cdb),
        floor_db=_from_file(file.floor_cdb),
        looks=np.array(file.looks, np.int32),
    )
    return _entry(path.stem, baseline, file.date), baseline


def _file(baseline: Baseline, date: datetime) -> _File:
    return _File(
        schema=SCHEMA,
        place=place_name(baseline.place),
        date=date.isoformat(),
        provenance=baseline.provenance,
        cell_hz=baseline.cell_hz,
        cells=baseline.cells.tolist(),
        high_cdb=_to_file(baseline.high_db),
        middle_cdb=_to_file(baseline.middle_db),
        spread_cdb=_to_file(baseline.spread_db),
        floor_cdb=_to_file(baseline.floor_db),
        looks=baseline.looks.tolist(),
    )


def _entry(baseline_id: str, baseline: Baseline, date: str) -> StoredBaseline:
    return StoredBaseline(
        id=baseline_id, place=baseline.place, date=date, provenance=baseline.provenance, moved=baseline.moved
    )


def _to_file(level_db: np.typing.NDArray[np.float32]) -> list[int]:
    return [int(number) for number in np.rint(level_db * _PER_DB)]


def _from_file(numbers: list[int]) -> np.typing.NDArray[np.float32]:
    return np.array(numbers, np.float32) / np.float32(_PER_DB)
