"""`warning feeds`: the catalogue of sources, what they give, and how they are doing."""

from importlib import import_module
from typing import Any, get_args

import click

from warning.app.compose import trees
from warning.catalog.source_fields import show_duration
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.cli.output import print_json, print_table
from warning.core.phrases import counted
from warning.core.vocabulary import SourceKind
from warning.settings import load_settings

SCHEMA = "feeds/1"
LATER = {
    "poll": ("warning.cli.feeds_poll", "poll_command"),
    "parse": ("warning.cli.feeds_parse", "parse_command"),
    "check": ("warning.cli.feeds_check", "check_command"),
    "why": ("warning.cli.feeds_why", "why_command"),
    "status": ("warning.cli.feeds_status", "status_command"),
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
@click.option("--kind", type=click.Choice(sorted(get_args(SourceKind))))
@click.option("--country", help="ISO 3166 code, EU or WLD.")
@click.option("--json", "as_json", is_flag=True, help="Print feeds/1 on stdout.")
def list_command(*, kind: str | None, country: str | None, as_json: bool) -> None:
    """Show the catalogue.

    \b
    Examples:
      warning feeds list --kind regulatory --country CN
      warning feeds list --json
    """
    where = trees(load_settings())
    specs = [
        spec
        for spec in load_catalogue(where.feeds, where.overlay)
        if kind in {None, spec.kind} and (country is None or spec.country == country.upper())
    ]
    if as_json:
        print_json(SCHEMA, {"sources": [_listed(spec) for spec in specs]})
        return
    header = ("id", "kind", "country", "lang", "every", "grade", "verified", "title")
    print_table(header, (_columns(spec) for spec in specs))
    click.echo(counted(len(specs), "source"))


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
