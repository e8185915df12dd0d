"""The store inside one transaction, for those who write several things that belong together."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine, NestedTransaction
from sqlalchemy.exc import DBAPIError

from warning.core.evidence import Item, Listing, ListingChange, Observation
from warning.core.health import SourceState
from warning.core.ids import key64
from warning.core.list_patience import PATIENCE, ListPatience
from warning.errors import StoreContended, StoreError
from warning.store import archive as archive_rows
from warning.store import figures, items, lists, sources
from warning.store.engine import NamedFailures, named_failure, writing
from warning.store.item_labels import keep_own_labels
from warning.store.item_statements import numbers_stored
from warning.store.items import Stored
from warning.store.relabelled_items import last_number

T = TypeVar("T")
MOST_TRIES = 5


class _TransactionLost(Exception):
    """The transaction is gone, with all that was done in it; the cause is chained."""


class EvidenceWriter:
    """Valid for the one transaction of `connection`. States are written together, when it ends."""

    def __init__(self, connection: Connection) -> None:
        self._whole = connection
        self._place: NestedTransaction | None = None
        self._noted: dict[str, SourceState] = {}
        self._states: dict[str, SourceState] = {}

    @property
    def _connection(self) -> Connection:
        """Where the piece at work writes rows, its savepoint set: a poll that brought nothing needs none."""
        if self._place is None:
            self._place = self._whole.begin_nested()
        return self._whole

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

    def last_items_named(
        self, source_id: str, names: Collection[str], most: int
    ) -> tuple[tuple[str, str], ...]:
        return items.last_items_named(self._connection, source_id, names, most)

    def add_observations(
        self, batch: Sequence[Observation], *, seen_at: datetime | None = None
    ) -> Stored[Observation]:
        return figures.add_observations(self._connection, batch, seen_at) if batch else Stored()

    def add_listing(self, listing: Listing, patience: ListPatience = PATIENCE) -> tuple[ListingChange, ...]:
        return lists.add_listing(self._connection, listing, patience)

    def last_item_number(self) -> int:
        """Return the number of the item stored last, of whatever source; 0 where there is none."""
        return last_number(self._connection)

    def keep_own_labels(self, source_id: str, said: Collection[Item]) -> None:
        """Keep that these items of a source said their kind, country and language themselves: no mend of it changes them."""
        if said:
            identities = {(source_id, key64(item.id)) for item in said}
            keep_own_labels(
                self._connection, source_id, numbers_stored(self._connection, identities).values()
            )

    def source_state(self, source_id: str) -> SourceState | None:
        """Return how a source is as of this transaction; None where it was never tried. Nobody else changes it until the end."""
        written = self._noted.get(source_id) or self._states.get(source_id)
        return written or sources.source_state_held(self._connection, source_id)

    def save_source_state(self, state: SourceState) -> None:
        self._noted[state.source_id] = state

    def one(self, work: Callable[["EvidenceWriter"], T]) -> T:
        """Do one piece of work whole or not at all; what others did in this transaction stays.

        A database that cannot go on (SQLite on a full disk) gives up the whole transaction, not the piece alone.
        """
        self._place, self._noted = None, {}
        try:
            with NamedFailures():
                answer = work(self)
        except BaseException as wrong:
            self._end("rollback", wrong)
            raise
        self._end("commit")
        self._states |= self._noted
        return answer

    def _end(self, how: Literal["commit", "rollback"], wrong: BaseException | None = None) -> None:
        """End the piece's savepoint, if it needed one. Raises _TransactionLost when the database cannot."""
        if self._place is None:
            return
        try:
            getattr(self._place, how)()
        except DBAPIError as lost:
            raise _TransactionLost from wrong or lost

    def finish(self) -> None:
        sources.save_source_states(self._whole, self._states.values())


def write_together(engine: Engine, works: Iterable[Callable[[EvidenceWriter], T]]) -> list[T | Exception]:
    """Do pieces of work in one transaction and return what each gave, in order, or the exception it ended with.

    A piece that fails leaves nothing behind and the others alone. When the whole transaction fails, each piece is done
    again in one of its own, so that only those fail that must; so is one that the database gave up for another
    transaction. What fails then is told to those of whom nothing is stored. Raises StoreError when none can begin.
    """
    works = list(works)
    try:
        answers = _in_one_transaction(engine, works)
    except _TransactionLost as lost:
        answers = [_cause(lost)] if len(works) == 1 else _each_alone(engine, works)
    return [_until_stored(engine, work, answer) for work, answer in zip(works, answers, strict=True)]


def _until_stored(
    engine: Engine, work: Callable[[EvidenceWriter], T], answer: T | Exception
) -> T | Exception:
    """Do a piece again that was given up: alone it takes its locks in the one order of all writers."""
    for _ in range(MOST_TRIES):
        if not isinstance(answer, StoreContended):
            break
        (answer,) = _each_alone(engine, [work])
    return answer


def _in_one_transaction(
    engine: Engine, works: Sequence[Callable[[EvidenceWriter], T]]
) -> list[T | Exception]:
    """Raises StoreError when the transaction cannot begin, _TransactionLost when it does not last to its end."""
    begun = False
    try:
        with writing(engine) as connection:
            begun = True
            writer = EvidenceWriter(connection)
            answers = [_answer(writer, work) for work in works]
            writer.finish()
    except _TransactionLost:
        raise
    except Exception as wrong:
        if begun:
            raise _TransactionLost from wrong
        raise
    return answers


def _answer(writer: EvidenceWriter, work: Callable[[EvidenceWriter], T]) -> T | Exception:
    try:
        return writer.one(work)
    except _TransactionLost:
        raise
    except Exception as wrong:  # noqa: BLE001 - handed to the one who asked for this piece
        return wrong


def _each_alone(engine: Engine, works: Sequence[Callable[[EvidenceWriter], T]]) -> list[T | Exception]:
    answers: list[T | Exception] = []
    for work in works:
        try:
            answers += _in_one_transaction(engine, [work])
        except _TransactionLost as lost:
            answers.append(_cause(lost))
        except Exception as wrong:  # noqa: BLE001 - told to those not stored; a locked database keeps each waiting as long
            return [*answers, *[wrong] * (len(works) - len(answers))]
    return answers


def _cause(lost: _TransactionLost) -> Exception:
    cause = lost.__cause__
    if isinstance(cause, DBAPIError):
        return named_failure(cause)
    return cause if isinstance(cause, Exception) else StoreError("the database gave up the transaction")
