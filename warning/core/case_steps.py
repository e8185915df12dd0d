"""What the cases of open alerts have to tell on a day: a step that did not come in time, and a suspension elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from warning.core.alerts import Alert
from warning.core.blindness import blind_to_silence
from warning.core.chain_codes import LATE, SUSPENDED
from warning.core.chains import LATE_NEWS_DAYS, Case, ChainStep, case_of
from warning.core.evidence import KnownWindow
from warning.core.health import Vitals
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Reason, Signal, no_wider, signal_id
from warning.core.vocabulary import Severity


def late_signals(book: Rulebook, known: KnownWindow, as_of: datetime) -> list[Signal]:
    """Return one signal for each step that is late and was not told; sorted.

    Each goes into the alert of its case and nowhere else.
    """
    if not book.chains:
        return []
    today = as_of.astimezone(UTC).date()
    found: list[Signal] = []
    for alert in known.alerts:
        case = case_of(alert, book.chains, book.measures, today)
        if case is not None:
            found += _late(alert, case, known.recalled, today, book)
    return sorted(found, key=lambda s: s.id)


def set_aside_signals(
    book: Rulebook, alerts: Iterable[Alert], signals: Sequence[Signal], as_of: datetime
) -> list[Signal]:
    """Return one signal for each act that one of the signals sets aside, also where its alert has ended; sorted.

    Each goes into the alert of its case, and opens it again. `alerts` hold at least those whose number
    `numbers_set_aside` names.
    """
    easing = [s for s in signals if _eases(s)] if book.chains else []
    if not easing:
        return []
    today = as_of.astimezone(UTC).date()
    found: list[Signal] = []
    meant = numbers_set_aside(book, easing, today)
    for alert in alerts:
        number = alert.facts.instrument
        case = case_of(alert, book.chains, book.measures, today) if number else None
        if number and case is not None and instrument_key(number) in meant:
            found += _set_aside(alert, case, easing, book, as_of)
    return sorted(found, key=lambda s: s.id)


def numbers_set_aside(book: Rulebook, signals: Iterable[Signal], today: date) -> frozenset[str]:
    """Return the keys of the acts that these signals may set aside: those they cite, and those the register knows."""
    cited = {instrument_key(s.facts.instrument) for s in signals if _eases(s) and s.facts.instrument}
    if not cited or not book.chains:
        return frozenset()
    known = {
        instrument_key(aside.instrument)
        for measure in book.measures
        if cited & _names(measure) and measure.announced and measure.announced <= today
        for aside in measure.suspends
        if not aside.clause
    }
    return frozenset(cited | known)


def _eases(signal: Signal) -> bool:
    said = signal.facts
    is_told = signal.interrupts and not signal.story and not signal.joins
    return said.direction == "easing" and is_told and said.instrument is not None


def _names(measure: Measure) -> set[str]:
    return {instrument_key(name) for name in (measure.instrument, *measure.aliases) if name}


def lateness(case: Case, recalled: Recalled, today: date) -> tuple[bool, str]:
    """Say whether the expected step is to be told as late on a day, and the reason in words."""
    step, due = case.expected, case.due
    if step is None or due is None:
        return False, "nothing is expected by a day"
    if today <= due:
        return False, f"{step.step} is expected by {due}"
    if step.late == "keep":
        return False, f"{step.step} was expected by {due}: late: keep"
    blind = blindness(step, due, recalled)
    if blind:
        return False, f"blind: {blind}"
    if (today - due).days > LATE_NEWS_DAYS:
        return False, f"{step.step} was expected by {due}: longer ago than {LATE_NEWS_DAYS} days"
    return True, f"{step.step} was expected by {due}"


def blindness(step: ChainStep, due: date, recalled: Recalled) -> str:
    """Say why silence proves nothing: which sources of the step fail, or were not read after the day."""
    after = datetime.combine(due + timedelta(days=1), time.min, tzinfo=UTC)
    told = (blind_to_silence(s, recalled.vitals.get(s, Vitals()), after) for s in step.sources)
    return "; ".join(reason for reason in told if reason)


def _late(alert: Alert, case: Case, recalled: Recalled, today: date, book: Rulebook) -> Iterator[Signal]:
    is_told, _ = lateness(case, recalled, today)
    if not is_told or case.expected is None or case.due is None:
        return
    step, due = case.expected.step, case.due.isoformat()
    titles = ", ".join(book.source(s, "regulatory", "", "en").title for s in case.expected.sources)
    why = Reason(
        code=LATE,
        text=f"Late: {step.replace('_', ' ')}, expected by {due}; read without it: {titles}",
        params=(("step", step), ("day", due), ("sources", titles)),
    )
    signal = _told(alert, f"{case.chain.id}:{step}:{due}", why, today, alert.exhibits[0])
    if signal.id not in alert.signal_ids:
        yield signal


def _set_aside(
    alert: Alert, case: Case, signals: Sequence[Signal], book: Rulebook, as_of: datetime
) -> Iterator[Signal]:
    """An easing report that names the act, or an act that sets it aside as the register knows, ends the case."""
    number, identity = alert.facts.instrument, f"{case.chain.id}:suspended"
    if not number or signal_id(f"case:{alert.key}", identity) in alert.signal_ids:
        return
    if not any(step.step == "suspended" for step in case.chain.steps):
        return
    meant = _names_that_suspend(instrument_key(number), book, as_of.astimezone(UTC).date())
    for signal in sorted(signals, key=lambda s: (not s.exhibit.official, s.known_at, s.id)):
        said = signal.facts
        if said.instrument and instrument_key(said.instrument) in meant:
            day = (said.effective or signal.known_at.astimezone(UTC).date()).isoformat()
            why = Reason(
                code=SUSPENDED,
                text=f"Set aside from {day}: {said.instrument} ({signal.exhibit.source_title})",
                params=(
                    ("day", day),
                    ("instrument", said.instrument),
                    ("source", signal.exhibit.source_title),
                ),
            )
            told_on = signal.known_at.astimezone(UTC).date()
            yield _told(alert, identity, why, told_on, signal.exhibit)
            return


def _names_that_suspend(key: str, book: Rulebook, today: date) -> frozenset[str]:
    known = {
        name
        for measure in book.measures
        if measure.announced
        and measure.announced <= today
        and any(instrument_key(s.instrument) == key and not s.clause for s in measure.suspends)
        for name in _names(measure)
    }
    return frozenset({key, *known})


def _told(alert: Alert, identity: str, why: Reason, today: date, exhibit: Exhibit) -> Signal:
    # The day it could first be told: a service that starts late tells today what it missed, as today's news.
    told_at = max(datetime.combine(today, time.min, tzinfo=UTC), alert.opened_at)
    return Signal(
        id=signal_id(f"case:{alert.key}", identity),
        rule_id=alert.rule_id,
        rule_version=alert.rule_version,
        rule_title=alert.rule_title,
        interrupts=alert.interrupts,
        severity=Severity.UNKNOWN,
        facts=alert.facts,
        occurred_at=told_at,
        known_at=told_at,
        # It repeats what the whole alert says: a desk that may not read that is told nothing of it by a wider document.
        exhibit=no_wider(exhibit, [(alert.marking, alert.release_to)]),
        why=(why,),
        joins=alert.signal_ids[0],
        rests_on=tuple(name for name in alert.told_from if name != exhibit.evidence_id),
    )
