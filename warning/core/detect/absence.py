"""Detector for rules of the kind absence: the day by which something should have come, and who could have told.

Runs after the detectors of evidence, because what it waits for may be their signals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from warning.core.absence_rules import STORY, AbsenceRule
from warning.core.alerts import Alert
from warning.core.arrivals import Arrival, Awaited, Expected
from warning.core.blindness import blind_to_silence
from warning.core.evidence import KnownWindow, period_end
from warning.core.explain import ExplainNode
from warning.core.health import Vitals
from warning.core.phrases import counted
from warning.core.recall import Recalled, SignalNeed
from warning.core.rulebook import Rulebook
from warning.core.series.select import with_ancestors
from warning.core.series_rules import Select
from warning.core.signals import Exhibit, Facts, Outcome, Reason, Signal, Trace, signal_id
from warning.core.terms import Terms
from warning.core.vocabulary import Frequency

MONTHS: dict[Frequency, int] = {"M": 1, "Q": 3, "A": 12}
EVIDENCE: dict[str, Expected] = {"items": "items", "figures": "figures", "list": "list"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What a rule waits for: `anchor` tells one gap from the next, whatever the rule's days are later set to.

    `since` is the day from which the days count (the last arrival, the last day of a period), `due` the last day on which it may come and be in time.
    """

    anchor: str
    since: date
    due: date
    awaited: str


def absence_rules(book: Rulebook) -> tuple[AbsenceRule, ...]:
    return tuple(rule for rule in book.active("absence") if isinstance(rule, AbsenceRule))


def awaited_of(rule: AbsenceRule, terms: Terms) -> tuple[Awaited, ...]:
    """Return what the rule waits for at each source; materials with all their descendants, spelled out."""
    expects = EVIDENCE.get(rule.expects, "items")
    select = _spelled_out(rule.select, terms) if rule.expects == "figures" else Select()
    return tuple(Awaited(source_id=source, expects=expects, select=select) for source in rule.sources)


def _spelled_out(select: Select, terms: Terms) -> Select:
    def every(names: Sequence[str]) -> tuple[str, ...]:
        if not names:
            return ()
        wanted = set(names)
        below = (name for name in terms.materials if with_ancestors(name, terms) & wanted)
        return tuple(dict.fromkeys([*names, *below]))

    changes = {key: every(getattr(select, key)) for key in ("materials", "except_materials")}
    return select.model_copy(update=changes)


def signals_awaited(rule: AbsenceRule) -> SignalNeed | None:
    if rule.expects != "signals":
        return None
    days = rule.within_days + rule.grace_days + rule.max_age_days + 1
    return SignalNeed(rule_ids=frozenset(rule.rules), days=days)


def detect_absences(
    book: Rulebook, known: KnownWindow, as_of: datetime, signals: Sequence[Signal]
) -> tuple[list[Signal], list[Trace]]:
    """Fire on each gap that is overdue, every time it is asked: `untold` drops repeats."""
    today = as_of.astimezone(UTC).date()
    fired: list[Signal] = []
    traces: list[Trace] = []
    for rule in absence_rules(book):
        last = last_arrival(rule, book, known.recalled, (*known.recalled.signals, *signals))
        closed = [_closed(rule, anchor, last, today, book) for anchor in _told_gaps(rule, known)]
        found = [signal for signal in closed if signal is not None]
        gap = gap_after(rule, last)
        outcome, detail = verdict(rule, gap, known.recalled, today)
        if outcome == "fired" and gap is not None:
            found.append(_signal(rule, gap, today, book))
        fired += found
        traces.append(
            _trace(rule, outcome if outcome != "fired" or found else "no_match", len(found), detail)
        )
    return fired, traces


def last_arrival(
    rule: AbsenceRule, book: Rulebook, recalled: Recalled, signals: Sequence[Signal]
) -> Arrival | None:
    """Return the last that came from any source of the rule; None when nothing ever did."""
    found: Arrival | None = None
    if rule.expects == "signals":
        for signal in signals:
            if _is_awaited(rule, signal, book.terms):
                found = Arrival(known_at=signal.known_at).or_later(found)
        return found
    for awaited in awaited_of(rule, book.terms):
        arrival = recalled.arrivals.get(awaited)
        found = arrival.or_later(found) if arrival is not None else found
    return found


def _is_awaited(rule: AbsenceRule, signal: Signal, terms: Terms) -> bool:
    if signal.rule_id not in rule.rules or signal.exhibit.source_id not in rule.sources:
        return False
    named = set().union(*(with_ancestors(m, terms) for m in signal.facts.materials))
    return not rule.materials or bool(named & set(rule.materials))


def gap_after(rule: AbsenceRule, last: Arrival | None) -> Gap | None:
    """Return what should come next and by when; None when nothing ever came: then nobody knows its rhythm."""
    if last is None:
        return None
    if rule.frequency is None:
        return gap_of(rule, last.known_at.astimezone(UTC).isoformat())
    if last.period_end is None:
        return None
    end = next_period_end(last.period_end, rule.frequency)
    return gap_of(rule, _period_name(end.date() - timedelta(days=1), rule.frequency))


def gap_of(rule: AbsenceRule, anchor: str) -> Gap:
    """Return the gap that an anchor stands for: a period for figures, the time of the last arrival otherwise."""
    patience = timedelta(days=rule.within_days + rule.grace_days)
    if rule.frequency is not None:
        since, what = (period_end(anchor) - timedelta(days=1)).date(), f"figures of {anchor}"
    else:
        since = datetime.fromisoformat(anchor).date()
        what = {"items": "an item", "list": "a new version of the list", "signals": "a report"}[rule.expects]
    return Gap(anchor=anchor, since=since, due=since + patience, awaited=what)


def next_period_end(end: datetime, frequency: Frequency) -> datetime:
    """Return the end of the period after the one that ended at `end` (00:00 of the day after its last)."""
    if frequency == "W":
        return end + timedelta(days=7)
    months = end.year * 12 + end.month - 1 + MONTHS[frequency]
    return end.replace(year=months // 12, month=months % 12 + 1)


def _period_name(last_day: date, frequency: Frequency) -> str:
    week = last_day.isocalendar()
    return {
        "W": f"{week.year}-W{week.week:02d}",
        "M": f"{last_day:%Y-%m}",
        "Q": f"{last_day.year}-Q{(last_day.month + 2) // 3}",
        "A": f"{last_day.year}",
    }[frequency]


def verdict(rule: AbsenceRule, gap: Gap | None, recalled: Recalled, today: date) -> tuple[Outcome, str]:
    """Say whether a gap is to be told on a day, and the reason in words."""
    if gap is None:
        return "too_little_data", "nothing ever came: there is nothing to miss"
    if today <= gap.due:
        return "below_threshold", f"{gap.awaited} is due by {gap.due}"
    blind = blindness(rule, gap, recalled)
    if blind:
        return "blind", blind
    if (today - gap.due).days > rule.max_age_days:
        return "suppressed", f"{gap.awaited} was due by {gap.due}: longer ago than max_age_days"
    return "fired", f"{gap.awaited} was due by {gap.due}"


def blindness(rule: AbsenceRule, gap: Gap, recalled: Recalled) -> str:
    """Say why silence proves nothing: which sources fail, or were not read after the due day; empty when it does."""
    after = datetime.combine(gap.due + timedelta(days=1), time.min, tzinfo=UTC)
    told = (blind_to_silence(source, recalled.vitals.get(source, Vitals()), after) for source in rule.sources)
    return "; ".join(reason for reason in told if reason)


def _told_gaps(rule: AbsenceRule, known: KnownWindow) -> list[str]:
    """Return the anchors of the rule's gaps that open alerts tell of."""
    prefix = f"{STORY}{rule.id}:"
    return [a.story.removeprefix(prefix) for a in known.alerts if a.story.startswith(prefix)]


def has_told_arrival(alert: Alert) -> bool:
    """Whether the alert of a gap tells that it ended: nothing more is to be told of it then."""
    rule_id, _, anchor = alert.story.removeprefix(STORY).partition(":")
    return signal_id(rule_id, _arrived(anchor)) in alert.signal_ids


def _arrived(anchor: str) -> str:
    return f"{anchor}:arrived"


def _closed(
    rule: AbsenceRule, anchor: str, last: Arrival | None, today: date, book: Rulebook
) -> Signal | None:
    """The end of a gap that was told; None while it lasts."""
    now = gap_after(rule, last)
    if now is None or last is None or now.anchor == anchor:
        return None
    gap = gap_of(rule, anchor)
    came = last.known_at.astimezone(UTC).date()
    late = max((came - gap.due).days, 0)
    why = Reason(
        code="absence.arrived",
        text=f"It came on {came}, {counted(late, 'day')} late",
        params=(("day", came.isoformat()), ("days", str(late))),
    )
    return _told(rule, gap, _arrived(anchor), why, today, book)


def _signal(rule: AbsenceRule, gap: Gap, today: date, book: Rulebook) -> Signal:
    sources = ", ".join(book.source(s, "regulatory", "", "en").title for s in rule.sources)
    why = Reason(
        code="absence.overdue",
        text=f"Overdue: {gap.awaited}, due by {gap.due}, from {sources}, which is read well",
        params=(("day", gap.due.isoformat()), ("awaited", gap.awaited), ("sources", sources)),
    )
    return _told(rule, gap, gap.anchor, why, today, book)


def _told(rule: AbsenceRule, gap: Gap, identity: str, why: Reason, today: date, book: Rulebook) -> Signal:
    # The day it could first be told: a service that starts late tells today what it missed, as today's news.
    told_at = datetime.combine(today, time.min, tzinfo=UTC)
    return Signal(
        id=signal_id(rule.id, identity),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity,
        facts=Facts(
            act=rule.act,
            direction=rule.direction,
            materials=rule.materials,
            actors=rule.actors,
            hs_codes=rule.select.hs_codes,
        ),
        occurred_at=told_at,
        known_at=told_at,
        exhibit=_exhibit(rule, gap, told_at, book),
        why=(why,),
        story=f"{STORY}{rule.id}:{gap.anchor}",
    )


def _exhibit(rule: AbsenceRule, gap: Gap, told_at: datetime, book: Rulebook) -> Exhibit:
    source = book.source(rule.sources[0], "regulatory", "", "en")
    return Exhibit(
        evidence_id=f"{STORY}{rule.id}:{gap.anchor}",
        source_id=source.id,
        source_title=source.title,
        publisher=source.publisher,
        kind=source.kind,
        country=source.country,
        language="en",
        official=False,
        reliability=source.reliability,
        marking=source.marking,
        release_to=source.release_to,
        title=rule.title,
        url="",
        published_at=None,
        known_at=told_at,
    )


def _trace(rule: AbsenceRule, outcome: Outcome, fired: int, detail: str) -> Trace:
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome="fired" if fired else outcome,
        considered=len(rule.sources),
        fired=fired,
        detail=detail,
    )


def explain_absence(rule: AbsenceRule, known: KnownWindow, today: date, book: Rulebook) -> ExplainNode:
    """Say what the rule waits for, when it last came, and whether its sources can be believed."""
    last = last_arrival(rule, book, known.recalled, known.recalled.signals)
    gap = gap_after(rule, last)
    outcome, detail = verdict(rule, gap, known.recalled, today)
    nodes = [
        ExplainNode(
            label="last arrival",
            passed=last is not None,
            detail=f"{_said(last)}; the rule waits for {rule.expects} of {', '.join(rule.sources)}",
        )
    ]
    if gap is not None:
        blind = blindness(rule, gap, known.recalled)
        old = (today - gap.due).days > rule.max_age_days
        nodes += [
            ExplainNode(label="overdue", passed=today > gap.due, detail=f"{gap.awaited}: due by {gap.due}"),
            ExplainNode(label="sources see", passed=not blind, detail=blind or f"read after {gap.due}"),
            ExplainNode(
                label="is news", passed=not old, detail=f"told within {counted(rule.max_age_days, 'day')}"
            ),
        ]
    return ExplainNode(
        label=f"{rule.id} on {today}", passed=outcome == "fired", detail=detail, children=tuple(nodes)
    )


def _said(last: Arrival | None) -> str:
    if last is None:
        return "nothing ever came"
    ended = f", its newest period ended {last.period_end.date()}" if last.period_end else ""
    return f"{last.known_at.date()}{ended}"
