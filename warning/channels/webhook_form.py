"""A message as JSON for programs (`alert/1`): what this desk may read of the alert, and its words for it."""

import json
from datetime import date, datetime
from typing import Any

from warning.channels.message import Message, Source
from warning.channels.plain import plain
from warning.core.deliveries import OutboxRow

SCHEMA = "alert/1"
TYPE = "alert.version"
TEXT_LIMIT = 400


def webhook_body(message: Message, row: OutboxRow) -> bytes:
    """Return the body: the same delivery gives the same bytes, so that a copy can be recognised."""
    document = {
        "schema": SCHEMA,
        "type": TYPE,
        "timestamp": _instant(message.updated_at),
        "data": {"delivery": _delivery(row), "alert": alert_document(message)},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def alert_document(message: Message) -> dict[str, Any]:
    """Return the alert by the names of `warning alerts --json`; levels of other countries are theirs to tell."""
    alert, facts = message.alert, message.alert.facts
    return {
        "key": alert.key,
        "version": alert.version,
        "state": alert.state,
        "marking": f"TLP:{message.marking.value}",
        "release_to": None if message.release_to is None else sorted(message.release_to),
        "title": message.title,
        "lead": message.lead,
        "language": message.language,
        "severity": message.severity.value,
        "certainty": alert.certainty.value,
        "interrupts": alert.interrupts,
        "act": facts.act,
        "direction": facts.direction,
        "materials": list(facts.materials),
        "hs_codes": list(facts.hs_codes),
        "actors": list(facts.actors),
        "targets": list(facts.targets),
        "names": [plain(name, TEXT_LIMIT) for name in facts.names],
        "instrument": None if facts.instrument is None else plain(facts.instrument, TEXT_LIMIT),
        "announced": _day(facts.announced),
        "effective": _day(facts.effective),
        "expires": _day(facts.expires),
        "rule": alert.rule_id,
        "rule_version": alert.rule_version,
        "opened_at": _instant(alert.opened_at),
        "updated_at": _instant(alert.updated_at),
        "changes": list(message.changes),
        "why": list(message.why),
        "next_step": message.next_step,
        "shared": message.shared or None,
        "reminder": message.reminder or None,
        "evidence": alert.evidence_total,
        "publishers": len(alert.publishers),
        "sources": [_source(source) for source in message.sources],
    }


def _delivery(row: OutboxRow) -> dict[str, Any]:
    return {"id": row.id, "desk": row.desk_id, "reason": row.reason, "step": row.step}


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "language": source.language,
        "publisher": source.publisher,
        "admiralty": source.admiralty,
        "doubtful": source.is_doubtful,
        "link": source.link or None,
        "archive_hash": source.archive_hash or None,
        "marking": f"TLP:{source.marking.value}",
        "release_to": None if source.release_to is None else sorted(source.release_to),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _instant(value: datetime) -> str:
    return value.isoformat()
