"""Reading what a poll brought: every document, or, where that takes too long, a part now and the rest at the next poll."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from warning.app.asking import Asked, asks_more_than_once, merged
from warning.app.detail_pages import list_format
from warning.app.document_reading import DocumentReader
from warning.app.reading_budget import FOLLOWS
from warning.app.reading_progress import (
    MOST_GROWTH,
    counted_marks,
    document_mark,
    growth_mark,
    polls_mark,
    polls_of,
    said_of_the_rest,
)
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched
from warning.collect.mailbox_mark import put_back
from warning.core.documents import Document, Parsed, Remark
from warning.core.formats import ListingFormat
from warning.core.formats_documents import CapFormat
from warning.core.health import SourceState
from warning.errors import ReadingSpent


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRead:
    """`fetched` stands for the poll as it was read: asked again where something is left.

    `marks` are of the documents that the next poll need not read, for a state's `read_pages`. `refused` says why a list
    counts as not read: nothing of it is stored.
    """

    parsed: Parsed
    fetched: Fetched
    marks: tuple[str, ...] = ()
    refused: str = ""


async def read_asked(
    spec: SourceSpec,
    state: SourceState,
    asked: Asked,
    reader: DocumentReader,
    keep: Callable[[Document], Awaitable[str]],
) -> AskedRead:
    """Read the documents of one poll, `keep` each that is read. Raises as `DocumentReader.read` does."""
    if asks_more_than_once(spec):
        return await _several(spec, state, asked, reader, keep)
    (document,) = asked.documents
    await keep(document)
    parsed = await reader.read(document)
    if not reader.unread_mails:
        return AskedRead(parsed=parsed, fetched=asked.fetched)
    mark = put_back(asked.fetched.validators.etag, state.etag, reader.unread_mails)
    return AskedRead(parsed=parsed, fetched=_asked_again(asked.fetched, mark))


async def _several(
    spec: SourceSpec,
    state: SourceState,
    asked: Asked,
    reader: DocumentReader,
    keep: Callable[[Document], Awaitable[str]],
) -> AskedRead:
    """Read one document at least. Those that the polls before had time for are stored and are passed over."""
    alone = _stand_alone(spec)
    before = counted_marks(state.read_pages) if alone else {}
    read: list[Parsed] = []
    done: dict[str, str] = {}
    problems, is_spent = asked.problems, asked.is_cut
    for place, document in enumerate(asked.documents):
        mark = document_mark(document)
        try:
            if mark not in before:
                if read and not reader.is_counted(document):
                    reader.budget.check()
                await keep(document)
                read.append(await reader.read(document))
        except ReadingSpent as spent:
            count = len(asked.documents)
            problems = (*problems, f"documents unread: {count - place} of {count}: {spent}")
            is_spent = True
            break
        done[mark] = before[mark] if mark in before else asked.counts.get(mark) or _rows(read[-1])
    is_all = not (is_spent or asked.is_lacking)
    so_far, needed, came_to = polls_of(state.read_pages)
    is_behind = is_spent and so_far > 0 and len(done) <= came_to if alone else reader.budget.is_spent
    is_list = isinstance(spec.parse, ListingFormat)
    problems, growth = _time_of_next(problems, reader, is_all=is_all, is_behind=is_behind, is_list=is_list)
    refused = "; ".join(problems) if is_list else ""
    so_far += alone and (is_all or is_spent)
    if is_all and so_far:
        needed = _polls_needed(so_far, needed, is_one=not done.keys() & before.keys())
    elif not is_behind and so_far < needed:  # it goes as it went the last time
        problems = tuple(Remark(each) if FOLLOWS in each else each for each in problems)
    if needed > 1 and so_far <= needed:
        problems = (*problems, Remark(f"complete in {needed} polls"))
    parsed = merged(read, problems)
    passed = _rows_of(before[mark] for mark in done if mark in before)
    seen = max(parsed.seen, parsed.records) + (state.items_seen if passed is None else passed)
    is_part = is_spent or (asked.is_lacking and bool(before))
    parsed = replace(parsed, seen=max(seen, state.items_seen) if is_part else seen)
    came_to = len(done)
    if not is_all:
        done |= _not_come_to(before, done)
    is_wanted = is_part or (is_all and needed > 1 and (spec.window is None or bool(asked.counts)))
    marks = (
        tuple(f"{mark} {counted}".strip() for mark, counted in done.items()) if alone and is_wanted else ()
    )
    marks = (*marks, *growth_mark(growth), *polls_mark(0 if is_all else so_far, needed, came_to))
    # Where all was read, what was passed over is as it was read.
    fetched = asked.fetched if is_all else _asked_again(asked.fetched, state.etag)
    return AskedRead(parsed=parsed, fetched=fetched, marks=marks, refused=refused)


def _polls_needed(so_far: int, needed: int, *, is_one: bool) -> int:
    """In how many polls all is read when all has changed: one that passes over most of it tells nothing of that."""
    return so_far if is_one or so_far > 1 else needed


def _not_come_to(before: Mapping[str, str], done: Mapping[str, str]) -> dict[str, str]:
    """The marks of documents that a poll did not come to for one that failed or took the time; never more than before."""
    unmet = [mark for mark in before if mark not in done]
    room = max(len(before) - len(done), 0)
    return {mark: before[mark] for mark in unmet[len(unmet) - room :]}


def _rows(parsed: Parsed) -> str:
    return str(max(parsed.seen, parsed.records))


def _time_of_next(
    problems: tuple[str, ...], reader: DocumentReader, *, is_all: bool, is_behind: bool, is_list: bool
) -> tuple[tuple[str, ...], int]:
    """How many times the usual time the next poll has, and the problems that say so."""
    growth = reader.growth
    if is_behind:
        told = tuple(said_of_the_rest(each, reader.seconds, growth, is_list=is_list) for each in problems)
        return told, min(MOST_GROWTH, growth * 2)
    return problems, 1 if is_all and not reader.budget.has_taken(reader.seconds) else growth


def _rows_of(counted: Iterable[str]) -> int | None:
    """How many entries stand in documents that were counted; None where one was not."""
    counts = [each.partition(" ")[0] for each in counted]
    return sum(map(int, counts)) if all(counts) else None


def _stand_alone(spec: SourceSpec) -> bool:
    """Whether what a document says holds without the others: half a list reads as removals, and its pages are marked by it."""
    whole = isinstance(spec.parse, ListingFormat | CapFormat) or list_format(spec.parse) is not None
    return not whole


def _asked_again(fetched: Fetched, etag: str) -> Fetched:
    """Without the hash of what came the next poll reads it again, also where it is the same."""
    return replace(fetched, validators=replace(fetched.validators, etag=etag, body_hash=""))
