"""Notices on their way out: a bulletin is told, a digest is handed over, after the same checks as an alert's message."""

import re
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pydantic import TypeAdapter

from warning.channels.bulletin import Bulletin, Tells
from warning.channels.channel import Channel, Sent
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.notices import Notice
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking
from warning.errors import DeliveryRefused
from warning.report.document import DigestDocument
from warning.report.mail import digest_mail
from warning.report.render import subject

BULLETIN: TypeAdapter[Bulletin] = TypeAdapter(Bulletin)
DIGEST: TypeAdapter[DigestDocument] = TypeAdapter(DigestDocument)
MARKED = re.compile(r"^\[TLP:([A-Z+]+)\]")


@runtime_checkable
class Post(Protocol):
    """What a mail channel offers for mails that are no alerts. `name` is a file name without extension."""

    async def post(self, mail: bytes, *, recipient: str, name: str) -> str: ...


@runtime_checkable
class Uploads(Protocol):
    """What a channel offers that takes a file beside a message; it looks first whether it has them already."""

    async def upload(self, bulletin: Bulletin, address: str, *, file_name: str, content: bytes) -> Sent: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePost:
    """Whom notices go to, and from whom mails are. `sender` is "Name <user@host>"."""

    book: Rulebook
    sender: str

    async def carry(self, notice: Notice, row: OutboxRow, channel: Channel) -> Sent:
        """Send one notice to one place. Raises what `Channel.send` raises."""
        desk, destination = place_of(self.book, notice, row)
        ceiling = min(desk.clearance, destination.ceiling)
        if notice.marking > ceiling:
            raise DeliveryRefused(
                f"withheld: marking_exceeds_ceiling, TLP:{notice.marking.value} shown, TLP:{ceiling.value} allowed"
            )
        if notice.kind == "digest":
            return await self._hand_over(DIGEST.validate_json(notice.content), notice, row, channel)
        bulletin = BULLETIN.validate_json(notice.content)
        check_shown(bulletin.subject, bulletin.marking, notice.marking)
        if not isinstance(channel, Tells):
            raise DeliveryRefused(f"the channel {row.channel} carries no bulletins")
        return await channel.tell(bulletin, row.address)

    async def _hand_over(
        self, document: DigestDocument, notice: Notice, row: OutboxRow, channel: Channel
    ) -> Sent:
        from warning.report.pdf import as_pdf  # noqa: PLC0415 - 4 MB that a service needs once a week

        check_shown(subject(document), document.marking, notice.marking)
        name = f"digest-{document.week}-{document.desk_id}"
        if isinstance(channel, Uploads):
            file_name = f"{name}.pdf"
            return await channel.upload(
                digest_bulletin(document, notice), row.address, file_name=file_name, content=as_pdf(document)
            )
        if isinstance(channel, Post):
            mail = digest_mail(document, sender=self.sender, recipient=row.address, attached=as_pdf(document))
            return Sent(provider_ref=await channel.post(mail, recipient=row.address, name=name))
        raise DeliveryRefused(f"the channel {row.channel} carries no digests")


def place_of(book: Rulebook, notice: Notice, row: OutboxRow) -> tuple[Desk, Destination]:
    """Return whom a notice is for. Raises DeliveryRefused when the desk lists the address no longer."""
    for desk in (*book.desks, *book.operators):
        ways = desk.digest_to if notice.kind == "digest" else desk.destinations
        for destination in ways if desk.id == row.desk_id else ():
            if destination.channel == row.channel and row.address in {*destination.to, destination.address}:
                return desk, destination
    raise DeliveryRefused(f"the desk {row.desk_id} no longer lists {row.channel} {row.address}")


def check_shown(text: str, said: Marking, known: Marking) -> None:
    """Raise DeliveryRefused when what is rendered shows no marking, or a lower one than it has."""
    shown = MARKED.match(text)
    if shown is None or shown[1] != known.value or said != known:
        raise DeliveryRefused("withheld: marking_missing, the message does not show its marking")


def digest_bulletin(document: DigestDocument, notice: Notice) -> Bulletin:
    """What stands above the file: the subject and the digest's own five sentences."""
    first, *rest = document.summary or ("",)
    return Bulletin(
        id=notice.id,
        desk_id=document.desk_id,
        marking=document.marking,
        subject=subject(document),
        lead=first,
        lines=tuple(rest),
        closing=(),
        at=document.written_at,
    )
