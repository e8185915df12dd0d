"""A desk's out-feed: every version the desk was told of, as far as it may leave by a feed, as CAP and Atom."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from threading import Lock

from warning.app.compose import System
from warning.app.delivered_message import payload_refusal
from warning.app.desk_exercise import EXERCISE_RULE, exercise
from warning.app.triage import desk_called
from warning.channels.atom import CAP_TYPE, Entry, atom_feed
from warning.channels.cap import CapInput, Issued, Sender, cap_message, named_identifier
from warning.channels.message import Message
from warning.channels.naming import naming
from warning.channels.outbox_files import write_whole
from warning.channels.receiver import Served
from warning.channels.render import render
from warning.channels.render_lead import is_about_figures, is_taken_back
from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.exposure_release import Audience
from warning.core.narrowing import handling_before
from warning.core.recalls import RECALLED, recalled
from warning.core.release import release_refusal
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by

log = logging.getLogger(__name__)
KEPT = timedelta(days=90)
PAGE = 300
"""So many versions make a feed, and those before them of the same alerts: an entry names what it updates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDocument:
    """One message of the feed: `name` is its identifier."""

    name: str
    body: bytes
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What came of one version, None where it may not leave, and all that this rests on."""

    alert: Alert
    desk: Desk
    book: Rulebook
    sender: Sender
    earlier: tuple[Issued, ...]
    document: CapDocument | None
    issued: Issued | None

    def stands(
        self, alert: Alert, desk: Desk, book: Rulebook, sender: Sender, earlier: tuple[Issued, ...]
    ) -> bool:
        same = self.book is book and self.desk == desk and self.sender == sender
        return same and self.earlier == earlier and self.alert == alert


Making = dict[tuple[str, int], _Made]
"""What was made of each version, by (key, version), for the next time the feed is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFeedDocuments:
    """The feed as it stands now."""

    atom: bytes
    messages: tuple[CapDocument, ...]


def desk_feed(
    system: System, desk_id: str, *, base_url: str = "", drill: bool = False, made: Making | None = None
) -> OutFeedDocuments:
    """Return a desk's feed: its newest versions of the last 90 days. Raises ConfigError when there is no such desk.

    With `drill` it holds one message besides, marked as an exercise. What stands in `made` and rests on the same
    is not rendered anew; `made` then holds what the feed holds now, and nothing older.
    """
    book, now = system.book(), system.clock()
    desk = desk_called(book, desk_id)
    told = system.repository.told_versions(desk_id, now - KEPT, now, most=PAGE)
    versions = [*told, *([exercise(now)] if drill else [])]
    sender = feed_sender(system.settings.mail_from)
    documents = tuple(cap_documents(versions, desk, book, sender, made))
    atom = atom_feed(
        [document.entry for document in documents],
        feed_id=f"urn:allied-early-warning:{sender.address}:{desk.id}",
        title=desk.title,
        author=sender.name,
        base_url=base_url,
        empty_at=now,
    )
    return OutFeedDocuments(atom=atom, messages=documents)


def write_feed(documents: OutFeedDocuments, directory: Path) -> tuple[Path, ...]:
    """Write the messages, then the feed that names them. Returns the files."""
    files = {directory / f"{document.name}.xml": document.body for document in documents.messages}
    files[directory / "alerts.atom"] = documents.atom
    for path, content in files.items():
        write_whole(path, content)
    return tuple(files)


def feed_sender(mail_from: str) -> Sender:
    name, address = parseaddr(mail_from)
    return Sender(address=address or "early-warning@localhost", name=name or "Early Warning")


def cap_documents(
    versions: Iterable[Alert], desk: Desk, book: Rulebook, sender: Sender, made: Making | None = None
) -> Iterator[CapDocument]:
    """Yield the message of each version that may leave by the desk's feed; versions of an alert come in their order.

    One that takes back what a narrower marking bars names the messages that are gone, and nothing of what they said.
    """
    known, now = made or {}, Making()
    issued: dict[str, tuple[Issued, ...]] = {}
    gone: dict[str, tuple[Issued, ...]] = {}
    for whole in versions:
        earlier, place = issued.get(whole.key, ()), (whole.key, whole.version)
        shown = _as_shown(whole, desk)
        if RECALLED in shown.differences:
            earlier = (*gone.pop(whole.key, ()), *earlier)
        one = known.get(place)
        if one is None or not one.stands(whole, desk, book, sender, earlier):
            one = _made(whole, desk, book, sender, earlier)
        now[place] = one
        if one.issued is not None:
            issued[whole.key] = (*earlier, one.issued)
        elif release_refusal(shown, desk, desk.out_feed):
            name = named_identifier(whole.key, whole.version, desk.id)
            gone[whole.key] = (*gone.get(whole.key, ()), Issued(identifier=name, sent=whole.updated_at))
        if one.document is not None:
            yield one.document
    if made is not None:
        made.clear()
        made.update(now)


def _as_shown(whole: Alert, desk: Desk) -> Alert:
    """The version as the feed may show it: a desk may read more than its feed, which then takes back what it gave out."""
    seen = as_seen_by(whole, desk)
    before = handling_before(seen)
    if before is None or not release_refusal(seen, desk, desk.out_feed):
        return seen
    marking, release_to = before
    if release_refusal(replace(seen, marking=marking, release_to=release_to), desk, desk.out_feed):
        return seen
    return recalled(seen, marking=min(desk.clearance, desk.out_feed.ceiling), release_to=None)


def _made(whole: Alert, desk: Desk, book: Rulebook, sender: Sender, earlier: tuple[Issued, ...]) -> _Made:
    nothing = _Made(
        alert=whole, desk=desk, book=book, sender=sender, earlier=earlier, document=None, issued=None
    )
    alert = _as_shown(whole, desk)
    if release_refusal(alert, desk, desk.out_feed) or (alert.is_recalled and not earlier):
        return nothing
    spoken = _spoken(alert, desk, book)
    if any(payload_refusal(message, desk, desk.out_feed) for message in spoken):
        return nothing
    given = _input(alert, spoken, desk, book, earlier)
    try:
        body = cap_message(given, sender)
    except ValueError as fault:
        log.error("alert %s version %d is left out of the feed: %s", alert.key, alert.version, fault)  # noqa: TRY400 - the fault says it all
        return nothing
    name = given.identifier
    document = CapDocument(name=name, body=body, entry=Entry(name=name, message=spoken[0]))
    return replace(nothing, document=document, issued=Issued(identifier=name, sent=given.sent))


def _spoken(alert: Alert, desk: Desk, book: Rulebook) -> tuple[Message, ...]:
    """Render it in every language of the feed, the desk's own first."""
    own = naming(desk.language, book).language
    languages = dict.fromkeys((own, *(naming(code, book).language for code in desk.out_feed.languages)))
    # Whoever fetches the feed reads it: only figures that are released to everybody.
    readers = Audience(country=None, ceiling=desk.out_feed.ceiling)
    return tuple(
        replace(
            render(alert, desk.model_copy(update={"language": language}), book, audience=readers),
            desk_id=desk.id,
        )
        for language in languages
    )


def _input(
    alert: Alert, spoken: tuple[Message, ...], desk: Desk, book: Rulebook, earlier: tuple[Issued, ...]
) -> CapInput:
    words = [naming(message.language, book) for message in spoken]
    return CapInput(
        messages=spoken,
        country=desk.country,
        events=tuple(
            each.say("recalled.level") if alert.is_recalled else each.act(alert.facts.act) for each in words
        ),
        area=tuple(each.state(desk.country) for each in words),
        addresses=tuple(address for destination in desk.destinations for address in destination.to),
        earlier=earlier,
        withdrawn=alert.is_cancelled or alert.is_recalled or is_taken_back(alert),
        is_drill=alert.rule_id == EXERCISE_RULE,
        category="Other" if is_about_figures(alert, words[0]) else "Security",
    )


class StoredFeeds:
    """The feeds as the HTTP receiver gives them out."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._made: dict[str, Making] = {}
        self._turn = Lock()

    def feed(self, desk_id: str, base_url: str) -> Served | None:
        if not self._has(desk_id):
            return None
        return _served(self._now(desk_id, base_url).atom, "application/atom+xml")

    def message(self, desk_id: str, name: str) -> Served | None:
        if not self._has(desk_id):
            return None
        for messages in (self._now(desk_id).messages, self._earlier(desk_id, name)):
            for message in messages:
                if message.name == name:
                    return _served(message.body, CAP_TYPE)
        return None

    def _earlier(self, desk_id: str, name: str) -> Iterator[CapDocument]:
        """What a reader that comes rarely knows of an earlier page."""
        system, (key, _, _) = self._system, name.rpartition("-v")
        book, now = system.book(), system.clock()
        told = system.repository.told_versions(desk_id, now - KEPT, now, most=PAGE, key=key)
        yield from cap_documents(
            told, desk_called(book, desk_id), book, feed_sender(system.settings.mail_from)
        )

    def _now(self, desk_id: str, base_url: str = "") -> OutFeedDocuments:
        """One at a time: readers that ask at once wait for the first, and find what it made."""
        with self._turn:
            made = self._made.setdefault(desk_id, {})
            return desk_feed(self._system, desk_id, base_url=base_url, made=made)

    def _has(self, desk_id: str) -> bool:
        return any(desk.id == desk_id for desk in self._system.book().desks)


def _served(body: bytes, content_type: str) -> Served:
    return Served(body=body, content_type=content_type, etag=hashlib.sha256(body).hexdigest()[:32])
