"""A word to the operators: the one way in for whatever watches over the system itself.

    tell_operators(system, topic="sources", key="mofcom:blind:2026-11-22T08:00Z",
                   subject="a source went blind", lines=["mofcom-announcements: HTTP 403 since 08:00Z"])

Each desk of the kind operator gets one message for a topic and key, however often this is called; it goes through the
outbox, so that it survives a crash, is retried, and shows in `warning deliveries list`. Lines name rules, sources,
deliveries and keys of alerts; never what an alert says.
"""

from collections.abc import Sequence
from datetime import timedelta

from warning.app.noticing import BULLETIN
from warning.app.system import System
from warning.channels.bulletin import LINE_LIMIT, MAX_LINES, Bulletin
from warning.channels.plain import plain
from warning.core.desks import Desk
from warning.core.ids import content_id
from warning.core.notices import Notice, NoticePlace
from warning.core.vocabulary import Marking
from warning.core.workdays import rest_ends_at
from warning.store.notices import Notices

REMEMBERED = timedelta(days=30)


def tell_operators(
    system: System,
    *,
    topic: str,
    key: str,
    subject: str,
    lines: Sequence[str],
    about: Sequence[str] = (),
    closing: Sequence[str] = (),
    marking: Marking = Marking.GREEN,
) -> int:
    """Owe a message to every operator desk; return how many deliveries are new.

    `about` is kept with it: `told_operators` returns it. A destination that may not carry `marking` is left out.
    """
    now, owed = system.clock(), 0
    for desk in system.book().operators:
        places = tuple(_places(system, desk, marking))
        if not places:
            continue
        identity = content_id("n", "operator", desk.id, topic, key)
        shown = [plain(line, LINE_LIMIT) for line in lines[:MAX_LINES]]
        more = (f"and {len(lines) - MAX_LINES} more",) if lines[MAX_LINES:] else ()
        bulletin = Bulletin(
            id=identity,
            desk_id=desk.id,
            marking=marking,
            subject=f"[TLP:{marking.value}] Early warning, operations: {subject}",
            lead=f"For the operators, {now:%Y-%m-%d %H:%M}Z.",
            lines=tuple(shown),
            closing=(*more, *closing),
            at=now,
        )
        notice = Notice(
            id=identity,
            kind="operator",
            desk_id=desk.id,
            topic=topic,
            marking=marking,
            content=BULLETIN.dump_json(bulletin).decode(),
            created_at=now,
            about=tuple(about),
        )
        owed += Notices(system.repository.engine).owe(notice, places)
    if owed:
        system.repository.owed.ring()
    return owed


def told_operators(system: System, topic: str) -> frozenset[str]:
    """Return what the operators were told about within thirty days under a topic: the `about` of its messages."""
    since, kept = system.clock() - REMEMBERED, Notices(system.repository.engine)
    return frozenset(
        name
        for desk in system.book().operators
        for notice in kept.since("operator", desk.id, since)
        if notice.topic == topic
        for name in notice.about
    )


def _places(system: System, desk: Desk, marking: Marking) -> list[NoticePlace]:
    quiet, hold = desk.quiet_hours, None
    if quiet is not None:
        where = {"timezone": desk.timezone, "country": desk.country}
        hold = rest_ends_at(system.clock(), quiet, days_off=quiet.days_off, **where)
    return [
        NoticePlace(channel=each.channel, address=each.address, hold_until=hold)
        for several in desk.destinations
        if marking <= min(desk.clearance, several.ceiling)
        for each in several.each()
    ]
