"""An alert as JSON shows it (`alerts/1`)."""

from collections.abc import Sequence
from typing import Any

from warning.app.showing_stories import stories_shown
from warning.core.alert_news import alert_conflicts
from warning.core.alerts import Alert
from warning.core.chains import case_of
from warning.core.claims import Conflict
from warning.core.corrections import replacements
from warning.core.deliveries import OutboxRow, Withheld
from warning.core.minhash import STORY_ALIKE, stories
from warning.core.phrases import counted
from warning.core.precedents import precedents
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit


def summary_document(alert: Alert) -> dict[str, Any]:
    """Return what a list shows of one alert."""
    facts = alert.facts
    return {
        "key": alert.key,
        "version": alert.version,
        "state": alert.state,
        "title": alert.title,
        "act": facts.act,
        "direction": facts.direction,
        "materials": list(facts.materials),
        "actors": list(facts.actors),
        "targets": list(facts.targets),
        "instrument": facts.instrument,
        "announced": facts.announced.isoformat() if facts.announced else None,
        "effective": facts.effective.isoformat() if facts.effective else None,
        "expires": facts.expires.isoformat() if facts.expires else None,
        "interrupts": alert.interrupts,
        "severity": {grading.country: grading.severity.value for grading in alert.gradings},
        "certainty": alert.certainty.value,
        "marking": f"TLP:{alert.marking.value}",
        "release_to": None if alert.release_to is None else sorted(alert.release_to),
        "rule": alert.rule_id,
        "rule_version": alert.rule_version,
        "opened_at": alert.opened_at.isoformat(),
        "updated_at": alert.updated_at.isoformat(),
        "evidence": alert.evidence_total,
        "publishers": len(alert.publishers),
    }


def case_document(
    versions: tuple[Alert, ...],
    deliveries: list[dict[str, Any]],
    withheld: tuple[Withheld, ...],
    book: Rulebook,
    again: Sequence[Exhibit] = (),
) -> dict[str, Any]:
    """Return everything about one alert: its last version whole, and how it came to be and was told.

    `again` are old articles of its stories that were told again.
    """
    alert = versions[-1]
    return {
        **summary_document(alert),
        "names": list(alert.facts.names),
        "hs_codes": list(alert.facts.hs_codes),
        "gradings": [
            {"country": g.country, "severity": g.severity.value, "grade": g.grade, "because": g.because}
            for g in alert.gradings
        ],
        "why": [{"code": r.code, "text": r.text, "params": dict(r.params)} for r in alert.why],
        "case": _case(alert, book),
        "conflicts": [_conflict(conflict) for conflict in alert_conflicts(alert, book)],
        "replaced": [
            {
                "fact": r.fact,
                "value": r.old.value,
                "said_by": r.old.publisher,
                "now": r.by.value,
                "by": r.by.publisher,
            }
            for r in replacements(alert.claims)
        ],
        "precedents": _precedents(alert, book),
        "withdrawn": [
            {"evidence_id": w.evidence_id, "by": w.actor, "reason": w.reason, "at": w.known_at.isoformat()}
            for w in alert.withdrawn
        ],
        "exhibits": _exhibits(alert.exhibits),
        "stories": [story.document() for story in stories_shown(alert.exhibits)],
        "told_again": [_exhibit(exhibit, exhibit.story) for exhibit in again],
        "versions": [_version(version) for version in versions],
        "deliveries": deliveries,
        "withheld": [_withheld(one) for one in withheld],
    }


def _case(alert: Alert, book: Rulebook) -> dict[str, Any] | None:
    case = case_of(alert, book.chains, book.measures, alert.updated_at.date())
    if case is None:
        return None
    return {
        "chain": case.chain.id,
        "stages": [{"step": s.step, "day": s.day.isoformat(), "shown_by": s.shown_by} for s in case.stages],
        "expected": case.expected.step if case.expected else None,
        "due": case.due.isoformat() if case.due else None,
    }


def _precedents(alert: Alert, book: Rulebook) -> dict[str, Any] | None:
    found = precedents(alert.facts, book.measures, book.terms, alert.updated_at.date())
    if found is None:
        return None
    return {
        "considered": found.considered,
        "same_goods": found.same_goods,
        "outcomes": [
            {
                "kind": o.kind,
                "values": list(o.values),
                "measures": list(o.measures),
                "unverified": o.unverified,
            }
            for o in found.outcomes
        ],
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    sides = [
        {
            "value": side.value,
            "followed": side.is_followed,
            "publishers": side.publishers,
            "said_by": [
                {
                    "publisher": claim.publisher,
                    "evidence_id": claim.evidence_id,
                    "official": claim.official,
                    "reliability": claim.reliability,
                    "admiralty": claim.admiralty,
                }
                for claim in side.sayers
            ],
        }
        for side in conflict.positions
    ]
    return {"fact": conflict.fact, "open": conflict.is_open, "sides": sides}


def _exhibits(shown: Sequence[Exhibit]) -> list[dict[str, Any]]:
    unplaced = {exhibit.evidence_id: exhibit.title for exhibit in shown if not exhibit.story}
    told = stories(unplaced, least=STORY_ALIKE)
    return [_exhibit(exhibit, exhibit.story or told[exhibit.evidence_id]) for exhibit in shown]


def _exhibit(exhibit: Exhibit, story: str) -> dict[str, Any]:
    return {
        "evidence_id": exhibit.evidence_id,
        "story": story,
        "first_seen_at": exhibit.first_seen_at.isoformat() if exhibit.first_seen_at else None,
        "title": exhibit.title,
        "language": exhibit.language,
        "source": exhibit.source_id,
        "publisher": exhibit.publisher,
        "official": exhibit.official,
        "reliability": exhibit.reliability,
        "credibility": exhibit.credibility,
        "admiralty": exhibit.admiralty,
        "marking": f"TLP:{exhibit.marking.value}",
        "url": exhibit.url,
        "published_at": exhibit.published_at.isoformat() if exhibit.published_at else None,
        "known_at": exhibit.known_at.isoformat(),
        "archive_hash": exhibit.archive_hash,
    }


def _version(alert: Alert) -> dict[str, Any]:
    differences = [{"code": d.code, "before": d.before, "after": d.after} for d in alert.differences]
    return {"version": alert.version, "updated_at": alert.updated_at.isoformat(), "differences": differences}


def _withheld(one: Withheld) -> dict[str, Any]:
    return {
        "version": one.alert_version,
        "desk": one.desk_id,
        "channel": one.channel,
        "address": one.address,
        "reason": one.reason,
        "detail": one.detail,
    }


def told_line(row: OutboxRow) -> str:
    """Return one delivery as a sentence for a terminal."""
    to = f"v{row.alert_version} to {row.desk_id} by {row.channel} {row.address}"
    if row.state == "sent" and row.sent_at:
        return f"sent     {to} at {row.sent_at:%Y-%m-%d %H:%M:%S}Z ({row.reason})"
    return f"{row.state:8} {to}, {counted(row.attempts, 'attempt')}{': ' + row.error if row.error else ''}"
