"""What series are, each description once, and which of them a rule looks at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.rulebook import FREQUENCIES
from warning.core.rules import Select
from warning.core.series.figures import unit_of
from warning.core.series.select import selects
from warning.core.terms import Terms
from warning.core.vocabulary import Frequency, Measure

Codes = NDArray[np.int64]
Bools = NDArray[np.bool_]
TableKey = tuple[str, str, str, str, str]
Key = tuple[str, str, str, str, str, str, str | None, str, str | None, str]
"""All that a figure says of its series, in the order of KEY_NAMES."""
# All that a selection asks of a series.
_Kind = tuple[str, str, str, str, str, str | None, str]
UNKNOWN, NO, YES = -1, 0, 1
# So many arrays of descriptions are held to be met again: those of price days and of trade days.
HELD = 4
KEY_NAMES = (
    "source_id", "series_id", "material", "measure", "reporter", "partner", "hs_code", "unit", "currency", "frequency",
)  # fmt: skip
KEY_OF: Callable[[Observation], Key] = attrgetter(*KEY_NAMES)
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def described(key: Key) -> Observation:
    """Return what a key says of a series, as a figure without a period."""
    named: dict[str, Any] = dict(zip(KEY_NAMES, key, strict=True))
    return Observation(**named, id="", period="", value=None, known_at=_ANY_TIME)


class Described(Protocol):
    """What a figure or a stored series says of itself."""

    @property
    def source_id(self) -> str: ...
    @property
    def series_id(self) -> str: ...
    @property
    def material(self) -> str: ...
    @property
    def measure(self) -> Measure: ...
    @property
    def reporter(self) -> str: ...
    @property
    def partner(self) -> str: ...
    @property
    def hs_code(self) -> str | None: ...
    @property
    def frequency(self) -> Frequency: ...


def table_of(point: Described) -> TableKey:
    """Name the publisher's table a figure stands in: source, flow, reporter, commodity and frequency."""
    return point.source_id, point.measure, point.reporter, point.hs_code or point.material, point.frequency


@dataclass(slots=True)
class _Chosen:
    """What is known so far of one selection: for each description yes, no, or not asked yet.

    `last` holds the descriptions asked about last and the answer: most days ask about the same ones again.
    """

    terms: Terms
    answers: NDArray[np.int8]
    kinds: dict[_Kind, bool] = field(default_factory=dict)
    last: tuple[Codes, Bools] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrays:
    tables: Codes = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    factors: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    frequencies: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, dtype=np.int8))


class Roster:
    """Grows and never forgets a description; a number, once given, stays. The answers of rules are kept beside it."""

    def __init__(self) -> None:
        self.metas: list[Observation] = []
        self._codes: dict[Key, int] = {}
        self._tables: dict[TableKey, int] = {}
        self._chosen: dict[Select, _Chosen] = {}
        self._named: dict[int, tuple[Select, _Chosen]] = {}
        self._columns = _Arrays()
        self._held: tuple[Codes, ...] = ()
        self._asked: dict[object, tuple[Codes, Bools]] = {}

    def remembered(
        self, question: object, codes: Codes, ask: Callable[[list[Observation]], list[bool]]
    ) -> Bools:
        """Return what `ask` says of these descriptions together; the same question about the same ones is asked once."""
        held = self._asked.get(question)
        if held is None or not np.array_equal(held[0], codes):
            answers = np.array(ask([self.metas[code] for code in codes.tolist()]), dtype=np.bool_)
            held = self._asked[question] = codes.copy(), answers
        return held[1]

    def code(self, point: Observation) -> int:
        """Return the number of what this figure says of its series, besides period and value."""
        key = KEY_OF(point)
        code = self._codes.get(key)
        return self._add(key, point) if code is None else code

    def code_of(self, key: Key) -> int:
        """Return the number of what a key says of a series."""
        code = self._codes.get(key)
        return self._add(key, described(key)) if code is None else code

    @property
    def keys(self) -> Sequence[Key]:
        """What each description says, in the order of their numbers."""
        return tuple(self._codes)

    def codes(self, points: Sequence[Observation]) -> list[int]:
        """Return the numbers of many at once."""
        try:
            return list(map(self._codes.__getitem__, map(KEY_OF, points)))
        except KeyError:  # some describe a series for the first time
            return [self.code(point) for point in points]

    def _add(self, key: Key, point: Observation) -> int:
        code = self._codes[key] = len(self.metas)
        self.metas.append(point)
        return code

    def _arrays(self) -> _Arrays:
        """What is asked of every description, as arrays; those that came since are added."""
        held = self._columns
        new = self.metas[len(held.tables) :]
        if new:
            numbers = [self._tables.setdefault(table_of(meta), len(self._tables)) for meta in new]
            places = [FREQUENCIES.index(meta.frequency) for meta in new]
            self._columns = _Arrays(
                tables=np.append(held.tables, np.array(numbers, dtype=np.int64)),
                factors=np.append(held.factors, [unit_of(meta)[0] for meta in new]),
                frequencies=np.append(held.frequencies, np.array(places, dtype=np.int8)),
            )
        return self._columns

    def label_ranks(self, codes: Codes) -> Codes:
        """Return numbers that are in the order of what these descriptions say."""
        asked, places = np.unique(codes, return_inverse=True)
        labels = [self.metas[code].labels for code in asked.tolist()]
        ranks: Codes = np.empty(len(asked), dtype=np.int64)
        ranks[sorted(range(len(asked)), key=labels.__getitem__)] = np.arange(len(asked))
        return ranks[places]

    def tables(self, codes: Codes) -> Codes:
        """Return the number of the table each description belongs to."""
        tables: Codes = self._arrays().tables[codes]
        return tables

    def factors(self, codes: Codes) -> NDArray[np.float64]:
        """Return what each description's figures are multiplied by: mass is judged in kilograms."""
        factors: NDArray[np.float64] = self._arrays().factors[codes]
        return factors

    def frequencies(self, codes: Codes) -> NDArray[np.int8]:
        """Return each description's frequency as its place in FREQUENCIES."""
        places: NDArray[np.int8] = self._arrays().frequencies[codes]
        return places

    def same(self, codes: Codes) -> Codes:
        """Return the very array that was given before where the descriptions are the same again, as on most days."""
        again = next((held for held in self._held if np.array_equal(held, codes)), None)
        if again is None:
            self._held = (codes, *self._held[: HELD - 1])
            return codes
        return again

    def chosen(self, select: Select, terms: Terms, codes: Codes) -> Bools:
        """Say which of the descriptions `select` means. Each is asked once as long as the terms stay the same."""
        known = self._known(select, terms)
        if known.last is not None and (known.last[0] is codes or np.array_equal(known.last[0], codes)):
            return known.last[1]
        missing = len(self.metas) - len(known.answers)
        if missing > 0:
            known.answers = np.append(known.answers, np.full(missing, UNKNOWN, dtype=np.int8))
        answers = known.answers
        unknown = codes[answers[codes] == UNKNOWN]
        for code in np.unique(unknown).tolist() if len(unknown) else ():
            meta = self.metas[code]
            kind = (
                meta.frequency, meta.measure, meta.reporter, meta.partner, meta.source_id, meta.hs_code, meta.material,
            )  # fmt: skip
            if kind not in known.kinds:
                known.kinds[kind] = selects(select, meta, terms)
            answers[code] = YES if known.kinds[kind] else NO
        chosen: Bools = answers[codes] == YES
        known.last = codes, chosen
        return chosen

    def _known(self, select: Select, terms: Terms) -> _Chosen:
        """Return what is known of a selection; the very object that was asked about last is not compared part by part."""
        named = self._named.get(id(select))
        if named is not None and named[0] is select and named[1].terms is terms:
            return named[1]
        known = self._chosen.get(select)
        if known is None or known.terms is not terms:
            known = self._chosen[select] = _Chosen(terms, np.empty(0, dtype=np.int8))
            self._named.clear()  # other terms come with other rules
        self._named[id(select)] = select, known
        return known
