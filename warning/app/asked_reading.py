"""Reading what a poll brought: every document, or, where that takes too long, a part now and the rest at the next poll."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from warning.app.asking import Asked, asks_more_than_once, merged
from warning.app.detail_pages import list_format
from warning.app.document_reading import DocumentReader
from warning.app.reading_progress import (
    MOST_GROWTH,
    counted_marks,
    document_mark,
    growth_mark,
    said_of_the_rest,
)
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched
from warning.collect.mailbox_mark import put_back
from warning.core.documents import Document, Parsed
from warning.core.formats import ListingFormat
from warning.core.formats_documents import CapFormat
from warning.core.health import SourceState
from warning.errors import ReadingSpent


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRead:
    """`fetched` stands for the poll as it was read: asked again where something is left.

    `marks` are of the documents that the next poll need not read, for a state's `read_pages`.
    """

    parsed: Parsed
    fetched: Fetched
    marks: tuple[str, ...] = ()


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
    before = counted_marks(state.read_pages) if _stand_alone(spec) else {}
    read: list[Parsed] = []
    done: list[str] = []
    problems = asked.problems
    for document in asked.documents:
        mark = document_mark(document)
        try:
            if mark not in before:
                if read and not reader.is_counted(document):
                    reader.budget.check()
                await keep(document)
                read.append(await reader.read(document))
        except ReadingSpent as spent:
            count = len(asked.documents)
            problems = (*problems, f"documents unread: {count - len(done)} of {count}: {spent}")
            break
        done.append(mark)
    is_all = not asked.is_cut and len(done) == len(asked.documents)
    passed = len(done) - len(read)
    growth = reader.growth
    is_behind = not is_all and len(done) <= len(before) if _stand_alone(spec) else reader.budget.is_spent
    if is_behind:
        problems = tuple(said_of_the_rest(each, reader.seconds, growth) for each in problems)
        growth = min(MOST_GROWTH, growth * 2)
    elif is_all and not reader.budget.has_taken(reader.seconds):
        growth = 1
    parsed = merged(read, problems)
    if passed:
        parsed = replace(parsed, seen=max(parsed.seen, parsed.records) + state.items_seen)
    grown = growth_mark(growth)
    if is_all and not passed:
        return AskedRead(parsed=parsed, fetched=asked.fetched, marks=grown)
    etag = asked.fetched.validators.etag if is_all else state.etag
    marks = (
        ()
        if is_all or not _stand_alone(spec)
        else tuple(f"{m} {asked.counts.get(m, '')}".strip() for m in done)
    )
    return AskedRead(parsed=parsed, fetched=_asked_again(asked.fetched, etag), marks=(*marks, *grown))


def _stand_alone(spec: SourceSpec) -> bool:
    """Whether what a document says holds without the others: half a list reads as removals, and its pages are marked by it."""
    whole = isinstance(spec.parse, ListingFormat | CapFormat) or list_format(spec.parse) is not None
    return not whole


def _asked_again(fetched: Fetched, etag: str) -> Fetched:
    """Without the hash of what came the next poll reads it again, also where it is the same."""
    return replace(fetched, validators=replace(fetched.validators, etag=etag, body_hash=""))
