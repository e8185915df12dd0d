"""A mailbox read by IMAP: what came since the last poll, over TLS, without marking anything as read.

What was read is remembered as UIDVALIDITY and the highest UID (and which before it did not come), in the place of an ETag: a process that dies before its
evidence is stored reads the same mails again, and they are the same evidence by their Message-ID.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from imaplib import IMAP4
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver

from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.collect.guard import AddressGuard
from warning.collect.mail_bundle import bundled
from warning.collect.mailbox_mark import Mails
from warning.collect.mailbox_place import Place, place_of
from warning.collect.mailbox_session import MailboxSession
from warning.collect.mailbox_wire import said_of
from warning.core.documents import Document, LeftOut
from warning.core.phrases import counted
from warning.errors import FetchError

SCHEMES = ("imaps://", "imap://")
TYPE = "application/x-mails"


def is_mailbox(url: str) -> bool:
    return url.lower().startswith(SCHEMES)


async def read_mailbox(
    request: FetchRequest,
    guard: AddressGuard,
    resolver: AbstractResolver,
    clock: Callable[[], datetime],
    tls: ssl.SSLContext,
) -> Fetched:
    """Return the mails that are new, oldest first, a poll's worth of them in one document.

    Raises FetchError, whatever happens, within `total_seconds`; a server that hangs is cut off.
    """
    place = place_of(request.url)
    session: MailboxSession | None = None
    try:
        async with asyncio.timeout(request.total_seconds):
            address = await _checked_address(place, guard, resolver)
            session = MailboxSession(place, address, request, tls)
            reading = asyncio.get_running_loop().run_in_executor(None, session.read)
            reading.add_done_callback(_forget)
            return _fetched(await asyncio.shield(reading), place, request, clock())
    except TimeoutError as slow:
        raise FetchError(f"{place.shown}: no end after {request.total_seconds:g} s") from slow
    except ssl.SSLCertVerificationError as wrong:
        raise FetchError(f"{place.shown}: its certificate does not hold: {wrong.verify_message}") from wrong
    except IMAP4.error as wrong:
        raise FetchError(f"{place.shown}: {said_of(wrong)}") from wrong
    except OSError as wrong:
        raise FetchError(f"{place.shown}: {wrong.strerror or wrong}") from wrong
    except (ValueError, IndexError, TypeError) as wrong:
        raise FetchError(f"{place.shown}: the server does not answer as IMAP does ({wrong})") from wrong
    finally:
        if session is not None:
            session.cut()


def _forget(reading: asyncio.Future[Mails]) -> None:
    """What a session that was cut off still says is of no interest, and nobody asks for it."""
    if not reading.cancelled():
        reading.exception()


async def _checked_address(place: Place, guard: AddressGuard, resolver: AbstractResolver) -> str:
    found = await resolver.resolve(place.host, place.port)
    for result in found:
        guard.check_address(place.host, place.port, ip_address(result["host"].split("%")[0]))
    if not found:
        raise FetchError(f"{place.host} has no address")
    return str(found[0]["host"])


def _fetched(mails: Mails, place: Place, request: FetchRequest, now: datetime) -> Fetched:
    notes: list[str] = []
    if mails.waiting:
        notes.append(f"{counted(mails.waiting, 'more mail follows', 'more mails follow')} at the next poll")
    if mails.cut_short:
        notes.append(
            f"{counted(mails.cut_short, 'mail is too large: its head was', 'mails are too large: their heads were')} read"
        )
    if mails.owed:
        notes.append(
            f"{counted(mails.owed, 'mail did not come and is', 'mails did not come and are')} asked for again"
        )
    body = bundled(mails.messages) if mails.messages else b""
    validators = Validators(
        url=request.without_secrets(request.url),
        etag=mails.mark,
        body_hash=sha256(body).hexdigest() if body else request.validators.body_hash,
    )
    document = None
    if body:
        document = Document(
            source_id=request.source_id, url=place.shown, body=body, content_type=TYPE, fetched_at=now
        )
    return Fetched(
        status="fresh" if body else "not_modified",
        document=document,
        validators=validators,
        notes=tuple(notes),
        left_out=tuple(
            LeftOut(name=f"the mail of UID {uid}", reason=f"the server would not give it: {said}")
            for uid, said in mails.refused
        ),
    )
