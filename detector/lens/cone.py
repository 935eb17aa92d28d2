"""From how wide a cone of viewpoints a place answers: what tells a lens from a mirror that happens to face the camera.

A small flat mirror (a sequin, a chip of gloss, the corner of a plate) answers the on-axis ring alone, as a lens does,
while the camera stands in its reflection: its normal must point between the two rings' images, so that the half-angle
of that cone is below a quarter of the rings' radii together over the range. A lens answers over some 20 degrees.
"""

from math import log

import numpy as np

from detector.lens.glints import Reading
from detector.lens.options import LensOptions
from detector.lens.tracking import Track

__all__ = ["cone_evidence", "cone_evidence_wanted"]

_WIDTHS = np.array([1 / 6, 1 / 3, 2 / 3, 1.0])[:, None]  # of the widest mirror's cone that are tried
_MIRROR_SHOW = 0.9  # share of sets in which a mirror reads retro from within its cone
_MIRROR_STRAY = 0.03  # and from outside: sparkle, another flake beside it


def cone_evidence(track: Track, options: LensOptions) -> float:
    """Return the log likelihood ratio of a lens against the mirror that would explain best where it was seen from.

    Parameters
    ----------
    track : Track
    options : LensOptions
        `lens_show`; `mirror_cone_deg`, the widest mirror's half-angle; `constancy_deg`, how near to a viewpoint that
        saw it another must be for a lens to be expected there as well.

    Returns
    -------
    float
        Near 0 as long as one small cone holds every viewpoint; positive once it was seen from more than a mirror's
        cone, negative if it stayed dark just outside the viewpoints that saw it, before, between or after them. The
        mirror is the one of four widths about their mean that does best, so that for any of these the chance to
        reach a ratio of A is at most 1 / A (Wald 1945).
    """
    readings = zip(track.wanderings, track.glints, strict=True)
    seen = np.array([w[2:] for w, g in readings if g.reading is Reading.RETRO]).reshape(-1, 2)
    if not len(seen):
        return 0.0
    dark = np.array(track.unseen).reshape(-1, 2)
    near = np.linalg.norm(dark[:, None] - seen[None], axis=2).min(axis=1) <= options.constancy_deg
    centre = seen.mean(axis=0)
    seen_deg, dark_deg = (np.linalg.norm(v - centre, axis=1) for v in (seen, dark[near]))
    reach_deg = _WIDTHS * options.mirror_cone_deg
    show, hide = (np.where(away <= reach_deg, _MIRROR_SHOW, _MIRROR_STRAY) for away in (seen_deg, dark_deg))
    mirror = np.log(show).sum(axis=1) + np.log(1 - hide).sum(axis=1)
    lens = len(seen) * log(options.lens_show) + int(near.sum()) * log(1 - options.lens_show)
    return float(lens - mirror.max())


def cone_evidence_wanted(viewpoints: int, options: LensOptions) -> float:
    """Return the cone evidence without which nothing alerts, after that many viewpoints a mirror's cone apart.

    Every further viewpoint stands in the reflection of other mirrors: one more trial each.
    """
    return options.first_look_evidence + log(max(1, viewpoints))
