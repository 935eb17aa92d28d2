"""Lens sequences: what is read back, and every line about what cannot be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detector.errors import InputError
from detector.types import CameraGeometry, Frame, LedState, Provenance
from firmware.recordings.lens_sequence import open_lens_sequence, write_lens_sequence

STATES = [LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK]


def _frames(dtype: type[np.uint8] | type[np.uint16] = np.uint8, top: int = 200) -> list[Frame]:
    rng = np.random.default_rng(2)
    return [
        Frame(
            pixels=rng.integers(0, top, (12, 16)).astype(dtype),
            t_ns=1_000_000_000 + 33_333_333 * number,
            exposure_ns=2_000_000,
            readout_ns=10_000_000,
            gain=1.5,
            sequence=40 + number,
            provenance=Provenance.LIVE,
            led=state,
        )
        for number, state in enumerate(STATES)
    ]


def _geometry(bit_depth: int = 8) -> CameraGeometry:
    return CameraGeometry(
        width_px=16,
        height_px=12,
        hfov_deg=62.2,
        bit_depth=bit_depth,
        black_level_dn=4,
        on_axis_radius_mm=7.0,
        off_axis_radius_mm=50.0,
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_lens_sequence(tmp_path / "s", _geometry(), _frames())
    return tmp_path / "s"


@pytest.mark.parametrize(("dtype", "bit_depth", "top"), [(np.uint8, 8, 256), (np.uint16, 10, 1024)])
def test_round_trip(tmp_path: Path, dtype: type[np.uint8] | type[np.uint16], bit_depth: int, top: int) -> None:
    written = _frames(dtype, top)
    path = write_lens_sequence(tmp_path, _geometry(bit_depth), written)
    sequence = open_lens_sequence(path)
    assert sequence.geometry == _geometry(bit_depth)
    assert len(sequence) == 3
    for index, (read, frame) in enumerate(zip(sequence, written, strict=True)):
        assert read.pixels.dtype == dtype
        assert (read.pixels == frame.pixels).all()
        assert not read.pixels.flags.writeable
        assert (read.t_ns, read.exposure_ns, read.readout_ns) == (frame.t_ns, frame.exposure_ns, frame.readout_ns)
        assert (read.gain, read.led, read.sequence) == (1.5, frame.led, index)
        assert read.provenance is Provenance.REPLAY


def test_the_document_of_the_contract(tmp_path: Path) -> None:
    """The example in the interface document, word for word."""
    document = {
        "format": "lens-sequence/1",
        "camera": {
            "width": 640,
            "height": 480,
            "hfov_deg": 62.2,
            "bit_depth": 8,
            "black_level": 4,
            "transfer": "linear",
        },
        "leds": {
            "on_axis": {"radius_mm": 6, "wavelength_nm": 850},
            "off_axis": {"radius_mm": 45, "wavelength_nm": 850},
        },
        "frames": [{"file": "0000.png", "t_ns": 1000000000, "exposure_us": 2000, "gain": 1.0, "led": "on_axis"}],
    }
    (tmp_path / "sequence.json").write_text(json.dumps(document))
    cv2.imwrite(str(tmp_path / "0000.png"), np.zeros((480, 640), np.uint8))
    (frame,) = open_lens_sequence(tmp_path)
    assert (frame.t_ns, frame.exposure_ns, frame.led) == (1_000_000_000, 2_000_000, LedState.ON_AXIS)


def _set(*keys: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("format", to="lens-sequence/2"), "format 'lens-sequence/2' is not 'lens-sequence/1'"),
        (_set("frames", to=[]), "frames is empty"),
        (_set("frames", 1, "led", to="green"), "Invalid enum value 'green' - at `$.frames[1].led`"),
        (
            _set("frames", 1, "t_ns", to=1_000_000_000),
            "frames[1].t_ns 1000000000 is not later than 1000000000 before it",
        ),
        (_set("frames", 2, "file", to="gone.png"), "frames[2].file 'gone.png' is missing"),
        (_set("frames", 2, "file", to="../0000.png"), "frames[2].file '../0000.png' is not a plain file name"),
        (_set("frames", 2, "file", to=".."), "frames[2].file '..' is missing"),
        (_set("frames", 0, "exposure_us", to=0), "Expected `float` > 0.0 - at `$.frames[0].exposure_us`"),
        (_set("camera", "transfer", to="srgb"), "Invalid enum value 'srgb' - at `$.camera.transfer`"),
        (_set("camera", "width", to=0), "Expected `int` >= 1 - at `$.camera.width`"),
        (_set("camera", "bit_depth", to=20), "Expected `int` <= 16 - at `$.camera.bit_depth`"),
        (_set("leds", to={}), "Object missing required field `on_axis` - at `$.leds`"),
    ],
)
def test_bad_documents(directory: Path, change: Callable[[dict[str, Any]], None], reason: str) -> None:
    path = directory / "sequence.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        open_lens_sequence(directory)
    assert str(caught.value) == f"{path}: {reason}"


def test_missing_things(tmp_path: Path, directory: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no such directory$"):
        open_lens_sequence(tmp_path / "nowhere")
    (directory / "sequence.json").unlink()
    with pytest.raises(InputError, match=r"sequence\.json: no such file$"):
        open_lens_sequence(directory)


def test_not_json(directory: Path) -> None:
    (directory / "sequence.json").write_text("format: lens-sequence/1")
    with pytest.raises(InputError, match=r"sequence\.json: not JSON: "):
        open_lens_sequence(directory)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((12, 15), np.uint8), "15 x 12 px, not 16 x 12"),
        (np.zeros((12, 16, 3), np.uint8), "3 channels, not grey"),
        (np.zeros((12, 16), np.uint16), "16 bits a pixel do not fit bit_depth 8"),
    ],
)
def test_bad_images(directory: Path, image: np.ndarray, reason: str) -> None:
    path = directory / "0001.png"
    cv2.imwrite(str(path), image)
    sequence = open_lens_sequence(directory)
    assert sequence.read(0).led is LedState.ON_AXIS, "frames are decoded one by one"
    with pytest.raises(InputError) as caught:
        sequence.read(1)
    assert str(caught.value) == f"{path}: {reason}"


@pytest.mark.parametrize("size", [0, 40])
def test_images_that_cannot_be_decoded(directory: Path, size: int) -> None:
    path = directory / "0001.png"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError) as caught:
        open_lens_sequence(directory).read(1)
    assert str(caught.value) == f"{path}: not an image that can be decoded ({size} bytes)"


def test_values_beyond_the_bit_depth(tmp_path: Path) -> None:
    path = write_lens_sequence(tmp_path, _geometry(10), _frames(np.uint16, 1024))
    cv2.imwrite(str(tmp_path / "0000.png"), np.full((12, 16), 1024, np.uint16))
    with pytest.raises(InputError, match=r"value 1024 is beyond bit_depth 10$"):
        open_lens_sequence(path).read(0)


def test_frames_without_light_are_not_written(tmp_path: Path) -> None:
    frame = Frame(pixels=np.zeros((12, 16), np.uint8), t_ns=0, exposure_ns=1, sequence=0, provenance=Provenance.LIVE)
    with pytest.raises(InputError, match=r"frame 0 has no light attributed$"):
        write_lens_sequence(tmp_path, _geometry(), [frame])
    with pytest.raises(InputError, match=r"no frame to write$"):
        write_lens_sequence(tmp_path, _geometry(), [])
