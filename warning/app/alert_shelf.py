"""The latest version of every alert of a rehearsal, those that nothing joined for long in a file.

An alert with its evidence and tear-lines takes a hundred kilobytes. Of years of them a few weeks are asked for again.
"""

import pickle
from array import array
from collections.abc import Iterator, Mapping
from itertools import islice

from warning.app.put_by import PutBy
from warning.app.reading_apart import packed
from warning.core.alerts import Alert

MOST_HELD = 1_000
_NOWHERE = -1


class AlertShelf(Mapping[str, Alert]):
    """Alerts by key in the order in which they were opened, and by number in that order, from 0."""

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most = most_held
        self._numbers: dict[str, int] = {}
        self._held: dict[int, Alert] = {}  # the one asked for longest ago first
        self._places = array("q")  # in the file, as long as that is the latest version
        self._file = PutBy()

    def put(self, alert: Alert) -> int:
        """Take in the latest version of an alert and return its number."""
        number = self._numbers.setdefault(alert.key, len(self._places))
        if number == len(self._places):
            self._places.append(_NOWHERE)
        self._places[number] = _NOWHERE
        self._hold(number, alert)
        return number

    def at(self, number: int) -> Alert:
        """Return the alert of a number, and keep it near."""
        alert = self._held.get(number) or self._read(number)
        self._hold(number, alert)
        return alert

    def number(self, key: str) -> int | None:
        return self._numbers.get(key)

    def __getitem__(self, key: str) -> Alert:
        number = self._numbers[key]
        return self._held.get(number) or self._read(number)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def _read(self, number: int) -> Alert:
        alert: Alert = pickle.loads(self._file.get(self._places[number]))  # noqa: S301 - written below, to a file without a name
        return alert

    def _hold(self, number: int, alert: Alert) -> None:
        self._held.pop(number, None)
        self._held[number] = alert
        if len(self._held) > self._most:
            self._put_by(list(islice(self._held, max(self._most // 8, 1))))

    def _put_by(self, numbers: list[int]) -> None:
        changed = [number for number in numbers if self._places[number] == _NOWHERE]
        pieces = (packed(self._held[number]) for number in changed)
        for number, place in zip(changed, self._file.put(pieces), strict=True):
            self._places[number] = place
        for number in numbers:
            del self._held[number]
