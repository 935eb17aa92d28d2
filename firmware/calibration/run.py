"""One routine from the bench to the store."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from detector.errors import InputError
from detector.lens.calibration.balance import measure_balance
from detector.lens.calibration.dark import measure_dark
from detector.lens.calibration.focus import measure_focus
from detector.lens.calibration.model import CalibrationResult
from detector.lens.calibration.reference import measure_reference
from detector.types import LedState
from firmware.calibration.bench import BenchFrames, take_frames
from firmware.calibration.identity import identity_of
from firmware.composition import matching_leds
from firmware.config import Config
from firmware.drivers.clock import SYSTEM_CLOCK, Clock
from firmware.store.calibrations import Calibration, CalibrationStore, Instrument, Routine

__all__ = ["Target", "run_routine"]

_ALL = (LedState.ON_AXIS, LedState.OFF_AXIS, LedState.DARK)
_LIGHTS = {
    Routine.DARK: (LedState.DARK,),
    Routine.BALANCE: _ALL,
    Routine.FOCUS: (LedState.ON_AXIS,),
    Routine.REFERENCE: _ALL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What stands before the camera, as the technician says; None where the routine does not ask."""

    distance_mm: float | None = None
    aperture_mm: float | None = None


def run_routine(
    routine: Routine, target: Target, config: Config, store: CalibrationStore, clock: Clock = SYSTEM_CLOCK
) -> Calibration:
    """Take frames, measure, keep; nothing is kept where the routine refuses.

    Parameters
    ----------
    routine : Routine
    target : Target
    config : Config
        Its sources, its camera's and rings' settings and its calibration options.
    store : CalibrationStore
    clock : Clock

    Raises
    ------
    InputError
        A source, option or recording is unusable, or the frames do not allow this calibration (`RefusedError`).
    DeviceError
        Camera or rings failed.
    """
    sources = config.sources.camera, config.sources.leds or matching_leds(config.sources.camera)
    settings = config.drivers.camera, config.drivers.leds
    taken = take_frames(sources, _LIGHTS[routine], config.calibration.frames, settings, clock)
    result = _measured(routine, target, config, taken)
    first = taken.frames[0]
    instrument = Instrument(
        firmware=_firmware_version(),
        camera_source=taken.camera.text,
        leds_source=taken.leds.text,
        exposure_us=first.exposure_ns / 1000,
        gain=first.gain,
    )
    identity = identity_of(taken.camera, config.drivers.camera, taken.geometry)
    return store.keep(result, taken.provenance, identity, instrument)


def _measured(routine: Routine, target: Target, config: Config, taken: BenchFrames) -> CalibrationResult:
    frames, geometry, options = taken.frames, taken.geometry, config.calibration
    if routine is Routine.DARK:
        return measure_dark(frames, geometry, options)
    if routine is Routine.FOCUS:
        return measure_focus(frames, geometry, options, config.lens)
    if target.distance_mm is None:
        raise InputError(f"{routine.value}: the distance is needed")
    if routine is Routine.BALANCE:
        return measure_balance(frames, geometry, target.distance_mm, options)
    if target.aperture_mm is None:
        raise InputError(f"{routine.value}: the aperture is needed")
    return measure_reference(frames, geometry, target.aperture_mm, target.distance_mm, options)


def _firmware_version() -> str:
    try:
        return version("nunchi")
    except PackageNotFoundError:
        return "unknown"
