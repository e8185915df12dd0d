"""The daily roll-up: what the weekly budget kept from a desk, told once in one short message to each destination."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warning.app.compose import System
from warning.app.delivering import payload_refusal
from warning.channels.bulletin import LINE_LIMIT, MAX_LINES, Bulletin, Tells
from warning.channels.message import Message
from warning.channels.naming import naming
from warning.channels.plain import plain
from warning.channels.render import render
from warning.channels.when import day, moment
from warning.core.alerts import Alert
from warning.core.desks import Desk, Destination
from warning.core.ids import content_id
from warning.core.release import release_refusal
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by
from warning.errors import DeliveryError, DeliveryUnknown
from warning.store.rollups import RollUps

log = logging.getLogger(__name__)
KEPT = timedelta(days=8)
SHOWN_RULES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """What became of one roll-up. `error` is empty when it was handed over."""

    desk_id: str
    channel: str
    address: str
    alerts: int
    error: str = ""


async def send_due_rollups(system: System) -> tuple[RolledUp, ...]:
    """From the start of a desk's office hours, once a day, tell what the budget withheld and no roll-up has told.

    A destination that could not be reached is tried again at every call of that day.
    """
    book, now = await asyncio.to_thread(system.book), system.clock()
    kept = RollUps(system.repository.engine)
    done: list[RolledUp] = []
    for desk in book.desks:
        if desk.weekly_budget is None or not is_due(desk, now):
            continue
        for several in desk.destinations:
            for destination in several.each():
                done += await _roll_up(system, kept, book, desk, destination, now)
    return tuple(done)


def is_due(desk: Desk, now: datetime) -> bool:
    """From when the office opens until the day ends, quiet hours apart."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    is_quiet = desk.quiet_hours is not None and desk.quiet_hours.contains(local.time())
    return local.time() >= desk.office_hours.start and not is_quiet


async def _roll_up(
    system: System, kept: RollUps, book: Rulebook, desk: Desk, destination: Destination, now: datetime
) -> list[RolledUp]:
    place = (desk.id, destination.channel, destination.address)
    today = now.astimezone(ZoneInfo(desk.timezone)).date().isoformat()
    channel = system.channels.get(destination.channel)
    if not isinstance(channel, Tells) or await asyncio.to_thread(kept.has_day, *place, today):
        return []
    found = await asyncio.to_thread(_waiting, kept, place, desk, destination, book, now)
    if not found:
        return []
    rules = await asyncio.to_thread(_noisy_rules, system, desk, now)
    bulletin = roll_up(found, rules, desk, book, now, address=destination.address)
    told = {"desk_id": desk.id, "channel": destination.channel, "address": destination.address}
    error = ""
    try:
        await channel.tell(bulletin, destination.address)
    except DeliveryUnknown as unsure:  # it may have arrived: it is not sent again, and the log says so
        error = unsure.message
        log.warning("the roll-up to %s %s may have arrived: %s", *place[1:], error)
    except DeliveryError as failed:
        log.warning("the roll-up to %s %s: %s", *place[1:], failed.message)
        return [RolledUp(**told, alerts=len(found), error=failed.message)]
    keys = tuple(message.alert_key for message, _ in found)
    await asyncio.to_thread(kept.keep, *place, day=today, keys=keys, at=now)
    return [RolledUp(**told, alerts=len(found), error=error)]


def _waiting(
    kept: RollUps,
    place: tuple[str, str, str],
    desk: Desk,
    destination: Destination,
    book: Rulebook,
    now: datetime,
) -> list[tuple[Message, datetime]]:
    """Return what this destination may be told of, the gravest first: the same checks as for any message."""
    told = kept.told(*place, since=now - KEPT)
    found = []
    for alert, at in kept.withheld(*place, since=now - KEPT):
        message = _releasable(alert, desk, destination, book)
        if alert.key not in told and message is not None:
            found.append((message, at))
    return sorted(found, key=lambda one: (-one[0].severity.rank, one[1], one[0].alert_key))


def _releasable(alert: Alert, desk: Desk, destination: Destination, book: Rulebook) -> Message | None:
    seen = as_seen_by(alert, desk)
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
        named = [words.say("rollup.rule", rule=rule, count=count) for rule, count in rules]
        closing.append(words.say("rollup.rules", rules=words.words.join(named)))
    return Bulletin(
        id=content_id("b", "roll-up", desk.id, address, local.isoformat()),
        desk_id=desk.id,
        marking=marking,
        subject=words.say(
            "rollup.subject", marking=marking.value, day=day(local, words.language), count=len(found)
        ),
        lead=words.say("rollup.lead", desk=plain(desk.title, 120)),
        lines=tuple(plain(line, LINE_LIMIT) for line in lines),
        closing=tuple(closing),
        at=now,
    )
