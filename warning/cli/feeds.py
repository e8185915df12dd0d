"""`warning feeds`: the catalogue of sources, what they give, and how they are doing."""

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from warning.app.compose import open_repository, system_clock, trees
from warning.app.source_board import BoardRow, board
from warning.catalog.source_fields import show_duration
from warning.catalog.sources import SourceSpec, load_sources, read_sources
from warning.cli.output import print_json, print_table
from warning.core.list_memory import waits
from warning.settings import load_settings

SCHEMA = "feeds/1"
LATER = {
    "poll": ("warning.cli.feeds_poll", "poll_command"),
    "parse": ("warning.cli.feeds_parse", "parse_command"),
    "out": ("warning.cli.feeds_out", "out_command"),
}


class FeedsGroup(click.Group):
    """The commands that need the network reader or the parsers are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, name = LATER[cmd_name]
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@click.group(
    "feeds",
    cls=FeedsGroup,
    epilog="Exit codes: 0 ok, 1 findings or failure, 2 usage or configuration, 130 interrupted.",
)
def command() -> None:
    """Sources: what is collected, from where, and how it is doing.

    \b
    Examples:
      warning feeds list --kind regulatory --country CN
      warning feeds poll jp-meti-press
      warning feeds status
    """


@command.command("list")
@click.option("--kind", type=click.Choice(["customs", "news", "regulatory", "price"]))
@click.option("--country", help="ISO 3166 code, EU or WLD.")
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def list_command(*, kind: str | None, country: str | None, as_json: bool) -> None:
    """Show the catalogue.

    \b
    Examples:
      warning feeds list --kind regulatory --country CN
      warning feeds list --json
    """
    specs = [
        spec
        for spec in load_sources(trees(load_settings()).feeds)
        if kind in {None, spec.kind} and (country is None or spec.country == country.upper())
    ]
    if as_json:
        print_json(SCHEMA, {"sources": [_listed(spec) for spec in specs]})
        return
    header = ("id", "kind", "country", "lang", "every", "grade", "verified", "title")
    print_table(header, (_columns(spec) for spec in specs))
    click.echo(f"{len(specs)} sources")


def _columns(spec: SourceSpec) -> tuple[object, ...]:
    verified = spec.verified.on.isoformat() if spec.verified else "never"
    grade = spec.reliability + ("*" if spec.official else "")
    title = spec.title if spec.enabled else f"{spec.title} (disabled)"
    return (
        spec.id,
        spec.kind,
        spec.country,
        spec.language,
        show_duration(spec.every),
        grade,
        verified,
        title,
    )


def _listed(spec: SourceSpec) -> dict[str, Any]:
    return {
        **spec.model_dump(mode="json", exclude={"every", "jitter", "timeout", "idle_timeout", "spacing"}),
        "every_seconds": spec.every.total_seconds(),
    }


@command.command("check")
@click.argument("feeds_dir", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def check_command(feeds_dir: Path | None, *, as_json: bool) -> None:
    """Read every source and show every mistake with its file, line and column. Nothing is fetched.

    \b
    Examples:
      warning feeds check
      warning feeds check my-feeds --json
    """
    where = feeds_dir or trees(load_settings()).feeds
    specs, problems = read_sources(where)
    if as_json:
        told = [
            {
                "file": p.file,
                "line": p.line,
                "column": p.column,
                "code": p.code,
                "message": p.message,
                "hint": p.hint,
            }
            for p in problems
        ]
        print_json(SCHEMA, {"ok": not problems, "sources": len(specs), "problems": told})
    else:
        for problem in problems:
            click.echo(str(problem))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(s.kind for s in specs).items()))
        click.echo(f"{len(specs)} sources ({kinds}), {len(problems)} problems")
    sys.exit(1 if problems else 0)


@command.command("status")
@click.option(
    "--troubled", is_flag=True, help="Only sources that fail, drift, or came back empty or in part."
)
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def status_command(*, troubled: bool, as_json: bool) -> None:
    """Show how every source is doing, the worst first. Exit 1 when one is in trouble.

    \b
    Examples:
      warning feeds status
      warning feeds status --troubled --json
    """
    settings = load_settings()
    repository = open_repository(settings)
    try:
        rows = board(load_sources(trees(settings).feeds), repository.source_states())
        now = system_clock()
        held = {memory.source_id: waits(memory, now) for memory in repository.lists_waiting()}
    finally:
        repository.engine.dispose()
    shown = [row for row in rows if row.is_troubled or not troubled]
    if as_json:
        print_json(SCHEMA, {"sources": [_status(row, held.get(row.spec.id, "")) for row in shown]})
    else:
        _print_board(shown, held, now)
    sys.exit(int(any(row.is_troubled for row in rows)))


def _print_board(rows: list[BoardRow], held: Mapping[str, str], now: datetime) -> None:
    header = ("source", "condition", "since", "newest", "next", "fails", "cause")
    print_table(
        header,
        (
            (
                row.spec.id,
                row.state.condition if row.spec.enabled else "disabled",
                _ago(row.state.since, now),
                _ago(row.state.newest_at, now),
                _ahead(row.state.next_due_at, now),
                row.state.failures or "",
                "; ".join(filter(None, (row.state.cause, held.get(row.spec.id)))),
            )
            for row in rows
        ),
    )
    counts = Counter(row.state.condition for row in rows)
    click.echo(f"{len(rows)} sources: " + ", ".join(f"{n} {name}" for name, n in counts.most_common()))


def _status(row: BoardRow, held: str) -> dict[str, Any]:
    state = row.state
    return {
        "id": row.spec.id,
        "enabled": row.spec.enabled,
        "condition": state.condition,
        "cause": state.cause,
        "held_back": held,
        "since": _iso(state.since),
        "last_attempt_at": _iso(state.last_attempt_at),
        "last_success_at": _iso(state.last_success_at),
        "last_new_at": _iso(state.last_new_at),
        "newest_at": _iso(state.newest_at),
        "next_due_at": _iso(state.next_due_at),
        "failures": state.failures,
        "entries_seen": state.items_seen,
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _ago(when: datetime | None, now: datetime) -> str:
    return "-" if when is None else f"{_roughly(now - when)} ago"


def _ahead(when: datetime | None, now: datetime) -> str:
    if when is None or when <= now:
        return "due"
    return f"in {_roughly(when - now)}"


def _roughly(span: timedelta) -> str:
    """The largest unit of a span that leaves at least one: 45s, 12m, 3h, 9d."""
    seconds = max(span.total_seconds(), 0)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return f"{seconds:.0f}s"
