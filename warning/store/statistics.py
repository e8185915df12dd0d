"""What PostgreSQL has to know of a table before it chooses how to read it.

A store that was filled or restored a moment ago has no statistics: a table is then read from one end to the other for
some hundred keys that an index would find. PostgreSQL looks at such tables by itself within minutes, unless that was
switched off; who begins at once would have slow minutes, and without it slow years.
"""

from sqlalchemy import Engine, text

from warning.store.engine import reading, writing

LEAST_BYTES = 1 << 20
"""A smaller table is read from end to end in no time."""
GROWN = 4
"""How often its former size a table is when what was known of it says nothing any more."""


def learn_tables(engine: Engine) -> tuple[str, ...]:
    """Have PostgreSQL look at those of our tables it knows nothing of, and return their names. Nothing on SQLite.

    A million rows take about a second. Nobody waits for it but who looks at the same table.
    """
    if engine.dialect.name != "postgresql":
        return ()
    with reading(engine) as connection:
        unknown = tuple(connection.execute(_UNKNOWN, {"least": LEAST_BYTES, "grown": GROWN}).scalars())
    for table in unknown:
        with writing(engine) as connection:
            connection.exec_driver_sql(f"ANALYZE {connection.dialect.identifier_preparer.quote(table)}")
    return unknown


_UNKNOWN = text("""
    SELECT c.relname FROM pg_class AS c
    WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
      AND pg_has_role(c.relowner, 'USAGE') AND pg_relation_size(c.oid) > :least
      AND (pg_relation_size(c.oid) > :grown * c.relpages * current_setting('block_size')::int8
           OR NOT EXISTS (SELECT FROM pg_stats AS s WHERE s.schemaname = current_schema() AND s.tablename = c.relname))
    ORDER BY c.relname
""")
"""As pages after a restore are counted with the indexes, their number alone does not say that a table was looked at."""
