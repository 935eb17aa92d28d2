"""Sensor processes, their supervision, and the state that the page shows."""
