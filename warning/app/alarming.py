"""What the service has to tell its operators: through the outbox, and what tells of a broken way also past it.

What says that the way to the desks is broken must not take that way alone: it goes straight to every channel the
operators have as well. Where nobody is named as operator, the console and the log of the service stand in.
"""

import asyncio
import logging

from warning.app.system import System
from warning.app.telling_operators import tell_operators
from warning.channels.bulletin import Bulletin, Tells
from warning.channels.plain import plain
from warning.core.desks import Destination
from warning.core.operator_notices import OperatorNotice
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking
from warning.errors import DeliveryError

log = logging.getLogger(__name__)
OPERATORS = "operators"
SUBJECT_LIMIT = 140
LINE_LIMIT = 400
_CONSOLE = Destination(channel="console", to=("operators",))


async def owe_to_operators(system: System, notice: OperatorNotice) -> None:
    """Tell the operators through the outbox, where it is retried; the console where there are none."""
    if not (await asyncio.to_thread(system.book)).operators:
        await alarm(system, notice)
        return
    await asyncio.to_thread(_owe, system, notice)


async def alarm(system: System, notice: OperatorNotice) -> tuple[str, ...]:
    """Tell every destination at once, past the outbox; return what went wrong.

    Raises DeliveryError when nobody could be told.
    """
    log.error("%s: %s", notice.subject, " ".join((notice.lead, *notice.lines)))
    book = await asyncio.to_thread(system.book)
    told, failures = 0, []
    for destination in destinations(book):
        channel = system.channels.get(destination.channel)
        if not isinstance(channel, Tells):
            failures.append(f"{destination.channel} carries no such messages")
            continue
        try:
            await channel.tell(_bulletin(notice), destination.address)
            told += 1
        except DeliveryError as failure:
            failures.append(f"{destination.channel} {destination.address}: {failure.message}")
            log.warning("operators could not be told by %s", failures[-1])
    if not told:
        raise DeliveryError("; ".join(failures))
    return tuple(failures)


def _owe(system: System, notice: OperatorNotice) -> None:
    tell_operators(
        system,
        topic=notice.kind,
        key=notice.id,
        subject=notice.subject,
        lines=(notice.lead, *notice.lines),
        closing=notice.closing,
        about=notice.about,
    )


def destinations(book: Rulebook) -> tuple[Destination, ...]:
    """Every place at which operators are, quiet hours or not; the console where there are none."""
    found = [d for desk in book.operators for d in (*desk.destinations, *desk.deputies)]
    return tuple(each for several in found for each in several.each()) or (_CONSOLE,)


def _bulletin(notice: OperatorNotice) -> Bulletin:
    return Bulletin(
        id=notice.id,
        desk_id=OPERATORS,
        marking=Marking.GREEN,
        subject=plain(f"[TLP:GREEN] {notice.subject}", SUBJECT_LIMIT),
        lead=plain(notice.lead, LINE_LIMIT),
        lines=tuple(plain(line, LINE_LIMIT) for line in notice.lines),
        closing=tuple(plain(line, LINE_LIMIT) for line in notice.closing),
        at=notice.at,
    )
