"""Ids of figures in eight bytes each: a letter, a dash and 16 hexadecimal digits are a number."""

import numpy as np
from numpy.typing import NDArray

Names = NDArray[np.bytes_]
Keys = NDArray[np.uint64]

PREFIX = b"o-"
DIGITS = 16
WIDTH = len(PREFIX) + DIGITS
NOT_A_DIGIT = 255
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
VALUES = np.full(256, NOT_A_DIGIT, dtype=np.uint8)
VALUES[_HEX] = np.arange(16)


def keys_of(names: Names) -> Keys | None:
    """Return the numbers of ids; None when one of them is no id of that form. Their order is that of the ids."""
    if names.dtype.itemsize != WIDTH:
        return None
    bytes_ = np.ascontiguousarray(names).view(np.uint8).reshape(-1, WIDTH)
    digits = VALUES[bytes_[:, len(PREFIX) :]]
    if (bytes_[:, : len(PREFIX)] != np.frombuffer(PREFIX, dtype=np.uint8)).any() or digits.max(
        initial=0
    ) > 15:
        return None
    packed = (digits[:, ::2] << 4) | digits[:, 1::2]
    keys: Keys = np.ascontiguousarray(packed).view(">u8")[:, 0].astype(np.uint64)
    return keys


def names_of(keys: Keys) -> Names:
    """Return the ids of numbers, of whatever shape."""
    bytes_ = np.ascontiguousarray(keys).astype(">u8").view(np.uint8).reshape(-1, DIGITS // 2)
    names = np.empty((len(bytes_), WIDTH), dtype=np.uint8)
    names[:, : len(PREFIX)] = np.frombuffer(PREFIX, dtype=np.uint8)
    names[:, len(PREFIX) :: 2], names[:, len(PREFIX) + 1 :: 2] = _HEX[bytes_ >> 4], _HEX[bytes_ & 15]
    return names.view(f"S{WIDTH}").reshape(keys.shape)
