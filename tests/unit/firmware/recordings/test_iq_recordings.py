"""IQ recordings: what is read back, and every line about what cannot be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.errors import InputError
from firmware.recordings.formats import SIGMF_DATATYPES
from firmware.recordings.iq import open_raw_iq
from firmware.recordings.sigmf import CaptureInfo, open_sigmf, write_sigmf

RATE_HZ = 2.4e6


def _raw(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def _noise(count: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, 2 * count, dtype=np.uint8)


@pytest.fixture
def meta_path(tmp_path: Path) -> Path:
    captures = [
        CaptureInfo(center_hz=433e6, t_utc_ns=1_700_000_000_123_456_789),
        CaptureInfo(start=600, center_hz=434e6),
    ]
    return write_sigmf(tmp_path / "r", _noise(1000), datatype="cu8", sample_rate_hz=RATE_HZ, captures=captures)


def test_sigmf_round_trip(meta_path: Path) -> None:
    recording = open_sigmf(meta_path)
    assert (recording.sample_rate_hz, recording.sample_count) == (RATE_HZ, 1000)
    assert recording.duration_s == pytest.approx(1000 / RATE_HZ)
    assert [(s.start, s.sample_count, s.center_hz, s.t_utc_ns) for s in recording.segments] == [
        (0, 600, 433e6, 1_700_000_000_123_456_789),
        (600, 400, 434e6, None),
    ]
    chunks = list(recording.chunks(500))
    assert [(c.start, len(c.samples), c.center_hz) for c in chunks] == [
        (0, 500, 433e6),
        (500, 100, 433e6),
        (600, 400, 434e6),
    ]
    together = np.concatenate([chunk.samples for chunk in chunks])
    assert together.dtype == np.complex64
    assert np.rint(127.5 + 127.5 * together.view(np.float32)).astype(np.uint8).tolist() == _noise(1000).tolist()


def test_the_data_file_names_the_recording_too(meta_path: Path) -> None:
    assert open_sigmf(meta_path.with_suffix(".sigmf-data")).sample_count == 1000


@pytest.mark.parametrize("datatype", SIGMF_DATATYPES)
def test_every_datatype_means_the_same(tmp_path: Path, datatype: str) -> None:
    form = SIGMF_DATATYPES[datatype]
    half = {"cu8": 191, "cs8": 64, "cs16": 16384, "cf32": 0.5}[form.name]
    zero = {"cu8": 127.5, "cs8": 0, "cs16": 0, "cf32": 0.0}[form.name]
    components = np.array([half, zero, zero, half], dtype=form.dtype)
    path = write_sigmf(
        tmp_path / "r", components, datatype=datatype, sample_rate_hz=1e6, captures=[CaptureInfo(center_hz=1e9)]
    )
    (chunk,) = open_sigmf(path).chunks(10)
    assert chunk.samples == pytest.approx([0.5, 0.5j], abs=0.005)


def test_clipping_is_counted(tmp_path: Path) -> None:
    path = _raw(tmp_path / "a.cu8", bytes([0, 255, 128, 128] * 100))
    (chunk,) = open_raw_iq(path, "cu8", 1e6, 1e9).chunks(1000)
    assert chunk.clipped_fraction == 0.5


def test_raw_file(tmp_path: Path) -> None:
    path = _raw(tmp_path / "a.cs16", np.array([0, 16384, -32768, 0], "<i2").tobytes())
    recording = open_raw_iq(path, "cs16", 250e3, 433.92e6)
    (chunk,) = recording.chunks(100)
    assert chunk.samples.tolist() == [0.5j, -1.0]
    assert recording.segments[0].center_hz == 433.92e6


def test_quiet_samples_that_happen_to_be_printable_are_not_text(tmp_path: Path) -> None:
    path = _raw(tmp_path / "a.cu8", np.random.default_rng(1).integers(119, 126, 4000, dtype=np.uint8).tobytes())
    assert open_raw_iq(path, "cu8", 1e6, 1e9).sample_count == 2000


@pytest.mark.parametrize(
    ("content", "form", "rate_hz", "center_hz", "reason"),
    [
        (None, "cu8", 1e6, 1e9, "no such file"),
        (b"", "cu8", 1e6, 1e9, "empty, 0 bytes"),
        (b"\x80" * 7, "cu8", 1e6, 1e9, "truncated: 7 bytes is no whole number of cu8 samples of 2 bytes"),
        (b"\x80" * 10, "cf32", 1e6, 1e9, "truncated: 10 bytes is no whole number of cf32 samples of 8 bytes"),
        (b"\x80" * 8, "cs24", 1e6, 1e9, "unknown format 'cs24' (allowed: cu8, cs8, cs16, cf32)"),
        (b"\x80" * 8, "cu8", 199e3, 1e9, "sample rate 199000 S/s is outside 200 kS/s to 40 MS/s"),
        (b"\x80" * 8, "cu8", 41e6, 1e9, "sample rate 4.1e+07 S/s is outside 200 kS/s to 40 MS/s"),
        (b"\x80" * 8, "cu8", float("nan"), 1e9, "sample rate nan S/s is outside 200 kS/s to 40 MS/s"),
        (b"\x80" * 8, "cu8", 1e6, -1.0, "center frequency -1 Hz is not zero or more"),
        (b"freq_hz,power_db\n" * 50, "cu8", 1e6, 1e9, "looks like text (100 % printable), not like IQ samples"),
    ],
)
def test_bad_raw_files(
    tmp_path: Path, content: bytes | None, form: str, rate_hz: float, center_hz: float, reason: str
) -> None:
    path = tmp_path / "a.iq"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_raw_iq(path, form, rate_hz, center_hz)
    assert str(caught.value) == f"{path}: {reason}"


def test_a_directory_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not a file$"):
        open_raw_iq(tmp_path, "cu8", 1e6, 1e9)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_floats_that_are_not_finite(tmp_path: Path, value: float) -> None:
    components = np.zeros(2000, "<f4")
    components[1501] = value
    path = _raw(tmp_path / "a.cf32", components.tobytes())
    chunks = open_raw_iq(path, "cf32", 1e6, 1e9).chunks(500)
    next(chunks)
    with pytest.raises(InputError) as caught:
        next(chunks)
    assert str(caught.value) == f"{path}: sample 750 is {value}, not a finite number"


def _set(*keys: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(metadata: dict[str, Any]) -> None:
        place: Any = metadata
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


def _drop(*keys: str | int) -> Callable[[dict[str, Any]], None]:
    def change(metadata: dict[str, Any]) -> None:
        place: Any = metadata
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_drop("global"), "key global is missing in the top"),
        (_drop("captures"), "key captures is missing in the top"),
        (_drop("global", "core:datatype"), "not SigMF: $.global: 'core:datatype' is a required property"),
        (_drop("global", "core:sample_rate"), "key core:sample_rate is missing in global"),
        (_drop("captures", 1, "core:frequency"), "key core:frequency is missing in captures[1]"),
        (_set("global", "core:sample_rate", to=150e3), "sample rate 150000 S/s is outside 200 kS/s to 40 MS/s"),
        (_set("global", "core:num_channels", to=2), "core:num_channels 2 is not 1"),
        (
            _set("global", "core:datatype", to="rf32_le"),
            "core:datatype 'rf32_le' is not supported (allowed: cu8, ci8, ci16_le, ci16_be, cf32_le, cf32_be)",
        ),
        (_set("captures", to=[]), "captures is empty: no center frequency is known"),
        (
            _set("captures", 1, "core:sample_start", to=2000),
            "truncated: captures[1] begins at sample 2000, the next begins or the data ends at 1000",
        ),
        (_set("captures", 0, "core:header_bytes", to=16), "captures[0] core:header_bytes 16 is not 0"),
        (
            _set("captures", 0, "core:datetime", to="2024-99-01T00:00:00Z"),
            "captures[0] core:datetime '2024-99-01T00:00:00Z' is no ISO 8601 time in UTC",
        ),
    ],
)
def test_bad_metadata(meta_path: Path, change: Callable[[dict[str, Any]], None], reason: str) -> None:
    metadata = json.loads(meta_path.read_text())
    change(metadata)
    meta_path.write_text(json.dumps(metadata))
    with pytest.raises(InputError) as caught:
        open_sigmf(meta_path)
    assert str(caught.value) == f"{meta_path}: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"global": ', "not JSON: Expecting value: line 1 column 12 (char 11)"),
        ("[1, 2]", "not SigMF: the top is no JSON object"),
    ],
)
def test_metadata_that_is_no_sigmf(meta_path: Path, text: str, reason: str) -> None:
    meta_path.write_text(text)
    with pytest.raises(InputError) as caught:
        open_sigmf(meta_path)
    assert str(caught.value) == f"{meta_path}: {reason}"


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (None, "no such file"),
        (0, "empty, 0 bytes"),
        (1999, "truncated: 1999 bytes is no whole number of cu8 samples of 2 bytes"),
    ],
)
def test_bad_data_files(meta_path: Path, size: int | None, reason: str) -> None:
    data_path = meta_path.with_suffix(".sigmf-data")
    content = data_path.read_bytes()
    data_path.unlink()
    if size is not None:
        data_path.write_bytes(content[:size])
    with pytest.raises(InputError) as caught:
        open_sigmf(meta_path)
    assert str(caught.value) == f"{data_path}: {reason}"


def test_data_cut_off_before_a_capture(meta_path: Path) -> None:
    data_path = meta_path.with_suffix(".sigmf-data")
    data_path.write_bytes(data_path.read_bytes()[:800])
    with pytest.raises(InputError, match=r"truncated: captures\[1\] begins at sample 600, .* at 400$"):
        open_sigmf(meta_path)


def test_arrays_of_another_type_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"datatype 'cf32_le' does not hold an array of uint8$"):
        write_sigmf(tmp_path / "r", _noise(4), datatype="cf32_le", sample_rate_hz=1e6, captures=[])
