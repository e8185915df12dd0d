"""How far the documents of one poll were read when its time was up, as a source's state remembers it for the next poll."""

from collections.abc import Iterable

from warning.app.reading_budget import FOLLOWS
from warning.core.documents import Document
from warning.core.ids import content_id

MOST_GROWTH = 4
_GROWTH = "time "
_POLLS = "polls "


def document_mark(document: Document) -> str:
    return content_id("d", document.url, document.archive_hash)


def counted_marks(marks: Iterable[str]) -> dict[str, str]:
    """Return the documents that were read, each with what was counted in it; empty where nothing was."""
    parts = (mark.partition(" ") for mark in marks if not mark.startswith((_GROWTH, _POLLS)))
    return {mark: counted for mark, _, counted in parts}


def growth_of(marks: Iterable[str]) -> int:
    """How many times the usual time the poll may read: more where the polls before got nowhere in theirs."""
    return next((int(mark.removeprefix(_GROWTH)) for mark in marks if mark.startswith(_GROWTH)), 1)


def growth_mark(growth: int) -> tuple[str, ...]:
    return (f"{_GROWTH}{growth}",) if growth > 1 else ()


def polls_of(marks: Iterable[str]) -> tuple[int, int, int]:
    """How many polls have gone on with what stands at the source now, in how many it was complete the last time (1 at first), and to how many documents the last one came."""
    told = next((mark.removeprefix(_POLLS) for mark in marks if mark.startswith(_POLLS)), "0 1")
    so_far, needed, came_to = (*map(int, told.split()), 0)[:3]
    return so_far, needed, came_to


def polls_mark(so_far: int, needed: int, came_to: int) -> tuple[str, ...]:
    return (f"{_POLLS}{so_far} {needed} {came_to}",) if so_far or needed > 1 else ()


def said_of_the_rest(problem: str, seconds: float, growth: int, *, is_list: bool) -> str:
    """The problem of a poll that got no further than the one before: `seconds` are the usual ones of a poll.

    Of a list (`is_list`) nothing is stored where a part is left.
    """
    if growth >= MOST_GROWTH:
        left = "the list is never complete" if is_list else "the rest may stay unread"
        said = f"no poll has more: {left}"
    else:
        said = f"the next poll has {seconds * growth * 2:g} s"
    return problem.replace(FOLLOWS, said)
