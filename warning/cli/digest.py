"""`warning digest`: a week for a desk, printed, kept and, when asked, sent."""

import asyncio
import json
from pathlib import Path

import click

from warning.app.compose import System, compose
from warning.app.digests import FORMATS, archive_digest, rendered, send_digest, write_digest
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
    texts = [(document, rendered(document)[format_name]) for document in documents]
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        suffix = {"text": "txt"}.get(format_name, format_name)
        for document, text in texts:
            path = output / f"digest-{document.week}-{document.desk_id}.{suffix}"
            path.write_text(text, encoding="utf-8")
            click.echo(str(path))
    elif format_name == "json" and len(texts) > 1:
        whole = {"schema": "digest/1", "digests": [json.loads(text) for _, text in texts]}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for _, text in texts:
            click.echo(text)


async def _send(system: System, documents: list[DigestDocument]) -> bool:
    """Return whether every digest was handed over; say on stderr what became of each."""
    all_sent = True
    for document in documents:
        for sent in await send_digest(system, document):
            outcome = f"not sent: {sent.error}" if sent.error else "sent"
            click.echo(f"{sent.desk_id} {sent.week} to {sent.address}: {outcome}", err=True)
            all_sent = all_sent and not sent.error
    return all_sent
