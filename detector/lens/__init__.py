"""Lens finding: from strobed frames to glints, tracks and alerts.

Nothing is imported here: `detector.lens.options` alone must stay light enough for the parent process.
"""
