"""Several mails as one document: what a mailbox gave in one poll, kept whole as it was sent."""

import re
from collections.abc import Iterable

from warning.errors import ParseError

MAGIC = b"MAILS/1\n"
MAX_MESSAGES = 5_000
_MBOX = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_HEADER = re.compile(rb"\A(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)")


def bundled(messages: Iterable[tuple[int, bytes]]) -> bytes:
    """Return one document of messages, each behind its UID and its length in bytes."""
    return MAGIC + b"".join(b"%d %d\n%b\n" % (uid, len(raw), raw) for uid, raw in messages)


def is_bundle(body: bytes) -> bool:
    return body.startswith(MAGIC)


def unbundled(body: bytes) -> list[bytes]:
    """Return the messages of a bundle, an mbox, or the one message there is. Raises ParseError for anything else."""
    if body.startswith(MAGIC):
        return [raw for _, raw in messages_of(body)]
    if body.startswith(b"From "):
        starts = [match.end() for match in _MBOX.finditer(body)]
        ends = [*[match.start() for match in _MBOX.finditer(body)][1:], len(body)]
        return [body[start:end] for start, end in zip(starts, ends, strict=True)][:MAX_MESSAGES]
    if _HEADER.match(body.lstrip(b"\xef\xbb\xbf\r\n")):
        return [body.lstrip(b"\xef\xbb\xbf\r\n")]
    raise ParseError("no mail: the document does not begin with a header such as Subject:")


def messages_of(body: bytes) -> list[tuple[int, bytes]]:
    """Return each message of a bundle behind its UID. Raises ParseError where the bundle is damaged."""
    messages: list[tuple[int, bytes]] = []
    at = len(MAGIC)
    while at < len(body):
        line = body.find(b"\n", at, at + 60)
        parts = body[at:line].split(b" ") if line > 0 else []
        if len(parts) != 2 or not all(part.isdigit() for part in parts):
            raise ParseError(f"the bundle of mails is damaged at byte {at}")
        end = line + 1 + int(parts[1])
        if end > len(body) or len(messages) >= MAX_MESSAGES:
            raise ParseError(
                f"the bundle of mails ends in the middle of a mail, or holds over {MAX_MESSAGES}"
            )
        messages.append((int(parts[0]), body[line + 1 : end]))
        at = end + 1
    return messages
