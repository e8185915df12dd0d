"""The daily roll-up: what the weekly budget kept from a desk, told once in one short message to each destination."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warning.app.delivered_message import payload_refusal
from warning.app.noticing import BULLETIN
from warning.app.system import System
from warning.channels.bulletin import LINE_LIMIT, MAX_LINES, Bulletin, Tells
from warning.channels.message import Message
from warning.channels.naming import naming
from warning.channels.plain import plain
from warning.channels.render import render
from warning.channels.when import day, moment
from warning.core.alerts import Alert
from warning.core.desks import Desk, Destination
from warning.core.ids import content_id
from warning.core.notices import Notice, NoticePlace
from warning.core.release import release_refusal
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by
from warning.store.notices import Notices
from warning.store.rollups import RollUps

KEPT = timedelta(days=8)
SHOWN_RULES = 3


def owe_due_rollups(system: System) -> int:
    """From the start of a desk's office hours, once a day, owe what the budget withheld and no roll-up has told.

    Return how many deliveries are new. What is told is written down with what is owed, before anything is sent.
    """
    book, now = system.book(), system.clock()
    owed = 0
    for desk in book.desks:
        if desk.weekly_budget is None or not is_due(desk, now):
            continue
        for several in desk.destinations:
            for destination in several.each():
                owed += _roll_up(system, book, desk, destination, now)
    if owed:
        system.repository.owed.ring()
    return owed


def is_due(desk: Desk, now: datetime) -> bool:
    """From when the office opens until the day ends, quiet hours apart."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    is_quiet = desk.quiet_hours is not None and desk.quiet_hours.contains(local.time())
    return local.time() >= desk.office_hours.start and not is_quiet


def _roll_up(system: System, book: Rulebook, desk: Desk, destination: Destination, now: datetime) -> int:
    channel = system.channels.get(destination.channel)
    notices = Notices(system.repository.engine)
    place = NoticePlace(channel=destination.channel, address=destination.address)
    if (
        not isinstance(channel, Tells)
        or notices.notice(rollup_id(desk, destination.address, now)) is not None
    ):
        return 0
    found = _waiting(system, notices, place, desk, destination, book, now)
    if not found:
        return 0
    rules = _noisy_rules(system, desk, now)
    bulletin = roll_up(found, rules, desk, book, now, address=destination.address)
    notice = Notice(
        id=bulletin.id,
        kind="roll-up",
        desk_id=desk.id,
        topic=_today(desk, now),
        marking=bulletin.marking,
        content=BULLETIN.dump_json(bulletin).decode(),
        created_at=now,
        about=tuple(message.alert_key for message, _ in found),
    )
    return notices.owe(notice, (place,))


def _today(desk: Desk, now: datetime) -> str:
    return now.astimezone(ZoneInfo(desk.timezone)).date().isoformat()


def rollup_id(desk: Desk, address: str, now: datetime) -> str:
    return content_id("b", "roll-up", desk.id, address, _today(desk, now))


def _waiting(
    system: System,
    notices: Notices,
    place: NoticePlace,
    desk: Desk,
    destination: Destination,
    book: Rulebook,
    now: datetime,
) -> list[tuple[Message, datetime]]:
    """Return what this destination may be told of, the gravest first: the same checks as for any message."""
    told = notices.told("roll-up", desk.id, place, now - KEPT)
    kept = RollUps(system.repository.engine)
    found = []
    for alert, at in kept.withheld(desk.id, place.channel, place.address, since=now - KEPT):
        message = _releasable(alert, desk, destination, book)
        if alert.key not in told and message is not None:
            found.append((message, at))
    return sorted(found, key=lambda one: (-one[0].severity.rank, one[1], one[0].alert_key))


def roll_up_again(
    system: System,
    alerts: Sequence[Alert],
    desk: Desk,
    destination: Destination,
    book: Rulebook,
    written: Bulletin,
) -> Bulletin | None:
    """Return the roll-up of these alerts as they may be told now, under its name and time; None where none may be."""
    messages = (_releasable(alert, desk, destination, book) for alert in alerts)
    found = [(message, written.at) for message in messages if message is not None]
    if not found:
        return None
    ordered = sorted(found, key=lambda one: (-one[0].severity.rank, one[0].alert_key))
    again = roll_up(ordered, _noisy_rules(system, desk, written.at), desk, book, written.at)
    return replace(again, id=written.id)


def _releasable(alert: Alert, desk: Desk, destination: Destination, book: Rulebook) -> Message | None:
    seen = as_seen_by(alert, desk)
    if seen.is_recalled:
        return None
    message = render(seen, desk, book)
    refused = release_refusal(seen, desk, destination) or payload_refusal(message, desk, destination)
    return None if refused else message


def _noisy_rules(system: System, desk: Desk, now: datetime) -> tuple[tuple[str, int], ...]:
    """Return the rules that used most of this week's budget, by how many alerts."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    first = {
        (owed.alert.key, owed.alert.rule_id)
        for owed in system.repository.deliveries(desk_id=desk.id, since=monday)
        if owed.row.reason == "first"
    }
    counted = Counter(rule_id for _, rule_id in first)
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:SHOWN_RULES])


def roll_up(
    found: Sequence[tuple[Message, datetime]],
    rules: Sequence[tuple[str, int]],
    desk: Desk,
    book: Rulebook,
    now: datetime,
    *,
    address: str = "",
) -> Bulletin:
    """Return the message: what is left out of the list is counted. Its marking is the highest it shows."""
    words = naming(desk.language, book)
    shown = found[:MAX_LINES]
    marking = max(message.marking for message, _ in shown)
    local = now.astimezone(ZoneInfo(desk.timezone)).date()
    lines = [
        words.say(
            "rollup.line",
            level=message.level,
            title=message.title,
            key=message.alert_key,
            time=moment(message.updated_at, words.language, desk.timezone),
        )
        for message, _ in shown
    ]
    closing = (
        [words.say("rollup.more", count=len(found) - len(shown), desk=desk.id)] if found[MAX_LINES:] else []
    )
    if rules:
        named = [words.say("rollup.rule", rule=words.rule(rule, rule), count=count) for rule, count in rules]
        closing.append(words.say("rollup.rules", rules=words.words.join(named)))
    return Bulletin(
        id=rollup_id(desk, address, now),
        desk_id=desk.id,
        marking=marking,
        subject=words.say(
            "rollup.subject", marking=marking.value, day=day(local, words.language), count=len(found)
        ),
        lead=words.say("rollup.lead", desk=plain(desk.called(words.language), 120)),
        lines=tuple(plain(line, LINE_LIMIT) for line in lines),
        closing=tuple(closing),
        at=now,
    )
