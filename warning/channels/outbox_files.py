"""Channels for a first run without accounts: what desks would have received, as files."""

import json
from pathlib import Path

from warning.channels.block_kit import slack_payload
from warning.channels.bulletin import Bulletin, bulletin_mail
from warning.channels.channel import Missing, Sent
from warning.channels.console import ConsoleChannel
from warning.channels.mail_mime import MailIdentity, message_id, mime, signed_mail
from warning.channels.message import Message
from warning.core.deliveries import OutboxRow


class SlackFiles:
    """Prints the message and leaves the Block Kit payload as `.json`."""

    def __init__(self, directory: Path, console: ConsoleChannel) -> None:
        self._directory = directory
        self._console = console

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        payload = {"channel": row.address, **slack_payload(message, row)}
        text = json.dumps(payload, ensure_ascii=False, indent=2)
        write_whole(self._directory / f"{_name(row)}.json", text.encode())
        await self._console.send(message, row=row, root_ref=root_ref)
        return Sent(provider_ref=root_ref or f"{row.address}:{row.id}")

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        return await self._console.tell(bulletin, address)

    async def upload(self, bulletin: Bulletin, address: str, *, file_name: str, content: bytes) -> Sent:
        """Leave the file, and print what would stand above it."""
        write_whole(self._directory / file_name, content)
        return await self._console.tell(bulletin, address)

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        return Missing.ABSENT


class MailFiles:
    """Leaves the mail as `.eml`, to be opened with any mail program."""

    def __init__(self, directory: Path, identity: MailIdentity) -> None:
        self._directory = directory
        self._identity = identity

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        mail = mime(message, row, self._identity, root_ref=root_ref)
        write_whole(self._directory / f"{_name(row)}.eml", mail)
        return Sent(provider_ref=message_id(row, self._identity))

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        return Missing.ABSENT

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        mail = bulletin_mail(bulletin, self._identity, address)
        write_whole(
            self._directory / f"{bulletin.at:%Y%m%dT%H%M%S}-{bulletin.desk_id}-{bulletin.id}.eml", mail
        )
        return Sent(provider_ref=bulletin.id)

    async def post(self, mail: bytes, *, recipient: str, name: str) -> str:  # noqa: ARG002 - stands in the mail
        """Leave a mail that is no alert (a digest) as `name`.eml. Returns the file's path."""
        mail = signed_mail(mail, self._identity)
        path = self._directory / f"{name}.eml"
        write_whole(path, mail)
        return str(path)


def _name(row: OutboxRow) -> str:
    """The same for the same delivery, so that a second attempt replaces the first's file."""
    return f"{row.created_at:%Y%m%dT%H%M%S}-{row.desk_id}-v{row.alert_version}-{row.id}"


def write_whole(path: Path, content: bytes) -> None:
    """Write so that a reader, or a crash, never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
