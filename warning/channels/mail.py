"""The mail channel: SMTP in a thread, one transaction a recipient, every step's failure told apart."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email import message_from_bytes

from warning.channels.bulletin import Bulletin, bulletin_mail
from warning.channels.channel import Missing, Sent
from warning.channels.mail_mime import MailIdentity, message_id, mime, signed_mail
from warning.channels.message import Message
from warning.channels.smtp_target import SmtpTarget
from warning.core.deliveries import OutboxRow
from warning.errors import DeliveryBarred, DeliveryError, DeliveryRefused, DeliveryUnknown

TIMEOUT_SECONDS = 30.0
SESSIONS = 8
NO_ACCOUNT = 530  # the server wants a login before it takes mail


class MailChannel:
    """Each address is a delivery of its own, so that one refused recipient costs the others nothing."""

    def __init__(
        self, target: SmtpTarget, identity: MailIdentity, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._target = target
        self._identity = identity
        self._timeout_seconds = timeout_seconds
        # Threads of its own: a mail server that hangs takes none from the store.
        self._threads = ThreadPoolExecutor(SESSIONS, thread_name_prefix="mail")

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        mail = mime(message, row, self._identity, root_ref=root_ref)
        await self._transmitted(mail, row.address)
        return Sent(provider_ref=message_id(row, self._identity))

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        """SMTP cannot be asked. A second copy carries the same Message-ID, by which mailboxes know it."""
        return Missing.UNKNOWABLE

    async def post(self, mail: bytes, *, recipient: str, name: str) -> str:  # noqa: ARG002 - names a file elsewhere
        """Send a mail that is no alert (a digest), built by its sender. Returns its Message-ID."""
        await self._transmitted(signed_mail(mail, self._identity), recipient)
        return str(message_from_bytes(mail)["Message-ID"] or "")

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        """Send a bulletin; a second copy carries the same Message-ID."""
        await self._transmitted(bulletin_mail(bulletin, self._identity, address), address)
        return Sent(provider_ref=bulletin.id)

    async def _transmitted(self, mail: bytes, recipient: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._transmit, mail, recipient)

    def _transmit(self, mail: bytes, recipient: str) -> None:
        with _connected(self._target, self._timeout_seconds) as smtp:
            _expect(
                smtp.mail(self._identity.address, [f"size={len(mail)}"] if smtp.has_extn("size") else []),
                "MAIL",
            )
            _expect(smtp.rcpt(recipient), f"RCPT {recipient}")
            _expect(smtp.docmd("DATA"), "DATA", wanted=354)
            _expect(_data(smtp, mail), "end of data")


@contextmanager
def _connected(target: SmtpTarget, timeout_seconds: float) -> Iterator[smtplib.SMTP]:
    """Open a session. Whatever breaks before the message's bytes leave has certainly not delivered it."""
    smtp = None
    try:
        smtp = _open(target, timeout_seconds)
        yield smtp
    except smtplib.SMTPAuthenticationError as wrong:
        raise _barred(wrong) from wrong
    except smtplib.SMTPResponseException as wrong:
        raise _refusal(wrong.smtp_code, wrong.smtp_error, "greeting") from wrong
    except ssl.SSLCertVerificationError as wrong:
        raise DeliveryError(
            f"the mail server's certificate is not trusted: {wrong.verify_message}"
        ) from wrong
    except UnicodeError as wrong:
        raise DeliveryRefused(
            "an address, the user or the password holds characters SMTP cannot carry"
        ) from wrong
    except (OSError, smtplib.SMTPException) as wrong:
        raise DeliveryError(f"the mail server cannot be reached: {wrong}") from wrong
    finally:
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


def _open(target: SmtpTarget, timeout_seconds: float) -> smtplib.SMTP:
    trust = ssl.create_default_context(cafile=target.ca_file or None)
    if target.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            target.host, target.port, timeout=timeout_seconds, context=trust
        )
    else:
        smtp = smtplib.SMTP(target.host, target.port, timeout=timeout_seconds)
    try:
        smtp.ehlo_or_helo_if_needed()
        if target.security == "starttls":
            smtp.starttls(context=trust)
            smtp.ehlo()
        if target.user:
            smtp.login(target.user, target.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _data(smtp: smtplib.SMTP, mail: bytes) -> tuple[int, bytes]:
    """Send the message itself. From the first byte to the answer nobody knows whether the server took it."""
    body = re.sub(rb"(?m)^\.", b"..", mail)
    try:
        smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return smtp.getreply()
    except (OSError, smtplib.SMTPException) as wrong:
        raise DeliveryUnknown(f"the connection broke after the message was sent: {wrong}") from wrong


def _expect(reply: tuple[int, bytes], step: str, wanted: int = 250) -> None:
    code, text = reply
    if code != wanted and not (wanted == 250 and code in {251, 252}):
        raise _refusal(code, text, step)


def _barred(wrong: smtplib.SMTPAuthenticationError) -> DeliveryError:
    """4xx is the server's own trouble; 5xx says that user and password are not those of an account."""
    refusal = _refusal(wrong.smtp_code, wrong.smtp_error, "AUTH")
    return DeliveryBarred(refusal.message) if isinstance(refusal, DeliveryRefused) else refusal


def _refusal(code: int, text: bytes | str, step: str) -> DeliveryError:
    """4xx asks to come back later, 5xx is final."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    sentence = f"{step}: {code} {' '.join(said.split())[:200]}"
    if code == NO_ACCOUNT:
        return DeliveryBarred(sentence)
    return DeliveryRefused(sentence) if 500 <= code <= 599 else DeliveryError(sentence)
