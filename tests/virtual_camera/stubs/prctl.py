"""Not here: used for video encoders only."""
