"""A message as a MIME mail: text first, then HTML; the same delivery gives the same bytes."""

import re
from dataclasses import dataclass, field
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from warning.channels.mail_html import html_form
from warning.channels.message import Message
from warning.channels.plain import plain
from warning.channels.smime import Signer
from warning.channels.text_form import text_form
from warning.core.deliveries import OutboxRow
from warning.core.vocabulary import Severity

# Mail clients fold long header lines by themselves; 8-bit text is never sent bare.
MAIL_POLICY = policy.SMTP.clone(cte_type="7bit", raise_on_defect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """Who mails are from. `sender` is "Name <user@host>"; the host also stands in every Message-ID.

    With a `signer` mails are signed, and two copies of one mail differ in the signature's time.
    """

    sender: str
    signer: Signer | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"


def message_id(row: OutboxRow, identity: MailIdentity) -> str:
    """Return the identity of one alert version to one address: a mail sent twice can be recognised."""
    return f"<{row.id}@{identity.domain}>"


def mime(message: Message, row: OutboxRow, identity: MailIdentity, *, root_ref: str | None) -> bytes:
    """Return the mail with CRLF line ends. `root_ref` is the Message-ID of the alert's first mail there."""
    mail = EmailMessage(policy=MAIL_POLICY)
    name, address = parseaddr(identity.sender)
    mail["From"] = Address(display_name=plain(name, 100), addr_spec=address)
    mail["To"] = row.address
    mail["Date"] = format_datetime(row.created_at)
    mail["Message-ID"] = message_id(row, identity)
    if root_ref and root_ref != message_id(row, identity):
        mail["In-Reply-To"] = root_ref
        mail["References"] = root_ref
    for header, value in _automatic(message, identity).items():
        mail[header] = value
    body = _body(message, row, identity)
    if identity.signer is not None:
        signed = identity.signer.signed(body.as_bytes())
        return subject_header(message.subject) + header_lines(mail) + signed
    for name, value in body.items():
        mail[name] = value
    mail.set_payload(body.get_payload())
    return subject_header(message.subject) + mail.as_bytes()


def _body(message: Message, row: OutboxRow, identity: MailIdentity) -> EmailMessage:
    """The text, then the page with the chart that it shows: what a signature covers."""
    cid = f"chart.{row.id}@{identity.domain}"
    body = EmailMessage(policy=MAIL_POLICY)
    body.set_content(text_form(message), charset="utf-8", cte=_encoding(message))
    body.add_alternative(html_form(message, cid), subtype="html", charset="utf-8", cte=_encoding(message))
    body.set_boundary(f"=_{row.id}")
    if message.chart is not None:
        from warning.channels.chart_png import chart_png  # noqa: PLC0415 - what draws takes 3 MB

        _, page = body.iter_parts()
        assert isinstance(page, EmailMessage)
        page.add_related(
            chart_png(message.chart),
            "image",
            "png",
            cid=f"<{cid}>",
            disposition="inline",
            filename="chart.png",
        )
        page.set_boundary(f"=_r_{row.id}")
    return body


def header_lines(mail: EmailMessage) -> bytes:
    """Return the mail's own headers, folded, each with its line end; those of its body come with the body."""
    text = mail.as_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
    lines = [line for line in text.split("\r\n") if line and not line.startswith("MIME-Version:")]
    return b"".join(f"{line}\r\n".encode("ascii") for line in lines)


def signed_mail(mail: bytes, identity: MailIdentity) -> bytes:
    """Return a whole mail with its body signed, as it is where nothing is signed with. Its own headers stay outside."""
    if identity.signer is None:
        return mail
    head, _, body = mail.partition(b"\r\n\r\n")
    outer, inner = b"", b""
    for header in re.split(rb"\r\n(?![ \t])", head):
        if header.lower().startswith(b"content-"):
            inner += header + b"\r\n"
        elif not header.lower().startswith(b"mime-version:"):
            outer += header + b"\r\n"
    return outer + identity.signer.signed(inner + b"\r\n" + body)


def subject_header(text: str) -> bytes:
    """Return the header's lines. EmailMessage loses blanks where it parts encoded words; Header keeps them."""
    said = Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {said}\r\n".encode("ascii")


def _automatic(message: Message, identity: MailIdentity) -> dict[str, str]:
    """Headers that tell other programs what this is, and keep them from answering it."""
    urgent = message.severity >= Severity.SEVERE
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<alerts.{message.desk_id}.{identity.domain}>",
        "Importance": "high" if urgent else "normal",
        "X-Priority": "1" if urgent else "3",
        "X-TLP": f"TLP:{message.marking.value}",
        "X-Alert-Key": message.alert_key,
        "X-Alert-Version": str(message.version),
        "X-Alert-Severity": message.severity.value,
    }


def _encoding(message: Message) -> str:
    return "quoted-printable" if message.language == "en" else "base64"
