"""`warning digest`: a week for a desk, printed, kept and, when asked, sent."""

import asyncio
import json
import sys
from pathlib import Path

import click

from warning.app.compose import compose
from warning.app.digests import FORMATS, archive_digest, digest_deliveries, owe_digest, rendered, write_digest
from warning.app.live import deliver_round
from warning.app.system import System
from warning.errors import ConfigError
from warning.report.document import DigestDocument
from warning.settings import load_settings


@click.command(
    "digest",
    epilog="Exit codes: 0 ok, 1 a digest could not be sent, 2 no such desk or week, 130 interrupted.",
)
@click.option(
    "--desk", "desk_ids", multiple=True, help="A desk's id; give it again for more. Default: every desk."
)
@click.option("--week", help="An ISO week such as 2026-W47. Default: the last full week in the desk's zone.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What is printed.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Write files here instead of printing."
)
@click.option("--send", is_flag=True, help="Send it to the desk's digest addresses as well.")
def command(
    *,
    desk_ids: tuple[str, ...],
    week: str | None,
    format_name: str,
    as_json: bool,
    output: Path | None,
    send: bool,
) -> None:
    """Write the weekly digest of a desk from the store, and keep it in the archive.

    \b
    Examples:
      warning digest --desk kr                         last week, as text
      warning digest --week 2025-W15 --format html --output digests/
    """
    system = compose(load_settings())
    try:
        documents = _write(system, desk_ids, week)
        _show(documents, "json" if as_json else format_name, output)
        if send and not asyncio.run(_send(system, documents)):
            raise click.exceptions.Exit(1)
    finally:
        system.close()


def _write(system: System, desk_ids: tuple[str, ...], week: str | None) -> list[DigestDocument]:
    book, now = system.book(), system.clock()
    chosen = desk_ids or tuple(desk.id for desk in book.desks)
    if not chosen:
        raise ConfigError("the rulebook has no desks: add one in rules/desks")
    documents = [
        write_digest(system.repository, book, system.sources, desk_id, week=week, now=now)
        for desk_id in chosen
    ]
    for document in documents:
        archive_digest(system.repository, document)
    return documents


def _show(documents: list[DigestDocument], format_name: str, output: Path | None) -> None:
    contents = [(document, rendered(document, format_name)) for document in documents]
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        suffix = {"text": "txt"}.get(format_name, format_name)
        for document, content in contents:
            path = output / f"digest-{document.week}-{document.desk_id}.{suffix}"
            path.write_bytes(content)
            click.echo(str(path))
    elif format_name == "pdf":
        _write_pdf(contents)
    elif format_name == "json" and len(contents) > 1:
        whole = {"schema": "digest/1", "digests": [json.loads(content) for _, content in contents]}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for _, content in contents:
            click.echo(content.decode())


def _write_pdf(contents: list[tuple[DigestDocument, bytes]]) -> None:
    """One PDF goes to a pipe or a file; a terminal would show rubbish, and two in a row are none."""
    if len(contents) > 1 or sys.stdout.isatty():
        raise click.UsageError("a PDF is written into a file: --output DIRECTORY, or --desk and a pipe")
    sys.stdout.buffer.write(contents[0][1])


async def _send(system: System, documents: list[DigestDocument]) -> bool:
    """Return whether no digest is dead; say on stderr what became of each. What waits goes out with the service."""
    for document in documents:
        owe_digest(system, document)
    await deliver_round(system)
    found = [(document.week, row) for document in documents for row in digest_deliveries(system, document)]
    for week, row in found:
        outcome = f"{row.state}: {row.error}" if row.error else row.state
        click.echo(f"{row.desk_id} {week} by {row.channel} to {row.address}: {outcome}", err=True)
    return all(row.state == "sent" for _, row in found)
