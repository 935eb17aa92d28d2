"""Not here: used for DNG files only."""

Picamera2Camera = None
