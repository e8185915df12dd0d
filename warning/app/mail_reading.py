"""A poll's mails, read together; where one of them hangs or ends its reader, mail by mail, and that one is set aside.

The mailbox is asked behind what was read: without this, one mail would keep every later one from being read, for good.
The mail itself stays: its bytes are kept with the poll's document.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from time import monotonic

from warning.collect.mail_bundle import bundled, is_bundle, messages_of
from warning.core.documents import Document, LeftOut, Parsed, Remark
from warning.core.evidence import Item
from warning.errors import ParseError, ReadingSpent
from warning.store.evidence_writer import EvidenceWriter

log = logging.getLogger(__name__)
TRIES = 2
SLOW_SECONDS = 10.0
MOST_KEPT = 20
MOST_LOOKED_BACK = 1_000
_NAMED = re.compile(r"(.*) [0-9a-f]{32}", re.DOTALL)

Read = Callable[[Document], Awaitable[Parsed]]


async def read_mails(
    document: Document, read: Read, bare: Read, check: Callable[[], None]
) -> tuple[Parsed, tuple[int, ...]]:
    """Read a document of mails. Raises ParseError where it is no bundle of mails, or is damaged itself.

    `bare` reads one without opening its attachments: where those end their reader, the mail's own words are kept.
    `check` raises ReadingSpent when no further mail may begin: the UIDs of those left are returned beside what was read.
    """
    try:
        return await read(document), ()
    except Exception:
        if not is_bundle(document.body):
            raise
        log.warning("%s: its mails are read one by one", document.source_id, exc_info=True)
    read_alone: list[Parsed] = []
    messages = messages_of(document.body)
    for _, raw in messages:
        try:
            if read_alone:
                check()
        except ReadingSpent as spent:
            left = tuple(uid for uid, _ in messages[len(read_alone) :])
            told = Parsed(problems=(f"mails unread: {len(left)} of {len(messages)}: {spent}",))
            return _together([*read_alone, told]), left
        read_alone.append(await _alone(replace(document, body=bundled([(0, raw)])), raw, read, bare))
    return _together(read_alone), ()


async def _alone(document: Document, raw: bytes, read: Read, bare: Read) -> Parsed:
    """Read one mail. It is tried twice: what ends a process may have been the machine's trouble and not the mail's.

    One that took long had its second try here: it was in the bundle before, and the mails that came with it wait.
    """
    from warning.collect.mail_items import mail_name  # noqa: PLC0415 - it loads what mails are read with, and few are set aside

    reason = ""
    for _ in range(TRIES):
        began = monotonic()
        try:
            return await read(document)
        except ParseError as wrong:
            reason = str(wrong)
        except Exception as surprise:  # a fault of ours over one mail must not hold up the mailbox
            log.exception("reading a mail of %s failed", document.source_id)
            reason = f"a fault of this program: {type(surprise).__name__}"
        if monotonic() - began > SLOW_SECONDS:
            break
    if (kept := await _without_attachments(document, bare)) is not None:
        left = LeftOut(name=f"what is attached to {mail_name(raw)}", reason=reason)
        told = (*kept.problems, f"{left.name} was not read: {reason}")
        return replace(kept, problems=told, left_out=(*kept.left_out, left))
    left = LeftOut(name=mail_name(raw), reason=reason)
    return Parsed(problems=(f"{left.name} was set aside: {reason}",), left_out=(left,), seen=1)


async def _without_attachments(document: Document, bare: Read) -> Parsed | None:
    """The mail's own words; None where they are what cannot be read."""
    try:
        parsed = await bare(document)
    except Exception:  # noqa: BLE001 - the first reading's cause is the one that is told
        return None
    return parsed if parsed.items else None


def _together(parts: Iterable[Parsed]) -> Parsed:
    from warning.collect.mail_items import told_of_shared_ids  # noqa: PLC0415 - it loads what mails are read with, and few are set aside

    parts = tuple(parts)
    items: dict[str, Item] = {item.id: item for part in parts for item in part.items}
    problems = [problem for part in parts for problem in part.problems]
    return Parsed(
        items=tuple(items.values()),
        problems=(*problems, *told_of_shared_ids(items.values())),
        left_out=tuple(left for part in parts for left in part.left_out),
        seen=sum(part.seen for part in parts),
    )


def told_of_ids_known(writer: EvidenceWriter, source_id: str, parsed: Parsed) -> Parsed:
    """The reading of a poll, with a remark on each mail under the Message-ID of another of the mailbox's last MOST_LOOKED_BACK.

    To be asked before the poll's mails are stored.
    """
    from warning.collect.text import one_line  # noqa: PLC0415 - it loads what pages are read with

    told = []
    named = {name_of(item.external_id): item for item in parsed.items if name_of(item.external_id)}
    known = writer.last_items_named(source_id, named, MOST_LOOKED_BACK) if named else ()
    arriving = {item.external_id for item in parsed.items}
    for external_id, title in known:
        name = name_of(external_id) or external_id
        again = named.get(name)
        if again is None:  # its own Message-ID is another: that of a new mail is written like its whole name
            continue
        # One stored under its bare Message-ID before is the same mail where it says the same.
        if external_id not in arriving and (external_id != name or title != again.title):
            told.append(
                Remark(
                    f'the Message-ID {name} of "{one_line(again.title, 80)}" stands on a mail stored before, '
                    f'"{one_line(title, 80)}"; they differ in subject, sender or text, and each is kept'
                )
            )
    return replace(parsed, problems=(*parsed.problems, *told)) if told else parsed


def name_of(external_id: str) -> str:
    """The Message-ID before the hash of a mail's id; empty where it has none. There may be spaces in it."""
    named = _NAMED.fullmatch(external_id)
    return named[1] if named else ""


def with_refused(parsed: Parsed, refused: tuple[LeftOut, ...]) -> Parsed:
    """The reading of a poll, with the mails that never came."""
    if not refused:
        return parsed
    told = tuple(f"{left.name} was set aside: {left.reason}" for left in refused)
    return replace(parsed, problems=(*parsed.problems, *told), left_out=(*parsed.left_out, *refused))


def still_left_out(before: tuple[str, ...], found: Iterable[LeftOut], now: datetime) -> tuple[str, ...]:
    """Return the lines a source's state keeps: what was set aside, when and why, the newest last."""
    lines = [f"{now:%Y-%m-%d %H:%M} UTC {left.name}: {left.reason}" for left in found]
    return (*before, *lines)[-MOST_KEPT:]
