"""Errors that Nunchi raises on purpose; each is also a builtin, so either name catches it."""

__all__ = ["DeviceError", "DeviceStalledError", "InputError", "NunchiError"]


class NunchiError(Exception):
    """Root of every error raised on purpose."""


class InputError(NunchiError, ValueError):
    """Input from outside (argument, configuration, recording) is unusable.

    The message is one line naming the file or key, the value and the reason; the command line prints it as it is
    and exits with status 2.
    """


class DeviceError(NunchiError, OSError):
    """A device (dongle, camera, LED driver) cannot be opened or has failed; the message says which and why."""


class DeviceStalledError(DeviceError, TimeoutError):
    """A device delivered nothing within its deadline."""
