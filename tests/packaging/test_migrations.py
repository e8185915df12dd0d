"""The migrations give the tables the code is written for, on both databases, however the database began."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from alembic import command
from warning.errors import SchemaBehind, StoreError
from warning.store import migrate
from warning.store.engine import open_engine, reading, writing
from warning.store.repository import Repository
from warning.store.schema import HEAD, metadata


def test_migrations_give_the_tables_of_the_models_on_an_empty_database(empty_database_url: str):
    migrate.upgrade(empty_database_url)
    engine = open_engine(empty_database_url)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


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
        assert sum("assessed_at IS NULL" in definition for definition in found) == 5
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
