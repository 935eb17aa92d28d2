"""Band plans, one a region, as TOML."""
