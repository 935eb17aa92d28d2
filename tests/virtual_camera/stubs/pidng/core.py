"""Not here: used for DNG files only."""

PICAM2DNG = None
