"""A digest as a MIME mail: text first, then HTML; the same digest to the same address gives the same bytes."""

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from warning.core.ids import content_id
from warning.report.document import DigestDocument
from warning.report.render import as_html, as_text, subject

_POLICY = policy.SMTP.clone(cte_type="7bit")


def digest_mail(document: DigestDocument, *, sender: str, recipient: str, attached: bytes = b"") -> bytes:
    """Return the mail with CRLF line ends. `sender` is "Name <user@host>"; the Message-ID is stable.

    `attached` is the digest as PDF. Whoever transmits the mail may sign it.
    """
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    identity = content_id("g", document.desk_id, document.week, recipient, document.written_at.isoformat())
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["To"] = recipient
    mail["Subject"] = subject(document)
    mail["Date"] = format_datetime(document.written_at)
    mail["Message-ID"] = f"<{identity}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<digest.{document.desk_id}.{domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{address}?subject=unsubscribe%20digest%20{document.desk_id}>"
    mail["X-TLP"] = f"TLP:{document.marking.value}"
    mail.set_content(as_text(document), charset="utf-8", cte="base64")
    mail.add_alternative(as_html(document), subtype="html", charset="utf-8", cte="base64")
    mail.set_boundary(f"=_{identity}")
    if attached:
        name = f"digest-{document.week}-{document.desk_id}.pdf"
        mail.add_attachment(attached, maintype="application", subtype="pdf", filename=name)
        mail.set_boundary(f"=_{identity}-0")
    return mail.as_bytes()
