"""Detector for rules of the kind deadline: date arithmetic over the register, once for each threshold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert
from warning.core.deadline_rules import STORY, DeadlineRule, is_deadline
from warning.core.deadlines import Deadline, deadlines
from warning.core.evidence import KnownWindow
from warning.core.evidence_dates import evidence_deadlines
from warning.core.explain import ExplainNode
from warning.core.measures import Measure
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Facts, Reason, Signal, Trace, signal_id
from warning.core.terms import Terms
from warning.core.vocabulary import Marking

REGISTER = "register"
# The hosts of the bodies that issue acts; any other page only reports them.
OFFICIAL_ENDINGS = (".gov", ".gov.cn", ".go.jp", ".go.kr", ".gov.uk", ".europa.eu", ".gc.ca", ".gov.au")


def detect_deadlines(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,
) -> tuple[list[Signal], list[Trace]]:
    """Fire on the last threshold passed of each date ahead, every time it is asked: `untold` drops repeats."""
    today = as_of.astimezone(UTC).date()
    signals: list[Signal] = []
    traces: list[Trace] = []
    rules = [rule for rule in book.active("deadline") if isinstance(rule, DeadlineRule)]
    register = deadlines(book.measures) if rules else ()
    every = (*register, *evidence_deadlines(known.alerts, register)) if rules else ()
    ahead = [d for d in every if d.concerns(today)]
    for rule in rules:
        wanted = [d for d in ahead if wants(rule, d, book.terms)]
        fired = [_signal(rule, d, days, today) for d in wanted if (days := due(rule, d, today)) is not None]
        signals += fired
        traces.append(_trace(rule, len(wanted), len(fired)))
    return signals, traces


def due(rule: DeadlineRule, deadline: Deadline, today: date) -> int | None:
    """Return the threshold to tell of on a day.

    One that had passed on the day the date was made known is not told: the announcement told it.
    """
    if not deadline.concerns(today):
        return None
    left = (deadline.day - today).days
    days = rule.threshold(max(left, 0) if deadline.kind == "suspension_lapsed" else left)
    if days is None or (deadline.day - deadline.known_from).days <= days:
        return None
    return days


def wants(rule: DeadlineRule, deadline: Deadline, terms: Terms) -> bool:
    """Say whether the rule asks for this date."""
    measure = deadline.measure
    return (
        deadline.kind in rule.dates
        and ("evidence" if deadline.exhibit else "register") in rule.dates_from
        and (not rule.actors or measure.actor in rule.actors)
        and measure.actor not in rule.except_actors
        and (not rule.acts or measure.act in rule.acts)
        and (not rule.directions or deadline.direction in rule.directions)
        and (not rule.materials or bool(_with_groups(deadline.materials, terms) & set(rule.materials)))
        and (measure.verified or not rule.only_verified)
    )


def _with_groups(materials: Sequence[str], terms: Terms) -> set[str]:
    found: set[str] = set()
    for name in materials:
        step: str | None = name
        while step is not None and step not in found:
            found.add(step)
            step = terms.materials[step].parent if step in terms.materials else None
    return found


def untold(
    signals: Sequence[Signal], traces: Sequence[Trace], open_alerts: Sequence[Alert]
) -> tuple[tuple[Signal, ...], tuple[Trace, ...]]:
    """Drop what an alert holds already: that a date still stands, or a gap lasts, is no news, day after day."""
    once = {signal.id for signal in signals if _tells_once(signal.story)}
    if not once:
        return tuple(signals), tuple(traces)
    told = {known for alert in open_alerts for known in once.intersection(alert.signal_ids)}
    kept = tuple(s for s in signals if s.id not in told)
    repeats = [s.rule_id for s in signals if s.id in told]
    return kept, tuple(_less(trace, repeats.count(trace.rule_id)) for trace in traces)


def _tells_once(story: str) -> bool:
    return is_deadline(story) or is_absence(story)


def _less(trace: Trace, repeats: int) -> Trace:
    fired = trace.fired - repeats
    if not repeats:
        return trace
    if fired:
        return replace(trace, fired=fired)
    return replace(trace, outcome="suppressed", fired=0, detail=f"{repeats} told already")


def _signal(rule: DeadlineRule, deadline: Deadline, days: int, today: date) -> Signal:
    measure = deadline.measure
    # The day it could first be told: a service that starts late tells today what it missed, as today's news.
    told_at = datetime.combine(today, time.min, tzinfo=UTC)
    is_start = deadline.kind == "entry_into_force"
    facts = Facts(
        act=rule.act or deadline.kind,
        direction=rule.direction or deadline.direction,
        materials=deadline.materials,
        actors=(measure.actor,),
        targets=measure.targets,
        instrument=measure.instrument or None,
        announced=measure.announced,
        effective=deadline.day if is_start else None,
        expires=None if is_start else _ended_on(deadline),
        hs_codes=measure.hs_codes,
    )
    return Signal(
        id=signal_id(rule.id, f"{deadline.id}:{days}"),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity_at(days),
        facts=facts,
        occurred_at=told_at,
        known_at=told_at,
        exhibit=_exhibit(deadline, told_at),
        why=_reasons(deadline, (deadline.day - today).days),
        story=f"{STORY}{deadline.id}",
        rests_on=deadline.rests_on,
    )


def _ended_on(deadline: Deadline) -> date:
    """The last day: a suspension that ran out unchecked is told the day after it."""
    return deadline.day - timedelta(days=deadline.kind == "suspension_lapsed")


def _reasons(deadline: Deadline, days_left: int) -> tuple[Reason, ...]:
    measure, day = deadline.measure, _ended_on(deadline).isoformat()
    act = f"{measure.instrument}: {measure.title}" if measure.instrument else measure.title
    if deadline.kind == "suspension_lapsed":
        text = f"The suspension ran to {day}; whether it was extended is not confirmed: {act}"
        reasons = [
            Reason(code="deadline.suspension_lapsed", text=text, params=(("day", day), ("measure", act)))
        ]
    else:
        text = f"{counted(days_left, 'day')} to {day} ({deadline.kind.replace('_', ' ')}): {act}"
        params = (("days", str(days_left)), ("day", day), ("measure", act))
        reasons = [Reason(code=f"deadline.{deadline.kind}", text=text, params=params)]
    if deadline.returns and deadline.kind == "suspension_lapsed":
        acts = ", ".join(deadline.returns)
        text = f"Would apply again unless extended: {acts}"
        reasons.append(Reason(code="deadline.may_return", text=text, params=(("acts", acts),)))
    elif deadline.returns:
        acts = ", ".join(deadline.returns)
        reasons.append(
            Reason(code="deadline.returns", text=f"Applies again: {acts}", params=(("acts", acts),))
        )
    if deadline.exhibit is not None:
        said = f"{deadline.exhibit.source_title}: {deadline.exhibit.title}"
        text = f"The date is from the evidence, not from the register: {said}"
        reasons.append(Reason(code="deadline.evidence", text=text, params=(("source", said),)))
    elif not measure.verified:
        fields = ", ".join(measure.unverified) or "every date"
        text = f"Not verified in the register: {fields}"
        reasons.append(Reason(code="deadline.unverified", text=text, params=(("fields", fields),)))
    return tuple(reasons)


def _exhibit(deadline: Deadline, told_at: datetime) -> Exhibit:
    measure = deadline.measure
    if deadline.exhibit is not None:
        return replace(deadline.exhibit, evidence_id=f"dates:{deadline.id}", known_at=told_at)
    official = [url for url in measure.sources if _is_official(url)]
    return Exhibit(
        evidence_id=f"{REGISTER}:{deadline.id}",
        source_id=REGISTER,
        source_title="Register of legal acts",
        publisher=REGISTER,
        kind="regulatory",
        country=measure.actor,
        language="en",
        official=measure.verified and bool(official),
        reliability="B" if measure.verified else "C",
        marking=Marking.CLEAR,
        release_to=None,
        title=f"{measure.issuer}: {measure.title}",
        url=next(iter([*official, *measure.sources]), ""),
        published_at=None,
        known_at=told_at,
    )


def _is_official(url: str) -> bool:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return f".{host}".endswith(OFFICIAL_ENDINGS)


def _trace(rule: DeadlineRule, considered: int, fired: int) -> Trace:
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome="fired" if fired else "below_threshold" if considered else "no_evidence",
        considered=considered,
        fired=fired,
        detail="" if considered else "no such date ahead in the register or the evidence",
    )


def explain_deadlines(rule: DeadlineRule, measure: Measure, today: date, book: Rulebook) -> ExplainNode:
    """Say, date by date of one act, why the rule fires on a day, or why it does not."""
    register = [*(m for m in book.measures if m.id != measure.id), measure]
    own = [d for d in deadlines(register) if d.measure.id == measure.id]
    return explain_dates(rule, measure.id, own, today, book.terms)


def explain_dates(
    rule: DeadlineRule, name: str, own: Sequence[Deadline], today: date, terms: Terms
) -> ExplainNode:
    """Say, date by date, why the rule fires on a day, or why it does not; `own` are the dates of one act."""
    children = tuple(_explained(rule, d, today, terms) for d in own)
    detail = "" if own else "it holds no date, or another act of the register speaks for it"
    passed = any(child.passed for child in children)
    return ExplainNode(
        label=f"{rule.id} on {name}, {today}",
        passed=passed,
        detail=detail,
        children=children,
        any_of=True,
    )


def _asked(rule: DeadlineRule, deadline: Deadline, terms: Terms) -> str:
    """Say what the date is, and what of it the rule does not ask for."""
    measure = deadline.measure
    pairs: tuple[tuple[str, Sequence[str], set[str]], ...] = (
        ("date", rule.dates, {deadline.kind}),
        ("actor", rule.actors, {measure.actor}),
        ("act", rule.acts, {measure.act}),
        ("direction", rule.directions, {deadline.direction}),
        ("material", rule.materials, _with_groups(deadline.materials, terms)),
    )
    against = [
        f"the rule asks for the {name} {' or '.join(wanted)}"
        for name, wanted, own in pairs
        if wanted and not own & set(wanted)
    ]
    if measure.actor in rule.except_actors:
        against.append(f"acts of {measure.actor} are excepted")
    if rule.only_verified and not measure.verified:
        against.append("the act is not verified")
    said = f"{deadline.kind.replace('_', ' ')}, {deadline.direction}"
    return "; ".join([said, *against])


def _days_left(days: int) -> str:
    return f"{counted(days, 'day')} left" if days >= 0 else f"{counted(-days, 'day')} past"


def _explained(rule: DeadlineRule, deadline: Deadline, today: date, terms: Terms) -> ExplainNode:
    left = (deadline.day - today).days
    days = due(rule, deadline, today)
    asked = ", ".join(str(n) for n in sorted(rule.before_days, reverse=True))
    children = (
        ExplainNode(
            label="asked for",
            passed=wants(rule, deadline, terms),
            detail=_asked(rule, deadline, terms),
        ),
        ExplainNode(
            label="ahead",
            passed=deadline.concerns(today),
            detail=f"known from {deadline.known_from}, {_days_left(left)}",
        ),
        ExplainNode(
            label="threshold",
            passed=days is not None,
            detail=f"told {asked} {'day' if asked == '1' else 'days'} before; "
            + (f"now due: {days}" if days is not None else "none is due now"),
        ),
    )
    passed = all(child.passed for child in children)
    return ExplainNode(label=f"{deadline.kind} {deadline.day}", passed=passed, children=children)
