"""Lists of alerts, page by page: what is asked for is found by the database, what a desk thinks of it is folded here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from warning.app.system import System
from warning.app.triage import reviews_at
from warning.core.alerts import ALERT_STATES, Alert
from warning.core.canary import CANARY
from warning.core.desks import Desk
from warning.core.review import NEEDS_A_LOOK, Review
from warning.core.tearlines import versions_seen_by

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is asked for. Without `context` background coverage, which interrupts nobody, is left out."""

    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    context: bool = False
    limit: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Alerts, last updated first, and where each stands at the desk, when one was named."""

    alerts: tuple[Alert, ...]
    has_more: bool
    reviews: Mapping[str, Review] = field(default_factory=dict)


def listed_alerts(system: System, desk: Desk | None, sought: Listed) -> Found:
    """Return the alerts asked for, as the desk may read them. Reads no more pages than it takes."""
    reviews: dict[str, Review] = {}
    found = list(islice(_wanted(system, desk, sought, reviews), sought.limit + 1))
    shown = tuple(found[: sought.limit])
    return Found(
        alerts=shown,
        has_more=len(found) > sought.limit,
        reviews={alert.key: reviews[alert.key] for alert in shown if alert.key in reviews},
    )


def _wanted(system: System, desk: Desk | None, sought: Listed, reviews: dict[str, Review]) -> Iterator[Alert]:
    for everything in _pages(system, sought, at_desk=desk is not None):
        page = [alert for alert in everything if alert.rule_id != CANARY]
        if desk is None:
            yield from page
            continue
        seen = versions_seen_by(page, desk)
        reviews.update(reviews_at(system.repository, desk, seen, system.clock))
        yield from (alert for alert in seen if _is_in(sought.state, reviews[alert.key]))


def _pages(system: System, sought: Listed, *, at_desk: bool) -> Iterator[Sequence[Alert]]:
    """The state at a desk is no column: there every alert is looked at. With `until`, the state is that of then, all on one page."""
    after: tuple[datetime, str] | None = None
    by_column = not at_desk and sought.until is None
    while True:
        page = system.repository.alerts(
            states=tuple(s for s in ALERT_STATES if s == sought.state) if by_column else (),
            since=sought.since,
            until=sought.until,
            interrupts=None if sought.context else True,
            limit=PAGE if sought.until is None else None,
            after=after,
        )
        kept_all = at_desk or by_column or sought.state is None
        yield page if kept_all else [alert for alert in page if alert.state == sought.state]
        if len(page) < PAGE or sought.until is not None:
            return
        after = (page[-1].updated_at, page[-1].key)


def _is_in(state: str | None, review: Review) -> bool:
    return state in {None, review.state} or (state == "open" and review.state in NEEDS_A_LOOK)
