"""Calibrations of the lens sense: a JSON file each, numbered in the order they were made; none is ever overwritten."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import msgspec

from detector.errors import InputError, NunchiError
from detector.lens.calibration.model import CalibrationResult
from detector.lens.calibration.results import BalanceResult, DarkResult, FocusResult, ReferenceResult
from detector.types import Provenance
from firmware.log import get_logger
from firmware.store.directory import put_aside, write_atomically

__all__ = ["SCHEMA", "Calibration", "CalibrationStore", "CameraIdentity", "Instrument", "Routine"]

SCHEMA: Literal["nunchi.calibration/1"] = "nunchi.calibration/1"
MOST_FILES = 500
MOST_BYTES = 2_000_000
_SUFFIX, _UNDONE_SUFFIX = ".json", ".undone"
_LARGEST_TERM = 3.0  # a factor of twenty from the middle to the edge
_OLD_LOBE = "lobe_deg"  # of a Gaussian lobe, which lenses do not have; `edge_deg` took its place
_ID = re.compile(r"(?P<number>[0-9]{6})-(?P<routine>[a-z]+)")


class Routine(StrEnum):
    """What was calibrated."""

    DARK = "dark"
    BALANCE = "balance"
    FOCUS = "focus"
    REFERENCE = "reference"


_RESULTS: dict[Routine, type[Any]] = {
    Routine.DARK: DarkResult,
    Routine.BALANCE: BalanceResult,
    Routine.FOCUS: FocusResult,
    Routine.REFERENCE: ReferenceResult,
}


class CameraIdentity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which camera in which mode; a calibration holds for exactly this one.

    Attributes
    ----------
    model : str
        The sensor's name, ``simulated`` or ``recording``.
    stream : str
        ``raw`` or ``luma``.
    width_px, height_px, bit_depth : int
    hfov_deg : float
        To a hundredth.
    """

    model: str
    stream: str
    width_px: int
    height_px: int
    bit_depth: int
    hfov_deg: float

    def __str__(self) -> str:
        size = f"{self.width_px} x {self.height_px}"
        return f"{self.model} {self.stream} {size}, {self.bit_depth} bits, {self.hfov_deg:g} deg"


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """State of the device while it was calibrated."""

    firmware: str
    camera_source: str
    leds_source: str
    exposure_us: float
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One result; `date` is ISO 8601, UTC, by the device's own clock, and `id` counts on whatever the clock says."""

    id: str
    routine: Routine
    date: str
    provenance: Provenance
    camera: CameraIdentity
    instrument: Instrument
    result: CalibrationResult
    undone: bool = False


class _Declared(msgspec.Struct):
    schema: str


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The file."""

    schema: Literal["nunchi.calibration/1"]
    routine: Routine
    date: str
    provenance: Provenance
    camera: CameraIdentity
    instrument: Instrument
    result: msgspec.Raw


class CalibrationStore:
    """Keeps calibrations in a directory.

    A file that cannot be read is put aside under another name; one of another schema is left alone, for the firmware
    that wrote it. Either is said in one line, and neither is applied.

    Parameters
    ----------
    directory : Path
        Made when the first calibration is kept.
    now : callable
        Returns the date.
    """

    def __init__(self, directory: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._directory, self._now = directory, now
        self._calibrations: list[Calibration] = []
        self._highest = 0
        self.problems: list[str] = []
        self._read_all()

    def listed(self) -> tuple[Calibration, ...]:
        """Return all calibrations, those undone among them, newest first."""
        return tuple(reversed(self._calibrations))

    def in_force(
        self, camera: CameraIdentity, provenance: Provenance
    ) -> tuple[tuple[Calibration, ...], tuple[str, ...]]:
        """Return the newest result of each routine for this camera, and a line for each that is for another one.

        Parameters
        ----------
        camera : CameraIdentity
        provenance : Provenance
            Of the camera's frames: what was calibrated on a simulation never holds for a real camera.
        """
        applied, lines = [], []
        for routine in Routine:
            made = [item for item in self.listed() if item.routine is routine and not item.undone]
            fitting = [item for item in made if _mismatch(item, camera, provenance) is None]
            if fitting:
                applied.append(fitting[0])
            elif made:
                lines.append(f"calibration {made[0].id}: {_mismatch(made[0], camera, provenance)}: not applied")
        return tuple(applied), tuple(lines)

    def keep(
        self,
        result: CalibrationResult,
        provenance: Provenance,
        camera: CameraIdentity,
        instrument: Instrument,
    ) -> Calibration:
        """Write a result; when this returns it is on the disk.

        Raises
        ------
        InputError
            The store is full.
        NunchiError
            It cannot be written.
        """
        if self._highest and len(self._calibrations) >= MOST_FILES:
            raise InputError(f"{self._directory}: {MOST_FILES} calibrations are kept: move some elsewhere first")
        routine = next(name for name, kind in _RESULTS.items() if isinstance(result, kind))
        calibration = Calibration(
            id=f"{self._highest + 1:06d}-{routine.value}",
            routine=routine,
            date=self._now().replace(microsecond=0).isoformat(),
            provenance=provenance,
            camera=camera,
            instrument=instrument,
            result=result,
        )
        try:
            write_atomically(self._directory / f"{calibration.id}{_SUFFIX}", _encoded(calibration))
        except OSError as error:
            raise NunchiError(f"{self._directory}: cannot be written: {error.strerror or error}") from error
        self._highest += 1
        self._calibrations.append(calibration)
        return calibration

    def newest(self) -> tuple[Calibration, ...]:
        """Return the newest result of each routine, camera and provenance: what is in force for some camera."""
        seen: dict[tuple[Routine, CameraIdentity, Provenance], Calibration] = {}
        for item in self.listed():
            if not item.undone:
                seen.setdefault((item.routine, item.camera, item.provenance), item)
        return tuple(seen.values())

    def undo(self, routine: Routine, provenance: Provenance) -> Calibration:
        """Take back the newest result of a routine; the one before it is in force again.

        Parameters
        ----------
        routine : Routine
        provenance : Provenance
            Only results of such a camera count: a try on a simulation does not stand before a real one.

        Raises
        ------
        InputError
            There is none.
        NunchiError
            The file cannot be renamed.
        """
        applied = [item for item in self.newest() if item.routine is routine and item.provenance is provenance]
        if not applied:
            raise InputError(f"{self._directory}: no {provenance.value} {routine.value} calibration to undo")
        newest = applied[0]
        path = self._directory / f"{newest.id}{_SUFFIX}"
        try:
            path.replace(path.with_suffix(_UNDONE_SUFFIX))
        except OSError as error:
            raise NunchiError(f"{path}: cannot be renamed: {error.strerror or error}") from error
        undone = replace(newest, undone=True)
        self._calibrations[self._calibrations.index(newest)] = undone
        return undone

    def _read_all(self) -> None:
        try:
            paths = [path for path in self._directory.iterdir() if path.suffix in (_SUFFIX, _UNDONE_SUFFIX)]
        except FileNotFoundError:
            return
        except OSError as error:
            self._complain(f"{self._directory}: cannot be read: {error.strerror}")
            return
        self._highest = max(_numbers(self._directory), default=0)
        for path in sorted(paths, key=lambda item: item.stem):
            try:
                self._calibrations.append(_read(path))
            except _OtherSchemaError as error:
                self._complain(f"{path.name}: {error}: not applied")
            except (OSError, ValueError) as error:
                self._complain(put_aside(path, "calibration", error))

    def _complain(self, line: str) -> None:
        self.problems.append(line)
        get_logger().warning("calibration store", reason=line)


class _OtherSchemaError(ValueError):
    """Written by another version."""


def _numbers(directory: Path) -> Iterable[int]:
    """Return the numbers given so far, those of files put aside among them: none is given twice."""
    for path in directory.iterdir():
        if found := _ID.fullmatch(path.stem):
            yield int(found["number"])


def _mismatch(item: Calibration, camera: CameraIdentity, provenance: Provenance) -> str | None:
    """Return why a calibration does not hold for a camera; None where it does."""
    if item.provenance is not provenance:
        return f"made on a {item.provenance.value} camera, this one is {provenance.value}"
    return None if item.camera == camera else f"made with {item.camera}, this is {camera}"


def _read(path: Path) -> Calibration:
    found = _ID.fullmatch(path.stem)
    if not found:
        raise ValueError("the name is no number and routine")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES} bytes")
    raw = path.read_bytes()
    schema = msgspec.json.decode(raw, type=_Declared).schema
    if schema != SCHEMA:
        raise _OtherSchemaError(f"schema {schema!r} is not {SCHEMA!r}")
    file = msgspec.json.decode(raw, type=_File)
    if file.routine.value != found["routine"]:
        raise ValueError(f"routine {file.routine.value!r} is not the name's")
    if file.routine is Routine.REFERENCE and _OLD_LOBE in msgspec.json.decode(file.result, type=dict[str, Any]):
        raise _OtherSchemaError("made for an older shape of the lens's lobe, calibrate the reference lens again")
    result = msgspec.json.decode(file.result, type=_RESULTS[file.routine])
    _check(result, file.camera)
    return Calibration(
        id=path.stem,
        routine=file.routine,
        date=file.date,
        provenance=file.provenance,
        camera=file.camera,
        instrument=file.instrument,
        result=result,
        undone=path.suffix == _UNDONE_SUFFIX,
    )


def _check(result: CalibrationResult, camera: CameraIdentity) -> None:
    """Refuse numbers that no routine gives and that would spoil every frame."""
    if isinstance(result, DarkResult) and not 0 <= result.black_level_dn < 2**camera.bit_depth:
        raise ValueError(f"result.black_level_dn = {result.black_level_dn:g}: outside the camera's scale")
    if isinstance(result, BalanceResult) and max(map(abs, result.terms)) > _LARGEST_TERM:
        raise ValueError(f"result.terms = {result.terms}: beyond {_LARGEST_TERM:g}")
    if isinstance(result, ReferenceResult | BalanceResult) and not result.wall_dn_at_1m > 0:
        raise ValueError(f"result.wall_dn_at_1m = {result.wall_dn_at_1m:g}: not positive")
    if isinstance(result, FocusResult) and not result.psf_sigma_px > 0:
        raise ValueError(f"result.psf_sigma_px = {result.psf_sigma_px:g}: not positive")


def _encoded(item: Calibration) -> bytes:
    file = _File(
        schema=SCHEMA,
        routine=item.routine,
        date=item.date,
        provenance=item.provenance,
        camera=item.camera,
        instrument=item.instrument,
        result=msgspec.Raw(msgspec.json.encode(item.result)),
    )
    return msgspec.json.encode(file)
