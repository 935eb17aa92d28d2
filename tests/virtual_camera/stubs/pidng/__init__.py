"""Not here: used for DNG files only."""
