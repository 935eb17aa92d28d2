"""Analog video: from the samples of one slice to a calibrated probability that a camera is sending in it."""
