"""The type of an array of numbers: `NDArray[np.int64]`, of whatever shape, as numpy.typing has it.

That module spends a tenth of a second, more than numpy itself, on a documentation that no command reads.
"""

from typing import Any, TypeAlias, TypeVar

import numpy as np

_Kind = TypeVar("_Kind", bound=np.generic)
NDArray: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[_Kind]]
