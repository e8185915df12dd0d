"""The CAP messages of a desk's out-feed: one for each version that may leave by it, and one for what it took back."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from itertools import pairwise

from warning.app.delivered_message import payload_refusal
from warning.app.desk_exercise import EXERCISE_RULE
from warning.channels.atom import Entry
from warning.channels.cap import CapInput, Issued, Sender, cap_message, named_identifier
from warning.channels.message import Message
from warning.channels.naming import naming
from warning.channels.render import render
from warning.channels.render_lead import is_about_figures
from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.exposure_release import Audience
from warning.core.figure_grounds import is_taken_back
from warning.core.handling import Handling
from warning.core.recalls import recalled
from warning.core.release import release_refusal
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by
from warning.store.feed_entries import Told

log = logging.getLogger(__name__)
TAKEN_BACK = "-taken-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDocument:
    """One message of the feed: `name` is its identifier. One that only `takes_back` stands for no version told."""

    name: str
    body: bytes
    entry: Entry
    takes_back: bool = False

    @property
    def place(self) -> tuple[str, int]:
        return self.entry.message.alert_key, self.entry.message.version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What came of one version, None where it may not leave, and all that this rests on."""

    shown: Alert
    desk: Desk
    book: Rulebook
    sender: Sender
    earlier: tuple[Issued, ...]
    document: CapDocument | None
    issued: Issued | None

    def stands(
        self, shown: Alert, desk: Desk, book: Rulebook, sender: Sender, earlier: tuple[Issued, ...]
    ) -> bool:
        same = self.book is book and self.desk == desk and self.sender == sender
        return same and self.earlier == earlier and self.shown == shown


Making = dict[str, _Made]
"""What was made of each version, by the name of its message, for the next time the feed is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gone:
    """A message that the feed gave out and may show no more: what was shown, and the version that narrowed it, when."""

    issued: Issued
    shown: Alert
    by_version: int
    at: datetime


def feed_sender(mail_from: str) -> Sender:
    name, address = parseaddr(mail_from)
    return Sender(address=address or "early-warning@localhost", name=name or "Early Warning")


def cap_documents(
    versions: Iterable[Alert], desk: Desk, book: Rulebook, sender: Sender, made: Making | None = None
) -> Iterator[CapDocument]:
    """Yield the message of each version that may leave by the desk's feed; those of an alert come in their order.

    What a narrower marking bars is taken back by the version that narrowed it, told to the desk or not: that message
    names those that are gone, and nothing of what they said.
    """
    known, now = made or {}, Making()
    by_alert: dict[str, list[Alert]] = {}
    for whole in versions:
        by_alert.setdefault(whole.key, []).append(whole)
    for told in by_alert.values():
        yield from _of_alert(told, desk, book, sender, (known, now))
    if made is not None:
        made.clear()
        made.update(now)


def alert_named(name: str, desk: Desk) -> str | None:
    """Return the key of the alert that a message of this name tells of; None where no message has such a name."""
    found = re.fullmatch(rf"(.+)-v[0-9]+-{re.escape(desk.id)}({TAKEN_BACK})?", name)
    return found and found[1]


def as_left(told: Told, desk: Desk) -> Alert:
    """Return a version as the feed gave it out: what joined it since may be nothing that the feed may carry."""
    if told.wider is None or not release_refusal(as_seen_by(told.alert, desk), desk, desk.out_feed):
        return told.alert
    return told.wider


def _of_alert(
    told: Sequence[Alert], desk: Desk, book: Rulebook, sender: Sender, making: tuple[Making, Making]
) -> Iterator[CapDocument]:
    known, now = making
    earlier: tuple[Issued, ...] = ()
    for shown, leaving in _leaving_in_turn([as_seen_by(whole, desk) for whole in told], desk):
        earlier = (*(left.issued for left in leaving), *earlier)
        name = f"{leaving[-1].issued.identifier}{TAKEN_BACK}" if shown is None else ""
        leaf = shown or _taking_back(leaving[-1])
        place = name or named_identifier(leaf.key, leaf.version, desk.id)
        one = known.get(place)
        if one is None or not one.stands(leaf, desk, book, sender, earlier):
            one = _made(leaf, desk, book, sender, earlier, name)
        now[place] = one
        if one.issued is not None:
            earlier = (*earlier, one.issued)
        if one.document is not None:
            yield one.document


def _leaving_in_turn(seen: Sequence[Alert], desk: Desk) -> Iterator[tuple[Alert | None, list[_Gone]]]:
    """Yield each version with the messages it takes back; None with those that a version barred here took back."""
    gone = [left for own in seen if (left := _gone(own, desk)) is not None]
    versions = {own.version: own for own in seen}
    for version in sorted({*versions, *(left.by_version for left in gone)}):
        leaving = [left for left in gone if left.by_version == version]
        shown = versions.get(version)
        if shown is not None and not release_refusal(shown, desk, desk.out_feed):
            yield shown, leaving
            continue
        for at in sorted({left.at for left in leaving}):
            yield None, [left for left in leaving if left.at == at]


def _gone(seen: Alert, desk: Desk) -> _Gone | None:
    """Say what took a version out of the feed, as far as it stood there: its narrowings tell under which handlings."""
    if not seen.narrowings or not release_refusal(seen, desk, desk.out_feed):
        return None
    stood: list[Handling] = [(note.marking, note.release_to) for note in seen.narrowings]
    for note, (before, after) in zip(
        seen.narrowings, pairwise([*stood, (seen.marking, seen.release_to)]), strict=True
    ):
        if _may_leave(seen, before, desk) and not _may_leave(seen, after, desk):
            name = named_identifier(seen.key, seen.version, desk.id)
            return _Gone(
                issued=Issued(identifier=name, sent=seen.updated_at),
                shown=replace(seen, marking=before[0], release_to=before[1]),
                by_version=note.version,
                at=note.at,
            )
    return None


def _may_leave(seen: Alert, handling: Handling, desk: Desk) -> bool:
    marking, release_to = handling
    as_it_was = replace(seen, marking=marking, release_to=release_to)
    return release_refusal(as_it_was, desk, desk.out_feed) is None


def _taking_back(gone: _Gone) -> Alert:
    """Under the handling with which the feed gave it out, and no wider."""
    was = replace(gone.shown, updated_at=gone.at)
    return recalled(was, marking=was.marking, release_to=was.release_to)


def _made(
    shown: Alert, desk: Desk, book: Rulebook, sender: Sender, earlier: tuple[Issued, ...], name: str
) -> _Made:
    nothing = _Made(
        shown=shown, desk=desk, book=book, sender=sender, earlier=earlier, document=None, issued=None
    )
    if release_refusal(shown, desk, desk.out_feed) or (shown.is_recalled and not earlier):
        return nothing
    spoken = _spoken(shown, desk, book)
    if any(payload_refusal(message, desk, desk.out_feed) for message in spoken):
        return nothing
    given = replace(_input(shown, spoken, desk, book, earlier), name=name)
    try:
        body = cap_message(given, sender)
    except ValueError as fault:
        log.error("alert %s version %d is left out of the feed: %s", shown.key, shown.version, fault)  # noqa: TRY400 - the fault says it all
        return nothing
    entry = Entry(name=given.identifier, message=spoken[0])
    document = CapDocument(name=given.identifier, body=body, entry=entry, takes_back=bool(name))
    return replace(nothing, document=document, issued=Issued(identifier=given.identifier, sent=given.sent))


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
