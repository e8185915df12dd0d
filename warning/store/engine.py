"""Database URL -> Engine, and the two ways to hold a transaction: `reading` and `writing`.

SQLite runs in WAL mode: readers never wait for the writer. A writing transaction takes the write lock when it
begins, so that two processes queue up instead of failing half-way.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.pool import QueuePool

from warning.core.ids import key64
from warning.errors import SchemaBehind, SettingsError, StoreContended, StoreError

BUSY_SECONDS = 30
WRITES = "warning_writes"
GIVEN_UP = frozenset({"40P01", "40001"})
"""What PostgreSQL says of a deadlock, and of transactions that cannot be put one after the other."""
AT_EASE = "PRAGMA synchronous = NORMAL"
"""Commits reach the disk when pages are put in their places, but for those that ask to (`writing`)."""
CACHE_KIB = 6_000
"""What a connection to SQLite may remember of the file: a poll writes into the middle of each index. With 16 MB new items cost
the same processor time at a hundred thousand and a million stored."""
CHECKPOINT_PAGES = 16_000
"""64 MB of changes stand beside the file before they are put in their places: pages changed often are moved once, and
what lies scattered over a large file is handed to the disk in fewer and larger pieces."""


def open_engine(url: str) -> Engine:
    """Return the engine of a SQLite or PostgreSQL database. Whoever opens it disposes of it.

    Raises SettingsError for a URL of another kind. Nothing is connected yet.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return create_engine(
        parsed,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=utc", "application_name": "allied-early-warning"},
    )


def database_url(url: str) -> URL:
    """Return the URL with the driver this program uses; the password never enters an error message."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "the database URL cannot be read; it looks like sqlite:///path/to/file "
            "or postgresql+psycopg://user@host/name"
        ) from None  # what was read so far may hold the password
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return parsed.set(drivername="sqlite")
    raise SettingsError(
        f"{parsed.drivername!r} is not a database this program runs on; use sqlite or postgresql"
    )


def _sqlite(url: URL) -> Engine:
    kept_in_memory = url.database in {None, "", ":memory:"}
    # One connection only for a database in memory: a second one would see an empty database.
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if kept_in_memory else {}
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_use_lifo=True,  # each connection remembers as much of the file as it may: as few as can do take turns
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        **pool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own implicit BEGIN is deferred and skips DDL; `_begin_sqlite` says BEGIN instead.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(AT_EASE)
    connection.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for this lock by itself, so two first starts need the loop."""
    for _ in range(BUSY_SECONDS * 20):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as wrong:
            if "locked" not in str(wrong):
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One snapshot to read from. Raises SchemaBehind or StoreError when the database cannot answer."""
    with NamedFailures(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, synced: bool = False) -> Iterator[Connection]:
    """One transaction: all of it is stored when the block ends, nothing when it raises.

    With `synced` it has outlived a power cut by then, and with it all that was committed before. Without, SQLite may
    lose the last transactions, whole, when the power goes; a process that dies loses none.
    """
    with NamedFailures(), engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        with _synced(connection) if synced else nullcontext(), connection.begin():
            yield connection


@contextmanager
def _synced(connection: Connection) -> Iterator[None]:
    """Have SQLite wait at the commit until the disk has it. PostgreSQL does so of itself (`synchronous_commit`)."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        driver.execute(AT_EASE)


class NamedFailures:
    """Raises SchemaBehind or StoreError in place of what the database's driver says. A class: each poll passes here."""

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(wrong, OperationalError | ProgrammingError):
            return
        if _is_schema_missing(wrong):
            raise SchemaBehind from wrong
        if isinstance(wrong, ProgrammingError):
            return
        raise named_failure(wrong) from wrong


def asked_of_sqlite(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    """Return all that one statement answers, by the driver alone: SQLAlchemy takes longer than a small look-up."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    try:
        return driver.execute(statement, values).fetchall()
    except sqlite3.Error as wrong:
        raise DBAPIError.instance(
            statement, None, wrong, sqlite3.Error, dialect=connection.dialect
        ) from wrong


def named_failure(wrong: DBAPIError) -> StoreError:
    """Return what the database's driver said as an error of ours: StoreContended where it gave up one of two that waited."""
    said = str(wrong.orig).strip()
    if getattr(wrong.orig, "sqlstate", None) in GIVEN_UP:
        return StoreContended(
            f"the database gave up one of two transactions that waited for each other: {said}"
        )
    failure = StoreError(f"the database did not answer: {said}")
    failure.retryable = True
    return failure


def _is_schema_missing(wrong: DBAPIError) -> bool:
    if getattr(wrong.orig, "sqlstate", None) in {"42P01", "42703"}:
        return True
    said = str(wrong.orig)
    return said.startswith(("no such table", "no such column")) or "has no column named" in said


@contextmanager
def committed(connection: Connection, name: str) -> Iterator[None]:
    """Whatever writers of the named thing have numbered so far is committed when this begins, or rolled back.

    PostgreSQL numbers rows before they are committed: without this, a lower number may appear after a higher
    one was read. SQLite has one writer at a time.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    key = {"key": key64("lock", "writers", name)}
    connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def numbering(connection: Connection, name: str) -> None:
    """Say that this transaction will number rows of the named thing: `committed` waits for its end.

    To be called before any other lock is taken.
    """
    if connection.dialect.name == "postgresql":
        key = {"key": key64("lock", "writers", name)}
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), key)


def serialise(connection: Connection, *names: str) -> None:
    """Let one transaction at a time do the named things. SQLite's write lock has done so already."""
    if names and connection.dialect.name == "postgresql":
        # In one order for all, so that no two transactions wait for each other.
        keys = [key64("lock", name) for name in sorted(set(names))]
        connection.execute(_LOCKS, {"keys": keys}).all()


_LOCKS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS int8[])) AS key")
