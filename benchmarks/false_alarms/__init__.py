"""How often a sweep of a sky without a camera raises an alert: stages, strata, tails; see docs/sweeping.md."""
