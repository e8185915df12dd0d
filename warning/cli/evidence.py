"""`warning evidence`: interchange files in and out of the store."""

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from warning.app.compose import open_repository, system_clock, trees
from warning.app.evidence_exchange import export_file, import_files
from warning.catalog.source_overlays import load_catalogue
from warning.cli.evidence_index import index_command
from warning.cli.evidence_show import show_command
from warning.cli.evidence_taken_back import restore, withdraw
from warning.cli.output import print_json
from warning.core.phrases import counted
from warning.settings import load_settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(
    "evidence", epilog="Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration, 130 interrupted."
)
def command() -> None:
    """Bring evidence in from interchange files, write it out, or take a piece of it back.

    A file holds JSON Lines, plain, .gz or .zst; docs/store.md tells its shape.

    \b
    Examples:
      warning evidence import items.jsonl figures.jsonl.zst
      warning evidence export all.jsonl.zst
      warning evidence show i-0123456789abcdef
    """


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def import_command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Store the evidence of FILES. Importing the same file again changes nothing.

    A mistake in any file is told with its line, and then nothing of any file is stored.

    \b
    Examples:
      warning evidence import history.jsonl.zst
      warning evidence import items.jsonl figures.jsonl.gz --json
    """
    settings = load_settings()
    where = trees(settings)
    patiences = {source.id: source.expect.list for source in load_catalogue(where.feeds, where.overlay)}
    repository = open_repository(settings)
    with closing(repository):
        done = import_files(repository, files, system_clock(), patiences)
    if as_json:
        print_json("evidence/1", {"files": [str(file) for file in files], **asdict(done)})
        return
    click.echo(
        f"{counted(done.read, 'record')} read: {done.new} new, {done.revised} revised, {done.unchanged} known already"
    )
    if done.listing_changes:
        click.echo(f"{counted(done.listing_changes, 'entry of a list', 'entries of lists')} changed")


@command.command("export")
@click.argument("file", type=FILE)
@click.option("--since", help="Only what was known at or after this time, such as 2026-11-01T00:00:00+00:00.")
@click.option("--until", help="Only what was known before this time.")
@click.option("--json", "as_json", is_flag=True, help="Print evidence/1 on stdout.")
def export_command(file: Path, *, since: str | None, until: str | None, as_json: bool) -> None:
    """Write the evidence in the store to FILE (.jsonl, .jsonl.gz or .jsonl.zst).

    Items are written as they stand now, figures in every vintage, lists in every version. A month that is over, written
    once with --since and --until, keeps its index: rules preview and rules backtest take several files.

    \b
    Examples:
      warning evidence export all.jsonl.zst
      warning evidence export week.jsonl --since 2026-11-16T00:00:00+00:00
      warning evidence export 2026-10.jsonl.zst --since 2026-10-01T00:00:00+00:00 --until 2026-11-01T00:00:00+00:00
    """
    start, end = _time(since), _time(until)
    repository = open_repository(load_settings())
    with closing(repository):
        written = export_file(repository, file, start, end)
    if as_json:
        print_json("evidence/1", {"files": [str(file)], "written": written})
    else:
        click.echo(f"{counted(written, 'record')} written to {file}")


command.add_command(index_command)
command.add_command(show_command)
command.add_command(withdraw)
command.add_command(restore)


def _time(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter(
            f"{since!r} is not a time with its offset, such as 2026-11-01T00:00:00+00:00"
        )
    return moment
