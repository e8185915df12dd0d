"""`warning feeds parse`: what saved documents would yield. One JSON line a file, never a crash."""

import sys
from datetime import datetime
from pathlib import Path

import click

from warning.app.compose import system_clock, trees
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.cli.output import print_json_line
from warning.collect.parse_files import Answer, Reading, read_files
from warning.collect.parse_guess import GUESSERS
from warning.core.phrases import counted
from warning.core.sources import unknown_source
from warning.core.vocabulary import SourceKind
from warning.settings import load_settings

# Saved documents rarely say where they came from: relative links are resolved against a name that can exist
# nowhere (RFC 2606), so that entries keep their identity.
NOWHERE = "https://saved-document.invalid/"
_KINDS: dict[str, SourceKind] = {"table": "customs", "listing": "regulatory"}


@click.command("parse", epilog="Exit codes: 0 every file gave an answer, 2 usage or configuration.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as", "family", type=click.Choice(sorted(GUESSERS)), help="What kind of document the files are."
)
@click.option("--source", "source_id", help="Read them as this source of the catalogue declares.")
@click.option(
    "--records", is_flag=True, help="Print the evidence as interchange lines; the answers go to stderr."
)
@click.option("--url", help="The address the documents came from, for relative links.")
@click.option("--country", help="ISO 3166 code of the publisher: whose clock dates without a zone follow.")
@click.option(
    "--fetched-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]), help="When they were fetched."
)
@click.option("--json", "as_json", is_flag=True, help="Mark each line with its schema, parse/1.")
def parse_command(
    files: tuple[Path, ...], *, family: str | None, source_id: str | None, records: bool, url: str | None,
    country: str | None, fetched_at: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """Read saved documents (plain, .gz or .zst) and say what each would yield.

    Without --source, selectors, paths and columns are guessed. The answer of a file is
    {"file", "ok", "records", "problems"}; the exit code is 0 when every file gave one.

    \b
    Examples:
      warning feeds parse saved/*.xml --as rss
      warning feeds parse page.html --source cn-mofcom-notices --records
    """
    spec = _source(source_id) if source_id else None
    reading = _reading(spec, family, country, url, fetched_at, records=records)
    for answer in read_files(files, reading):
        _print(answer, records=records, as_json=as_json)


def _source(source_id: str) -> SourceSpec:
    where = trees(load_settings())
    specs = {spec.id: spec for spec in load_catalogue(where.feeds, where.overlay)}
    if source_id in specs:
        return specs[source_id]
    from difflib import get_close_matches  # noqa: PLC0415 - for the message only

    near = get_close_matches(source_id, specs, n=3)
    hint = f"; near: {', '.join(near)}" if near else ""
    raise click.BadParameter(f"no source {source_id!r} in the catalogue{hint}", param_hint="--source")


def _reading(
    spec: SourceSpec | None, family: str | None, country: str | None, url: str | None, fetched_at: datetime | None,
    *, records: bool,
) -> Reading:  # fmt: skip
    if spec is None and family is None:
        raise click.UsageError("say what the files are: --as rss, or --source with a source of the catalogue")
    if spec is not None and family not in {None, spec.parse.format}:
        raise click.UsageError(f"source {spec.id} is of format {spec.parse.format}, not {family}")
    family = family or (spec.parse.format if spec else "")
    unknown = unknown_source("saved-document", _KINDS.get(family, "news"), country or "ZZ", "und")
    now = system_clock()
    return Reading(
        family=family,
        format=spec.parse if spec else None,
        profile=spec.profile if spec else unknown,
        url=url or (str(spec.url) if spec else NOWHERE),
        fetched_at=(fetched_at if fetched_at.tzinfo else fetched_at.replace(tzinfo=now.tzinfo))
        if fetched_at
        else now,
        with_records=records,
    )


def _print(answer: Answer, *, records: bool, as_json: bool) -> None:
    told = {
        "file": answer.file,
        "ok": answer.ok,
        "records": answer.records,
        "problems": list(answer.problems),
    }
    if not records:
        print_json_line({"schema": "parse/1", **told} if as_json else told)
        return
    for line in answer.evidence:
        click.echo(line)
    click.echo(f"{answer.file}: {counted(answer.records, 'record')}", file=sys.stderr)
    for problem in answer.problems:
        click.echo(f"  {problem}", file=sys.stderr)
