"""A mail server to fail against: aiosmtpd on loopback, with or without TLS, and faults on demand."""

import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Mailbox:
    """What arrived, and what goes wrong next.

    `faults` are used up in order, one a transaction: "450"... at the end of data, "rcpt 550"... for the
    recipient, "drop" breaks the connection after the data was taken, "drop-unread" before it was.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)
    password: str = ""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        if self.faults and self.faults[0].startswith("rcpt "):
            return f"{self.faults.popleft().removeprefix('rcpt ')} not this one"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.faults.popleft() if self.faults else ""
        if fault and not fault.startswith("drop"):
            return f"{fault} as asked"
        if fault != "drop-unread":
            assert isinstance(envelope.content, bytes)
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
            self.recipients.extend(envelope.rcpt_tos)
        if fault:
            server.transport.abort()
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data
    ) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class _Controller(Controller):
    """The controller greets itself once to see that it is up; on a free port and over TLS it needs help."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        socket.create_connection(self.server.sockets[0].getsockname()[:2]).close()


@contextmanager
def running(
    *, security: str = "none", tls: ssl.SSLContext | None = None, password: str = ""
) -> Iterator[Mailbox]:
    """Serve a mailbox on a free port. `security` is none, starttls or tls."""
    mailbox = Mailbox(password=password)
    options = {}
    if security == "starttls":
        options = {"tls_context": tls, "require_starttls": True}
    if security == "tls":
        options = {"ssl_context": tls}
    if password:
        options |= {"authenticator": mailbox.authenticate, "auth_require_tls": security == "starttls"}
    controller = _Controller(mailbox, hostname="localhost", port=0, **options)
    controller.start()
    assert controller.server is not None
    mailbox.port = controller.server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        controller.stop()
