"""What each sensor loop needs; light to import, so that the parent builds them without loading the detectors."""

from dataclasses import dataclass
from pathlib import Path

from detector.lens.options import LensOptions
from detector.rf.band_plan import BandPlan
from detector.rf.options import RfOptions
from firmware.drivers.settings import CameraSettings, LedSettings, RtlSettings

__all__ = ["LensLoopSettings", "RfLoopSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RfLoopSettings:
    """What the radio process needs."""

    source: str
    options: RfOptions
    plan: BandPlan
    rtl: RtlSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LensLoopSettings:
    """What the lens process needs; `calibrations` is the directory they are kept in, None for no calibration."""

    camera_source: str
    leds_source: str
    options: LensOptions
    camera: CameraSettings
    leds: LedSettings
    queue_length: int
    calibrations: Path | None = None
