"""While the operator's files are refused the last good ones stay in force: say so, once a change, and when it is mended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from warning.core.ids import content_id
from warning.core.operator_notices import OperatorNotice
from warning.errors import Problem
from warning.store.notices import Notices

if TYPE_CHECKING:  # a system holds a watch
    from warning.app.system import System

TOPIC = "catalogue"
SETTLED = timedelta(minutes=1)
"""Who writes a file saves it half-way: what is mended within this time is not told."""
REMEMBERED = timedelta(days=30)
MOST_LINES = 10
MEND = "`warning rules check` names every mistake with its line. What is mended comes into force at once."
Tell = Callable[[OperatorNotice], Awaitable[object]]


@dataclass(slots=True)
class RefusalWatch:
    """`since` is when this process first saw files refused; `told` are those that operators were told of."""

    since: datetime | None = None
    told: frozenset[str] | None = None


async def tell_refusals(system: "System", tell: Tell) -> bool:
    """Tell when files are refused, when others are too, and when all are right again; return whether any of it was news."""
    await asyncio.to_thread(system.book)  # a look at the files
    watch, now = system.refusals, system.clock()
    problems = system.rulebooks.fatal_problems
    refused = frozenset(problem.file for problem in problems)
    watch.since = (watch.since or now) if refused else None
    is_settled = (
        not refused or system.rulebooks.started_on is not None or now - (watch.since or now) >= SETTLED
    )
    if not is_settled or (watch.told is not None and not _is_news(refused, watch.told)):
        return False
    told, last = await asyncio.to_thread(_last_told, system, now)
    watch.told = (
        told if last else watch.told or frozenset()
    )  # where nobody is operator, nothing is kept of it
    if not _is_news(refused, watch.told):
        return False
    about = watch.told | refused if refused else frozenset[str]()
    occasion = last or f"{now:%Y-%m-%d}"
    await tell(
        OperatorNotice(
            id=content_id("o", TOPIC, occasion, *sorted(about)),
            kind=TOPIC,
            subject=_subject(problems),
            lead=_lead(system.rulebooks.since)
            if refused
            else "The files as they are now are in force again.",
            lines=tuple(map(str, problems[:MOST_LINES])),
            closing=_closing(problems),
            about=tuple(sorted(about)),
            at=now,
        )
    )
    watch.told = about
    return True


def refusal_lines(problems: Sequence[Problem], since: datetime | None) -> tuple[str, ...]:
    """Say what is refused and what stays in force instead; nothing where nothing is refused."""
    if not problems:
        return ()
    return (
        f"{_subject(problems)}. {_lead(since)}",
        *(f"  {problem}" for problem in problems[:MOST_LINES]),
        *_closing(problems),
    )


def _is_news(refused: frozenset[str], told: frozenset[str]) -> bool:
    return bool(refused - told) if refused else bool(told)


def _last_told(system: "System", now: datetime) -> tuple[frozenset[str], str]:
    """The files that the newest message spoke of as refused, none when it said that all is right, and that message's id."""
    kept = Notices(system.repository.engine)
    found = [
        notice
        for desk in system.book().operators
        for notice in kept.since("operator", desk.id, now - REMEMBERED)
        if notice.topic == TOPIC
    ]
    newest = max(found, key=lambda notice: (notice.created_at, notice.id), default=None)
    return (frozenset(newest.about), newest.id) if newest else (frozenset(), "")


def _subject(problems: Sequence[Problem]) -> str:
    if not problems:
        return "The files of rules and sources are right again"
    count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    return f"The files of rules and sources are refused ({count})"


def _lead(since: datetime | None) -> str:
    of = f" of {since:%Y-%m-%d %H:%M} UTC" if since else ""
    return f"The service goes on with the last good ones{of}; what was edited since counts for nothing."


def _closing(problems: Sequence[Problem]) -> tuple[str, ...]:
    if not problems:
        return ()
    more = len(problems) - MOST_LINES
    return (*([f"and {more} more"] if more > 0 else []), MEND)
