"""A consistent copy of the database while it is in use, and a look at its soundness."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from warning.errors import StoreError
from warning.store.engine import open_engine, reading


def backup(url: str, target: Path) -> int:
    """Copy the database to a new file and return its size in bytes.

    SQLite gives a database file that can be opened as it is; PostgreSQL a pg_dump archive for pg_restore.
    Raises StoreError when the target exists or the copy fails; no half file is left.
    """
    if target.exists():
        raise StoreError(f"{target} exists; a backup never replaces a file: name another one")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, part)
        else:
            _dump_postgres(engine.url, part)
        part.rename(target)
    finally:
        engine.dispose()
        part.unlink(missing_ok=True)
    return target.stat().st_size


def faults(engine: Engine) -> tuple[str, ...]:
    """Return what SQLite finds wrong in its own file; PostgreSQL checks itself and gives nothing here."""
    if engine.dialect.name != "sqlite":
        return ()
    with reading(engine) as connection:
        told = connection.execute(text("PRAGMA quick_check")).scalars().all()
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    damage = tuple(line for line in told if line != "ok")
    return damage + tuple(f"a row of {row[0]} points at a missing row of {row[2]}" for row in orphans)


def _copy_sqlite(engine: Engine, part: Path) -> None:
    source = engine.raw_connection()
    try:
        with closing(sqlite3.connect(part)) as copy:
            connection = source.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            connection.backup(copy, pages=4096)
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise StoreError("the copy is damaged, and so is the database: see `warning db check`")
    except sqlite3.Error as wrong:
        raise StoreError(f"the database could not be copied: {wrong}") from wrong
    finally:
        source.close()


def _dump_postgres(url: URL, part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StoreError("pg_dump is not on the PATH; install PostgreSQL's client programs to make a backup")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - no shell; the address is the operator's own setting
        [program, "--format=custom", f"--file={part}", f"--dbname={address}"],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreError(f"pg_dump failed: {done.stderr.strip()}")
