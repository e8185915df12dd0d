"""`warning rules preview`: what an edited rule would have fired on, in about a second over years of history."""

from pathlib import Path
from time import perf_counter
from typing import Any

import click

from warning.app.compose import system_clock
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import both, preview
from warning.catalog.trees import RULE, read_files
from warning.cli.output import print_json
from warning.cli.rules_options import FILE, catalogue_options, chosen_book
from warning.core.rules import TextRule
from warning.errors import CatalogError, ConfigError

_BAR = 40


@click.command("preview")
@click.argument("rule_file", type=FILE)
@click.option(
    "--evidence", "files", type=FILE, multiple=True, required=True, help="Interchange file (.gz, .zst)."
)
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print preview/1 on stdout.")
def preview_rule(
    *,
    rule_file: Path,
    files: tuple[Path, ...],
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,
) -> None:
    """Show which items of a history one edited text rule would fire on, and what changes against the running rule.

    The first time an index is made beside the evidence; after that only words the index lacks are looked for.

    \b
    Examples:
      warning rules preview draft.yaml --evidence history.jsonl.zst
      warning rules preview draft.yaml --evidence 2024.jsonl.zst --evidence 2025.jsonl.zst --json
    """
    edited = _text_rule(rule_file)
    book = chosen_book(rules, feeds, overlays)
    indexes = []
    for path in files:
        ready = ready_index(path, both(book, edited), make=True)
        assert ready is not None
        index, use = ready
        indexes.append((path, index))
        click.echo(use.sentence, err=True)
    began = perf_counter()
    found = preview(IndexedHistory(indexes, system_clock()), book, edited).document()
    if as_json:
        print_json("preview/1", found)
        return
    _print(found)
    click.echo(f"answered in {perf_counter() - began:.2f} s", err=True)


def _text_rule(path: Path) -> TextRule:
    """Read the one rule of a file. Raises CatalogError with every mistake, ConfigError for another kind of rule."""
    placed, problems = read_files((path,), RULE)
    if problems:
        raise CatalogError(problems)
    rule = placed[0].value
    if not isinstance(rule, TextRule):
        raise ConfigError(
            f"{path}: a rule of kind {rule.kind} reads no texts; a text or context rule is right"
        )
    return rule


def _print(found: dict[str, Any]) -> None:
    against = f"{found['new']} new, {found['lost']} lost against the running rule"
    click.echo(
        f"{found['rule']}: fires on {found['fires_on']} items; {against if found['running'] else 'no rule of this id runs'}"
    )
    most = max(found["per_week"].values(), default=1)
    for week, count in found["per_week"].items():
        click.echo(f"  {week} {'#' * max(1, count * _BAR // most)} {count}")
    for example in (*found["examples"], *found["lost_examples"]):
        mark = {"new": "+", "lost": "-", "both": " "}[example["change"]]
        click.echo(f"{mark} {example['known_at'][:10]} {example['source']}: {example['title']}")
