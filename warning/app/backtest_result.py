"""What a replay amounts to: the alerts, the register's acts caught and missed, the load on each desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from warning.app.backtesting import Replay
from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.rulebook import Rulebook


def backtest_document(replay: Replay, book: Rulebook, measures: Sequence[Measure]) -> dict[str, object]:
    """Return the content of `backtest/1`, speed apart (the caller holds the stopwatch)."""
    alerts = sorted(map(_without_evidence, replay.alerts.values()), key=lambda one: (one.opened_at, one.key))
    countries = sorted({*book.exposure, *(desk.country for desk in book.desks)})
    return {
        "alerts": [_alert(alert, countries) for alert in alerts],
        "measures": _measures(alerts, _within(measures, replay)),
        "load": _load(replay, book),
        "records": replay.records,
        "replayed": replay.replayed,
    }


def _without_evidence(alert: Alert) -> Alert:
    """The alert as far as it is told here: those of years would not fit into memory with all they rest on."""
    return replace(
        alert, exhibits=(), signal_ids=(), why=(), told_stories=(), rests_on=(), tearlines=(), claims=(),
        grounds=(), withdrawn=(), whole=None, narrowings=(),
    )  # fmt: skip


def _alert(alert: Alert, countries: Iterable[str]) -> dict[str, object]:
    facts = alert.facts
    return {
        "key": alert.key,
        "opened_at": alert.opened_at.isoformat(),
        "title": alert.title,
        "rule": alert.rule_id,
        "act": facts.act,
        "direction": facts.direction,
        "materials": list(facts.materials),
        "actors": list(facts.actors),
        "targets": list(facts.targets),
        "instrument": facts.instrument,
        "announced": facts.announced.isoformat() if facts.announced else None,
        "effective": facts.effective.isoformat() if facts.effective else None,
        "interrupts": alert.interrupts,
        "severity": {country: alert.severity_for(country).value for country in countries},
        "certainty": alert.certainty.value,
        "evidence": alert.evidence_total,
        "publishers": len(alert.publishers),
        "versions": alert.version,
    }


def _within(measures: Sequence[Measure], replay: Replay) -> Sequence[Measure]:
    """The acts announced in the replayed time: no other could have been caught."""
    if replay.first is None or replay.last is None:
        return ()
    first, last = replay.first.date(), replay.last.date()
    return [m for m in measures if m.announced is not None and first <= m.announced <= last]


def _measures(alerts: Sequence[Alert], measures: Sequence[Measure]) -> dict[str, object]:
    """Match by instrument number and direction; measures without a number (coercion) are named apart.

    Background coverage catches nothing: it interrupts nobody. Nor does a countdown: it comes from the register.
    """
    by_number: dict[tuple[str, str], Alert] = {}
    for alert in alerts:
        if alert.facts.instrument and alert.interrupts and not is_deadline(alert.story):
            key = (instrument_key(alert.facts.instrument), alert.facts.direction)
            by_number.setdefault(key, alert)
    caught: list[dict[str, object]] = []
    missed: list[str] = []
    for measure in measures:
        if measure.informal:
            continue
        found = _alert_of(measure, by_number)
        if found is None:
            missed.append(measure.instrument)
        else:
            lead = _lead_days(measure.effective, found)
            caught.append({"instrument": measure.instrument, "alert": found.key, "lead_days": lead})
    informal = [measure.id for measure in measures if measure.informal]
    return {"caught": caught, "missed": missed, "without_number": informal}


def _alert_of(measure: Measure, by_number: Mapping[tuple[str, str], Alert]) -> Alert | None:
    numbers = (measure.instrument, *measure.aliases)
    forms = [(instrument_key(number), measure.direction) for number in numbers]
    return next((by_number[form] for form in forms if form in by_number), None)


def _lead_days(effective: date | None, alert: Alert) -> int | None:
    """Days between the alert and the day the act takes effect; negative when the alert came after it."""
    return None if effective is None else (effective - alert.opened_at.date()).days


def _load(replay: Replay, book: Rulebook) -> dict[str, dict[str, float]]:
    """Per desk country and week: alerts that interrupted (first told), and their later versions."""
    load: dict[str, dict[str, float]] = {}
    for country in sorted({desk.country for desk in book.desks}):
        told = [told for told in replay.told if told.country == country]
        alerts = {told.alert_key for told in told}
        load[country] = {
            "interrupting_per_week": round(len(alerts) / replay.weeks, 3),
            "updates_per_week": round((len(told) - len(alerts)) / replay.weeks, 3),
        }
    return load
