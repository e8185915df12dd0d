"""`warning db`: the schema of the database, its soundness, and backups."""

from pathlib import Path

import click

from warning.cli.output import print_json
from warning.core.phrases import counted
from warning.errors import StoreError
from warning.settings import Settings, load_settings
from warning.store import migrate
from warning.store.backup import backup, faults
from warning.store.engine import database_url, open_engine
from warning.store.repository import Repository
from warning.store.schema import HEAD

JSON = click.option("--json", "as_json", is_flag=True, help="Print db/1 on stdout.")


@click.group(
    "db", epilog="Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration, 130 interrupted."
)
def command() -> None:
    """The database: schema, soundness, backup.

    It is a SQLite file in WARNING_HOME unless WARNING_DATABASE_URL names another, PostgreSQL for instance.

    \b
    Examples:
      warning db upgrade
      warning db backup
    """


@command.command("upgrade")
@JSON
def upgrade_command(*, as_json: bool) -> None:
    """Bring the schema to the newest revision, creating the SQLite file and its home on first use.

    \b
    Examples:
      warning db upgrade
      WARNING_DATABASE_URL_FILE=/run/secrets/url warning db upgrade --json
    """
    settings = load_settings()
    before = migrate.current(settings.url)
    after = migrate.upgrade(settings.url)
    if as_json:
        print_json("db/1", {"database": _shown(settings), "before": before, "revision": after})
    else:
        said = (
            f"is at {after} already" if before == after else f"upgraded from {before or 'nothing'} to {after}"
        )
        click.echo(f"{_shown(settings)}: {said}")


@command.command("current")
@JSON
def current_command(*, as_json: bool) -> None:
    """Say which revision the schema is at.

    \b
    Examples:
      warning db current
      warning db current --json
    """
    settings = load_settings()
    revision = migrate.current(settings.url)
    if as_json:
        print_json("db/1", {"database": _shown(settings), "revision": revision, "newest": HEAD})
    else:
        click.echo(f"{_shown(settings)}: {revision or 'empty'} (newest is {HEAD})")


@command.command("check")
@JSON
def check_command(*, as_json: bool) -> None:
    """Check the schema and the file's soundness, and count what it holds. Exit 1 when it is damaged.

    \b
    Examples:
      warning db check
      warning db check --json
    """
    settings = load_settings()
    revision = migrate.check(settings.url)
    engine = open_engine(settings.url)
    try:
        found = faults(engine)
        counts = {} if found else Repository(engine).counts()
    finally:
        engine.dispose()
    if as_json:
        answer = {"revision": revision, "faults": list(found), "counts": counts}
        print_json("db/1", {"database": _shown(settings), **answer})
    else:
        click.echo(f"{_shown(settings)}: revision {revision}, {'damaged' if found else 'sound'}")
        for line in found:
            click.echo(f"  {line}")
        for name, count in counts.items():
            click.echo(f"  {name:<16} {count:>10}")
    if found:
        raise StoreError("the database is damaged: restore the last backup, or export what can be read")


@command.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@JSON
def backup_command(file: Path | None, *, as_json: bool) -> None:
    """Copy the database while it is in use. FILE is made in the home's backups/ when none is named.

    \b
    Examples:
      warning db backup
      warning db backup /mnt/safe/warning.sqlite3
    """
    settings = load_settings()
    migrate.check(settings.url)
    target = file or _backup_path(settings)
    size = backup(settings.url, target)
    if as_json:
        print_json("db/1", {"database": _shown(settings), "file": str(target), "bytes": size})
    else:
        click.echo(f"{target}: {size} bytes")


@command.command("compact")
@click.option(
    "--keep-days",
    type=click.IntRange(0, 36_500),
    help="Forget raw documents older than this; 0 keeps all. Otherwise WARNING_KEEP_RAW_DAYS decides (730).",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be forgotten.")
@JSON
def compact_command(keep_days: int | None, *, dry_run: bool, as_json: bool) -> None:
    """Write raw documents in less room, and forget old ones that stand behind no signal.

    The service does the same in small steps. What was read from a document (items, figures, lists) stays. What rules did
    in assessments as old (`rules stats`) is forgotten with them; signals and alerts stay.

    \b
    Examples:
      warning db compact
      warning db compact --keep-days 365 --dry-run
    """
    from warning.app.compose import system_clock  # noqa: PLC0415 - loads every channel; few commands need it
    from warning.app.tidying import Tidying  # noqa: PLC0415 - as above

    settings = load_settings()
    migrate.check(settings.url)
    engine = open_engine(settings.url)
    kept = settings.keep_raw_days if keep_days is None else keep_days
    try:
        done = Tidying(Repository(engine), kept, dry_run=dry_run).all(system_clock())
    finally:
        engine.dispose()
    packed, forgotten = done.packed, done.forgotten
    if as_json:
        counts = {
            "packed": packed.documents,
            "bytes_before": packed.bytes_before,
            "bytes_after": packed.bytes_after,
            "forgotten": forgotten.documents,
            "bytes_forgotten": forgotten.bytes,
            "traces_forgotten": done.traces,
        }
        print_json("db/1", {"database": _shown(settings), "dry_run": dry_run, **counts})
        return
    click.echo(
        f"packed {counted(packed.documents, 'document')}: {packed.bytes_before} bytes before, {packed.bytes_after} now"
    )
    told = "would forget" if dry_run else "forgot"
    click.echo(
        f"{told} {counted(forgotten.documents, 'document')} older than {counted(kept, 'day')}, {forgotten.bytes} bytes"
    )
    if done.traces:
        click.echo(f"forgot {counted(done.traces, 'record')} of what rules did before then")


def _backup_path(settings: Settings) -> Path:
    from warning.app.compose import system_clock  # noqa: PLC0415 - loads every channel; only a backup needs it

    stamp = system_clock().strftime("%Y%m%dT%H%M%SZ")
    ending = "sqlite3" if database_url(settings.url).get_backend_name() == "sqlite" else "pgdump"
    return settings.home / "backups" / f"warning-{stamp}.{ending}"


def _shown(settings: Settings) -> str:
    """The address without its password."""
    return database_url(settings.url).render_as_string(hide_password=True)
