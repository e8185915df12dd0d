"""Which earlier alerts an assessment has to look at: those its signals may join, and those that may mute them.

`correlate` joins among the alerts it is given; whoever keeps a million of them gives it these. What `correlate` may
join and what is named here go together: a test holds the one to the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from warning.core.alerts import Alert
from warning.core.case_steps import numbers_set_aside
from warning.core.deadline_rules import counts_to_effect
from warning.core.ids import instrument_key
from warning.core.inhibition import Inhibition
from warning.core.narrowing import Bound
from warning.core.policy import Correlation
from warning.core.rulebook import Rulebook
from warning.core.sequence_rules import SequenceRule, is_pattern, pattern_rule
from warning.core.signals import Signal, signal_id
from warning.core.withdrawals import Withdrawal

EASING = "easing"
CLUSTER = timedelta(days=10)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinable:
    """What earlier alerts are wanted for. `instruments` are keys as `instrument_key` gives them.

    `evidence` is what was taken back or restored, whatever rule told of it: the rule may be gone by now.
    `stories` are those of figures, patterns and dates, `told` those that texts tell in near words. `narrowing` names the
    evidence that says itself who may see it, and its signals: what alerts that rest on them are made of is wanted too.
    `patterns` are the rules whose pattern is told, in alerts at most `pattern_days` old.
    `starts` are the days of effect that are counted down to: an act told without its number is known by its day.
    `set_aside` are the acts, however long ago and whether their alert has ended, that a signal sets aside.
    `spans` say when the signals became known, (oldest, newest) of each cluster, in order. Nothing is wanted when all is empty.
    """

    as_of: datetime
    windows: Correlation = field(default_factory=Correlation)
    keys: frozenset[str] = frozenset()
    signal_ids: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    narrowing: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    set_aside: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    starts: frozenset[date] = frozenset()
    patterns: frozenset[str] = frozenset()
    pattern_days: int = 0
    directions: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    muting: tuple[Inhibition, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.keys or self.signal_ids or self.evidence)

    def around(self, days: int) -> tuple[Span, ...]:
        """The spans, wider by so many days on both sides."""
        return _around(self.spans, days)

    def days_around(self, days: int) -> tuple[tuple[date, date], ...]:
        return _days_around(self.spans, days)

    def takes(self, alert: Alert) -> bool:
        """Whether this alert is wanted."""
        return (
            alert.key in self.keys
            or bool(alert.story and alert.story in self.stories)
            or not self.told.isdisjoint(alert.told_stories)
            or self._names(alert)
            or self._starts_then(alert)
            or self._is_of_pattern(alert)
            or self._may_be_alike(alert)
            or self._rests_on(alert)
            or not self.signal_ids.isdisjoint(alert.signal_ids)  # there may be thousands
            or any(
                rule.by.holds(alert) and alert.updated_at > self.as_of - timedelta(days=rule.days)
                for rule in self.muting
            )
        )

    def may_narrow(self, alert: Alert) -> bool:
        """Whether the alert rests on evidence that says itself who may see it, and that is read now."""
        if not self.narrowing:
            return False
        whole = alert.whole or alert
        shown = (exhibit.evidence_id for exhibit in whole.exhibits)
        return not self.narrowing.isdisjoint((*shown, *whole.rests_on, *whole.signal_ids))

    def _rests_on(self, alert: Alert) -> bool:
        if not self.evidence:
            return False
        whole = alert.whole or alert
        shown = any(exhibit.evidence_id in self.evidence for exhibit in whole.exhibits)
        return shown or not self.evidence.isdisjoint(whole.rests_on)

    def _names(self, alert: Alert) -> bool:
        number = alert.facts.instrument
        if number is None:
            return False
        key = instrument_key(number)
        if key in self.set_aside or key not in self.instruments:
            return key in self.set_aside
        return _within(alert.last_evidence_at, self.around(self.windows.instrument_days))

    def _starts_then(self, alert: Alert) -> bool:
        facts = alert.facts
        return facts.instrument is None and facts.effective in self.starts

    def _is_of_pattern(self, alert: Alert) -> bool:
        if pattern_rule(alert.story) not in self.patterns:
            return False
        days = max(self.pattern_days, self.windows.series_gap_days)
        return _within(alert.last_evidence_at, self.around(days))

    def _may_be_alike(self, alert: Alert) -> bool:
        """An act of such a family about that time, or one that takes effect about then."""
        facts = alert.facts
        if facts.direction not in self.directions:
            return False
        if facts.direction != EASING and facts.act not in self.acts:
            return False
        return (
            _within(alert.last_evidence_at, self.around(self.windows.gap_days))
            or _within(alert.opened_at, self.around(self.windows.related_days))
            or (
                facts.effective is not None
                and any(
                    first <= facts.effective <= last
                    for first, last in self.days_around(self.windows.effective_days)
                )
            )
        )


def joinable(
    book: Rulebook,
    signals: Sequence[Signal],
    as_of: datetime,
    withdrawals: Sequence[Withdrawal] = (),
    bounds: Sequence[Bound] = (),
) -> Joinable:
    """Return what the signals may join, what may mute them, and what rests on evidence taken back, restored or narrowed.

    Nothing is wanted without any of them.
    """
    linked = {name for s in signals for name in (s.id, s.joins, s.brings) if name}
    linked |= {signal_id(rule.id, act.evidence_id) for act in withdrawals for rule in book.rules}
    linked = linked.union(*(bound.signal_ids for bound in bounds))
    patterns = frozenset(pattern_rule(s.story) for s in signals if is_pattern(s.story))
    return Joinable(
        as_of=as_of,
        windows=book.policy.correlation,
        signal_ids=frozenset(linked),
        evidence=frozenset({*(act.evidence_id for act in withdrawals), *(b.evidence_id for b in bounds)}),
        narrowing=frozenset({b.evidence_id for b in bounds}).union(*(b.signal_ids for b in bounds)),
        instruments=frozenset(instrument_key(s.facts.instrument) for s in signals if s.facts.instrument),
        set_aside=numbers_set_aside(book, signals, as_of.astimezone(UTC).date()),
        stories=frozenset(s.story for s in signals if s.story),
        starts=frozenset(
            s.facts.effective for s in signals if counts_to_effect(s.story, s.facts) and s.facts.effective
        ),
        patterns=patterns,
        pattern_days=max(
            (r.within_days for r in book.rules if isinstance(r, SequenceRule) and r.id in patterns),
            default=0,
        ),
        told=frozenset(s.exhibit.story for s in signals if s.exhibit.story),
        directions=frozenset(s.facts.direction for s in signals),
        acts=_alike(book, {s.facts.act for s in signals}),
        spans=_spans(s.known_at for s in signals),
        muting=book.policy.inhibit if signals else (),
    )


def for_alert(book: Rulebook, alert: Alert, as_of: datetime) -> Joinable:
    """Return what deciding about one known alert takes: itself, and what may mute it."""
    return Joinable(as_of=as_of, keys=frozenset({alert.key}), muting=book.policy.inhibit)


def _alike(book: Rulebook, acts: set[str]) -> frozenset[str]:
    """Every act that one of these may be told as: of its family, and of families the press mixes up with it."""
    known, windows = book.terms.acts, book.policy.correlation
    families = {(known[act].family if act in known else None) or act for act in acts}
    if families & set(windows.related_families):
        families |= {*windows.related_families, *windows.counted_families}
    if families & set(windows.counting_families):
        families |= set(windows.counted_families)
    families |= {
        name for pair in windows.same_goods_families for name in pair if not families.isdisjoint(pair)
    }
    return frozenset(families | acts | {name for name, act in known.items() if act.family in families})


def _spans(times: Iterable[datetime]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for at in sorted(times):
        if spans and at - spans[-1][1] <= CLUSTER:
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((at, at))
    return tuple(spans)


@lru_cache(maxsize=16)
def _around(spans: tuple[Span, ...], days: int) -> tuple[Span, ...]:
    margin = timedelta(days=days)
    return tuple((first - margin, last + margin) for first, last in spans)


@lru_cache(maxsize=16)
def _days_around(spans: tuple[Span, ...], days: int) -> tuple[tuple[date, date], ...]:
    return tuple((first.date(), last.date()) for first, last in _around(spans, days))


def _within(at: datetime, spans: Iterable[Span]) -> bool:
    return any(first <= at <= last for first, last in spans)
