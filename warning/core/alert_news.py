"""What a desk that knows an alert should be told of its next version: every difference that is news."""

from collections.abc import Iterable, Sequence
from datetime import date

from warning.core.alerts import LINK_CODES, Alert, ChangeCode, Difference
from warning.core.chain_codes import LATE, SUSPENDED
from warning.core.claims import Conflict, conflicts_of
from warning.core.corrections import standing_claims
from warning.core.deadline_rules import is_deadline
from warning.core.rulebook import Rulebook
from warning.core.signals import REVISED, UNJUDGED, WITHDRAWN, Reason, Signal
from warning.core.vocabulary import Certainty

LINK = "sequence."


def news_of(
    before: Alert, after: Alert, signals: Sequence[Signal], new: Sequence[Signal], book: Rulebook
) -> tuple[Difference, ...]:
    """Every difference that `signals` made, of which `new` were never joined before."""
    return (
        *differences_of(before, after, book),
        *_deadlines(new),
        *_links(before, signals),
        *_steps(new),
        *_arrivals(new),
        *_corrections(new),
        *disputes_of(before, after, book),
    )


def linked_by(reason: Reason) -> str:
    """Return the sequence rule that a reason comes from, empty for any other reason."""
    return dict(reason.params).get("rule", "") if reason.code.startswith(LINK) else ""


def _links(alert: Alert, signals: Iterable[Signal]) -> Iterable[Difference]:
    """That an event answers or confirms another is news once: which event, and how many days lie between."""
    told = {linked_by(reason) for reason in alert.why}
    found = {rule: r for s in signals for r in s.why if (rule := linked_by(r)) and rule not in told}
    for _, reason in sorted(found.items()):
        said = dict(reason.params)
        code = LINK_CODES.get(reason.code.removeprefix(LINK))
        if code is not None:
            event = "last" if code == "confirmation" else "first"
            yield Difference(code=code, before=said["days"], after=said[f"{event}_event"])


def differences_of(before: Alert, after: Alert, book: Rulebook) -> tuple[Difference, ...]:
    """What a desk that knows `before` should be told. More of the same evidence is not a difference."""
    old, new = before.facts, after.facts
    pairs: list[tuple[ChangeCode, str, str]] = [
        ("instrument", old.instrument or "", new.instrument or ""),
        ("effective", _iso(old.effective), _iso(new.effective)),
        ("expires", _iso(old.expires), _iso(new.expires)),
        ("materials", *_new_roots(old.materials, new.materials, book)),
        ("targets", ",".join(old.targets), ",".join(new.targets)),
    ]
    if after.certainty > before.certainty and after.certainty is Certainty.OBSERVED:
        pairs.append(("certainty", before.certainty.value, after.certainty.value))
    return tuple(Difference(code=c, before=b, after=a) for c, b, a in pairs if a != b)


def alert_conflicts(alert: Alert, book: Rulebook) -> tuple[Conflict, ...]:
    """Return where the alert's sources contradict each other, the side it follows first."""
    return conflicts_of(standing_claims(alert.claims), alert.facts, book.terms.materials)


def disputes_of(before: Alert, after: Alert, book: Rulebook) -> Iterable[Difference]:
    """A contradiction that the sources alone do not settle is news, and so is its end."""
    if before.claims == after.claims:
        return
    old = {c.fact: c for c in alert_conflicts(before, book) if c.is_open}
    new = {c.fact: c for c in alert_conflicts(after, book) if c.is_open}
    for fact, conflict in new.items():
        if fact not in old:
            yield Difference(code="disputed", before=fact, after=_sides(conflict))
    for fact, conflict in old.items():
        if fact not in new:
            yield Difference(code="settled", before=f"{fact}: {_sides(conflict)}", after=fact)


def _sides(conflict: Conflict) -> str:
    return " / ".join(position.value for position in conflict.positions)


def _deadlines(signals: Iterable[Signal]) -> tuple[Difference, ...]:
    """A threshold passed is news of its own: the days left, and to when. What has lapsed has none left."""
    told = [s for s in signals if is_deadline(s.story) and s.why]
    left = {days: s for s in told if (days := dict(s.why[0].params).get("days"))}
    return tuple(
        Difference(code="deadline", before=days, after=_iso(s.facts.effective or s.facts.expires))
        for days, s in sorted(left.items())
    )


def tells_late(signal: Signal) -> bool:
    """That a step did not come is no evidence: it keeps no alert alive."""
    return signal.why[0].code == LATE if signal.why else False


def _steps(signals: Iterable[Signal]) -> Iterable[Difference]:
    """A step that did not come in time, or that the act was set aside."""
    for reason in (reason for s in signals for reason in s.why[:1]):
        said = dict(reason.params)
        if reason.code == LATE:
            yield Difference(code="late", before=said["step"], after=said["day"])
        elif reason.code == SUSPENDED:
            yield Difference(code="suspended", before=said["instrument"], after=said["day"])


def _arrivals(signals: Iterable[Signal]) -> Iterable[Difference]:
    """What was missing came: how many days late, and on which day."""
    for reason in (reason for s in signals for reason in s.why if reason.code == "absence.arrived"):
        said = dict(reason.params)
        yield Difference(code="arrived", before=said["days"], after=said["day"])


def _corrections(signals: Iterable[Signal]) -> Iterable[Difference]:
    """A figure that was published anew, and so took a signal back or changed it: both figures, with the period."""
    told = {
        (said["period"], said["before"], said["after"])
        for signal in signals
        for reason in signal.why
        if reason.code in {WITHDRAWN, REVISED, UNJUDGED}
        for said in [dict(reason.params)]
    }
    return tuple(
        Difference(code="corrected", before=f"{period}: {before}", after=f"{period}: {after}")
        for period, before, after in sorted(told)
    )


def _new_roots(old: tuple[str, ...], new: tuple[str, ...], book: Rulebook) -> tuple[str, str]:
    """A further member of a group already named (one more rare earth) is not news; another material is."""
    known = book.terms.materials

    def roots(materials: tuple[str, ...]) -> set[str]:
        return {(known[m].parent or m) if m in known else m for m in materials}

    if roots(new) == roots(old):
        return "", ""
    return ",".join(old), ",".join(new)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
