"""Bringing a database to the newest schema. The only importer of alembic; no alembic.ini is needed.

The usual case, a database that is already there, is answered without loading alembic at all.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from warning import resources
from warning.errors import SchemaBehind, StoreError
from warning.store.engine import database_url, open_engine, reading, serialise, writing
from warning.store.schema import HEAD
from warning.store.statistics import learn_tables

if TYPE_CHECKING:
    from alembic.config import Config

MEND = "run `warning db upgrade`"


def upgrade(url: str) -> str:
    """Bring the database to the newest schema, creating the SQLite file and its directory; return the revision.

    Two processes may do this at once: the second waits, then finds nothing to do. PostgreSQL then also looks at tables
    that it knows nothing of, as those of a store restored a moment ago.
    """
    _make_directory(url)
    engine = open_engine(url)
    try:
        revision = upgrade_engine(engine)
        learn_tables(engine)
        return revision
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> str:
    """The same for an open engine: a database in memory lives no longer than its engine."""
    if _recorded(engine) == HEAD:
        return HEAD
    with writing(engine) as connection:
        serialise(connection, "schema")
        revision = _revision(connection)
        _refuse_newer(revision)
        if revision != HEAD:
            _upgrade(connection)
    return HEAD


def current(url: str) -> str | None:
    """Return the revision the database is at; None when it is empty or a SQLite file does not exist."""
    if _is_absent(url):
        return None
    engine = open_engine(url)
    try:
        return _recorded(engine)
    finally:
        engine.dispose()


def check(url: str) -> str:
    """Return the revision when it is the newest. Raises SchemaBehind, or StoreError when it is unknown here."""
    revision = current(url)
    if revision is None:
        raise SchemaBehind(f"the database is empty: {MEND}")
    _refuse_newer(revision)
    if revision != HEAD:
        raise SchemaBehind(f"the database schema is at {revision}, this program needs {HEAD}: {MEND}")
    return revision


def revisions() -> tuple[str, ...]:
    """Return every revision this program knows, newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see the module's docstring

    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _recorded(engine: Engine) -> str | None:
    with reading(engine) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(revision: str | None) -> None:
    if revision is None or revision == HEAD or revision in revisions():
        return
    raise StoreError(
        f"the database schema is at {revision}, which this program does not know: "
        "it was upgraded by a newer version; install that version, or restore a backup"
    )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config()
    location = str(resources.tree("alembic")).replace("%", "%%")  # the option is interpolated
    config.set_main_option("script_location", location)
    return config


def _sqlite_file(url: str) -> Path | None:
    parsed = database_url(url)
    in_memory = parsed.database in {None, "", ":memory:"}
    return None if parsed.get_backend_name() != "sqlite" or in_memory else Path(str(parsed.database))


def _is_absent(url: str) -> bool:
    path = _sqlite_file(url)
    return path is not None and not path.exists()


def _make_directory(url: str) -> None:
    path = _sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
