"""The columns all tables are made of, and the names of their keys and indexes."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    literal,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Key = BigInteger().with_variant(Integer(), "sqlite")


def aware(value: datetime) -> datetime:
    """Return the time as it is. Raises ValueError when it has no time zone."""
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} carries no time zone; the store takes aware times only")
    return value


_WRITTEN = "%04d-%02d-%02d %02d:%02d:%02d.%06d"
"""Takes two thirds of the time of `isoformat`."""


@lru_cache(maxsize=4_096)
def sqlite_instant(value: datetime) -> str:
    """Return an aware time as `Instant` writes it to SQLite, for statements that go to the driver as they stand.

    Raises ValueError when it has no time zone.
    """
    utc = value if value.tzinfo is UTC else aware(value).astimezone(UTC)
    return _WRITTEN % (
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond,
    )  # fmt: skip


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps `YYYY-MM-DD HH:MM:SS.ffffff`, which sorts like the time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = aware(value).astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_column(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def instant_column(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=optional)


def sequence_column() -> Column[int]:
    return Column("seq", Key, primary_key=True)


def fixed(value: str | int) -> BindParameter[Any]:
    """A value written into the statement itself: a condition that a partial index can be matched by."""
    return literal(value, literal_execute=True)


def unassessed_index(name: str, *columns: Column[Any], assessed_at: Column[datetime]) -> Index:
    """Only the rows no assessment has seen: the queue of the assessor, however large the table is."""
    waiting = assessed_at.is_(None)
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


def partial_index(name: str, *columns: Column[Any], where: str, by_prefix: bool = False) -> Index:
    """An index of the rows for which `where` holds; with `by_prefix` PostgreSQL finds in it what begins with a text."""
    ops = {column.name: "text_pattern_ops" for column in columns} if by_prefix else {}
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where), postgresql_ops=ops)


class BeginsWith(FunctionElement[bool]):
    """Whether a text begins with a prefix, compared by byte.

    PostgreSQL is asked for that order: in the order of a language, which a new cluster has unless told otherwise,
    punctuation hardly counts, and between `pattern:x:` and what comes after it nothing would lie.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[str], prefix: str) -> None:
        end = f"{prefix}\U0010ffff"
        super().__init__(column, literal(prefix, Text), literal(end, Text))


@compiles(BeginsWith)
def _in_range(element: BeginsWith, compiler: SQLCompiler, **options: Any) -> str:
    column, first, end = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} >= {first} AND {column} < {end})"


@compiles(BeginsWith, "postgresql")
def _in_range_by_byte(element: BeginsWith, compiler: SQLCompiler, **options: Any) -> str:
    column, first, end = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} ~>=~ {first} AND {column} ~<~ {end})"
