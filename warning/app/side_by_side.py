"""Many values of one kind as columns, for the way to another process: taken apart and put together a column at a time.

Value by value Python does both field by field, in Python. Texts that occur again travel once, and are one object over there.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from itertools import accumulate, chain, pairwise, repeat
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from warning.core.signals import Exhibit, Facts, Reason, Signal, Trace
from warning.core.stories import Telling

KINDS = (Signal, Exhibit, Facts, Reason, Trace, Telling)
# How the values of a column are held: each, one for all, as columns of their own, or several of those each.
_EACH, _SAME, _ONE, _SOME = range(4)
Columns = tuple[int, int, list[tuple[int, Any, Any]]]
"""The number of the kind, how many values there are, and the columns of their fields."""


def apart(values: Sequence[Any]) -> Columns | None:
    """Return values of one kind as columns; None where there are none."""
    if not values:
        return None
    kind = KINDS.index(type(values[0]))
    return kind, len(values), [pack(list(map(get, values))) for get, pack, _ in _fields(kind)]


def together(columns: Columns | None) -> tuple[Any, ...]:
    """Return the values that `apart` was given. They were checked when they were made, and are not again."""
    if columns is None:
        return ()
    kind, count, held = columns
    made = tuple(map(object.__new__, repeat(KINDS[kind], count)))
    for (_, _, put), column in zip(_fields(kind), held, strict=True):
        deque(map(put, made, _values(column, count)), maxlen=0)
    return made


def _values(column: tuple[int, Any, Any], count: int) -> Sequence[Any]:
    how, values, sizes = column
    if how == _EACH:
        return values  # type: ignore[no-any-return]  # as it was packed
    if how == _SAME:
        return [values] * count
    every = together(values)
    if how == _ONE:
        return every
    return [every[begin:end] for begin, end in pairwise(accumulate(sizes, initial=0))]


def _one(values: list[Any]) -> tuple[int, Any, Any]:
    return _ONE, apart(values), None


def _some(values: list[Any]) -> tuple[int, Any, Any]:
    return _SOME, apart(list(chain.from_iterable(values))), list(map(len, values))


def _each(values: list[Any]) -> tuple[int, Any, Any]:
    return _EACH, values, None


def _words(values: list[Any]) -> tuple[int, Any, Any]:
    if values.count(values[0]) == len(values):
        return _SAME, values[0], None
    seen: dict[Any, Any] = {}
    return _EACH, list(map(seen.setdefault, values, values)), None


@cache
def _fields(
    kind: int,
) -> list[tuple[Callable[[Any], Any], Callable[[list[Any]], Any], Callable[[Any, Any], Any]]]:
    """By field what reads it, what packs its column, and what sets it, whether or not the value is frozen."""
    hints = get_type_hints(KINDS[kind])
    return [
        (attrgetter(name), _packer(hints[name]), getattr(KINDS[kind], name).__set__)
        for name in KINDS[kind].__slots__
    ]  # fmt: skip


def _packer(hint: Any) -> Callable[[list[Any]], Any]:
    if hint in KINDS:
        return _one
    inside = get_args(hint)
    if inside and inside[0] in KINDS:
        return _some
    # Times that are equal may be told in different zones, and numbers as 1 and 1.0: they stay as they are.
    return _each if {hint, *inside} & {datetime, date, int, float} else _words
