"""The migrations give the tables the code is written for, on both databases, however the database began."""

import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.schema import SchemaItem

from alembic import command
from warning.core.evidence import Item
from warning.core.identity import marks_of
from warning.core.vocabulary import Marking
from warning.errors import SchemaBehind, StoreError
from warning.store import migrate
from warning.store.engine import open_engine, reading, writing
from warning.store.mark_pages import entries_of
from warning.store.repository import Repository
from warning.store.schema import HEAD, metadata

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_migrations_give_the_tables_of_the_models_on_an_empty_database(empty_database_url: str):
    migrate.upgrade(empty_database_url)
    engine = open_engine(empty_database_url)
    with reading(engine) as connection:
        options = {"include_object": partial(_is_here, engine.dialect.name)}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


def _is_here(dialect: str, thing: SchemaItem, *_: object) -> bool:
    """Some tables and indexes are made on one kind of database alone."""
    only = thing.info.get("only")
    return only is None or only == dialect


def test_migrations_give_the_very_statements_of_the_models_on_sqlite(tmp_path: Path):
    """The comparison above does not see the conditions of partial indexes; the statements show them."""
    migrate.upgrade(f"sqlite:///{tmp_path / 'migrated'}")
    engine = open_engine(f"sqlite:///{tmp_path / 'created'}")
    with writing(engine) as connection:
        metadata.create_all(connection)
    engine.dispose()
    assert _statements(tmp_path / "migrated") == _statements(tmp_path / "created")


def _statements(path: Path) -> set[tuple[str, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name != 'alembic_version'"
    )
    statements = {_parts(row[0]) for row in rows}
    connection.close()
    return statements


def _parts(statement: str) -> tuple[str, ...]:
    """Split at the commas, in no order and without quotes: a rebuilt table's name is quoted, a new one's is not."""
    plain = re.sub(r"\s+", " ", statement.replace('"', "")).removesuffix(")")
    return tuple(sorted(part.strip() for part in plain.split(",")))


def test_the_partial_indexes_exist_on_postgresql(postgres_url: str):
    engine = open_engine(postgres_url)
    with reading(engine) as connection:
        found = connection.execute(
            text("SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE%'")
        ).scalars()
        assert sum("assessed_at IS NULL" in definition for definition in found) == 4
    engine.dispose()


def test_head_in_the_schema_is_the_newest_migration():
    assert migrate.revisions()[0] == HEAD


def test_upgrade_leaves_an_existing_database_as_it_is(database_url: str):
    before = migrate.current(database_url)
    assert migrate.upgrade(database_url) == before == HEAD
    assert migrate.check(database_url) == HEAD


def test_downgrade_and_upgrade_meet_again(empty_database_url: str):
    migrate.upgrade(empty_database_url)
    engine = open_engine(empty_database_url)
    with writing(engine) as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    assert migrate.current(empty_database_url) is None
    assert migrate.upgrade(empty_database_url) == HEAD


def test_marks_of_stored_items_are_those_that_are_written_today(sqlite_url: str):
    """A store of an earlier program finds the documents under changed ids as one filled today does."""
    items = [
        Item(
            id=f"i-{n}", source_id=f"wire-{n % 3}", kind=kind, country="CN", language="zh", title=f"出口管制公告 {n}",
            summary="镓" * n, body="锗" * n, url=f"https://a.example/{n}" if n % 4 else "", known_at=NOON,
        )
        for n in range(120) for kind in [("news", "regulatory")[n % 2]]
    ]  # fmt: skip
    engine = open_engine(sqlite_url)
    Repository(engine).add_items(items)
    written = _marks(engine)
    for to in ("0019", HEAD):
        with writing(engine) as connection:
            config = migrate._config()
            config.attributes["connection"] = connection
            (command.upgrade if to == HEAD else command.downgrade)(config, to)
    assert _marks(engine) == written
    assert len(written) > len(items)
    assert set(Repository(engine).items_between(NOON, NOON + timedelta(days=1))) == set(items)
    again = [replace(item, id=f"{item.id}-again", known_at=NOON + timedelta(hours=1)) for item in items]
    assert len(Repository(engine).add_items(again).new) == sum(_is_unmarked(item) for item in items)
    engine.dispose()


def test_items_and_their_histories_go_back_a_revision_and_forth(sqlite_url: str):
    """The table of items is written anew each way, with what refers to it."""
    first = [
        Item(
            id=f"i-{n}", source_id=f"wire-{n % 3}", kind="news", country="JP", language="ja", title=f"輸出管理 {n}",
            summary="ガリウム" * n, url=f"https://a.example/{n}", known_at=NOON, published_at=NOON if n % 2 else None,
            marking=Marking.AMBER if n % 5 == 0 else None,
        )
        for n in range(60)
    ]  # fmt: skip
    edits = [replace(item, body="改訂", known_at=NOON + timedelta(hours=1)) for item in first[::4]]
    engine = open_engine(sqlite_url)
    repository = Repository(engine)
    repository.add_items([*first, *edits])
    stored = repository.items_between(NOON, NOON + timedelta(days=1))
    histories = [repository.item_history(item) for item in stored]
    waiting = repository.counts()["unassessed"]
    for to in ("0023", HEAD, "0023", HEAD):
        with writing(engine) as connection:
            config = migrate._config()
            config.attributes["connection"] = connection
            (command.upgrade if to == HEAD else command.downgrade)(config, to)
        with reading(engine) as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert repository.items_between(NOON, NOON + timedelta(days=1)) == stored
    assert [repository.item_history(item) for item in stored] == histories
    assert repository.counts()["unassessed"] == waiting
    assert sum(map(len, histories)) == len(edits)
    again = repository.add_items([*first, *edits])
    assert (again.new, again.revised) == ((), ())
    assert [repository.find_item(item.id) for item in stored] == list(stored)
    engine.dispose()


def _is_unmarked(item: Item) -> bool:
    """An official text that is short is known by its address alone, and one under another id is never an edit."""
    return marks_of(item) == (None, None)


def _marks(engine: Engine) -> set[tuple[int, int, int]]:
    """What stands for each item: place, what is kept of the mark, number of the item."""
    with reading(engine) as connection:
        query = """SELECT place, entries FROM item_marks_recent
            UNION ALL SELECT first >> 32, entries FROM item_mark_pages"""
        return {
            (row.place, entry >> 32, entry & 0xFFFFFFFF)
            for row in connection.execute(text(query))
            for entry in entries_of(row.entries).tolist()
        }


def test_check_says_the_mend_when_the_database_is_empty(empty_database_url: str):
    with pytest.raises(SchemaBehind, match="warning db upgrade"):
        migrate.check(empty_database_url)


def test_check_says_the_mend_when_the_schema_is_behind(database_url: str, monkeypatch: pytest.MonkeyPatch):
    _record(database_url, "0000")
    monkeypatch.setattr(migrate, "revisions", lambda: (HEAD, "0000"))
    with pytest.raises(SchemaBehind, match=f"at 0000, this program needs {HEAD}.*warning db upgrade"):
        migrate.check(database_url)


def test_a_database_of_a_newer_program_is_refused(database_url: str):
    _record(database_url, "9999")
    for attempt in (migrate.check, migrate.upgrade):
        with pytest.raises(StoreError, match="newer version"):
            attempt(database_url)


def _record(url: str, revision: str) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_reading_an_empty_database_names_the_mend(empty_database_url: str):
    engine = open_engine(empty_database_url)
    with pytest.raises(SchemaBehind, match="warning db upgrade"):
        Repository(engine).counts()
    engine.dispose()


def test_two_processes_upgrade_an_empty_database_at_once(empty_database_url: str):
    program = "import sys; from warning.store import migrate; print(migrate.upgrade(sys.argv[1]))"
    program_line = [sys.executable, "-W", "error", "-c", program, empty_database_url]
    processes = [
        subprocess.Popen(program_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate() for process in processes]
    assert answers == [(f"{HEAD}\n", "")] * 3
    assert migrate.check(empty_database_url) == HEAD
