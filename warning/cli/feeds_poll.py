"""`warning feeds poll`: ask sources now and show what would be stored. Nothing is stored."""

import asyncio
import sys
from difflib import get_close_matches
from typing import Any

import click

from warning.app.compose import system_clock, trees
from warning.app.source_preview import Preview, preview_sources
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.cli.output import print_json
from warning.collect.fetch import Fetcher
from warning.core.phrases import counted
from warning.settings import Settings, load_settings

SHOWN = 5


@click.command("poll", epilog="Exit codes: 0 ok, 1 a source failed, 2 usage or configuration.")
@click.argument("source_ids", nargs=-1, metavar="[ID]...")
@click.option("--entries", default=SHOWN, show_default=True, help="How many entries of each to show.")
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def poll_command(source_ids: tuple[str, ...], *, entries: int, as_json: bool) -> None:
    """Fetch and read sources (all that are enabled when none is named) and show what would be stored.

    Nothing is stored and no state changes: use it to try a new source. Exit 1 when a source is not healthy.

    \b
    Examples:
      warning feeds poll jp-meti-press kr-government-press
      warning feeds poll us-entity-list --json
    """
    settings = load_settings()
    where = trees(settings)
    specs = _chosen(load_catalogue(where.feeds, where.overlay), source_ids)
    previews = asyncio.run(_polled(specs, settings))
    if as_json:
        print_json("feeds/1", {"polled": [_told(preview, entries) for preview in previews]})
    else:
        for preview in previews:
            _print(preview, entries)
    sys.exit(int(not all(preview.is_healthy for preview in previews)))


def _chosen(specs: tuple[SourceSpec, ...], ids: tuple[str, ...]) -> list[SourceSpec]:
    if not ids:
        return [spec for spec in specs if spec.enabled]
    by_id = {spec.id: spec for spec in specs}
    for name in ids:
        if name not in by_id:
            near = get_close_matches(name, by_id, n=3)
            hint = f"; near: {', '.join(near)}" if near else ""
            raise click.BadParameter(f"no source {name!r} in the catalogue{hint}", param_hint="ID")
    return [by_id[name] for name in dict.fromkeys(ids)]


async def _polled(specs: list[SourceSpec], settings: Settings) -> tuple[Preview, ...]:
    async with Fetcher(
        system_clock,
        contact=settings.user_agent_contact,
        allow_private_hosts=settings.allow_private_hosts,
        concurrency=settings.fetch_concurrency,
    ) as fetcher:
        return await preview_sources(specs, fetcher, system_clock, settings.source_keys)


def _samples(preview: Preview, count: int) -> list[dict[str, Any]]:
    parsed = preview.parsed
    items = [
        {
            "published_at": i.published_at and i.published_at.isoformat(),
            "title": i.title,
            "url": i.url,
            "body": len(i.body),
        }
        for i in parsed.items[:count]
    ]
    figures = [
        {"series": o.series_id, "period": o.period, "value": o.value, "unit": o.unit}
        for o in parsed.observations[-count:]
    ]
    listed = parsed.listing.entries[:count] if parsed.listing else ()
    return items + figures + [{"key": e.key, "name": e.name, "country": e.country} for e in listed]


def _told(preview: Preview, count: int) -> dict[str, Any]:
    parsed = preview.parsed
    return {
        "id": preview.source_id,
        "condition": preview.verdict.condition,
        "cause": preview.verdict.cause,
        "url": preview.url,
        "bytes": preview.size_bytes,
        "items": len(parsed.items),
        "observations": len(parsed.observations),
        "entries": len(parsed.listing.entries) if parsed.listing else 0,
        "problems": list(parsed.problems),
        "notes": list(preview.notes),
        "sample": _samples(preview, count),
    }


def _print(preview: Preview, count: int) -> None:
    told = _told(preview, count)
    click.echo(f"{told['id']}: {told['condition']}" + (f" ({told['cause']})" if told["cause"] else ""))
    click.echo(f"  {told['url']}")
    if told["bytes"]:
        click.echo(
            f"  {told['bytes']:,} bytes: {counted(told['items'], 'item')}, {counted(told['observations'], 'figure')}, "
            f"{counted(told['entries'], 'list entry', 'list entries')}"
        )
    for sample in told["sample"]:
        click.echo("    " + "  ".join(str(value) for value in sample.values() if value not in {None, ""}))
    for line in (*told["problems"][:count], *told["notes"]):
        click.echo(f"  ! {line}")
