"""Everything operators decided, as one frozen value that an assessment reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any, Self, TypeVar

from warning.core.chains import Chain
from warning.core.desks import Desk
from warning.core.exposure import CountryExposure
from warning.core.gradings import Gradings
from warning.core.ids import content_id
from warning.core.joined_goods import Goods
from warning.core.measures import Measure
from warning.core.old_news import CORRECTION_DAYS, lag_days
from warning.core.policy import Policy
from warning.core.rules import AnyRule, Select, SeriesRule
from warning.core.text_book import TextBook
from warning.core.vocabulary import Frequency

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
FREQUENCIES: tuple[Frequency, ...] = ("D", "W", "M", "Q", "A")
HISTORY_DAYS: Mapping[Frequency, float] = {"D": 1.6, "W": 7.0, "M": 31.0, "Q": 92.0, "A": 366.0}
# Days and weeks that a long holiday takes out of those.
HOLIDAY_DAYS: Mapping[Frequency, int] = {"D": 16, "W": 14}


@dataclass(frozen=True, kw_only=True)
class Need:
    """The history one rule wants: every series that `select` describes, `days` back from the assessment.

    `whole_tables` asks for the other series of the same table too: the rule reads an absent row as zero.
    `companions` asks for all it selects that share a material or a six-digit code with a new figure (see
    `core/series/combining.py`), and `others` for single series: the rule makes one series of several.
    A figure that becomes known more than `late_days` after its period ended is no news to the rule.
    """

    select: Select
    days: int
    whole_tables: bool = False
    companions: bool = False
    others: tuple[str, ...] = ()
    late_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Rulebook(TextBook):
    """`exposure` is by country code; `desks`, `operators` (desks that are told how the system does, and no alert) and `measures` are sorted by id."""

    exposure: Mapping[str, CountryExposure] = field(default_factory=dict)
    desks: tuple[Desk, ...] = ()
    operators: tuple[Desk, ...] = ()
    policy: Policy
    measures: tuple[Measure, ...] = ()
    chains: tuple[Chain, ...] = ()

    @cached_property
    def version(self) -> str:
        parts = [f"{rule.id}={rule.version}" for rule in self.rules]
        parts += [self.terms.model_dump_json(), self.policy.model_dump_json()]
        parts += [e.model_dump_json() for e in self.exposure.values()]
        parts += [d.model_dump_json() for d in self.desks]
        parts += [m.model_dump_json() for m in self.measures]
        parts += [c.model_dump_json() for c in self.chains]
        return content_id("b", *parts)

    @cached_property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)

    @cached_property
    def rules_by_id(self) -> Mapping[str, AnyRule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def goods(self) -> Goods:
        """The materials of the terms, as reports are compared by them."""
        return Goods(self.terms.materials)

    @cached_property
    def gradings(self) -> Gradings:
        """What acts mean to the countries whose exposure is known."""
        return Gradings(self.exposure, self.policy.severity, self.terms.materials)

    def once(self, find: Callable[[Self, Asked], Answer], about: Asked) -> Answer:
        """Return what `find` finds about a rule or step of this book, found once: every round asks it again."""
        known = self._found.get((find, id(about)))
        if known is None:
            known = self._found[find, id(about)] = (about, find(self, about))
        answer: Answer = known[1]
        return answer

    @cached_property
    def _found(self) -> dict[tuple[object, int], tuple[object, Any]]:
        """What `once` found, beside what it is about: as long as that is here, nothing else has its identity."""
        return {}

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The version of each rule: hashing a rule anew for each of many assessments would cost more than judging it."""
        return {rule.id: rule.version for rule in self.rules}

    @property
    def reads_the_calendar(self) -> bool:
        """Whether a day without evidence can bring something: it is assessed too, then."""
        return bool(self.active("deadline", "absence") or self.chains)

    def needs(self) -> tuple[Need, ...]:
        """What history the series rules want loaded."""
        return self._needs

    @cached_property
    def _needs(self) -> tuple[Need, ...]:
        return tuple(
            need
            for rule in self.active("series")
            if isinstance(rule, SeriesRule)
            for frequency in rule.select.frequencies or FREQUENCIES
            for need in _needs_of(rule, frequency, bridges=self._bridges(rule))
        )

    @cached_property
    def news_days(self) -> Mapping[Frequency, int]:
        """How many days after its period a figure of each frequency may become known and still be news to a rule."""
        return news_days(self.needs())

    @cached_property
    def correction_days(self) -> Mapping[Frequency, int]:
        """How many days after its period a figure of each frequency may still correct what was told of it."""
        return correction_days(self.needs())

    def _bridges(self, rule: SeriesRule) -> bool:
        """Whether a code the rule selects came from, or went over to, another by a revision of the system."""
        codes = rule.select.hs_codes
        known = {code for old, one in self.terms.hs_revisions.items() for code in (old, *one.becomes)}
        return any(code.startswith(wanted) or wanted.startswith(code) for wanted in codes for code in known)


def news_days(needs: Iterable[Need]) -> Mapping[Frequency, int]:
    """Return the longest `late_days` of each frequency; nothing of one that no rule judges."""
    found: dict[Frequency, int] = {}
    for need in needs:
        for frequency in need.select.frequencies:
            found[frequency] = max(need.late_days, found.get(frequency, 0))
    return found


def correction_days(needs: Iterable[Need]) -> Mapping[Frequency, int]:
    """Return how long the figures of each frequency are looked after, news or not; nothing of one that no rule judges."""
    return {one: max(days, CORRECTION_DAYS[one]) for one, days in news_days(needs).items()}


def history_days(points: int, frequency: Frequency) -> int:
    """Return the days in which so many figures stand, where days and weeks are not published more rarely than that."""
    return int((points + 2) * HISTORY_DAYS[frequency]) + 1 + HOLIDAY_DAYS.get(frequency, 0)


def rearm_days(points: int, frequency: Frequency) -> int:
    """Return the days in which the figures before that re-arming asks about stand."""
    return int(points * HISTORY_DAYS[frequency]) + HOLIDAY_DAYS.get(frequency, 0)


def _needs_of(rule: SeriesRule, frequency: Frequency, *, bridges: bool) -> Iterator[Need]:
    # No less than the days of a verdict and those of re-arming together.
    days = history_days(rule.points(frequency), frequency) + HOLIDAY_DAYS.get(frequency, 0)
    late_days = lag_days(rule) + ceil(HISTORY_DAYS[frequency])  # a period's figure may come before its end
    yield Need(
        select=rule.select.model_copy(update={"frequencies": (frequency,)}),
        days=days,
        whole_tables=rule.missing_is_zero,
        companions=rule.combine is not None or bridges,
        others=rule.other_series,
        late_days=late_days,
    )
    if rule.other_series:
        yield Need(select=Select(series=rule.other_series), days=days, late_days=late_days)
