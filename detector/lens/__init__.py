"""Lens finding: from strobed frames to glints, tracks and alerts."""

from detector.lens.attribution import attribute_led
from detector.lens.options import LensOptions
from detector.lens.sense import LensSense

__all__ = ["LensOptions", "LensSense", "attribute_led"]
