"""What the cases of open alerts have to tell on a day: a step that did not come in time, and a suspension elsewhere."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from warning.core.alerts import Alert
from warning.core.blindness import blind_to_silence
from warning.core.chain_codes import LATE, SUSPENDED
from warning.core.chains import LATE_NEWS_DAYS, Case, ChainStep, case_of
from warning.core.evidence import KnownWindow
from warning.core.health import Vitals
from warning.core.ids import instrument_key
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Reason, Signal, signal_id
from warning.core.vocabulary import Severity


def case_signals(
    book: Rulebook, known: KnownWindow, as_of: datetime, signals: Sequence[Signal]
) -> list[Signal]:
    """Return one signal for each step that is late and was not told, and each act that was set aside; sorted.

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
            found += _set_aside(alert, case, signals, book, as_of)
    return sorted(found, key=lambda s: s.id)


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
    number = alert.facts.instrument
    if not number or any(stage.step == "suspended" for stage in case.stages):
        return
    if not any(step.step == "suspended" for step in case.chain.steps):
        return
    meant = _names_that_suspend(instrument_key(number), book, as_of.astimezone(UTC).date())
    for signal in sorted(signals, key=lambda s: (not s.exhibit.official, s.known_at, s.id)):
        said = signal.facts
        eases = said.direction == "easing" and signal.interrupts and not signal.story and not signal.joins
        if eases and said.instrument and instrument_key(said.instrument) in meant:
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
            yield _told(alert, f"{case.chain.id}:suspended", why, told_on, signal.exhibit)
            return


def _names_that_suspend(key: str, book: Rulebook, today: date) -> frozenset[str]:
    known = {
        instrument_key(measure.instrument)
        for measure in book.measures
        if measure.instrument
        and measure.announced
        and measure.announced <= today
        and any(instrument_key(s.instrument) == key and not s.clause for s in measure.suspends)
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
        exhibit=exhibit,
        why=(why,),
        joins=alert.signal_ids[0],
    )
