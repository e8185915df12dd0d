"""The console channel: prints the message where the service runs."""

from collections.abc import Callable

from warning.channels.bulletin import Bulletin, bulletin_text
from warning.channels.channel import Missing, Sent
from warning.channels.message import Message
from warning.channels.text_form import text_form
from warning.core.deliveries import OutboxRow

RULE = "─" * 92


class ConsoleChannel:
    """`write` takes one text that ends in a line feed."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:  # noqa: ARG002 - the protocol's
        """Print the message under a line that says who it is for."""
        self._write(f"{RULE}\n{row.desk_id} · {row.channel} · {row.address}\n{text_form(message)}")
        return Sent(provider_ref=row.id)

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        self._write(f"{RULE}\n{bulletin.desk_id} · {address}\n{bulletin_text(bulletin)}")
        return Sent(provider_ref=bulletin.id)

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        """What is printed twice does no harm."""
        return Missing.ABSENT
