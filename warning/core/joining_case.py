"""An alert while one assessment adds signals to it, and a signal as it is compared with many of them."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import NamedTuple

from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.ids import instrument_key
from warning.core.joining_counts import (
    firms_told,
    is_exact,
    list_named,
    list_told,
    parts_told,
)
from warning.core.object_kinds import kinds_of, shingles
from warning.core.policy import Correlation
from warning.core.signals import Exhibit, Facts, Signal

_NONE: frozenset[str] = frozenset()


class Case:
    """An alert while this assessment adds to it. `alert` is the latest version before, or None; `add` adds the signals.

    What joining asks of it stands beside it and is carried on with each signal: many signals ask the same of many cases.
    A case without an alert has none of it before its first signal. One that `sleeps` lies too far back, and from its day of
    effect, for any signal of the assessment to be near. `number` is the key of `instrument`.
    """

    __slots__ = (
        "_by_issuer", "_counted", "_firms", "_is_countdown", "_kinds", "_official", "_signs", "_titles", "actors", "alert", "effective", "expires",
        "instrument", "interrupts", "key", "last_at", "materials", "number", "opened_at", "signals", "sleeps", "stands", "story", "targets",
    )  # fmt: skip

    interrupts: bool
    """Whether desks are told of it; else it is background coverage, and stays that."""
    opened_at: datetime
    last_at: datetime
    """When somebody last told of it. A countdown tells nothing new; alone it is all there is."""

    def __init__(self, *, key: str, alert: Alert | None, sleeps: bool = False) -> None:
        self.key, self.alert, self.sleeps = key, alert, sleeps
        self.signals: list[Signal] = []
        self.story, self.instrument, self.number = "", "", ""
        self.actors, self.materials, self.targets = _NONE, _NONE, _NONE
        self.effective: date | None = None
        self.expires: date | None = None
        # Whether it rests on something: not all of its evidence was taken back, or a further report brings it back.
        self.stands = alert is None or not alert.is_cancelled
        self._official: set[tuple[str, str]] | None = None
        self._titles: dict[str, None] | None = None
        self._signs: set[str] | None = None
        self._kinds: frozenset[str] | None = None
        self._by_issuer = False
        self._counted: str | None = None
        self._firms: frozenset[str] | None = None
        self._is_countdown = False
        if alert is not None:
            self.interrupts, self._is_countdown = alert.interrupts, is_deadline(alert.story)
            self.opened_at, self.last_at = alert.opened_at, alert.last_evidence_at
            self._say(alert.facts, alert.story)

    def add(self, signal: Signal, *, keeps: bool = True) -> None:
        """Add a signal. What the alert says, or an earlier one, it does not say anew; what it names besides is added.

        Unless it `keeps` the alert alive nothing joins the longer for it.
        """
        is_countdown = is_deadline(signal.story)
        if self.alert is None and not self.signals:
            self.interrupts, self._is_countdown = signal.interrupts, is_countdown
            self.opened_at = self.last_at = signal.known_at
        elif keeps and signal.known_at > self.last_at and (self._is_countdown or not is_countdown):
            self.last_at = signal.known_at
        self.stands = self.stands or not (signal.joins or is_countdown)
        self.signals.append(signal)
        self._say(signal.facts, signal.story)
        self._show(signal.exhibit)
        if self._firms is not None:
            self._firms |= _firms_in(signal)

    def _show(self, shown: Exhibit) -> None:
        if self._official is not None and shown.official:
            self._official.add((shown.source_id, shown.evidence_id))
        if self._titles is None:
            return
        if shown.official and not self._by_issuer:  # its issuer speaks: the others' headlines count no more
            self._titles, self._by_issuer = {}, True
            self._kinds = self._signs = None
        elif shown.title in self._titles or (self._by_issuer and not shown.official):
            return
        self._titles[shown.title] = None
        if self._kinds is not None:
            self._kinds |= kinds_of(shown.title)
        if self._signs is not None:
            self._signs |= shingles(shown.title)

    def _say(self, facts: Facts, story: str) -> None:
        self.story = self.story or story
        self.effective = self.effective or facts.effective
        self.expires = self.expires or facts.expires
        if facts.instrument and not self.instrument:
            self.instrument, self.number = facts.instrument, instrument_key(facts.instrument)
        if facts.counts and self._counted is None:
            self._counted = dict(reversed(facts.counts)).get("entities")
        if not self.actors.issuperset(facts.actors):
            self.actors = self.actors.union(facts.actors)
        if not self.materials.issuperset(facts.materials):
            self.materials = self.materials.union(facts.materials)
        if not self.targets.issuperset(facts.targets):
            self.targets = self.targets.union(facts.targets)

    @property
    def entities(self) -> str:
        """How many firms or bodies the act names, "" where nobody counted them."""
        return self._counted or ""

    @property
    def firms(self) -> frozenset[str]:
        """Every number of firms that was told of it exactly: by what stands in its alert, and by its signals."""
        if self._firms is None:
            known = _firms_of(self.alert) if self.alert else _NONE
            self._firms = known.union(*map(_firms_in, self.signals))
        return self._firms

    @property
    def parts(self) -> frozenset[str]:
        """Every number of firms of one state that a headline names beside the whole."""
        return _NONE.union(*(parts_told(shown.title) for shown in self._exhibits()))

    @property
    def lists(self) -> dict[str, frozenset[str]]:
        """The lists that each number of firms is told of, by the headlines that stand; "" is one that names none."""
        told: dict[str, frozenset[str]] = {}
        for shown in self._exhibits():
            for number in firms_told(shown.title):
                told[number] = told.get(number, _NONE) | {list_told(shown.title)}
        return told

    @property
    def named_lists(self) -> frozenset[str]:
        """The lists that headlines on it call by their own names."""
        return frozenset(list_named(shown.title) for shown in self._exhibits()) - {""}

    @property
    def official_documents(self) -> set[tuple[str, str]]:
        """(source, document) of every official piece of evidence shown."""
        if self._official is None:
            self._official = {(e.source_id, e.evidence_id) for e in self._exhibits() if e.official}
        return self._official

    @property
    def titles(self) -> Iterable[str]:
        """How the issuer itself calls the act; before it spoke, every headline. Each once."""
        if self._titles is None:
            exhibits = self._exhibits()
            self._by_issuer = any(e.official for e in exhibits)
            self._titles = {e.title: None for e in exhibits if e.official or not self._by_issuer}
        return self._titles

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of object that tell it from others of its day."""
        if self._kinds is None:
            self._kinds = frozenset().union(*map(kinds_of, self.titles))
        return self._kinds

    @property
    def signs(self) -> AbstractSet[str]:
        """Every stretch of Han and kana signs in its titles."""
        if self._signs is None:
            self._signs = set().union(*map(shingles, self.titles))
        return self._signs

    def _exhibits(self) -> list[Exhibit]:
        return [*(self.alert.exhibits if self.alert else ()), *(s.exhibit for s in self.signals)]


class Report(NamedTuple):
    """What a signal is compared by, found once for many cases.

    `is_named`: it names goods, not any mineral at all; `counts_firms`: it counts firms and names no goods.
    """

    signal: Signal
    known_at: datetime
    story: str
    number: str
    actors: frozenset[str]
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
            actors=frozenset(facts.actors),
            materials=frozenset(facts.materials),
            is_named=is_named,
            counts_firms=counts_firms(signal),
        )


def names_in_common(case: Case, said: AbstractSet[str]) -> int:
    """How much of a Chinese or Japanese headline, in stretches of signs, stands in what the issuer calls the act."""
    if said.isdisjoint(case.signs):
        return 0
    return max(len(said & shingles(title)) for title in case.titles)


def _firms_in(signal: Signal) -> frozenset[str]:
    said = dict(signal.facts.counts).get("entities", "")
    is_report = signal.interrupts and not (signal.story or signal.joins)
    return frozenset({said}) if is_report and is_exact(signal.exhibit.title, said) else _NONE


def _firms_of(alert: Alert) -> frozenset[str]:
    """What was counted exactly, by the claims; of evidence that is not shown any more every count."""
    shown = {e.evidence_id: e.title for e in alert.exhibits}
    claims = [claim for claim in alert.claims if claim.fact == "entities"]
    return frozenset(
        claim.value
        for claim in claims
        if claim.evidence_id not in shown or is_exact(shown[claim.evidence_id], claim.value)
    )


def counts_firms(signal: Signal) -> bool:
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
