"""Pieces of a recording joined, and cut into stretches that are judged as one."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from detector.types import IqBlock

__all__ = ["joins", "stretches"]


def joins(before: IqBlock, after: IqBlock) -> bool:
    """Return whether a block continues the one before it without a gap."""
    return (
        after.sequence == before.sequence + 1
        and not after.lost_samples
        and after.center_hz == before.center_hz
        and after.sample_rate_hz == before.sample_rate_hz
    )


def stretches(held: Sequence[IqBlock], longest_s: float) -> Iterator[tuple[npt.NDArray[np.complex64], int]]:
    """Yield samples and the time of the first; a short rest is joined to the stretch before it.

    Parameters
    ----------
    held : sequence of IqBlock
        One block and those that join it, in order; at least one.
    longest_s : float

    Yields
    ------
    samples : ndarray of complex64
    t_ns : int
    """
    first = held[0]
    samples = np.concatenate([block.samples for block in held]) if len(held) > 1 else first.samples
    length = round(longest_s * first.sample_rate_hz)
    starts = list(range(0, len(samples), length))
    if len(starts) > 1 and len(samples) - starts[-1] < length // 2:
        starts.pop()
    for start, stop in zip(starts, [*starts[1:], len(samples)], strict=True):
        yield samples[start:stop], first.t_ns + round(start / first.sample_rate_hz * 1e9)
