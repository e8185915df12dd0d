"""A full disk takes SQLite's whole transaction away, not the statement alone: who else wrote in it must not lose."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import TimeoutError as NoConnection

from warning.core.health import SourceState
from warning.errors import StoreContended, StoreError
from warning.store.engine import open_engine
from warning.store.evidence_writer import EvidenceWriter
from warning.store.repository import Repository

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
ROOM_PAGES = 40


@pytest.fixture
def small_disk(sqlite_url: str) -> Iterator[Repository]:
    """A store that may grow by some 160 kB."""
    engine: Engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + ROOM_PAGES}")

    event.listen(engine, "connect", limit)
    yield Repository(engine)
    engine.dispose()


def poll(source_id: str, kilobytes: int = 1):
    """What a poll stores: its bytes, and the state that says they need not be asked for again."""

    def work(writer: EvidenceWriter) -> str:
        body = source_id.encode() + bytes(kilobytes * 1024)
        digest = writer.archive(
            incompressible(body), source_id=source_id, url="u", content_type="", fetched_at=NOW
        )
        writer.save_source_state(SourceState(source_id=source_id, condition="ok", body_hash=digest))
        return digest

    return work


def incompressible(seed: bytes) -> bytes:
    return random.Random(seed).randbytes(len(seed))


def test_a_poll_too_large_for_the_disk_takes_nobody_elses_evidence_with_it(small_disk: Repository) -> None:
    one, two, large, last = small_disk.together([poll("a"), poll("b"), poll("large", 1_000), poll("z")])
    assert isinstance(large, StoreError)
    assert "full" in str(large)
    assert small_disk.source_states().keys() == {"a", "b", "z"}
    for digest in (one, two, last):
        assert small_disk.archived(digest), "a state says it is stored"


def test_a_poll_too_large_for_the_disk_leaves_nothing_behind_when_it_comes_alone(
    small_disk: Repository,
) -> None:
    (large,) = small_disk.together([poll("large", 1_000)])
    assert isinstance(large, StoreError)
    assert small_disk.source_states() == {}
    assert small_disk.counts()["documents"] == small_disk.counts()["fetches"] == 0
    (small,) = small_disk.together([poll("a")])
    assert small_disk.archived(small)


def test_a_state_nobody_can_store_costs_its_own_poll_only(repository: Repository) -> None:
    def unwritable(writer: EvidenceWriter) -> None:
        writer.save_source_state(SourceState(source_id="bad", failures=object()))

    good, bad = repository.together([poll("good"), unwritable])
    assert isinstance(bad, Exception)
    assert repository.archived(good)
    assert repository.source_states().keys() == {"good"}


def test_a_store_that_is_locked_is_asked_once_for_a_whole_group(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    said: list[str] = []

    def impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50")
        connection.set_trace_callback(said.append)

    event.listen(engine, "connect", impatient)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        Repository(engine).together([poll(f"s{n}") for n in range(20)])
    assert said.count("BEGIN IMMEDIATE") == 1
    holder.close()
    assert len(Repository(engine).together([poll("a")])) == 1
    engine.dispose()


@pytest.mark.parametrize("lost", ["one piece", "the transaction"])
def test_who_is_stored_is_told_so_when_no_connection_is_left_to_try_another_piece_again(
    sqlite_url: str, lost: str
) -> None:
    engine = open_engine(sqlite_url)
    asked: list[object] = []

    def none_left(*_connection: object) -> None:
        asked.append(_connection)
        if len(asked) > (1 if lost == "one piece" else 2):
            raise NoConnection("QueuePool limit reached")

    def given_up(writer: EvidenceWriter) -> None:
        writer.save_source_state(SourceState(source_id="b", failures=object() if lost != "one piece" else 0))
        if lost == "one piece":
            raise StoreContended("a deadlock")

    event.listen(engine, "checkout", none_left)
    stored, *others = Repository(engine).together([poll("a"), given_up, given_up])
    assert all(isinstance(other, NoConnection) for other in others)
    event.remove(engine, "checkout", none_left)
    assert Repository(engine).archived(stored)
    assert Repository(engine).source_states().keys() == {"a"}
    engine.dispose()
