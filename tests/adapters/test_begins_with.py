"""What a text begins with is found by byte on every database, whatever order it has for texts."""

import pytest
from sqlalchemy import Column, Engine, MetaData, Table, Text, insert, select
from sqlalchemy.dialects import postgresql

from warning.store.columns import BeginsWith

PREFIX = "pattern:stop:"
STORIES = {PREFIX, "pattern:stop:gallium+germanium", "pattern:stop:镓", "pattern:stop:\U0001f9f2"}
OTHERS = {
    "pattern:stop",
    "pattern:stop-2:gallium",
    "Pattern:stop:gallium",
    "pattern:stoq:",
    "absence:stop:",
    "",
}
TOLD = Table("told_stories", MetaData(), Column("story", Text, primary_key=True))


def test_only_texts_with_the_prefix_are_found(engine: Engine):
    TOLD.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(TOLD), [{"story": story} for story in sorted(STORIES | OTHERS)])
        found = connection.execute(select(TOLD.c.story).where(BeginsWith(TOLD.c.story, PREFIX))).scalars()
        assert set(found) == STORIES


@pytest.mark.parametrize("sign", ["~>=~", "~<~"])
def test_postgresql_is_asked_for_the_order_by_byte(sign: str):
    said = BeginsWith(TOLD.c.story, PREFIX).compile(dialect=postgresql.dialect())
    assert sign in str(said)
