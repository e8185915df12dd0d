"""Rows into PostgreSQL by COPY: what it takes to insert many one by one is most of what storing them costs."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def copy_rows(
    connection: Connection, table: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows of these columns, names with PostgreSQL's types in the rows' order. Nothing of them may be stored already."""
    import psycopg  # noqa: PLC0415 - 8 MB that a process on SQLite can do without

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as wrong:
        raise DBAPIError.instance(
            statement, None, wrong, psycopg.Error, dialect=connection.dialect
        ) from wrong
