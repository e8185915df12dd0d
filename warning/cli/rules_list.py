"""`warning rules list`: every rule with what it sees now."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from warning.app.compose import open_repository
from warning.app.covering import sights_now
from warning.catalog.source_overlays import load_catalogue
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import catalogue_options, chosen_book, chosen_trees
from warning.cli.rules_tuned import Tuned, overlays_in_force
from warning.core.blindness import Sight
from warning.core.rulebook import Rulebook
from warning.settings import load_settings


@click.command("list", epilog="Exit codes: 0 ok, 2 usage or configuration.")
@catalogue_options
@click.option("--blind", is_flag=True, help="Only rules that do not see everything they watch.")
@click.option("--tuned", is_flag=True, help="Only rules that overlays change: what, who, why, until when.")
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def list_rules(
    *, rules: Path | None, feeds: Path | None, overlays: Path | None, blind: bool, tuned: bool, as_json: bool
) -> None:
    """List the rules: what each flags, and whether it sees the sources it needs, blind ones with since when.

    A rule is shown as the overlays in force make it; TUNED names their authors and ends.

    \b
    Examples:
      warning rules list
      warning rules list --tuned
      warning rules list --blind --json
    """
    book = chosen_book(rules, feeds, overlays)
    sights = rule_sights(book, rules, feeds, overlays)
    changed = overlays_in_force(rules, feeds, overlays)
    shown = [rule for rule in book.rules if not blind or sight_word(sights.get(rule.id)) != "sees"]
    shown = [rule for rule in shown if not tuned or rule.id in changed]
    if as_json:
        answers = [
            {
                "rule": rule.id,
                "kind": rule.kind,
                "title": rule.title,
                "severity": rule.severity.value,
                "enabled": rule.enabled,
                **sight_document(sights.get(rule.id)),
                "overlays": [one.document() for one in changed.get(rule.id, ())],
            }
            for rule in shown
        ]
        print_json("rules/1", {"command": "list", "rules": answers})
        return
    if tuned:
        for one in (one for rule in shown for one in changed[rule.id]):
            click.echo(one.sentence())
        return
    rows = [
        (
            r.id, r.kind, r.severity.value, "on" if r.enabled else "off", sight_word(sights.get(r.id)),
            _tuned(changed.get(r.id, ())), r.title,
        )
        for r in shown
    ]  # fmt: skip
    print_table(("RULE", "KIND", "SEVERITY", "STATE", "SIGHT", "TUNED", "TITLE"), rows)


def _tuned(overlays: Sequence[Tuned]) -> str:
    return "; ".join(f"by {one.author}" + (f" until {one.until}" if one.until else "") for one in overlays)


def rule_sights(
    book: Rulebook, rules: Path | None, feeds: Path | None, overlays: Path | None
) -> Mapping[str, Sight]:
    """What each rule sees now, by the same module as `warning coverage`."""
    where = chosen_trees(rules, feeds, overlays)
    repository = open_repository(load_settings())
    try:
        return sights_now(repository, book, load_catalogue(where.feeds, where.overlay))
    finally:
        repository.close()


def sight_word(sight: Sight | None) -> str:
    """Return "sees", "blind since 2026-11-20", "partly since ...", or why there is nothing to see with."""
    if sight is None:
        return "not asked"
    since = f" since {sight.since:%Y-%m-%d}" if sight.since else ""
    if sight.level == "blind":
        return f"blind{since}"
    return f"partly{since}" if sight.level == "partly blind" else sight.level


def sight_document(sight: Sight | None) -> dict[str, object]:
    return {
        "sight": sight.level if sight else None,
        "sight_since": sight.since.isoformat() if sight and sight.since else None,
        "dark_sources": [dark.source_id for dark in sight.dark] if sight else [],
    }
