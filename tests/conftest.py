"""Databases for tests: SQLite always, PostgreSQL from this machine's own binaries, each new and migrated.

One PostgreSQL server runs per test process, in memory where there is /dev/shm, behind a socket in a directory
of its own. It ends with the test process, however that ends.
"""

import gc
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import Engine

from tests.long_first import turn_of
from tests.shipped_once import read_once
from warning.app.long_life import search_rarely
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

settings.register_profile("suite", deadline=None)  # a loaded machine is no failure
settings.load_profile("suite")

read_once()

# Hundreds of processes of the tests load the same modules: each would compile them for itself.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ABSENT = (
    "PostgreSQL was not found on this machine (no initdb and postgres on the PATH or in "
    "/usr/lib/postgresql/*/bin): what this test proves was not tried on PostgreSQL"
)
START_SECONDS = 60
FIRST_WITH_STRATEGY = 150_000
# The shell outlives a killed test process just long enough to see its standard input close, and tidies up.
SERVE = 'home=$1; shift; "$@" & server=$!; read _; kill -INT $server; wait $server; rm -rf "$home"'


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay to the end: a search for cycles looks neither while they are loaded nor through them later."""
    gc.disable()
    try:
        return (yield)
    finally:
        search_rarely()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=turn_of)


class PostgresServer:
    """A throw-away server: no fsync, no TCP, trust authentication, one superuser `ews`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.directory = Path(tempfile.mkdtemp(prefix="ews-pg-", dir=_memory()))
        self._as_user = _unprivileged(self.directory)
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def start(self) -> None:
        data = self.directory / "data"
        order = os.environ.get("EWS_POSTGRES_LOCALE", "C")
        options = ["-U", "ews", "--auth=trust", "-E", "UTF8", f"--locale={order}", "--no-sync"]
        subprocess.run(
            [self._binaries / "initdb", "-D", data, *options],
            check=True, stdout=subprocess.DEVNULL, cwd=self.directory, **self._as_user,
        )  # fmt: skip
        settings = [
            "listen_addresses=",
            "full_page_writes=off",
            "synchronous_commit=off",
            "max_connections=40",
        ]
        flags = [flag for setting in settings for flag in ("-c", setting)]
        server = [self._binaries / "postgres", "-F", "-D", data, "-k", self.directory, *flags]
        with (self.directory / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", SERVE, "sh", self.directory, *server], stdin=subprocess.PIPE, stdout=log, stderr=log,
                cwd=self.directory, start_new_session=True, **self._as_user,
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail((self.directory / "log").read_text(encoding="utf-8"))
                time.sleep(0.05)
            else:
                return

    def execute(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def create_database(self, template: str = "template1") -> str:
        self._databases += 1
        name = f"test_{self._databases}"
        with self._connected() as connection:
            # From release 15 on blocks go through the log by default: twice the work of copying the files.
            way = "STRATEGY FILE_COPY" if connection.info.server_version >= FIRST_WITH_STRATEGY else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {way}")
        return name

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(f"host={self.directory} user=ews dbname=postgres", autocommit=True)

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://ews@/{database}?host={self.directory}"

    def stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(START_SECONDS)
        shutil.rmtree(self.directory, ignore_errors=True)


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _unprivileged(directory: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: only its own processes drop privileges, the tests keep theirs."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(directory, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _postgres_binaries() -> Path | None:
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((c for c in candidates if (c / "initdb").exists() and (c / "postgres").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip(ABSENT)
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    name = postgres_server.create_database()
    migrate.upgrade(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = postgres_server.create_database(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    path = tmp_path / "store.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def repository(engine: Engine) -> Repository:
    return Repository(engine)


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    return Outbox(engine)


@pytest.fixture
def empty_store() -> Iterator[Repository]:
    """A second store, in memory, to move evidence to."""
    opened = open_engine("sqlite://")
    migrate.upgrade_engine(opened)
    yield Repository(opened)
    opened.dispose()
