"""A desk's out-feed: what the desk was told of, as far as it may leave by a feed, as CAP and Atom.

The feed holds what entered it last; whole days gone by are its archive, a page each, linked as RFC 5005 says: who was
away reads them back to the page he knows.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Lock

from warning.app.desk_exercise import exercise
from warning.app.feed_messages import CapDocument, Making, alert_named, as_left, cap_documents, feed_sender
from warning.app.former_narrowings import with_former_narrowings
from warning.app.system import System
from warning.app.triage import desk_called
from warning.channels.atom import CAP_TYPE, atom_feed
from warning.channels.outbox_files import write_whole
from warning.channels.receiver import Served
from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.tearlines import as_seen_by

KEPT = timedelta(days=90)
PAGE = 300
"""So many messages make the feed, and all of today; the archive has what entered before."""

FEED = "alerts.atom"
ATOM_TYPE = "application/atom+xml"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFeedDocuments:
    """The feed as it stands now, with its messages; `archives` are the pages of days gone by, by file name."""

    atom: bytes
    messages: tuple[CapDocument, ...]
    archives: Mapping[str, bytes] = field(default_factory=dict)


def archive_name(day: date) -> str:
    return f"alerts-{day.isoformat()}.atom"


def desk_feed(
    system: System, desk_id: str, *, base_url: str = "", drill: bool = False, made: Making | None = None
) -> OutFeedDocuments:
    """Return a desk's feed. Raises ConfigError when there is no such desk.

    With `drill` it holds one message besides, marked as an exercise. What stands in `made` and rests on the same
    is not rendered anew; `made` then holds what the feed holds now, and nothing older.
    """
    return _Pages(system, desk_id, base_url).current(drill=drill, made=made)


def whole_feed(system: System, desk_id: str, *, base_url: str = "", drill: bool = False) -> OutFeedDocuments:
    """Return the feed with all its archives and their messages, for a web server that has files alone."""
    pages = _Pages(system, desk_id, base_url)
    newest = pages.current(drill=drill)
    archives: dict[str, bytes] = {}
    messages = {document.name: document for document in newest.messages}
    day = pages.day_before(pages.today)
    while day is not None:
        page = pages.archive(day)
        archives[archive_name(day)] = page.atom
        messages |= {document.name: document for document in page.messages}
        day = pages.day_before(day)
    return replace(newest, messages=tuple(messages.values()), archives=archives)


def write_feed(documents: OutFeedDocuments, directory: Path) -> tuple[Path, ...]:
    """Write the messages, then the pages that name them. Returns the files."""
    files = {directory / f"{document.name}.xml": document.body for document in documents.messages}
    files |= {directory / name: body for name, body in documents.archives.items()}
    files[directory / FEED] = documents.atom
    for path, content in files.items():
        write_whole(path, content)
    return tuple(files)


class _Pages:
    """The pages of one desk's feed at one moment."""

    def __init__(self, system: System, desk_id: str, base_url: str) -> None:
        self._book, self._now = system.book(), system.clock()
        self._repository = system.repository
        self._desk: Desk = desk_called(self._book, desk_id)
        self._sender = feed_sender(system.settings.mail_from)
        self._base_url = base_url
        self.today = self._now.astimezone(UTC).date()
        self.oldest = (self._now - KEPT).astimezone(UTC).date() + _DAY

    def current(self, *, drill: bool = False, made: Making | None = None) -> OutFeedDocuments:
        since, keys = self._newest_keys()
        entered, versions = self._told(keys)
        # What took a version back entered the feed too; which did is known when the messages are made.
        moments = sorted(
            (at for whole in versions for at in self._moments(whole, entered) if at >= since), reverse=True
        )
        cut = min(moments[PAGE - 1], _start(self.today)) if len(moments) >= PAGE else since
        wanted = {w.key for w in versions if any(at >= cut for at in self._moments(w, entered))}
        versions = [whole for whole in versions if whole.key in wanted]
        documents = self._documents(
            [*versions, *([exercise(self._now)] if drill else [])], entered, (cut, None), made
        )
        before = self._last_day(cut)
        links = {"prev-archive": archive_name(before)} if before else {}
        return OutFeedDocuments(atom=self._atom(documents, FEED, links), messages=tuple(documents))

    def archive(self, day: date) -> OutFeedDocuments:
        """One day's page: a marking that was narrowed since is the only thing that changes it."""
        since, until = _start(day), _start(day + _DAY)
        keys = self._repository.entered_keys(self._desk.id, since, until, self._now)
        entered, versions = self._told(keys)
        documents = self._documents(versions, entered, (since, until), None)
        before, after = self.day_before(day), self._day_after(day)
        links = {"current": FEED}
        links |= {"prev-archive": archive_name(before)} if before else {}
        links |= {"next-archive": archive_name(after)} if after else {}
        atom = self._atom(documents, archive_name(day), links, is_archive=True)
        return OutFeedDocuments(atom=atom, messages=tuple(documents))

    def named(self, name: str) -> CapDocument | None:
        """One message, on whatever page it stands, or stood."""
        key = alert_named(name, self._desk)
        if key is None:
            return None
        _, versions = self._told({key})
        found = cap_documents(versions, self._desk, self._book, self._sender)
        return next((document for document in found if document.name == name), None)

    def day_before(self, day: date) -> date | None:
        """The last day before on which something may have entered the feed."""
        return self._last_day(_start(day))

    def _last_day(self, before: datetime) -> date | None:
        """In steps that grow: the newest deliveries are looked at first, and seldom more."""
        until, days = before, 1
        # A page is cut within a day where that day has more than fits; its archive then has it whole.
        while until > _start(self.oldest):
            since = max(until - days * _DAY, _start(self.oldest))
            found = self._repository.last_entered(self._desk.id, since, until, self._now)
            if found is not None:
                return found.astimezone(UTC).date()
            until, days = since, days * 2
        return None

    def _day_after(self, day: date) -> date | None:
        since, days, end = _start(day + _DAY), 1, _start(self.today)
        while since < end:
            until = min(since + days * _DAY, end)
            found = self._repository.first_entered(self._desk.id, since, until, self._now)
            if found is not None:
                return found.astimezone(UTC).date()
            since, days = until, days * 2
        return None

    def _newest_keys(self) -> tuple[datetime, frozenset[str]]:
        """From today back, in steps that grow, until there is enough for the feed. Returns how far back, and the alerts."""
        days = 0
        while True:
            since = max(_start(self.today) - days * _DAY, _start(self.oldest))
            end = self._now + timedelta(microseconds=1)
            keys = self._repository.entered_keys(self._desk.id, since, end, self._now)
            if len(keys) >= PAGE or since == _start(self.oldest):
                return since, keys
            days = days * 2 + 1

    def _told(self, keys: Collection[str]) -> tuple[dict[tuple[str, int], datetime], list[Alert]]:
        told = self._repository.told_versions(self._desk.id, keys, self._now)
        entered = {(t.alert.key, t.alert.version): t.entered_at for t in told}
        left = [(as_left(t, self._desk), t.entered_at) for t in told]
        return entered, with_former_narrowings(left, self._desk)

    def _moments(self, whole: Alert, entered: Mapping[tuple[str, int], datetime]) -> Iterator[datetime]:
        """When a version entered the feed, and when it may have been taken back there."""
        yield entered[whole.key, whole.version]
        yield from (note.at for note in as_seen_by(whole, self._desk).narrowings)

    def _documents(
        self,
        versions: Sequence[Alert],
        entered: Mapping[tuple[str, int], datetime],
        span: tuple[datetime, datetime | None],
        made: Making | None,
    ) -> list[CapDocument]:
        since, until = span
        found = []
        for document in cap_documents(versions, self._desk, self._book, self._sender, made):
            updated_at = document.entry.message.updated_at
            at = updated_at if document.takes_back else entered.get(document.place, self._now)
            if at >= since and (until is None or at < until):
                found.append(replace(document, entry=replace(document.entry, entered_at=at)))
        return found

    def _atom(
        self,
        documents: Sequence[CapDocument],
        name: str,
        links: Mapping[str, str],
        *,
        is_archive: bool = False,
    ) -> bytes:
        return atom_feed(
            [document.entry for document in documents],
            feed_id=f"urn:allied-early-warning:{self._sender.address}:{self._desk.id}",
            title=self._desk.title,
            author=self._sender.name,
            base_url=self._base_url,
            empty_at=self._now,
            name=name,
            links=links,
            is_archive=is_archive,
        )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class StoredFeeds:
    """The feeds as the HTTP receiver gives them out."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._made: dict[str, Making] = {}
        self._turn = Lock()

    def feed(self, desk_id: str, base_url: str) -> Served | None:
        if not self._has(desk_id):
            return None
        return _served(self._now(desk_id, base_url).atom, ATOM_TYPE)

    def archive(self, desk_id: str, day: str, base_url: str) -> Served | None:
        """The page of a day gone by, `day` as 2026-11-21; None for any other word, today, and days let go."""
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            return None
        if not self._has(desk_id) or wanted.isoformat() != day:
            return None
        pages = _Pages(self._system, desk_id, base_url)
        if not pages.oldest <= wanted < pages.today:
            return None
        return _served(pages.archive(wanted).atom, ATOM_TYPE)

    def message(self, desk_id: str, name: str) -> Served | None:
        if not self._has(desk_id):
            return None
        newest = next((one for one in self._now(desk_id).messages if one.name == name), None)
        message = newest or _Pages(self._system, desk_id, "").named(name)
        return None if message is None else _served(message.body, CAP_TYPE)

    def _now(self, desk_id: str, base_url: str = "") -> OutFeedDocuments:
        """One at a time: readers that ask at once wait for the first, and find what it made."""
        with self._turn:
            made = self._made.setdefault(desk_id, {})
            return desk_feed(self._system, desk_id, base_url=base_url, made=made)

    def _has(self, desk_id: str) -> bool:
        return any(desk.id == desk_id for desk in self._system.book().desks)


def _served(body: bytes, content_type: str) -> Served:
    return Served(body=body, content_type=content_type, etag=hashlib.sha256(body).hexdigest()[:32])
