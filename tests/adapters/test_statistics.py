"""PostgreSQL reads a store by its indexes from the first minute on, also when it was filled or restored just now."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from warning.core.evidence import Item
from warning.store import migrate
from warning.store.engine import open_engine, reading
from warning.store.repository import Repository
from warning.store.statistics import learn_tables

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KNOWN = text("SELECT count(*) FROM pg_stats WHERE tablename = 'items'")


def fill(repository, first, count):
    repository.add_items(
        Item(
            id=f"i-{number}", source_id="a", kind="news", country="CN", language="en", title=f"Notice {number}",
            body="Gallium. " * 60, known_at=NOW + timedelta(seconds=number),
        )
        for number in range(first, first + count)
    )  # fmt: skip


@pytest.fixture
def filled(postgres_url):
    """Statistics of PostgreSQL's own making may not come in between."""
    repository = Repository(open_engine(postgres_url))
    with repository.engine.begin() as connection:
        connection.execute(text("ALTER TABLE items SET (autovacuum_enabled = off)"))
    fill(repository, 0, 3_000)
    yield repository
    repository.close()


def knows_items(repository) -> bool:
    with reading(repository.engine) as connection:
        return bool(connection.execute(KNOWN).scalar_one())


@pytest.mark.postgres
def test_a_table_without_statistics_is_looked_at_once(filled):
    assert not knows_items(filled)
    assert learn_tables(filled.engine) == ("items",)
    assert knows_items(filled)
    assert learn_tables(filled.engine) == ()


@pytest.mark.postgres
def test_a_table_is_looked_at_again_when_it_has_grown_to_four_times_its_size(filled):
    learn_tables(filled.engine)
    fill(filled, 3_000, 3_000)
    assert learn_tables(filled.engine) == ()
    fill(filled, 6_000, 9_000)
    assert learn_tables(filled.engine) == ("items",)


@pytest.mark.postgres
def test_whoever_opens_a_restored_store_has_its_tables_looked_at(filled):
    migrate.upgrade(filled.engine.url.render_as_string())
    assert knows_items(filled)


@pytest.mark.postgres
def test_a_user_who_may_only_read_is_refused_nothing(filled):
    with filled.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS onlooker"))
        connection.execute(text("CREATE ROLE onlooker LOGIN"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker"))
    onlooker = open_engine(filled.engine.url.set(username="onlooker").render_as_string())
    assert learn_tables(onlooker) == ()
    onlooker.dispose()


def test_sqlite_is_left_alone(sqlite_url):
    engine = open_engine(sqlite_url)
    assert learn_tables(engine) == ()
    engine.dispose()
