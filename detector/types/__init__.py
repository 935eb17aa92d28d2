"""The data that flows: immutable items, from sample to verdict."""

from detector.types.activity import BaselineMode, BaselineState, HomingState, PeopleState, Trend
from detector.types.baseline import Baseline
from detector.types.coverage import Phrase, SenseCoverage, SpotCoverage, Verdict
from detector.types.findings import (
    Alert,
    AlertKind,
    GlintAlert,
    RadioAlert,
    RadioSignal,
    SenseReport,
    SignalKind,
)
from detector.types.guidance import Guidance
from detector.types.lens import CameraGeometry, Frame, LedEdge, LedState
from detector.types.provenance import Provenance
from detector.types.rf import IqBlock, Tuning

__all__ = [
    "Alert",
    "AlertKind",
    "Baseline",
    "BaselineMode",
    "BaselineState",
    "CameraGeometry",
    "Frame",
    "GlintAlert",
    "Guidance",
    "HomingState",
    "IqBlock",
    "LedEdge",
    "LedState",
    "PeopleState",
    "Phrase",
    "Provenance",
    "RadioAlert",
    "RadioSignal",
    "SenseCoverage",
    "SenseReport",
    "SignalKind",
    "SpotCoverage",
    "Trend",
    "Tuning",
    "Verdict",
]
