"""Sample formats of IQ recordings: bytes on disk to complex numbers of full scale 1."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["RAW_FORMATS", "SIGMF_DATATYPES", "IqFormat", "decode_iq"]


@dataclass(frozen=True, slots=True)
class IqFormat:
    """How one component (I or Q) is stored.

    Attributes
    ----------
    name : str
        As on the command line: ``cu8``, ``cs8``, ``cs16`` or ``cf32``.
    dtype : str
        numpy type of a component, byte order included.
    zero, full_scale : float
        Stored number of no signal, and its distance to full scale.
    """

    name: str
    dtype: str
    zero: float = 0.0
    full_scale: float = 1.0

    @property
    def sample_bytes(self) -> int:
        """Bytes of one complex sample."""
        return 2 * np.dtype(self.dtype).itemsize

    @property
    def is_float(self) -> bool:
        """Whether NaN and infinity can occur, and clipping cannot be told."""
        return np.dtype(self.dtype).kind == "f"


RAW_FORMATS = {
    "cu8": IqFormat("cu8", "u1", 127.5, 127.5),
    "cs8": IqFormat("cs8", "i1", 0.0, 128.0),
    "cs16": IqFormat("cs16", "<i2", 0.0, 32768.0),
    "cf32": IqFormat("cf32", "<f4"),
}
SIGMF_DATATYPES = {
    "cu8": RAW_FORMATS["cu8"],
    "ci8": RAW_FORMATS["cs8"],
    "ci16_le": RAW_FORMATS["cs16"],
    "ci16_be": IqFormat("cs16", ">i2", 0.0, 32768.0),
    "cf32_le": RAW_FORMATS["cf32"],
    "cf32_be": IqFormat("cf32", ">f4"),
}


def decode_iq(raw: npt.NDArray[np.generic], form: IqFormat) -> tuple[npt.NDArray[np.complex64], float]:
    """Turn stored components into samples.

    Parameters
    ----------
    raw : ndarray of form.dtype, shape (2 n,)
        I, Q, I, Q, ...
    form : IqFormat

    Returns
    -------
    samples : ndarray of complex64, shape (n,)
        A full-scale tone has magnitude 1.
    clipped_fraction : float
        Fraction in [0, 1] of components at either end of an integer format's range; 0 for a float format.
    """
    components = raw.astype(np.float32)
    if form.is_float:
        return components.view(np.complex64), 0.0
    limits = np.iinfo(np.dtype(form.dtype))
    clipped = np.count_nonzero(raw == limits.min) + np.count_nonzero(raw == limits.max)
    components -= np.float32(form.zero)
    components *= np.float32(1 / form.full_scale)
    return components.view(np.complex64), clipped / max(1, len(raw))
