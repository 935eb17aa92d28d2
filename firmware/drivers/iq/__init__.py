"""Receivers: the dongle, the network dongle, and recordings."""
