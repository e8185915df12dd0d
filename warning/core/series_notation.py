"""A series in one line, as tests of series are written: `100x12 80~0@45d . 0x3`.

| written | read |
|---|---|
| `100` | one figure |
| `100x12`, `100+5x12`, `100-5x12` | twelve figures: the same, rising by 5, falling by 5 |
| `_`, `_x3` | a row without a figure (suppressed or withheld) |
| `.`, `.x3` | no row was published |
| `80~0@45d` | 80 when published, corrected to 0 forty-five days later; `80~0@45d~10@90d` goes on |
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite, nan

from warning.core.evidence import period_end
from warning.core.vocabulary import Frequency

_NUMBER = r"-?\d+(?:\.\d+)?"
_RUN = re.compile(rf"(?P<start>{_NUMBER})(?:(?P<step>[+-]\d+(?:\.\d+)?)?x(?P<times>\d{{1,4}}))?")
_GAP = re.compile(r"(?P<sign>[_.])(?:x(?P<times>\d{1,4}))?")
_REVISED = re.compile(rf"(?P<first>{_NUMBER}|_)(?P<later>(?:~(?:{_NUMBER}|_)@\d{{1,4}}d)+)")
_EXAMPLE_RUN = re.compile(
    r"(?P<start>-?\d+(?:\.\d+)?)(?P<step>[+-]\d+(?:\.\d+)?)?x(?P<times>\d{1,4})|(?P<gap>_)x(?P<gaps>\d{1,4})"
)
_LATER = re.compile(rf"~(?P<value>{_NUMBER}|_)@(?P<days>\d{{1,4}})d")


@dataclass(frozen=True, slots=True)
class Cell:
    """One period. `value` None is a row without a figure; `is_absent` says that there was no row at all.

    `revisions` are later values, each with the time after the first publication.
    """

    value: float | None = None
    is_absent: bool = False
    revisions: tuple[tuple[timedelta, float | None], ...] = ()


def read_cells(text: str) -> Iterator[Cell]:
    """Yield one cell a period. Raises ValueError that names the word it cannot read."""
    for word in text.split():
        if run := _RUN.fullmatch(word):
            start, step = float(run["start"]), float(run["step"] or 0)
            yield from (Cell(start + i * step) for i in range(int(run["times"] or 1)))
        elif gap := _GAP.fullmatch(word):
            yield from [Cell(is_absent=gap["sign"] == ".")] * int(gap["times"] or 1)
        elif revised := _REVISED.fullmatch(word):
            later = (
                (timedelta(days=int(m["days"])), _value(m["value"]))
                for m in _LATER.finditer(revised["later"])
            )
            yield Cell(_value(revised["first"]), revisions=tuple(sorted(later, key=lambda one: one[0])))
        else:
            raise ValueError(f"{word!r} is none of 100, 100x12, 100+5x12, _, . and 80~0@45d")


def read_values(text: str) -> Iterator[float | None]:
    """Yield the figures of `100 100 0`, `100x12 0`, `100+5x12` (a rise of 5 a step) and `_x3` (missing)."""
    for word in text.split():
        run = _EXAMPLE_RUN.fullmatch(word)
        if word == "_":
            yield None
        elif run and run["gap"]:
            yield from [None] * int(run["gaps"])
        elif run:
            step = float(run["step"] or 0)
            yield from (float(run["start"]) + i * step for i in range(int(run["times"])))
        else:
            yield _figure(word)


def _figure(word: str) -> float:
    try:
        figure = float(word)
    except ValueError:
        figure = nan
    if not isfinite(figure):
        raise ValueError(f"{word!r} is not a figure, 100x12, 100+5x12 or _")
    return figure


def readable_example(text: str) -> str:
    """Return the text when `read_values` reads it; raises ValueError otherwise."""
    deque(read_values(text), maxlen=0)
    return text


def readable_cells(text: str) -> str:
    """Return the text when `read_cells` reads it; raises ValueError otherwise."""
    deque(read_cells(text), maxlen=0)
    return text


def _value(word: str) -> float | None:
    return None if word == "_" else float(word)


def periods_from(first: str, frequency: Frequency, count: int) -> Iterator[str]:
    """Yield `count` periods in order, beginning with `first`. Weekends are days too.

    Raises ValueError when `first` is not a period of that frequency.
    """
    shape = {"D": 10, "W": 8, "M": 7, "Q": 7, "A": 4}[frequency]
    try:
        end = (period_end(first) - timedelta(days=1)).date()
    except (ValueError, OverflowError):
        end = None
    if end is None or len(first) != shape or ("Q" in first) is not (frequency == "Q"):
        raise ValueError(f"{first!r} is not a period of the frequency {frequency}")
    for step in range(count):
        yield _period(end, frequency, step)


def _period(end: date, frequency: Frequency, step: int) -> str:
    if frequency == "D":
        return (end + timedelta(days=step)).isoformat()
    if frequency == "W":
        week = (end + timedelta(weeks=step)).isocalendar()
        return f"{week.year}-W{week.week:02d}"
    months = end.year * 12 + end.month - 1 + step * {"M": 1, "Q": 3, "A": 12}[frequency]
    year, month = divmod(months, 12)
    return {"M": f"{year:04d}-{month + 1:02d}", "Q": f"{year:04d}-Q{month // 3 + 1}", "A": f"{year:04d}"}[
        frequency
    ]
