"""Which events complete a sequence: day numbers in, yes or no out, by binary search and never by pairs.

Each step is an array of day numbers, sorted. An event is complete when every other step has an event within
the window that ends with it; events of one day are in order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Mask = NDArray[np.bool_]


def complete_in_order(steps: Sequence[Days], within_days: int) -> Mask:
    """Say for each event of the last step whether the steps before it came in order, all within the window.

    Going back, the latest possible event of each step leaves most room for those before it, so one look per
    step decides. Cost: one binary search an event and step.
    """
    last = steps[-1]
    reached, found = last, np.ones(last.shape, dtype=np.bool_)
    for days in reversed(steps[:-1]):
        place = np.searchsorted(days, reached, side="right") - 1
        found &= place >= 0
        if not days.size:
            return found & False
        reached = days[np.maximum(place, 0)]
    return found & (last - reached <= within_days)


def complete_in_any_order(steps: Sequence[Days], within_days: int) -> tuple[Mask, ...]:
    """Say for each event of each step whether it is the last of a complete set within the window.

    Of events of one day the one of the last step is the last: a set is completed once.
    """
    masks: list[Mask] = []
    for here, days in enumerate(steps):
        found = np.ones(days.shape, dtype=np.bool_)
        for there, others in enumerate(steps):
            if here == there:
                continue
            until = np.searchsorted(others, days, side="right" if there < here else "left")
            since = np.searchsorted(others, days - within_days, side="left")
            found &= until > since
        masks.append(found)
    return tuple(masks)
