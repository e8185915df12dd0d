"""`warning rules watches`: acts of our own side that are open to an answer, and what has come so far."""

from dataclasses import asdict
from pathlib import Path

import click

from warning.app.compose import open_repository, system_clock
from warning.app.watching import watches_now
from warning.cli.output import print_json
from warning.cli.rules_options import catalogue_options, chosen_book
from warning.core.watches import Watch
from warning.settings import load_settings


@click.command("watches")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def watches(*, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool) -> None:
    """Print the watches that are open: which act, until when, whose answer is awaited, what came so far.

    \b
    Examples:
      warning rules watches
      warning rules watches --json
    """
    book = chosen_book(rules, feeds, overlays)
    repository = open_repository(load_settings())
    try:
        found = watches_now(repository, book, system_clock())
    finally:
        repository.close()
    if as_json:
        print_json("rules/1", {"command": "watches", "watches": [asdict(watch) for watch in found]})
        return
    if not found:
        click.echo("no watch is open", err=True)
    for watch in found:
        _print_watch(watch)


def _print_watch(watch: Watch) -> None:
    days = f"{watch.days_left} {'day' if watch.days_left == 1 else 'days'} left"
    click.echo(f"{watch.opened_on} to {watch.until} ({days})  {watch.title}  [{watch.rule_id}]")
    for answer in watch.answers:
        after = f"{answer.days} {'day' if answer.days == 1 else 'days'} after"
        click.echo(f"  {answer.day} ({after})  {answer.title}")
    if not watch.answers:
        click.echo(f"  no answer yet; awaited from {', '.join(watch.actors) or 'anybody'}")
