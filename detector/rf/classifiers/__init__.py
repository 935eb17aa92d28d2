"""What else is on the air: one classifier a file, all from `template.py`, weighed by `naming.py`."""
