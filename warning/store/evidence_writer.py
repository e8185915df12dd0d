"""The store inside one transaction, for those who write several things that belong together."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from warning.core.evidence import Item, Listing, ListingChange, Observation
from warning.core.health import SourceState
from warning.core.list_patience import PATIENCE, ListPatience
from warning.store import archive as archive_rows
from warning.store import figures, items, lists, sources
from warning.store.engine import named_failures, writing
from warning.store.items import Stored

T = TypeVar("T")


class EvidenceWriter:
    """Valid for the one transaction of `connection`. States are written together, when it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._states: dict[str, SourceState] = {}

    def archive(
        self, raw: bytes, *, source_id: str, url: str, content_type: str, fetched_at: datetime
    ) -> str:
        """Keep the bytes by content, log the fetch, return their SHA-256 in hexadecimal."""
        return archive_rows.archive(
            self._connection,
            raw,
            source_id=source_id,
            url=url,
            content_type=content_type,
            fetched_at=fetched_at,
        )

    def add_items(self, batch: Sequence[Item]) -> Stored[Item]:
        return items.add_items(self._connection, batch) if batch else Stored()

    def add_observations(
        self, batch: Sequence[Observation], *, seen_at: datetime | None = None
    ) -> Stored[Observation]:
        return figures.add_observations(self._connection, batch, seen_at) if batch else Stored()

    def add_listing(self, listing: Listing, patience: ListPatience = PATIENCE) -> tuple[ListingChange, ...]:
        return lists.add_listing(self._connection, listing, patience)

    def save_source_state(self, state: SourceState) -> None:
        self._states[state.source_id] = state

    def one(self, work: Callable[["EvidenceWriter"], T]) -> T:
        """Do one piece of work whole or not at all; what others did in this transaction stays."""
        kept = dict(self._states)
        try:
            with named_failures(), self._connection.begin_nested():
                return work(self)
        except BaseException:
            self._states = kept
            raise

    def finish(self) -> None:
        sources.save_source_states(self._connection, self._states.values())


def write_together(engine: Engine, works: Iterable[Callable[[EvidenceWriter], T]]) -> list[T | Exception]:
    """Do pieces of work in one transaction and return what each gave, in order, or the exception it ended with.

    A piece that fails leaves nothing behind and the others alone. Raises StoreError when nothing could be stored.
    """
    answers: list[T | Exception] = []
    with writing(engine) as connection:
        writer = EvidenceWriter(connection)
        for work in works:
            try:
                answers.append(writer.one(work))
            except Exception as wrong:  # noqa: BLE001 - handed to the one who asked for this piece
                answers.append(wrong)
        writer.finish()
    return answers
