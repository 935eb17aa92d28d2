"""Answer of lenses against the ring's angle as a small SVG: path tracer as dots and lines, closed formula dashed."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["lobes_svg"]

_WIDTH, _HEIGHT, _MARGIN, _LEGEND = 420, 260, 44, 190
_TOP_DECADES = 3.3
_COLOURS = ("#084", "#06c", "#a40", "#808", "#555", "#c08")
_SHOWN = (
    "simple 1 mm, focus +0.00 mm", "simple 2 mm, focus +0.00 mm", "simple 2 mm, focus -0.15 mm", "corrected 2 mm",
    "bead",
)  # fmt: skip


def lobes_svg(angles_deg: npt.NDArray[np.float64], found: dict[str, Any]) -> str:
    """Return the diagram.

    Parameters
    ----------
    angles_deg : ndarray of float64, shape (n,)
        Ring radius over range.
    found : dict
        From `compare`: label to readings of both generators.
    """
    width, height, middle = _WIDTH + _MARGIN + _LEGEND, _HEIGHT + 2 * _MARGIN, _MARGIN + _WIDTH / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"',
        ' font-size="10">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="#888"/>',
        f'<text x="{middle}" y="{height - 10}" text-anchor="middle">ring seen from the lens, degrees</text>',
        f'<text x="{_MARGIN}" y="{_MARGIN - 8}">peak over wall; solid: path tracer, dashed: closed formula</text>',
    ]
    span_deg = float(angles_deg.max()) * 1.05
    for tick in np.arange(0, span_deg, 0.25):
        x = _MARGIN + _WIDTH * tick / span_deg
        lines.append(f'<text x="{x:.1f}" y="{_MARGIN + _HEIGHT + 14}" text-anchor="middle">{tick:g}</text>')
    lines += [
        f'<text x="{_MARGIN - 5}" y="{_y(10.0**decade) + 3:.1f}" text-anchor="end">{10**decade}</text>'
        for decade in range(int(_TOP_DECADES) + 1)
    ]
    for number, label in enumerate(name for name in _SHOWN if name in found):
        colour = _COLOURS[number]
        for source, dash in (("traced", ""), ("formula", ' stroke-dasharray="4 3"')):
            places = [
                f"{_MARGIN + _WIDTH * a / span_deg:.1f},{_y(v):.1f}"
                for a, v in zip(angles_deg, found[label][source]["ring"], strict=True)
            ]
            lines.append(f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}"{dash}/>')
        y = _MARGIN + 14 + 16 * number
        lines.append(f'<text x="{_MARGIN + _WIDTH + 10}" y="{y}" fill="{colour}">{label}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _y(value: float) -> float:
    return float(_MARGIN + _HEIGHT * (1 - np.log10(max(value, 1.0)) / _TOP_DECADES))
