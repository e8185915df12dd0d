"""An alert while one assessment adds signals to it: what joining asks of it, found once for each signal added."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.ids import instrument_key
from warning.core.policy import Correlation
from warning.core.signals import Signal

T = TypeVar("T")
# Acts of one day on the same goods or firms differ by what they are about: know-how or goods made abroad, a watch list or a ban.
_KINDS = {
    "know-how": r"technolog|know-how|技术|技術|기술",
    "made abroad": r"made abroad|foreign(?:-made)? (?:products|goods)|extraterritorial|境外|域外|海外で作|外国製|역외|해외 생산",
    "watch list": r"watch list|关注名单|注視|監視リスト|관심 명단|관찰 명단|주의 명단",
    "testing body": r"\btest(?:s|ing)\b|检测|検査|시험|검사",
    "association": r"alliance|association|auditor|联盟|协会|監査|団体|감사|연합|협회",
    "ban list": r"control list|export ban|dual-use export|管控名单|輸出規制リスト|輸出禁止|禁輸リスト|수출\s?금지|수출\s?통제\s?명단",
}
_SORTS = (
    frozenset({"know-how", "made abroad"}),
    frozenset({"watch list", "ban list"}),
    frozenset({"testing body", "association"}),
)
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{5,}")
_PATTERNS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _KINDS.items()}


@lru_cache(maxsize=4096)
def kinds_of(title: str) -> frozenset[str]:
    """The kinds of object that a headline names."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(title))


@lru_cache(maxsize=4096)
def _shingles(title: str) -> frozenset[str]:
    """Stretches of five signs of Han and kana runs: names are written without spaces and repeat whole."""
    return frozenset(run[n : n + 5] for run in _RUN.findall(title) for n in range(len(run) - 4))


def kinds_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name a kind of one sort, and not the same one."""
    return any(one & sort and other & sort and not one & other & sort for sort in _SORTS)


class Once(Generic[T]):
    """A property of a case, looked for again only when a signal was added: many signals ask the same of many cases."""

    def __init__(self, find: Callable[["Case"], T]) -> None:
        self._find, self._name = find, find.__name__

    def __get__(self, case: "Case", owner: object = None) -> T:
        name = self._name
        if name not in case.found:
            case.found[name] = self._find(case)
        found: T = case.found[name]
        return found


class Shown(NamedTuple):
    """What a report is compared with, found at once: a report is compared with many cases. `number` is the instrument's key."""

    last_at: datetime
    opened_at: datetime
    story: str
    number: str
    actors: set[str]
    materials: frozenset[str]
    effective: date | None


@dataclass(slots=True)
class Case:
    """An alert while this assessment adds to it. `alert` is the latest version before, or None; `add` adds the signals.

    One that `sleeps` lies too far back, and from its day of effect, for any signal of the assessment to be near.
    """

    key: str
    alert: Alert | None
    signals: list[Signal] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    sleeps: bool = False

    def add(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.found.clear()

    @Once
    def shown(self) -> Shown:
        return Shown(
            last_at=self.last_at,
            opened_at=self.opened_at,
            story=self.story,
            number=instrument_key(self.instrument) if self.instrument else "",
            actors=self.actors,
            materials=frozenset(self.materials),
            effective=self.effective,
        )

    @Once
    def last_at(self) -> datetime:
        """When somebody last told of it. A countdown tells nothing new; alone it is all there is."""
        own = self.alert.story if self.alert else self.signals[0].story
        times = [s.known_at for s in self.signals if is_deadline(own) or not is_deadline(s.story)]
        return max([*times, self.alert.last_evidence_at] if self.alert else times)

    @property
    def interrupts(self) -> bool:
        """Whether desks are told of it; else it is background coverage, and stays that."""
        return (self.alert or self.signals[0]).interrupts

    @Once
    def stands(self) -> bool:
        """Whether it rests on something: not all of its evidence was taken back, or a further report brings it back."""
        is_told_again = any(not s.joins and not is_deadline(s.story) for s in self.signals)
        return self.alert is None or not self.alert.is_cancelled or is_told_again

    @Once
    def opened_at(self) -> datetime:
        return self.alert.opened_at if self.alert else self.signals[0].known_at

    @Once
    def instrument(self) -> str | None:
        if self.alert and self.alert.facts.instrument:
            return self.alert.facts.instrument
        return next((s.facts.instrument for s in self.signals if s.facts.instrument), None)

    @Once
    def story(self) -> str:
        if self.alert and self.alert.story:
            return self.alert.story
        return next((s.story for s in self.signals if s.story), "")

    @Once
    def materials(self) -> set[str]:
        found = {m for s in self.signals for m in s.facts.materials}
        return found | set(self.alert.facts.materials if self.alert else ())

    @Once
    def entities(self) -> str:
        """How many firms or bodies the act names, "" where nobody counted them."""
        told = [self.alert.facts] if self.alert else []
        told += [s.facts for s in self.signals]
        return next((count for facts in told for what, count in facts.counts if what == "entities"), "")

    @Once
    def actors(self) -> set[str]:
        found = {a for s in self.signals for a in s.facts.actors}
        return found | set(self.alert.facts.actors if self.alert else ())

    @Once
    def expires(self) -> date | None:
        known = self.alert.facts.expires if self.alert else None
        return known or next((s.facts.expires for s in self.signals if s.facts.expires), None)

    @Once
    def titles(self) -> tuple[str, ...]:
        """How the issuer itself calls the act; before it spoke, every headline."""
        exhibits = [*(self.alert.exhibits if self.alert else ()), *(s.exhibit for s in self.signals)]
        return tuple(e.title for e in exhibits if e.official) or tuple(e.title for e in exhibits)

    @Once
    def kinds(self) -> frozenset[str]:
        """The kinds of object that tell it from others of its day."""
        return frozenset().union(*map(kinds_of, self.titles))

    @Once
    def effective(self) -> date | None:
        known = self.alert.facts.effective if self.alert else None
        return known or next((s.facts.effective for s in self.signals if s.facts.effective), None)

    @Once
    def official_documents(self) -> set[tuple[str, str]]:
        """(source, document) of every official piece of evidence shown."""
        exhibits = [*(self.alert.exhibits if self.alert else ()), *(s.exhibit for s in self.signals)]
        return {(e.source_id, e.evidence_id) for e in exhibits if e.official}

    @Once
    def targets(self) -> set[str]:
        found = {t for s in self.signals for t in s.facts.targets}
        return found | set(self.alert.facts.targets if self.alert else ())


class Report(NamedTuple):
    """What a signal is compared by, found once for many cases.

    `is_named`: it names goods, not any mineral at all; `counts_firms`: it counts firms and names no goods.
    """

    signal: Signal
    known_at: datetime
    story: str
    number: str
    actors: set[str]
    materials: frozenset[str]
    is_named: bool
    counts_firms: bool

    @classmethod
    def of(cls, signal: Signal, *, is_named: bool) -> "Report":
        facts = signal.facts
        return cls(
            signal=signal,
            known_at=signal.known_at,
            story=signal.story,
            number=instrument_key(facts.instrument) if facts.instrument else "",
            actors=set(facts.actors),
            materials=frozenset(facts.materials),
            is_named=is_named,
            counts_firms=_counts_firms(signal),
        )


def names_in_common(case: Case, signal: Signal) -> int:
    """How much of a Chinese or Japanese headline stands in what the issuer calls the act."""
    said = _shingles(signal.exhibit.title)
    return max((len(said & _shingles(title)) for title in case.titles), default=0) if said else 0


def counts_firms_only(case: Case, signal: Signal) -> bool:
    """Whether a report counts firms and names no goods, while all that is known of the case is goods: a list is another act."""
    return _counts_firms(signal) and names_goods_only(case)


def names_goods_only(case: Case) -> bool:
    return bool(case.materials) and not case.entities and not case.targets


def counts_firms_alone(case: Case) -> bool:
    """Whether all that is known of the case is a count of firms: a report on goods is of another act."""
    return bool(case.entities) and not case.materials


def _counts_firms(signal: Signal) -> bool:
    return "entities" in dict(signal.facts.counts) and not signal.facts.materials


def sleeps_between(alert: Alert, times: Sequence[datetime], windows: Correlation) -> bool:
    """Whether no signal that became known at one of the times, ascending, can be near the alert."""
    if not times:
        return True
    first, last = times[0], times[-1]
    if alert.last_evidence_at >= first - timedelta(days=windows.gap_days):
        return False
    effective, margin = alert.facts.effective, timedelta(days=windows.effective_days)
    return effective is None or not first.date() - margin <= effective <= last.date() + margin
