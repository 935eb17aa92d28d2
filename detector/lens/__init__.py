"""Lens finding: from strobed frames to glints, tracks and alerts."""
