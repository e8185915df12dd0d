"""Before and after an edit, on the same evidence: alerts gained, lost and changed, load, recall, lead time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from warning.app.backtest_notes import Notes

SAME_DAYS = 3
_OF_AN_ALERT = ("title", "act", "direction", "materials", "instrument", "effective", "interrupts", "severity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One replay: its `backtest/1` content, its notes, and the version of the rulebook."""

    version: str
    content: Mapping[str, Any]
    notes: Notes


def comparison(before: Side, after: Side) -> dict[str, object]:
    """Return what the edit changes, sorted; the same input gives the same document."""
    pairs, gained, lost = _matched(before.content["alerts"], after.content["alerts"])
    changed = [_changed(was, now) for was, now in pairs]
    return {
        "versions": {"before": before.version, "after": after.version},
        "alerts": {"before": len(before.content["alerts"]), "after": len(after.content["alerts"])},
        "gained": [_brief(alert) for alert in gained],
        "lost": [_brief(alert) for alert in lost],
        "changed": [one for one in changed if one["changes"]],
        "load": {
            country: {"before": figures, "after": after.content["load"].get(country)}
            for country, figures in sorted(before.content["load"].items())
        },
        "weeks": list(_weeks(before.notes, after.notes)),
        "recall": {"before": _recall(before.content), "after": _recall(after.content)},
        "acts": list(_acts(before.content, after.content)),
    }


def _matched(
    before: Sequence[Any], after: Sequence[Any]
) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Pair the alerts: those of one key, then those of one event that another rule opened or opened later."""
    left = {alert["key"]: alert for alert in before}
    pairs: list[tuple[Any, Any]] = []
    unmatched: list[Any] = []
    for alert in after:
        was = left.pop(alert["key"], None)
        if was is None:
            unmatched.append(alert)
        else:
            pairs.append((was, alert))
    gained: list[Any] = []
    for alert in unmatched:
        was = next((one for one in left.values() if _same_event(one, alert)), None)
        if was is None:
            gained.append(alert)
        else:
            del left[was["key"]]
            pairs.append((was, alert))
    return pairs, gained, list(left.values())


def _same_event(one: Any, two: Any) -> bool:
    if one["instrument"] or two["instrument"]:
        return bool(one["instrument"] == two["instrument"] and one["direction"] == two["direction"])
    near = abs(_day(one) - _day(two)) <= SAME_DAYS
    return bool(near and one["act"] == two["act"] and one["materials"] == two["materials"])


def _day(alert: Any) -> int:
    return date.fromisoformat(alert["opened_at"][:10]).toordinal()


def _brief(alert: Any) -> dict[str, object]:
    keys = ("key", "opened_at", "title", "rule", "interrupts", "severity")
    return {key: alert[key] for key in keys}


def _changed(was: Any, now: Any) -> dict[str, Any]:
    changes = {
        key: {"before": was[key], "after": now[key]}
        for key in ("opened_at", "rule", *_OF_AN_ALERT)
        if was[key] != now[key]
    }
    return {"key": now["key"], "title": now["title"], "opened_at": now["opened_at"], "changes": changes}


def _weeks(before: Notes, after: Notes) -> Iterator[dict[str, object]]:
    """The weeks and desks whose number of alerts differs."""
    for week, desk in sorted(before.told.keys() | after.told.keys()):
        was, now = before.told[week, desk], after.told[week, desk]
        if was != now:
            yield {"week": week, "desk": desk, "before": was, "after": now}


def _recall(content: Mapping[str, Any]) -> dict[str, object]:
    measures = content["measures"]
    caught, missed = len(measures["caught"]), len(measures["missed"])
    leads = [one["lead_days"] for one in measures["caught"] if one["lead_days"] is not None]
    return {
        "caught": caught,
        "of": caught + missed,
        "recall": round(caught / (caught + missed), 4) if caught + missed else None,
        "median_lead_days": median(leads) if leads else None,
    }


def _acts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """The acts of the register that one side catches and the other does not, or at another time."""
    was = {one["instrument"]: one["lead_days"] for one in before["measures"]["caught"]}
    now = {one["instrument"]: one["lead_days"] for one in after["measures"]["caught"]}
    for instrument in sorted(was.keys() | now.keys()):
        if (instrument in was, was.get(instrument)) != (instrument in now, now.get(instrument)):
            yield {
                "instrument": instrument,
                "before": {"caught": instrument in was, "lead_days": was.get(instrument)},
                "after": {"caught": instrument in now, "lead_days": now.get(instrument)},
            }
