"""Rows that go to the driver as they stand: the same values, the same refusals as through SQLAlchemy."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.dialects import sqlite

from tests.core.build import at
from warning.core.evidence import Item
from warning.core.identity import Marks
from warning.errors import SchemaBehind
from warning.store.columns import Instant, sqlite_instant
from warning.store.engine import reading, writing
from warning.store.item_statements import COLUMNS, Arriving, insert_items, known_texts
from warning.store.schema import items

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def entry(item_id, source_id="wire"):
    return Item(
        id=item_id, source_id=source_id, kind="news", country="CN", language="zh", title="镓", known_at=at(0)
    )


def arriving(item_id):
    one = Arriving(entry(item_id))
    one.marks = Marks(7, one.content_hash)
    return one


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES | st.just(UTC)))
def test_a_time_is_written_as_sqlalchemy_writes_it(value):
    process = Instant().dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())
    assert sqlite_instant(value) == process(value)


def test_the_rows_have_every_column_but_the_number(engine):
    assert set(COLUMNS) == set(items.c.keys()) - {"seq"}


def test_a_row_is_the_one_that_sqlalchemy_would_store(engine):
    one = arriving("i-1")
    with writing(engine) as connection:
        insert_items(connection, [one])
        row = dict(zip(COLUMNS, one.values(lambda time: time), strict=True)) | {"id": "i-2", "key": 2}
        connection.execute(insert(items).values(row))
        first, second = connection.execute(select(items).order_by(items.c.seq))
    own = {"seq", "id", "key"}
    assert {k: v for k, v in first._mapping.items() if k not in own} == {
        k: v for k, v in second._mapping.items() if k not in own
    }


def test_a_batch_of_several_sources_is_looked_up_at_once(engine):
    some = [Arriving(entry(f"i-{n}", f"s{n % 3} \"'%")) for n in range(9)]
    with writing(engine) as connection:
        insert_items(connection, some)
    wanted = {(source, one.key) for one in some for source in ("s0 \"'%", "s1 \"'%", "another")}
    with reading(engine) as connection:
        found = known_texts(connection, wanted)
    labels = ("news", "CN", "zh")
    assert found == {one.identity: (one.content_hash, labels) for one in some if one.identity in wanted}


def test_nothing_is_asked_of_the_database_for_nothing(engine):
    with reading(engine) as connection:
        assert known_texts(connection, set()) == {}


def test_a_table_that_is_missing_is_a_schema_behind(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TABLE item_labels")
        connection.exec_driver_sql("DROP TABLE item_revisions")
        connection.exec_driver_sql("DROP TABLE items")
    with pytest.raises(SchemaBehind), writing(engine) as connection:
        insert_items(connection, [arriving("i-1")])


def test_a_batch_that_fails_leaves_nothing(engine):
    impossible = arriving("i-2")
    impossible.key = 2**70
    with pytest.raises(Exception, match=r"(?i)large|range|int"), writing(engine) as connection:
        insert_items(connection, [arriving("i-1"), impossible])
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(items)).scalar_one() == 0
