"""Devices and their twins: receivers, cameras, LED rings, from hardware, recordings or simulated rooms."""
