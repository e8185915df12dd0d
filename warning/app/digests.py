"""The weekly digest: read a week from the store, keep what was written, send it to the desk's digest addresses."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from warning.app.compose import System
from warning.app.watching import watches_now
from warning.catalog.sources import SourceSpec
from warning.core.desks import Desk
from warning.core.rulebook import Rulebook
from warning.errors import ConfigError, DeliveryError, DeliveryUnknown
from warning.report.build import WeekInput, build_digest
from warning.report.document import DigestDocument
from warning.report.mail import digest_mail
from warning.report.render import as_html, as_json, as_text
from warning.report.week import last_full_week, week_bounds
from warning.store.digests import ArchivedDigest
from warning.store.repository import Repository

log = logging.getLogger(__name__)
HISTORY = timedelta(days=550)
# A weekly price is out before its week has ended; what became known later is left out by `known_at`.
OPEN_PERIOD = timedelta(days=32)
MONDAY = 0
SEND_HOUR = 8
FORMATS = ("html", "text", "json")
# The archive keeps each mail that went out under this and its address.
MAILED = "mail to "


@runtime_checkable
class Post(Protocol):
    """What a mail channel offers for mails that are no alerts. `name` is a file name without extension."""

    async def post(self, mail: bytes, *, recipient: str, name: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSent:
    """What became of one digest mail. `error` is empty when it was handed over."""

    desk_id: str
    week: str
    address: str
    provider_ref: str = ""
    error: str = ""


def write_digest(
    repository: Repository,
    book: Rulebook,
    sources: Iterable[SourceSpec],
    desk_id: str,
    *,
    week: str | None,
    now: datetime,
) -> DigestDocument:
    """Build the digest of a desk's week, the last full one unless `week` says which.

    Raises ConfigError when there is no such desk or week.
    """
    desk = find_desk(book, desk_id)
    week = week or last_full_week(now, desk.timezone)
    since, until = week_bounds(week, desk.timezone)
    observations = repository.observations_between(until - HISTORY, until + OPEN_PERIOD)
    came_in = [o for o in observations if since <= o.known_at < until]
    found = WeekInput(
        versions=repository.alert_versions_between(since, until),
        standing=repository.alerts(until=until),
        observations=observations,
        sources=repository.source_states(),
        enabled=frozenset(source.id for source in sources if source.enabled),
        items=len(repository.items_between(since, until)),
        figures=len(came_in),
        watches=watches_now(repository, book, until),
    )
    return build_digest(week, desk, book, found, now)


def find_desk(book: Rulebook, desk_id: str) -> Desk:
    for desk in book.desks:
        if desk.id == desk_id:
            return desk
    known = ", ".join(desk.id for desk in book.desks) or "none"
    raise ConfigError(f"there is no desk {desk_id!r}; the rulebook has {known}")


def rendered(document: DigestDocument) -> Mapping[str, str]:
    """Return the digest in every format."""
    content = {"schema": "digest/1", **as_json(document)}
    return {
        "html": as_html(document),
        "text": as_text(document),
        "json": json.dumps(content, ensure_ascii=False, indent=2),
    }


def archive_digest(repository: Repository, document: DigestDocument) -> None:
    """Keep every format as it was written."""
    for name, content in rendered(document).items():
        _keep(repository, document, name, content.encode())


def _keep(repository: Repository, document: DigestDocument, format_name: str, content: bytes) -> None:
    repository.save_digest(
        ArchivedDigest(
            desk_id=document.desk_id,
            week=document.week,
            format=format_name,
            content=content,
            created_at=document.written_at,
        )
    )


async def send_digest(
    system: System, document: DigestDocument, *, already: Collection[str] = ()
) -> tuple[DigestSent, ...]:
    """Mail the digest to each of the desk's digest addresses, except those `already` told.

    One address that fails costs the others nothing; a mail that went out is kept as it was sent.
    """
    desk = find_desk(system.book(), document.desk_id)
    places = [(d.channel, address) for d in desk.digest_to for address in d.to if address not in already]
    return tuple([await _post(system, document, channel, address) for channel, address in places])


async def send_due_digests(system: System) -> tuple[DigestSent, ...]:
    """On Monday from 08:00 in a desk's zone, write, keep and send last week's digest, once to each address.

    An address that could not be reached is tried again at every call until Tuesday is over.
    """
    now = system.clock()
    results: list[DigestSent] = []
    for desk in system.book().desks:
        if not _is_due(now, desk):
            continue
        week = last_full_week(now, desk.timezone)
        kept = {digest.format for digest in system.repository.digests(desk_id=desk.id, week=week)}
        told = [a for d in desk.digest_to for a in d.to if f"{MAILED}{a}" in kept]
        if len(told) == sum(len(d.to) for d in desk.digest_to):
            continue
        document = write_digest(system.repository, system.book(), system.sources, desk.id, week=week, now=now)
        if not kept.intersection(FORMATS):
            archive_digest(system.repository, document)
        results += await send_digest(system, document, already=told)
    return tuple(results)


def _is_due(now: datetime, desk: Desk) -> bool:
    """True from Monday 08:00 to the end of Tuesday: a service that was down on Monday morning catches up."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    return (local.weekday() == MONDAY and local.hour >= SEND_HOUR) or local.weekday() == MONDAY + 1


async def _post(system: System, document: DigestDocument, channel_name: str, address: str) -> DigestSent:
    told = {"desk_id": document.desk_id, "week": document.week, "address": address}
    channel = system.channels.get(channel_name)
    if not isinstance(channel, Post):
        return DigestSent(**told, error=f"the channel {channel_name} carries no digests")
    mail = digest_mail(document, sender=system.settings.mail_from, recipient=address)
    try:
        name = f"digest-{document.week}-{document.desk_id}"
        provider_ref = await channel.post(mail, recipient=address, name=name)
    except DeliveryUnknown as unsure:
        # It may lie in the mailbox already. Trying again at every call would fill it with copies.
        log.warning(
            "digest %s to %s may have arrived and is not sent again: %s", document.week, address, unsure
        )
        _keep(system.repository, document, f"{MAILED}{address}", mail)
        return DigestSent(**told, error=str(unsure))
    except DeliveryError as failure:
        log.warning("digest %s to %s: %s", document.week, address, failure)
        return DigestSent(**told, error=str(failure))
    _keep(system.repository, document, f"{MAILED}{address}", mail)
    return DigestSent(**told, provider_ref=provider_ref)
