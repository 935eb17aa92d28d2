"""Where state is kept, and how a file is written so that it is there in whole or not at all."""

import os
import tempfile
from pathlib import Path

__all__ = ["CALIBRATION_FOLDER", "put_aside", "state_directory", "write_atomically"]

BAD_SUFFIX = ".bad"
CALIBRATION_FOLDER = Path("calibrations") / "lens"


def state_directory(configured: str) -> Path:
    """Return the directory of the device's state; it need not exist yet.

    Parameters
    ----------
    configured : str
        From the configuration; empty for systemd's ``STATE_DIRECTORY``, else the user's own state directory.
    """
    if configured:
        return Path(configured).expanduser()
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path("~/.local/state").expanduser()) / "nunchi"


def put_aside(path: Path, what: str, error: Exception) -> str:
    """Give a file that cannot be read another name, so that it is kept and not read again; return the line to log.

    Parameters
    ----------
    path : Path
    what : str
        What it should have been, a noun.
    error : Exception
        Why it is not.
    """
    reason = " ".join(str(error).split())
    aside = path.with_suffix(BAD_SUFFIX)
    try:
        path.replace(aside)
    except OSError as moving:
        return f"{path.name}: unusable {what}, cannot be put aside ({moving.strerror}): {reason}"
    return f"{path.name}: unusable {what}, kept aside as {aside.name}: {reason}"


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file beside the old one, make sure that it is on the disk, and put it in the old one's place.

    Raises
    ------
    OSError
        It cannot be written; what was there before still is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
