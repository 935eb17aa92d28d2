"""A reliability diagram as a small SVG: stated against observed share, with Clopper-Pearson intervals."""

from itertools import pairwise

import numpy as np

from detector.lens.synth.scorer import interval

_SIDE, _MARGIN = 240, 36
_EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001)


def reliability_svg(p: np.ndarray, label: np.ndarray) -> str:
    """Return the diagram.

    Parameters
    ----------
    p : ndarray of float64, shape (n,)
        Stated probabilities.
    label : ndarray of float64, shape (n,)
        1 for a lens.
    """
    size = _SIDE + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="10">',
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{_MARGIN}" y1="{_at_y(0)}" x2="{_at_x(1)}" y2="{_at_y(1)}" stroke="#bbb"/>',
        f'<text x="{size / 2}" y="{size - 6}" text-anchor="middle">stated probability of a lens</text>',
        f'<text transform="rotate(-90 12 {size / 2})" x="12" y="{size / 2}" text-anchor="middle">lenses</text>',
    ]
    for tick in (0, 0.5, 1):
        lines.append(f'<text x="{_at_x(tick)}" y="{_at_y(0) + 13}" text-anchor="middle">{tick:g}</text>')
        lines.append(f'<text x="{_MARGIN - 5}" y="{_at_y(tick) + 3}" text-anchor="end">{tick:g}</text>')
    for low, high in pairwise(_EDGES):
        inside = (p >= low) & (p < high)
        count, hits = int(inside.sum()), int(label[inside].sum())
        if not count:
            continue
        x, (least, most) = _at_x(float(p[inside].mean())), interval(hits, count)
        lines.append(f'<line x1="{x}" x2="{x}" y1="{_at_y(least)}" y2="{_at_y(most)}" stroke="#1c6"/>')
        lines.append(f'<circle cx="{x}" cy="{_at_y(hits / count)}" r="3" fill="#084"/>')
        lines.append(f'<text x="{x + 5}" y="{_at_y(hits / count) - 5}" fill="#444">{count}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _at_x(share: float) -> float:
    return round(_MARGIN + _SIDE * share, 1)


def _at_y(share: float) -> float:
    return round(_MARGIN + _SIDE * (1 - share), 1)
