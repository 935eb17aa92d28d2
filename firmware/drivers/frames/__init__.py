"""Cameras: the Pi camera, and recordings."""
