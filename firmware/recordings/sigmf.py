"""SigMF recordings: metadata checked against the standard's schema, samples mapped from the data file beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
from sigmf import SigMFFile
from sigmf import validate as sigmf_validate

from detector.errors import InputError
from firmware.recordings.formats import SIGMF_DATATYPES
from firmware.recordings.iq import IqRecording, IqSegment, check_rate, map_samples

__all__ = ["CaptureInfo", "open_sigmf", "write_sigmf"]

_META_SUFFIX = ".sigmf-meta"
_DATA_SUFFIX = ".sigmf-data"
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureInfo:
    """Where a capture begins and on what it was tuned; `t_utc_ns` is None where the time is not to be written."""

    start: int = 0
    center_hz: float
    t_utc_ns: int | None = None


def open_sigmf(path: Path) -> IqRecording:
    """Open a SigMF recording.

    Parameters
    ----------
    path : Path
        Its ``.sigmf-meta`` or ``.sigmf-data`` file.

    Raises
    ------
    InputError
        The metadata is missing, not JSON, not SigMF, lacks a key or has an unusable value; the data file is missing,
        empty, or cut off inside a sample or before a capture. One line naming file, key and reason.

    References
    ----------
    SigMF specification 1.2, https://sigmf.org
    """
    meta_path = path.with_suffix(_META_SUFFIX)
    metadata = _load(meta_path)
    info = metadata["global"]
    form = SIGMF_DATATYPES.get(info["core:datatype"])
    if form is None:
        allowed = ", ".join(SIGMF_DATATYPES)
        raise InputError(f"{meta_path}: core:datatype {info['core:datatype']!r} is not supported (allowed: {allowed})")
    if info.get("core:num_channels", 1) != 1:
        raise InputError(f"{meta_path}: core:num_channels {info['core:num_channels']} is not 1")
    sample_rate_hz = float(_need(info, "core:sample_rate", meta_path, "global"))
    check_rate(meta_path, sample_rate_hz)
    name = info.get("core:dataset", meta_path.with_suffix(_DATA_SUFFIX).name)
    if not name or Path(name).name != name:
        raise InputError(f"{meta_path}: core:dataset {name!r} is not a plain file name")
    data_path = meta_path.with_name(name)
    components = map_samples(data_path, form)
    segments = _segments(metadata["captures"], len(components) // 2, meta_path)
    return IqRecording(path=path, form=form, sample_rate_hz=sample_rate_hz, segments=segments, components=components)


def write_sigmf(
    path: Path,
    components: npt.NDArray[np.number],
    *,
    datatype: str,
    sample_rate_hz: float,
    captures: Sequence[CaptureInfo],
    description: str = "",
) -> Path:
    """Write a SigMF recording.

    Parameters
    ----------
    path : Path
        Name without suffix, or with ``.sigmf-meta``; both files are overwritten.
    components : ndarray, shape (2 n,)
        I, Q, I, Q, ... of the type that `datatype` names.
    datatype : str
        A key of `firmware.recordings.formats.SIGMF_DATATYPES`.
    sample_rate_hz : float
    captures : sequence of CaptureInfo
        At least one, by rising start.
    description : str

    Returns
    -------
    Path
        The metadata file.

    Raises
    ------
    InputError
        The datatype is not supported, or the array is not of that type.
    """
    meta_path = path.with_suffix(_META_SUFFIX)
    form = SIGMF_DATATYPES.get(datatype)
    if form is None or components.dtype != np.dtype(form.dtype):
        raise InputError(f"{meta_path}: datatype {datatype!r} does not hold an array of {components.dtype}")
    data_path = path.with_suffix(_DATA_SUFFIX)
    components.tofile(data_path)
    meta = SigMFFile(
        data_file=data_path,
        global_info={
            "core:datatype": datatype,
            "core:sample_rate": sample_rate_hz,
            "core:description": description,
            "core:recorder": "nunchi",
        },
    )
    for capture in captures:
        meta.add_capture(capture.start, metadata=_capture_keys(capture))
    meta_path.write_text(meta.dumps(), encoding="utf-8")
    return meta_path


def _capture_keys(capture: CaptureInfo) -> dict[str, Any]:
    keys: dict[str, Any] = {"core:frequency": capture.center_hz}
    if capture.t_utc_ns is not None:
        seconds, ns = divmod(capture.t_utc_ns, _NS_PER_S)
        keys["core:datetime"] = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ns:09d}Z"
    return keys


def _load(meta_path: Path) -> dict[str, Any]:
    if not meta_path.is_file():
        raise InputError(f"{meta_path}: no such file")
    try:
        metadata = json.loads(meta_path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{meta_path}: not JSON: {error}") from error
    except OSError as error:
        raise InputError(f"{meta_path}: cannot be read: {error.strerror or error}") from error
    if not isinstance(metadata, dict):
        raise InputError(f"{meta_path}: not SigMF: the top is no JSON object")
    for key in ("global", "captures"):
        _need(metadata, key, meta_path, "the top")
    try:
        sigmf_validate.validate(metadata)
    except jsonschema.ValidationError as error:
        raise InputError(f"{meta_path}: not SigMF: {error.json_path}: {error.message.splitlines()[0]}") from error
    return metadata


def _segments(captures: list[dict[str, Any]], sample_count: int, meta_path: Path) -> tuple[IqSegment, ...]:
    if not captures:
        raise InputError(f"{meta_path}: captures is empty: no center frequency is known")
    starts = [int(capture["core:sample_start"]) for capture in captures] + [sample_count]
    segments = []
    for index, capture in enumerate(captures):
        where = f"captures[{index}]"
        if capture.get("core:header_bytes", 0):
            raise InputError(f"{meta_path}: {where} core:header_bytes {capture['core:header_bytes']} is not 0")
        count = starts[index + 1] - starts[index]
        if count <= 0:
            raise InputError(
                f"{meta_path}: truncated: {where} begins at sample {starts[index]}, the next begins or the data ends "
                f"at {starts[index + 1]}"
            )
        segments.append(
            IqSegment(
                start=starts[index],
                sample_count=count,
                center_hz=_frequency_hz(capture, meta_path, where),
                t_utc_ns=_utc_ns(capture.get("core:datetime"), meta_path, where),
            )
        )
    return tuple(segments)


def _frequency_hz(capture: dict[str, Any], meta_path: Path, where: str) -> float:
    center_hz = float(_need(capture, "core:frequency", meta_path, where))
    if not isfinite(center_hz):
        raise InputError(f"{meta_path}: {where} core:frequency {center_hz} is not a frequency")
    return center_hz


def _need(keys: dict[str, Any], key: str, meta_path: Path, where: str) -> Any:
    if key not in keys:
        raise InputError(f"{meta_path}: key {key} is missing in {where}")
    return keys[key]


def _utc_ns(text: str | None, meta_path: Path, where: str) -> int | None:
    """Return ns since 1970; `datetime` keeps microseconds only, so the fraction is read apart."""
    if text is None:
        return None
    whole, _, fraction = text.rstrip("Zz").partition(".")
    try:
        if datetime.fromisoformat(text).utcoffset():
            raise ValueError("not UTC")
        seconds = datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp()
        return int(seconds) * _NS_PER_S + int((fraction + "0" * 9)[:9])
    except ValueError as error:
        raise InputError(f"{meta_path}: {where} core:datetime {text!r} is no ISO 8601 time in UTC") from error
