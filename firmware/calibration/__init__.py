"""The calibration bench: frames from a camera, a recording or a simulated room, through a routine, into the store."""
