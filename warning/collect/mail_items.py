"""Mails -> items: subject, text and readable attachments. Nothing a mail says about its sender is taken as fact."""

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from itertools import islice

from warning.collect.decode import decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.file_text import is_document, read_file_text
from warning.collect.mail_bundle import unbundled
from warning.collect.parse_time_limit import time_limit
from warning.collect.pdf_text import is_pdf
from warning.collect.text import is_dangerous_link, one_line, paragraphs
from warning.core.documents import Document, LeftOut, Parsed, Remark, placed
from warning.core.evidence import Item
from warning.core.formats_documents import MailFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_PARTS = 200
MAX_NAMED = 20
TEXT_CHARACTERS = 400_000
NAMED_BYTES = 20_000
MESSAGE_ID_CHARACTERS = 300
MAIL_SECONDS = 15.0
OWN_WORDS_SECONDS = 5.0
# What the mail library lets through, and what one mail may do to its reader.
_UNREADABLE = (ParseError, ValueError, LookupError, TypeError, AttributeError, AssertionError, MessageError,
               RecursionError, MemoryError)  # fmt: skip
_SUBJECT = re.compile(
    rb"^Subject:[ \t]*([^\r\n]{0,400}(?:\r?\n[ \t][^\r\n]{0,400}){0,3})", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s{0,4}(<[^>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
             "shift_jis": "cp932", "iso-2022-jp": "iso2022_jp_ext", "iso-2022-kr": "iso2022_kr", "big5": "big5hkscs"}  # fmt: skip
_TEXT_TYPES = frozenset({"text/plain", "text/csv", "text/markdown"})
_HIDDEN = re.compile(r"<(?:head|style|script)\b.*?</(?:head|style|script)\s*>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>()\[\]\"']{4,1000}")


def parse_mail(document: Document, layout: MailFormat, profile: SourceProfile) -> Parsed:
    """Read the messages of a mailbox, an mbox or one saved message. Raises ParseError for anything else."""
    items: list[Item] = []
    problems: list[str] = []
    left_out: list[LeftOut] = []
    messages = unbundled(document.body)
    for number, raw in enumerate(messages, start=1):
        try:
            with time_limit(MAIL_SECONDS):
                read, faults = _read(raw, document, layout, profile)
        except _UNREADABLE as wrong:
            reason = (
                str(wrong) if isinstance(wrong, ParseError) else f"cannot be read: {type(wrong).__name__}"
            )
            read, faults = _own_words(raw, document, layout, profile), (reason,)
            name = f"what is attached to {mail_name(raw)}" if read else mail_name(raw)
            left_out.append(LeftOut(name=name, reason=reason))
        items += read
        problems += [placed(f"mail {number}", fault) for fault in faults]
    distinct = tuple({item.id: item for item in items}.values())
    return Parsed(
        items=distinct,
        problems=(*problems, *told_of_shared_ids(distinct)),
        left_out=tuple(left_out),
        seen=len(messages),
    )


def told_of_shared_ids(items: Iterable[Item]) -> tuple[Remark, ...]:
    """Say which Message-IDs stand on several mails: each is an item, and one of them may be there to hide the other.

    Nothing of them is unread, so each line is a remark.
    """
    named: dict[str, list[str]] = {}
    for item in items:
        named.setdefault(item.external_id.rpartition(" ")[0], []).append(f'"{one_line(item.title, 80)}"')
    return tuple(
        Remark(
            f"{len(titles)} mails have the Message-ID {name} and differ in subject, sender or text; each is kept: "
            + ", ".join(titles[:3])
        )
        for name, titles in named.items()
        if name and len(titles) > 1
    )


def _own_words(
    raw: bytes, document: Document, layout: MailFormat, profile: SourceProfile
) -> tuple[Item, ...]:
    """A mail without what is attached to it, where that is what cannot be read; nothing where it is the mail."""
    if not layout.attachments:
        return ()
    try:
        with time_limit(OWN_WORDS_SECONDS):
            return _read(raw, document, layout.model_copy(update={"attachments": 0}), profile)[0]
    except _UNREADABLE:
        return ()


def mail_name(raw: bytes) -> str:
    """Return how a person finds a mail that cannot be read: its subject and Message-ID, as far as its head shows them."""
    head = raw[:NAMED_BYTES]
    subject, identity = _SUBJECT.search(head), _MESSAGE_ID.search(head)
    title = one_line(_decoded(decode(subject[1]).text), 120) if subject else ""
    said = identity[1].decode("ascii", "replace")[:150] if identity else sha256(raw).hexdigest()[:16]
    return f'the mail "{title or "(no subject)"}" {said}'


def _read(
    raw: bytes, document: Document, layout: MailFormat, profile: SourceProfile
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    subject, sender = _header(message, "Subject"), _header(message, "From")
    identity = " ".join(str(message.get("Message-ID", "")).split())
    if not subject and not identity and not sender:
        return (), ("neither a subject, a sender nor a Message-ID: no mail",)
    if layout.senders and not _is_from(sender, layout.senders):
        return (), ()
    parts = _Parts()
    parts.read(message, layout)
    entry = RawEntry(
        external_id=_name(identity, subject, sender, parts) if identity else sha256(raw).hexdigest(),
        link=_link(message, parts.text),
        title=_escaped(subject) or "(no subject)",
        summary=_escaped(f"From: {sender} (not verified)"),
        body=_escaped("\n".join(parts.lines())).replace("\n", "<br>"),
        dates=tuple(filter(None, [_date(message)])),
    )
    items, faults = items_from([entry], document, profile)
    digest = document.archive_hash
    return tuple(replace(item, archive_hash=digest) for item in items), (*parts.problems, *faults)


def _name(identity: str, subject: str, sender: str, parts: "_Parts") -> str:
    """A mail's name: its Message-ID, which anybody may write, and a hash of what it says.

    What is attached counts by its own hash, so that a mail has one name whether or not its attachments were read.
    """
    said = "\0".join((subject, sender, " ".join(parts.text.split()), *parts.named))
    return f"{identity[:MESSAGE_ID_CHARACTERS]} {sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


@dataclass(slots=True)
class _Parts:
    """What was found in a message: its text (the plain one, else that of its HTML) and its attachments.

    `named` are the attachments alone, `attached` these and what they say.
    """

    plain: str = ""
    html: str = ""
    named: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.plain if self.plain.strip() else paragraphs(_HIDDEN.sub(" ", self.html), TEXT_CHARACTERS)

    def lines(self) -> Iterator[str]:
        yield self.text
        yield from self.attached

    def read(self, message: Message, layout: MailFormat) -> None:
        read = named = 0
        for count, part in enumerate(message.walk()):
            if count >= MAX_PARTS:
                self.problems += (f"only the first {MAX_PARTS} parts are read",)
                return
            if part.is_multipart():
                continue
            kind, name = part.get_content_type(), _file_name(part)
            if (
                not name
                and part.get_content_disposition() != "attachment"
                and kind in {"text/plain", "text/html"}
            ):
                self._add_text(kind, _text_of(part))
            elif named < MAX_NAMED:
                named += 1
                read += self._attach(part, kind, name, layout, may_read=read < layout.attachments)

    def _add_text(self, kind: str, text: str) -> None:
        if kind == "text/plain" and len(self.plain) < TEXT_CHARACTERS:
            self.plain += text + "\n"
        elif kind == "text/html" and len(self.html) < 2 * TEXT_CHARACTERS:
            self.html += text

    def _attach(self, part: Message, kind: str, name: str, layout: MailFormat, *, may_read: bool) -> int:
        """Name an attachment, with its text when it has one that may be read; return how many were read.

        A kind that is not read, or one that is damaged, takes no place; a PDF of pictures does: looking for its text costs as much.
        """
        payload = part.get_payload(decode=True)
        body = payload if isinstance(payload, bytes) else b""
        shown = f"[attachment {name or 'without name'}, {kind}, {len(body)} bytes, SHA-256 {sha256(body).hexdigest()}]"
        self.named += (shown,)
        self.attached += (shown,)
        readable = kind in _TEXT_TYPES or is_document(body)
        if not readable or not may_read or len(body) > layout.attachment_size:
            return 0
        try:
            if is_document(body):
                text, _, faults = read_file_text(body, most_pages=100)
                self.problems += tuple(f"{name}: {fault}" for fault in faults)
            else:
                text = _text_of(part)
        except ParseError as wrong:
            self.problems += (f"{name or 'an attachment'}: {wrong}",)
            return 0
        if not text.strip():
            return int(is_pdf(body))
        self.attached += (text[:TEXT_CHARACTERS],)
        return 1


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    declared = str(part.get_content_charset() or "").lower()
    if declared.startswith("iso-2022") or declared in {
        "hz-gb-2312",
        "utf-7",
    }:  # stateful: no content tells them
        try:
            return body.decode(_CHARSETS.get(declared, declared), "replace")
        except LookupError:
            return body.decode("ascii", "replace")
    return decode(body, f"text/plain; charset={declared}" if declared else "").text


def _header(message: Message, name: str) -> str:
    """A header's text. Bytes that no rule of mail allows are read as the text below them is."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if "\udcff" > max(raw, default=" ") >= "\udc80":
        bare = raw.encode("utf-8", "surrogateescape")
        encoding = _encoding_of(message)
        raw = decode(bare, f"text/plain; charset={encoding}" if encoding else "").text
    return " ".join(_decoded(raw).encode("utf-8", "replace").decode().split())


def _encoding_of(message: Message) -> str:
    """What the first text of a mail is in, whatever it says; empty where it has none."""
    for part in islice(message.walk(), MAX_PARTS):
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            body = payload if isinstance(payload, bytes) else b""
            charset = part.get_content_charset()
            return decode(body, f"text/plain; charset={charset}" if charset else "").encoding
    return ""


def _decoded(raw: str) -> str:
    """A header with its encoded words resolved, as it stands where that cannot be done."""
    try:
        return str(make_header(_widened(raw)))
    except (UnicodeError, LookupError, ValueError, MessageError):
        return raw


def _widened(raw: str) -> list[tuple[bytes | str, str | None]]:
    """Encoded words under the larger relative of the set they declare: publishers send the larger."""
    found = decode_header(raw)
    return [
        (text, _CHARSETS.get(charset.lower(), charset) if charset else charset) for text, charset in found
    ]


def _file_name(part: Message) -> str:
    name = part.get_filename() or ""
    try:
        name = str(make_header(_widened(name)))
    except (UnicodeError, LookupError, ValueError, MessageError):
        name = "unreadable name"
    return " ".join(name.replace("/", "_").replace("\\", "_").split())[:150]


def _is_from(sender: str, wanted: tuple[str, ...]) -> bool:
    for _, address in getaddresses([sender]):
        whole, domain = address.lower(), address.lower().rpartition("@")[2]
        for one in (w.lower().removeprefix("@") for w in wanted):
            if one in (whole, domain) or domain.endswith(f".{one}"):
                return True
    return False


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo and 1990 < moment.year < 9000 else None


def _link(message: Message, text: str) -> str:
    """Where the mail can be read on the web: its own header, else nothing. Links in the text are the writer's."""
    for name in ("Archived-At", "List-Post-URL"):
        found = _LINK.search(str(message.get(name, "")))
        if found and not is_dangerous_link(found[0]):
            return found[0]
    first = re.search(
        r"(?im)(?:view (?:this|it)? ?(?:e-?mail)? ?in (?:your|a) browser)[^\n]{0,40}?(https?://\S{4,500})",
        text[:4000],
    )
    return first[1] if first else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
