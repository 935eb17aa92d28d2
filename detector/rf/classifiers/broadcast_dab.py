"""Digital radio and mobile TV (DAB, T-DMB), mode I: 1 ms symbols, 246 us guard, and silence for 1.3 ms every 96 ms.

The prefix has the null of `cyclic_prefix.py` and does nearly all the work. The null symbol is looked for where the
dwell holds one: the mean power over 1.2 ms, in steps of 0.3 ms. Null: a steady signal's mean over n = B T samples is
normal with spread 1 / sqrt(n) (B the 1.5 MHz of an ensemble: n = 1800); the deepest of all places, so the number of
places is the number of trials. A dwell shorter than a frame may hold none: its absence says nothing there.
"""

import numpy as np

from detector.rf.classifiers.statistics import gauss_surprise, log_ratio
from detector.rf.classifiers.template import SliceView

__all__ = ["null_symbol_log_ratio"]

_PIECE_S, _PIECES = 0.3e-3, 4
_ENSEMBLE_HZ = 1.536e6
_MOST = 6.0


def null_symbol_log_ratio(view: SliceView) -> float:
    """Return what a dip as long as the null symbol adds, at most 6, at least 0."""
    length = round(_PIECE_S * view.sample_rate_hz)
    count = len(view.power) // length
    if count < 4 * _PIECES:
        return 0.0
    pieces = view.power[: count * length].reshape(count, length).mean(axis=1)
    means = np.convolve(pieces, np.full(_PIECES, 1 / _PIECES), "valid")
    depth = 1 - float(means.min()) / float(np.median(means))
    z = depth * np.sqrt(_PIECES * _PIECE_S * min(_ENSEMBLE_HZ, view.sample_rate_hz))
    return float(np.clip(log_ratio(gauss_surprise(z), len(means)), 0.0, _MOST))
