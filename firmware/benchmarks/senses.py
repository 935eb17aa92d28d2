"""Cost of each sense's whole step, on generated items, against a plain operation on the same data."""
