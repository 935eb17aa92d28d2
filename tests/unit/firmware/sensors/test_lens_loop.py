"""The lens loop starts with what is stored for its very camera, and with nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from detector.lens.calibration.applied import LensCalibration
from detector.lens.calibration.results import DarkResult
from detector.lens.options import LensOptions
from detector.lens.sense import LensSense
from detector.types import Provenance
from firmware.calibration.identity import identity_of
from firmware.drivers.settings import CameraSettings, LedSettings
from firmware.drivers.sim.rooms import room_named
from firmware.drivers.source import parse_camera_source
from firmware.runtime.child import ChildContext
from firmware.sensors.lens import run_lens
from firmware.sensors.settings import LensLoopSettings
from firmware.store.calibrations import CalibrationStore, Instrument

SOURCE = "sim:plain_wall"
DARK = DarkResult(
    black_level_dn=4.2,
    black_level_error_dn=0.01,
    read_noise_dn=1.1,
    read_noise_error_dn=0.001,
    dsnu_dn=0.1,
    hot_pixels=((3, 4, 55.0),),
    hot_line_dn=2.2,
    exposure_us=2000.0,
    gain=1.0,
    frames=24,
)


class Context:
    """Ends the loop before its first frame, and keeps its sense."""

    stopping = True
    made: LensSense | None = None

    def sense(self, make: Callable[[], Any]) -> Any:
        self.made = make()
        return self.made


def loop_calibration(calibrations: Path | None) -> LensCalibration:
    context = Context()
    settings = LensLoopSettings(
        camera_source=SOURCE,
        leds_source=SOURCE,
        options=LensOptions(),
        camera=CameraSettings(),
        leds=LedSettings(),
        queue_length=4,
        calibrations=calibrations,
    )
    run_lens(cast(ChildContext, context), settings)
    assert context.made is not None
    return context.made.calibration


@pytest.mark.parametrize(("provenance", "black_level_dn"), [(Provenance.SIMULATED, 4.2), (Provenance.LIVE, None)])
def test_only_a_simulated_calibration_reaches_a_simulated_loop(
    tmp_path: Path, provenance: Provenance, black_level_dn: float | None
) -> None:
    camera = identity_of(parse_camera_source(SOURCE), CameraSettings(), room_named("plain_wall").geometry)
    instrument = Instrument(firmware="0", camera_source=SOURCE, leds_source=SOURCE, exposure_us=2000.0, gain=1.0)
    CalibrationStore(tmp_path).keep(DARK, provenance, camera, instrument)
    made = loop_calibration(tmp_path)
    assert made.black_level_dn == black_level_dn
    assert made.hot_yx == (((3, 4),) if black_level_dn else ())


def test_no_store_is_no_calibration(tmp_path: Path) -> None:
    assert loop_calibration(None) == LensCalibration()
    assert loop_calibration(tmp_path / "none") == LensCalibration()
