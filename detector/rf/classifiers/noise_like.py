"""Wide energy without a prefix, pilot or pulses: named by its shape, and by the plan where it expects such a thing.

Single-carrier television (8-VSB), W-CDMA, GNSS and jammers look alike here: Gaussian to any test of this size, so there
is no statistic against noise but the level, and the ratio is a small constant that the plan's row can tip.
"""

from detector.rf.classifiers.template import Run, SliceView, Verdict
from detector.types import SignalKind

__all__ = ["NoiseLikeClassifier"]

_NARROWEST_HZ = 1.2e6
_RATIO = 4.0
_WIDE_KINDS = (SignalKind.BROADCAST_TV, SignalKind.BROADCAST_DAB, SignalKind.CELLULAR_DOWNLINK)


class NoiseLikeClassifier:
    """Names wide energy.

    Refusals: ``wrong_width``.
    """

    kind = SignalKind.NOISE_LIKE

    def judge(self, view: SliceView, run: Run) -> Verdict:
        """Return a small ratio for anything wide; of the row's kind where the plan expects a wide one."""
        row = view.band(run.freq_hz)
        kind = row.kind if row is not None and row.kind in _WIDE_KINDS else SignalKind.NOISE_LIKE
        refusal = None if run.width_hz >= _NARROWEST_HZ else "wrong_width"
        return Verdict(kind=kind or self.kind, log_ratio=_RATIO, refusal=refusal)
