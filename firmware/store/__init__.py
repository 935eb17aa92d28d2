"""What outlives the process, in the device's state directory."""
