"""The store of calibrations: history, undo, and what is never applied."""

import errno
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from detector.errors import InputError, NunchiError
from detector.lens.calibration.results import BalanceResult, DarkResult, ReferenceResult
from detector.types import Provenance
from firmware.store import calibrations
from firmware.store.calibrations import CalibrationStore, CameraIdentity, Instrument, Routine

LIVE, SIMULATED = Provenance.LIVE, Provenance.SIMULATED
CAMERA = CameraIdentity(model="ov5647", stream="raw", width_px=640, height_px=480, bit_depth=10, hfov_deg=53.5)
INSTRUMENT = Instrument(firmware="0.1.0", camera_source="picamera:0", leds_source="gpio:", exposure_us=2000.0, gain=2.0)


def dark(level_dn: float = 64.2) -> DarkResult:
    return DarkResult(
        black_level_dn=level_dn,
        black_level_error_dn=0.01,
        read_noise_dn=1.5,
        read_noise_error_dn=0.001,
        dsnu_dn=0.3,
        hot_pixels=((3, 4, 55.0),),
        hot_line_dn=2.2,
        exposure_us=2000.0,
        gain=2.0,
        frames=24,
    )


def balance() -> BalanceResult:
    terms = (0.1, 0.0, -0.1, 0.02, 0.05)
    return BalanceResult(
        ratio=1.2,
        ratio_error=0.001,
        terms=terms,
        term_errors=terms,
        map_error=0.001,
        misfit=1.0,
        on_dn_per_us=0.2,
        off_dn_per_us=0.2,
        wall_dn_at_1m=0.1,
        wall_dn_at_1m_error=0.001,
        distance_mm=700.0,
        albedo=0.85,
    )


def reference() -> ReferenceResult:
    return ReferenceResult(
        gain_over_white=40.0,
        gain_error=0.5,
        retro_gain=75.0,
        retro_gain_error=1.0,
        edge_deg=1.55,
        spread=0.02,
        snr=200.0,
        y_px=240.0,
        x_px=320.0,
        flux_dn=900.0,
        wall_dn_at_1m=0.1,
        aperture_mm=1.0,
        distance_mm=600.0,
        ring_deg=0.57,
        frames=24,
    )


def store_in(path: Path) -> CalibrationStore:
    return CalibrationStore(path, now=lambda: datetime(2026, 11, 27, 14, 0, 0, 5, tzinfo=UTC))


def results(store: CalibrationStore, camera: CameraIdentity = CAMERA, provenance: Provenance = LIVE) -> list[object]:
    return [item.result for item in store.in_force(camera, provenance)[0]]


def test_what_is_kept_is_there_again_and_in_force(tmp_path: Path) -> None:
    kept = [store_in(tmp_path / "new").keep(item, LIVE, CAMERA, INSTRUMENT) for item in (dark(), balance())]
    again = store_in(tmp_path / "new")
    assert again.listed() == tuple(reversed(kept))
    assert results(again) == [dark(), balance()]
    assert kept[0].date == "2026-11-27T14:00:00+00:00"
    assert again.problems == []


def test_the_newest_counts_whatever_the_clock_says(tmp_path: Path) -> None:
    early = CalibrationStore(tmp_path, now=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    store_in(tmp_path).keep(dark(64.0), LIVE, CAMERA, INSTRUMENT)
    early = CalibrationStore(tmp_path, now=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    early.keep(dark(65.0), LIVE, CAMERA, INSTRUMENT)
    assert results(store_in(tmp_path)) == [dark(65.0)]


def test_undo_brings_the_one_before_back_and_forgets_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for level_dn in (64.0, 65.0):
        store.keep(dark(level_dn), LIVE, CAMERA, INSTRUMENT)
    assert store.undo(Routine.DARK, LIVE).result == dark(65.0)
    for opened in (store, store_in(tmp_path)):
        assert results(opened) == [dark(64.0)]
        assert [item.undone for item in opened.listed()] == [True, False]
    store.undo(Routine.DARK, LIVE)
    assert results(store) == []
    with pytest.raises(InputError, match="no live dark calibration to undo"):
        store.undo(Routine.DARK, LIVE)
    assert store.keep(dark(), LIVE, CAMERA, INSTRUMENT).id == "000003-dark"


def test_a_simulated_one_never_stands_for_a_real_camera(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.keep(dark(), SIMULATED, CAMERA, INSTRUMENT)
    applied, lines = store.in_force(CAMERA, LIVE)
    assert applied == ()
    assert lines == ("calibration 000001-dark: made on a simulated camera, this one is live: not applied",)
    with pytest.raises(InputError):
        store.undo(Routine.DARK, LIVE)
    assert results(store, provenance=SIMULATED) == [dark()]


@pytest.mark.parametrize(
    "changes", [{"model": "imx219"}, {"stream": "luma"}, {"width_px": 1296}, {"bit_depth": 8}, {"hfov_deg": 62.2}]
)
def test_another_camera_or_mode_is_said_in_a_line_and_not_applied(tmp_path: Path, changes: dict[str, object]) -> None:
    store = store_in(tmp_path)
    store.keep(dark(), LIVE, CAMERA, INSTRUMENT)
    applied, (line,) = store.in_force(msgspec.structs.replace(CAMERA, **changes), LIVE)
    assert applied == ()
    assert str(next(iter(changes.values()))) in line
    assert "not applied" in line
    assert "\n" not in line


def test_another_schema_is_left_alone_and_said(tmp_path: Path) -> None:
    kept = store_in(tmp_path).keep(dark(), LIVE, CAMERA, INSTRUMENT)
    path = tmp_path / f"{kept.id}.json"
    path.write_text(path.read_text().replace("nunchi.calibration/1", "nunchi.calibration/2"))
    store = store_in(tmp_path)
    assert results(store) == []
    assert store.problems == [
        "000001-dark.json: schema 'nunchi.calibration/2' is not 'nunchi.calibration/1': not applied"
    ]
    assert path.exists()
    assert store.keep(dark(), LIVE, CAMERA, INSTRUMENT).id == "000002-dark"


def test_a_reference_lens_with_the_older_lobe_is_left_alone_and_said(tmp_path: Path) -> None:
    kept = store_in(tmp_path).keep(reference(), LIVE, CAMERA, INSTRUMENT)
    assert results(store_in(tmp_path)) == [reference()]
    path = tmp_path / f"{kept.id}.json"
    path.write_text(path.read_text().replace('"edge_deg":1.55', '"lobe_deg":0.61'))
    store = store_in(tmp_path)
    assert results(store) == []
    (problem,) = store.problems
    assert problem.startswith("000001-reference.json: made for an older shape of the lens's lobe")
    assert path.exists()


def broken(document: dict[str, object], key: str, value: object) -> str:
    result = document["result"]
    assert isinstance(result, dict)
    return json.dumps(document | {"result": result | {key: value}})


@pytest.mark.parametrize(
    ("item", "key", "value"),
    [
        (dark(), "black_level_dn", 5000.0),
        (dark(), "black_level_dn", None),
        (dark(), "hot_pixels", [["a", 1, 2.0]]),
        (balance(), "terms", [0.1, 0.2]),
        (balance(), "terms", [9.0, 0, 0, 0, 0]),
        (balance(), "wall_dn_at_1m", -1.0),
    ],
)
def test_numbers_that_cannot_be_are_kept_aside(tmp_path: Path, item: object, key: str, value: object) -> None:
    kept = store_in(tmp_path).keep(item, LIVE, CAMERA, INSTRUMENT)  # type: ignore[arg-type]
    path = tmp_path / f"{kept.id}.json"
    path.write_text(broken(json.loads(path.read_text()), key, value))
    store = store_in(tmp_path)
    assert results(store) == []
    (problem,) = store.problems
    assert "kept aside" in problem
    assert "\n" not in problem
    assert path.with_suffix(".bad").exists()
    assert store.keep(dark(), LIVE, CAMERA, INSTRUMENT).id == "000002-dark"


@pytest.mark.parametrize("text", ["", "not json", "[1]", '{"schema": "nunchi.calibration/1"}'])
def test_a_bad_file_is_one_line_and_kept_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "000001-dark.json").write_text(text)
    assert len(store_in(tmp_path).problems) == 1
    assert (tmp_path / "000001-dark.bad").read_text() == text


def test_a_full_store_and_a_full_disk_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrations, "MOST_FILES", 2)
    store = store_in(tmp_path)
    store.keep(dark(), LIVE, CAMERA, INSTRUMENT)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("firmware.store.directory.os.fsync", full)
        with pytest.raises(NunchiError, match="No space"):
            store.keep(dark(), LIVE, CAMERA, INSTRUMENT)
    assert len(store.listed()) == 1
    store.keep(dark(), LIVE, CAMERA, INSTRUMENT)
    with pytest.raises(InputError, match="2 calibrations are kept"):
        store.keep(dark(), LIVE, CAMERA, INSTRUMENT)
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_made_before_something_is_kept(tmp_path: Path) -> None:
    assert CalibrationStore(tmp_path / "none").listed() == ()
    assert not (tmp_path / "none").exists()
