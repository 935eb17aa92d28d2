"""Sample formats that recordings come in, and how SigMF names them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.convert import from_raw

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
    """

    name: str
    dtype: str

    @property
    def sample_bytes(self) -> int:
        """Bytes of one complex sample."""
        return 2 * np.dtype(self.dtype).itemsize


RAW_FORMATS = {
    "cu8": IqFormat("cu8", "u1"),
    "cs8": IqFormat("cs8", "i1"),
    "cs16": IqFormat("cs16", "<i2"),
    "cf32": IqFormat("cf32", "<f4"),
}
SIGMF_DATATYPES = {
    "cu8": RAW_FORMATS["cu8"],
    "ci8": RAW_FORMATS["cs8"],
    "ci16_le": RAW_FORMATS["cs16"],
    "ci16_be": IqFormat("cs16", ">i2"),
    "cf32_le": RAW_FORMATS["cf32"],
    "cf32_be": IqFormat("cf32", ">f4"),
}


def decode_iq(raw: npt.NDArray[np.number], form: IqFormat) -> tuple[npt.NDArray[np.complex64], float]:
    """Turn stored components into samples of full scale 1, whatever their byte order.

    Parameters
    ----------
    raw : ndarray of form.dtype, shape (2 n,)
        I, Q, I, Q, ...
    form : IqFormat

    Returns
    -------
    samples : ndarray of complex64, shape (n,)
    clipped_fraction : float
        As from `detector.rf.convert.from_raw`.

    Raises
    ------
    InputError
        A float component is not finite.
    """
    return from_raw(raw.astype(raw.dtype.newbyteorder("<"), copy=False), form.name)
