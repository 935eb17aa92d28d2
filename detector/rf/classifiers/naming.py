"""Weighs what the classifiers say of a run: likelihood ratios, what the plan expects, and "unknown" as an answer."""

from collections import Counter
from collections.abc import Sequence

from detector.rf.classifiers.broadcast_fm import BroadcastFmClassifier
from detector.rf.classifiers.bursts import BurstClassifier
from detector.rf.classifiers.carrier import CarrierClassifier
from detector.rf.classifiers.narrowband import NarrowbandClassifier
from detector.rf.classifiers.noise_like import NoiseLikeClassifier
from detector.rf.classifiers.pulsed import PulsedClassifier
from detector.rf.classifiers.spurs import SpurClassifier
from detector.rf.classifiers.template import Classifier, Run, SliceView, Verdict
from detector.rf.options import RfOptions
from detector.types import SignalKind

__all__ = ["name_run", "weigh"]

_CAP = 12.0
_SPUR = SpurClassifier()
_CLASSIFIERS: tuple[Classifier, ...] = (
    BroadcastFmClassifier(),
    CarrierClassifier(),
    PulsedClassifier(),
    BurstClassifier(),
    NarrowbandClassifier(),
    NoiseLikeClassifier(),
)


def name_run(view: SliceView, run: Run, options: RfOptions, refusals: Counter[str]) -> SignalKind | None:
    """Return what a run is; None for a line of the receiver's own.

    Parameters
    ----------
    view : SliceView
    run : Run
    options : RfOptions
    refusals : Counter of str
        Where a run stays unknown, the reasons are counted here; a line of the receiver's own counts too.
    """
    spur = _SPUR.judge(view, run)
    if spur.refusal is None and spur.log_ratio > 0:
        refusals["receiver_spur"] += 1
        return None
    verdicts = [classifier.judge(view, run) for classifier in _CLASSIFIERS]
    kind = weigh(verdicts, _expected(view, run), options)
    if kind is SignalKind.UNKNOWN:
        refusals.update(verdict.refusal for verdict in verdicts if verdict.refusal is not None)
    return kind


def weigh(verdicts: Sequence[Verdict], expected: SignalKind | None, options: RfOptions) -> SignalKind:
    """Return the kind with the best of ratio and plan, `UNKNOWN` where none beats what is asked of a name.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Those with a refusal do not count; the first of equals wins.
    expected : SignalKind or None
        Kind of the plan's row; its verdict gets `RfOptions.plan_log_odds` on top.
    options : RfOptions
    """
    best, kind = options.unknown_log_ratio, SignalKind.UNKNOWN
    for verdict in verdicts:
        if verdict.refusal is None:
            score = min(verdict.log_ratio, _CAP) + options.plan_log_odds * (verdict.kind is expected)
            if score > best:
                best, kind = score, verdict.kind
    return kind


def _expected(view: SliceView, run: Run) -> SignalKind | None:
    row = view.band(run.freq_hz)
    return None if row is None else row.kind
