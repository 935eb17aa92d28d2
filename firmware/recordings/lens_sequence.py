"""``lens-sequence/1``: strobed frames as grey PNGs beside a ``sequence.json`` that says how each was taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Literal, cast

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from detector.errors import InputError
from detector.types import CameraGeometry, Frame, LedState, Provenance

__all__ = ["LensSequence", "open_lens_sequence", "write_lens_sequence"]

_NAME = "sequence.json"
_FORMAT = "lens-sequence/1"
_Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
_Size = Annotated[int, msgspec.Meta(ge=1, le=20_000)]


class _Camera(msgspec.Struct, kw_only=True):
    width: _Size
    height: _Size
    hfov_deg: Annotated[float, msgspec.Meta(gt=0, lt=180)]
    bit_depth: Annotated[int, msgspec.Meta(ge=8, le=16)] = 8
    black_level: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    transfer: Literal["linear"] = "linear"
    readout_us: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class _Ring(msgspec.Struct, kw_only=True):
    radius_mm: Annotated[float, msgspec.Meta(gt=0)]
    wavelength_nm: Annotated[float, msgspec.Meta(gt=0)] = 850.0


class _Rings(msgspec.Struct, kw_only=True):
    on_axis: _Ring
    off_axis: _Ring


class _FrameEntry(msgspec.Struct, kw_only=True):
    file: str
    t_ns: int
    exposure_us: Annotated[float, msgspec.Meta(gt=0)]
    led: LedState
    gain: Annotated[float, msgspec.Meta(gt=0)] = 1.0


class _Document(msgspec.Struct, kw_only=True):
    format: str
    camera: _Camera
    leds: _Rings
    frames: list[_FrameEntry]


class _FormatOnly(msgspec.Struct):
    format: str


@dataclass(frozen=True, slots=True)
class LensSequence:
    """An open sequence; frames are decoded when asked for.

    Attributes
    ----------
    path : Path
        Its directory.
    geometry : CameraGeometry
    t_ns : tuple of int
        Start of exposure of each frame, strictly rising.
    """

    path: Path
    geometry: CameraGeometry
    t_ns: tuple[int, ...]
    _entries: tuple[_FrameEntry, ...]
    _readout_ns: int

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._entries)

    def read(self, index: int) -> Frame:
        """Decode one frame.

        Parameters
        ----------
        index : int
            0 to ``len(self) - 1``; also the frame's sequence number.

        Raises
        ------
        InputError
            The image cannot be decoded, is not grey, or has another size or depth than the sequence says.
        """
        entry = self._entries[index]
        return Frame(
            pixels=_decode(self.path / entry.file, self.geometry),
            t_ns=entry.t_ns,
            exposure_ns=round(entry.exposure_us * 1000),
            readout_ns=self._readout_ns,
            gain=entry.gain,
            led=entry.led,
            wavelength_nm=self._wavelength_nm(entry.led),
            sequence=index,
            provenance=Provenance.REPLAY,
        )

    def _wavelength_nm(self, led: LedState) -> float | None:
        if led is LedState.DARK:
            return None
        off_axis = led is LedState.OFF_AXIS
        return self.geometry.off_axis_wavelength_nm if off_axis else self.geometry.on_axis_wavelength_nm

    def __iter__(self) -> Iterator[Frame]:
        """Decode and yield every frame in order; raises as `read` does."""
        return (self.read(index) for index in range(len(self)))


def open_lens_sequence(path: Path) -> LensSequence:
    """Open a sequence and check all of it but the pixels.

    Parameters
    ----------
    path : Path
        The directory, or the ``sequence.json`` in it.

    Raises
    ------
    InputError
        It is missing, not JSON, of another format, lacks a key or has an unusable value, holds no frame, names a file
        that is not there or outside the directory, or its times do not rise. One line.
    """
    document_path = path if path.name == _NAME else path / _NAME
    document = _load(document_path)
    _check_frames(document.frames, document_path)
    camera, leds = document.camera, document.leds
    geometry = CameraGeometry(
        width_px=camera.width,
        height_px=camera.height,
        hfov_deg=camera.hfov_deg,
        bit_depth=camera.bit_depth,
        black_level_dn=camera.black_level,
        on_axis_radius_mm=leds.on_axis.radius_mm,
        off_axis_radius_mm=leds.off_axis.radius_mm,
        on_axis_wavelength_nm=leds.on_axis.wavelength_nm,
        off_axis_wavelength_nm=leds.off_axis.wavelength_nm,
    )
    return LensSequence(
        document_path.parent,
        geometry,
        tuple(entry.t_ns for entry in document.frames),
        tuple(document.frames),
        round(camera.readout_us * 1000),
    )


def write_lens_sequence(directory: Path, geometry: CameraGeometry, frames: Sequence[Frame]) -> Path:
    """Write frames as a sequence.

    Parameters
    ----------
    directory : Path
        Created if it is not there; files of the same names are overwritten.
    geometry : CameraGeometry
    frames : sequence of Frame
        At least one, each with `led` set, by rising `t_ns`, of the geometry's size; uint8 for a bit depth of 8,
        uint16 above.

    Returns
    -------
    Path
        The ``sequence.json``.

    Raises
    ------
    InputError
        There is no frame, or one has no light attributed.
    """
    if not frames:
        raise InputError(f"{directory}: no frame to write")
    directory.mkdir(parents=True, exist_ok=True)
    entries = [_write_frame(directory, index, frame) for index, frame in enumerate(frames)]
    camera = _Camera(
        width=geometry.width_px,
        height=geometry.height_px,
        hfov_deg=geometry.hfov_deg,
        bit_depth=geometry.bit_depth,
        black_level=geometry.black_level_dn,
        readout_us=frames[0].readout_ns / 1000,
    )
    rings = _Rings(
        on_axis=_Ring(radius_mm=geometry.on_axis_radius_mm, wavelength_nm=geometry.on_axis_wavelength_nm),
        off_axis=_Ring(radius_mm=geometry.off_axis_radius_mm, wavelength_nm=geometry.off_axis_wavelength_nm),
    )
    document = _Document(format=_FORMAT, camera=camera, leds=rings, frames=entries)
    path = directory / _NAME
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document)))
    return path


def _write_frame(directory: Path, index: int, frame: Frame) -> _FrameEntry:
    if frame.led is None:
        raise InputError(f"{directory}: frame {index} has no light attributed")
    name = f"{index:04d}.png"
    encoded = cv2.imencode(".png", frame.pixels)[1]
    (directory / name).write_bytes(encoded.tobytes())
    return _FrameEntry(file=name, t_ns=frame.t_ns, exposure_us=frame.exposure_ns / 1000, led=frame.led, gain=frame.gain)


def _load(path: Path) -> _Document:
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such directory")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        raw = path.read_bytes()
        declared = msgspec.json.decode(raw, type=_FormatOnly).format
        if declared != _FORMAT:
            raise InputError(f"{path}: format {declared!r} is not {_FORMAT!r}")
        return msgspec.json.decode(raw, type=_Document)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}") from error
    except msgspec.DecodeError as error:
        raise InputError(f"{path}: not JSON: {error}") from error


def _check_frames(entries: list[_FrameEntry], path: Path) -> None:
    if not entries:
        raise InputError(f"{path}: frames is empty")
    previous_ns: int | None = None
    for index, entry in enumerate(entries):
        if PurePath(entry.file).name != entry.file:
            raise InputError(f"{path}: frames[{index}].file {entry.file!r} is not a plain file name")
        if not (path.parent / entry.file).is_file():
            raise InputError(f"{path}: frames[{index}].file {entry.file!r} is missing")
        if previous_ns is not None and entry.t_ns <= previous_ns:
            raise InputError(f"{path}: frames[{index}].t_ns {entry.t_ns} is not later than {previous_ns} before it")
        previous_ns = entry.t_ns


def _decode(path: Path, geometry: CameraGeometry) -> _Pixels:
    try:
        encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    pixels = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if len(encoded) else None
    if pixels is None:
        raise InputError(f"{path}: not an image that can be decoded ({len(encoded)} bytes)")
    if pixels.ndim != 2:
        raise InputError(f"{path}: {pixels.shape[2]} channels, not grey")
    height, width = pixels.shape
    if (height, width) != (geometry.height_px, geometry.width_px):
        raise InputError(f"{path}: {width} x {height} px, not {geometry.width_px} x {geometry.height_px}")
    if pixels.dtype != (np.uint8 if geometry.bit_depth == 8 else np.uint16):
        raise InputError(f"{path}: {8 * pixels.itemsize} bits a pixel do not fit bit_depth {geometry.bit_depth}")
    if int(pixels.max()) >> geometry.bit_depth:
        raise InputError(f"{path}: value {int(pixels.max())} is beyond bit_depth {geometry.bit_depth}")
    return cast(_Pixels, pixels)
