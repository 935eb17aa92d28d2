"""The store of baselines: what is kept is there again, what is broken is kept aside, nothing grows without bound."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from detector.errors import InputError
from detector.types import Baseline, Provenance
from firmware.store import baselines
from firmware.store.baselines import BaselineStore, place_name
from firmware.store.directory import state_directory, write_atomically

DATE = datetime(2026, 11, 22, 20, 10, 0, 123456, tzinfo=UTC)


def a_baseline(place: str = "corridor, 3rd floor", provenance: Provenance = Provenance.LIVE) -> Baseline:
    rng = np.random.default_rng(3)
    count = 50

    def levels() -> np.typing.NDArray[np.float32]:
        return np.round(rng.uniform(-90, -20, count), 2).astype(np.float32)

    return Baseline(
        place=place,
        provenance=provenance,
        cell_hz=1e5,
        cells=np.arange(12000, 12000 + count, dtype=np.int32),
        high_db=levels(),
        middle_db=levels(),
        spread_db=np.full(count, 6.0, np.float32),
        floor_db=np.full(count, -100.0, np.float32),
        looks=np.full(count, 4, np.int32),
    )


def store_in(path: Path) -> BaselineStore:
    return BaselineStore(path, now=lambda: DATE)


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    first = a_baseline()
    stored = store_in(tmp_path / "new").keep(first)
    assert (stored.place, stored.date) == ("corridor, 3rd floor", "2026-11-22T20:10:00+00:00")
    again = store_in(tmp_path / "new")
    assert again.listed() == (stored,)
    second = again.get(stored.id)
    for name in ("cells", "high_db", "middle_db", "spread_db", "floor_db", "looks"):
        np.testing.assert_allclose(getattr(second, name), getattr(first, name), atol=0.006)
    assert (second.provenance, second.cell_hz, second.moved) == (Provenance.LIVE, 1e5, True)


def test_nothing_is_made_before_something_is_kept(tmp_path: Path) -> None:
    assert BaselineStore(tmp_path / "none").listed() == ()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "text",
    ["", "not json", "{}", '{"schema": "nunchi.baseline/2"}', "[1, 2]"],
)
def test_a_bad_file_is_one_line_and_kept_aside(tmp_path: Path, text: str) -> None:
    good = store_in(tmp_path).keep(a_baseline())
    bad = tmp_path / "20260101T000000-abcdef.json"
    bad.write_text(text)
    store = store_in(tmp_path)
    assert store.listed() == (good,)
    assert store.problem is not None
    assert "\n" not in store.problem
    assert bad.name in store.problem
    assert not bad.exists()
    assert bad.with_suffix(".bad").read_text() == text


def test_lists_that_do_not_fit_together_are_bad(tmp_path: Path) -> None:
    stored = store_in(tmp_path).keep(a_baseline())
    path = tmp_path / f"{stored.id}.json"
    path.write_text(path.read_text().replace('"looks":[4,', '"looks":['))
    assert store_in(tmp_path).listed() == ()
    assert path.with_suffix(".bad").exists()


def test_a_strange_name_is_bad(tmp_path: Path) -> None:
    stored = store_in(tmp_path).keep(a_baseline())
    (tmp_path / f"{stored.id}.json").rename(tmp_path / "..%2fetc.json")
    assert store_in(tmp_path).listed() == ()


def test_a_full_store_refuses_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "MOST_FILES", 2)
    store = store_in(tmp_path)
    kept = {store.keep(a_baseline()).id for _ in range(2)}
    assert store.full
    with pytest.raises(InputError, match="delete one"):
        store.keep(a_baseline())
    assert {item.id for item in store.listed()} == kept
    store.delete(kept.pop())
    assert not store.full
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(KeyError):
        store.delete("none")


def test_a_write_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("firmware.store.directory.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "name"), [("  a \t b\n", "a b"), ("<b>", "<b>"), ("x" * 99, "x" * 40), ("복도", "복도")]
)
def test_names_are_tidied(text: str, name: str) -> None:
    assert place_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "\x00\x1b"])
def test_a_place_needs_a_name(text: str) -> None:
    with pytest.raises(InputError):
        place_name(text)


def test_where_state_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_directory("/data/x") == Path("/data/x")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/nunchi:/other")
    assert state_directory("") == Path("/var/lib/nunchi")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/x/state")
    assert state_directory("") == Path("/home/x/state/nunchi")
