"""A print of a text: 43 characters by which two long texts are seen to be as good as one, when both are gone.

The runs of three characters are hashed once and dealt into 64 boxes; of the least of each box four bits are kept. Two
texts of likeness J agree in J + (1 - J) / 16 of the boxes, give or take 4 %. Beside them stand two hashes of the
text's numbers: of all, and without those of the day it was published on, which a copy under a new date changes.
"""

from base64 import b85decode, b85encode
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Item
from warning.core.identity import LEAST_REPUBLISHED_TEXT, numbers_of, plain
from warning.core.ids import key64
from warning.core.minhash import grams_of

BOXES = 64
LONGEST = 2_000
ONE_TEXT = 0.8
_BITS = 4
_MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])


@lru_cache(maxsize=1_024)
def print_of(item: Item) -> str:
    """Return the print, empty for what has too little text beside its title to tell two documents apart."""
    if len(item.summary) + len(item.body) < LEAST_REPUBLISHED_TEXT:
        return ""
    text = f"{item.title} {item.summary} {item.body}"[:LONGEST]
    numbers = _said(text)
    undated = _without_day(numbers, item.published_at or item.known_at)
    boxes = b85encode(_boxes(plain(text)).tobytes()).decode()
    return f"{boxes} {_hashed(numbers)} {_hashed(undated)}"


def is_one_text(one: str, other: str) -> bool:
    """Whether two prints are of texts that say the same, with the same numbers."""
    if one == other:
        return True
    (first, *numbers), (second, *others) = one.split(" "), other.split(" ")
    if not any(mine == theirs for mine, theirs in zip(numbers, others, strict=True)):
        return False
    boxes = [np.frombuffer(b85decode(told), dtype=np.uint8) for told in (first, second)]
    equal = float(np.mean(np.concatenate([(a == b) for a, b in zip(*map(_halves, boxes), strict=True)])))
    return (equal - 1 / 16) / (15 / 16) >= ONE_TEXT


def _said(text: str) -> tuple[str, ...]:
    """Figures and months, each once: a lone letter or a word like "one" goes with the cut of a summary."""
    return tuple(sorted({n for n in numbers_of(text) if n[0].isdigit() or (len(n) > 2 and n[:3] in _MONTHS)}))


def _boxes(text: str) -> NDArray[np.uint8]:
    """Two boxes a byte; an empty box holds nothing, which two short texts have in common rightly."""
    grams = np.sort(grams_of(text))
    box, first = np.unique(grams % np.uint32(BOXES), return_index=True)
    kept = np.zeros(BOXES, dtype=np.uint8)
    kept[box] = (grams[first] // np.uint32(BOXES)) % np.uint32(1 << _BITS)
    paired: NDArray[np.uint8] = (kept[::2] << np.uint8(_BITS)) | kept[1::2]
    return paired


def _halves(boxes: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return boxes >> np.uint8(_BITS), boxes & np.uint8((1 << _BITS) - 1)


def _without_day(numbers: tuple[str, ...], at: datetime) -> tuple[str, ...]:
    month = f"{at:%b}".lower()
    own = {str(at.day), f"{at:%d}", str(at.month), f"{at:%m}", str(at.year)}
    return tuple(number for number in numbers if number not in own and not number.startswith(month))


def _hashed(numbers: tuple[str, ...]) -> str:
    return f"{key64('numbers', *numbers) & 0xFFFF_FFFF:08x}"
