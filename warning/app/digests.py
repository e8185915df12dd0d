"""The weekly digest: read a week from the store, keep what was written, send it to the desk's digest addresses."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from warning.app.covering import blind_between, seen_between
from warning.app.noticing import DIGEST
from warning.app.system import System
from warning.app.watching import watches_now
from warning.catalog.sources import SourceSpec
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk
from warning.core.ids import content_id
from warning.core.notices import Notice, NoticePlace
from warning.core.rulebook import Rulebook
from warning.core.workdays import next_workday
from warning.errors import ConfigError
from warning.report.build import WeekInput, build_digest
from warning.report.document import DigestDocument
from warning.report.render import as_html, as_json, as_text
from warning.report.week import last_full_week, week_bounds
from warning.store.digests import ArchivedDigest
from warning.store.notices import Notices
from warning.store.repository import Repository

HISTORY = timedelta(days=550)
# A weekly price is out before its week has ended; what became known later is left out by `known_at`.
OPEN_PERIOD = timedelta(days=32)
SEND_HOUR = 8
FORMATS = ("html", "text", "pdf", "json")


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
    versions, watches = repository.alert_versions_between(since, until), watches_now(repository, book, until)
    specs = tuple(sources)
    cells, rule_sights = seen_between(repository, book, specs, since, until, now)
    spoken_of = {alert.key for alert in versions} | {watch.alert_key for watch in watches if watch.alert_key}
    found = WeekInput(
        versions=versions,
        standing=repository.standing_at(until, spoken_of),
        observations=observations,
        sources=repository.source_states(),
        enabled=frozenset(source.id for source in specs if source.enabled),
        items=len(repository.items_between(since, until)),
        figures=len(came_in),
        watches=watches,
        cells=cells,
        sights=rule_sights,
        stretches=blind_between(repository, specs, cells, since, min(until, now)),
    )
    return build_digest(week, desk, book, found, now)


def find_desk(book: Rulebook, desk_id: str) -> Desk:
    for desk in book.desks:
        if desk.id == desk_id:
            return desk
    known = ", ".join(desk.id for desk in book.desks) or "none"
    raise ConfigError(f"there is no desk {desk_id!r}; the rulebook has {known}")


def rendered(document: DigestDocument, format_name: str) -> bytes:
    """Return the digest in one of `FORMATS`; text in UTF-8."""
    if format_name == "pdf":
        from warning.report.pdf import as_pdf  # noqa: PLC0415 - 4 MB that a service needs once a week

        return as_pdf(document)
    content = {"schema": "digest/1", **as_json(document)}
    forms: Mapping[str, Callable[[], str]] = {
        "html": lambda: as_html(document),
        "text": lambda: as_text(document),
        "json": lambda: json.dumps(content, ensure_ascii=False, indent=2),
    }
    return forms[format_name]().encode()


def archive_digest(repository: Repository, document: DigestDocument) -> None:
    """Keep every format as it was written."""
    for name in FORMATS:
        _keep(repository, document, name, rendered(document, name))


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


def owe_digest(system: System, document: DigestDocument) -> int:
    """Owe the digest to each of the desk's digest addresses, once a week for each; return how many are new.

    An edition that is owed or was sent stands: another of the same week goes to nobody.
    """
    desk = find_desk(system.book(), document.desk_id)
    places = [
        NoticePlace(channel=each.channel, address=each.address)
        for several in desk.digest_to
        for each in several.each()
    ]
    notice = Notice(
        id=digest_id(document.desk_id, document.week),
        kind="digest",
        desk_id=document.desk_id,
        topic=document.week,
        marking=document.marking,
        content=DIGEST.dump_json(document).decode(),
        created_at=document.written_at,
        about=(document.week,),
    )
    owed = Notices(system.repository.engine).owe(notice, places)
    if owed:
        system.repository.owed.ring()
    return owed


def digest_id(desk_id: str, week: str) -> str:
    return content_id("n", "digest", desk_id, week)


def owe_due_digests(system: System) -> int:
    """On a desk's first working day of the week from 08:00 in its zone, write, keep and owe last week's digest."""
    now, owed = system.clock(), 0
    notices = Notices(system.repository.engine)
    for desk in system.book().desks:
        if not desk.digest_to or not is_due(now, desk):
            continue
        week = last_full_week(now, desk.timezone)
        if notices.notice(digest_id(desk.id, week)) is not None or not _watched(system, week, desk):
            continue
        document = write_digest(system.repository, system.book(), system.sources, desk.id, week=week, now=now)
        archive_digest(system.repository, document)
        owed += owe_digest(system, document)
    return owed


def _watched(system: System, week: str, desk: Desk) -> bool:
    """Whether a source was read before the week ended: an installation of this week has nothing to say of the last."""
    since = system.repository.watching_since()
    return since is not None and since < week_bounds(week, desk.timezone)[1]


def is_due(now: datetime, desk: Desk) -> bool:
    """From 08:00 on the first working day of the week: a service that was down then catches up in the same week."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    monday = local.date() - timedelta(days=local.weekday())
    first = next_workday(monday, desk.country)
    return local >= datetime.combine(first, time(SEND_HOUR), local.tzinfo)


def digest_deliveries(system: System, document: DigestDocument) -> tuple[OutboxRow, ...]:
    """Return what became of a week's digest, place by place."""
    return Notices(system.repository.engine).deliveries(digest_id(document.desk_id, document.week))
