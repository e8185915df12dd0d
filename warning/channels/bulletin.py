"""A short message that is no alert: a subject, a sentence and a list. Plain text everywhere, so that nothing in it is obeyed."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, Protocol, runtime_checkable

from warning.channels.channel import Sent
from warning.channels.mail_mime import MAIL_POLICY, MailIdentity, header_lines, subject_header
from warning.channels.plain import plain, shorten
from warning.core.vocabulary import Marking

EVENT_TYPE = "early_warning_bulletin"
MAX_LINES = 20
LINE_LIMIT = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """`id` is the same when it is sent again. `subject` starts with the marking; `closing` may be empty."""

    id: str
    desk_id: str
    marking: Marking
    subject: str
    lead: str
    lines: tuple[str, ...]
    closing: tuple[str, ...]
    at: datetime


@runtime_checkable
class Tells(Protocol):
    """What a channel offers that carries bulletins. Raises what `Channel.send` raises."""

    async def tell(self, bulletin: Bulletin, address: str) -> Sent: ...


def bulletin_text(bulletin: Bulletin) -> str:
    lines = [f"- {line}" for line in bulletin.lines]
    return "\n".join([bulletin.subject, "", bulletin.lead, "", *lines, "", *bulletin.closing]).rstrip() + "\n"


def bulletin_payload(bulletin: Bulletin, escape: Any) -> dict[str, Any]:
    """Return what chat.postMessage takes: headlines stand in rich text, where Slack reads no markup."""
    lines = [_section(line) for line in bulletin.lines]
    elements = [_section(bulletin.lead), {"type": "rich_text_list", "style": "bullet", "elements": lines}]
    elements += [_section(line) for line in bulletin.closing]
    title = {"type": "plain_text", "text": shorten(bulletin.subject, 150), "emoji": False}
    return {
        "text": escape(shorten(f"{bulletin.subject}. {bulletin.lead}", 700)),
        "blocks": [{"type": "header", "text": title}, {"type": "rich_text", "elements": elements}],
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"delivery_id": bulletin.id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def bulletin_mail(bulletin: Bulletin, identity: MailIdentity, recipient: str) -> bytes:
    """Return the mail with CRLF line ends; its Message-ID is the bulletin's."""
    name, address = parseaddr(identity.sender)
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = Address(display_name=plain(name, 100), addr_spec=address)
    mail["To"] = recipient
    mail["Date"] = format_datetime(bulletin.at)
    mail["Message-ID"] = f"<{bulletin.id}@{identity.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<roll-up.{bulletin.desk_id}.{identity.domain}>"
    mail["X-TLP"] = f"TLP:{bulletin.marking.value}"
    body = EmailMessage(policy=MAIL_POLICY)
    body.set_content(bulletin_text(bulletin), charset="utf-8", cte="base64")
    if identity.signer is not None:
        return subject_header(bulletin.subject) + header_lines(mail) + identity.signer.signed(body.as_bytes())
    return subject_header(bulletin.subject) + header_lines(mail) + body.as_bytes()


def _section(text: str) -> dict[str, Any]:
    return {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": shorten(text, LINE_LIMIT * 2) or " "}],
    }
