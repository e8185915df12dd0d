"""Where an alert stands at a desk, and what was done, as JSON shows it (`alerts/1`) and as a terminal does."""

from datetime import datetime
from typing import Any

from warning.core.review import Review, ReviewEvent


def review_document(review: Review) -> dict[str, Any]:
    """Return where an alert stands at one desk."""
    return {
        "state": review.state,
        "since": _iso(review.since),
        "by": review.actor,
        "assignee": review.assignee,
        "verdict": review.verdict,
        "until": _iso(review.until),
        "because": review.because,
        "notes": review.notes,
    }


def event_document(event: ReviewEvent) -> dict[str, Any]:
    """Return one act."""
    return {
        "desk": event.desk_id,
        "at": event.at.isoformat(),
        "by": event.actor,
        "action": event.action,
        "version": event.alert_version,
        "severity": event.severity.value,
        "verdict": event.verdict,
        "reason": event.reason,
        "assignee": event.assignee,
        "until": _iso(event.until),
    }


def review_line(desk_id: str, review: Review) -> str:
    """Return where an alert stands at one desk as a sentence."""
    parts = [f"{desk_id}: {review.state}"]
    if review.verdict:
        parts.append(f"as {review.verdict}")
    if review.until:
        parts.append(f"until {review.until:%Y-%m-%d %H:%M}Z or a rise in severity")
    if review.actor:
        parts.append(f"by {review.actor}")
    if review.since:
        parts.append(f"since {review.since:%Y-%m-%d %H:%M}Z")
    if review.assignee:
        parts.append(f"assigned to {review.assignee}")
    return " ".join(parts) + (f" ({review.because})" if review.because else "")


def event_line(event: ReviewEvent) -> str:
    """Return one act as a sentence."""
    detail = [
        f"as {event.verdict}" if event.verdict else "",
        f"to {event.assignee}" if event.assignee else "",
        f"until {event.until:%Y-%m-%d %H:%M}Z" if event.until else "",
        f"on v{event.alert_version}",
    ]
    said = f": {event.reason}" if event.reason else ""
    act = " ".join(part for part in (event.action, *detail) if part)
    return f"{event.at:%Y-%m-%d %H:%M:%S}Z {event.desk_id} {event.actor}: {act}{said}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
