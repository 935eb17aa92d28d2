"""LED rings: the GPIO driver, and none at all."""
