"""Reminders in the running system: which alerts nobody has acknowledged, and who is told of them again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from warning.app.system import System
from warning.app.triage import reviews_at
from warning.core.desks import Desk
from warning.core.reminders import Unanswered, due_reminders, since
from warning.store.reminders import ToldDesk

# The longest step, a week, over the longest holidays, and what a missed step is made up for: nothing older is due.
TOLD_WITHIN = timedelta(days=21)


def remind_due(system: System) -> int:
    """Owe every reminder whose time has come; return how many deliveries that makes."""
    now = system.clock()
    by_desk: defaultdict[str, list[ToldDesk]] = defaultdict(list)
    for told in system.repository.told_desks(now - TOLD_WITHIN):
        by_desk[told.desk_id].append(told)
    book = system.book()
    owed = [
        delivery
        for desk in book.desks
        for unanswered in _unanswered(system, desk, by_desk.get(desk.id, ()))
        for delivery in due_reminders(unanswered, book.policy.escalation, now)
    ]
    if owed:
        system.repository.add_reminders(owed, now)
    return len(owed)


def _unanswered(system: System, desk: Desk, told: Iterable[ToldDesk]) -> list[Unanswered]:
    by_key: Mapping[str, ToldDesk] = {one.alert_key: one for one in told}
    if not by_key:
        return []
    alerts = system.repository.latest_alerts(by_key)
    reviews = reviews_at(system.repository, desk, alerts, system.clock)
    found = []
    for alert in alerts:
        said = by_key[alert.key]
        waiting = Unanswered(alert=alert, desk=desk, review=reviews[alert.key], told_at=said.told_at)
        found.append(_with_reminders(waiting, said))
    return found


def _with_reminders(waiting: Unanswered, said: ToldDesk) -> Unanswered:
    start = since(waiting)
    steps = [step for step, at in said.reminders if at >= start]
    last = max((step for step, _ in said.reminders), default=0)
    return Unanswered(
        alert=waiting.alert,
        desk=waiting.desk,
        review=waiting.review,
        told_at=waiting.told_at,
        reminded=len(steps),
        last_step=last,
    )
