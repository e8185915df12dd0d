"""`warning rules preview`: what an edited rule would have fired on, in about a second over years of history."""

from pathlib import Path
from time import perf_counter
from typing import Any

import click

from warning.app.compose import system_clock
from warning.app.indexed_history import IndexedHistory, ready_indexes
from warning.app.kept_history import history_directory, kept_history
from warning.app.previewing import both, preview
from warning.app.quick_preview import quick_preview
from warning.catalog.trees import RULE, read_files
from warning.cli.output import print_json
from warning.cli.rules_options import FILE, catalogue_options, chosen_book
from warning.core.rules import TextRule
from warning.errors import CatalogError, ConfigError
from warning.settings import load_settings

_BAR = 40
_SECONDS = 0.9


@click.command("preview")
@click.argument("rule_file", type=FILE)
@click.option(
    "--evidence",
    "files",
    type=FILE,
    multiple=True,
    help="Interchange file (.gz, .zst). Default: this installation's own history, as `warning evidence index` keeps it.",
)
@catalogue_options
@click.option(
    "--exact",
    is_flag=True,
    help="Read every item that its words leave open, however long that takes (default: what one second allows).",
)
@click.option("--json", "as_json", is_flag=True, help="Print preview/1 on stdout.")
def preview_rule(
    *,
    rule_file: Path,
    files: tuple[Path, ...],
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    exact: bool,
    as_json: bool,
) -> None:
    """Show which items of a history one edited text rule would fire on, and what changes against the running rule.

    Without files it asks the history that `warning evidence index` keeps beside the store. Of a file, the first time an index is made beside the evidence; after that only words the index lacks are looked for.
    What words decide is exact. Of items that must be read for the rest, as many as a second allows are read, drawn at
    random; where that is not all of them, numbers are estimates and say so.

    \b
    Examples:
      warning rules preview draft.yaml
      warning rules preview draft.yaml --evidence history.jsonl.zst
      warning rules preview draft.yaml --evidence history.jsonl.zst --exact
      warning rules preview draft.yaml --evidence 2024.jsonl.zst --evidence 2025.jsonl.zst --json
    """
    edited = _text_rule(rule_file)
    book = chosen_book(rules, feeds, overlays)
    indexes = []
    asked = files or _kept()
    for path, (index, use) in zip(asked, ready_indexes(asked, both(book, edited)), strict=True):
        indexes.append((path, index))
        if files or use.looked_for:
            click.echo(use.sentence, err=True)
    began = perf_counter()
    history = IndexedHistory(indexes, system_clock())
    if exact:
        found = preview(history, book, edited).document()
    else:
        found = quick_preview(
            history, book, edited, enough=lambda: perf_counter() - began > _SECONDS
        ).document()
    if as_json:
        print_json("preview/1", found)
        return
    _print(found)
    click.echo(f"answered in {perf_counter() - began:.2f} s", err=True)


def _kept() -> tuple[Path, ...]:
    """The files of this installation's own history. Raises ConfigError where none is kept."""
    directory = history_directory(load_settings().home)
    kept = kept_history(directory)
    if kept is None:
        raise ConfigError(
            f"{directory}: no history is kept yet; run `warning evidence index` once, or name files with --evidence"
        )
    click.echo(kept.sentence, err=True)
    return kept.paths


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
    between = found.get("between", {})

    def told(name: str) -> str:
        return (
            f"about {found[name]:,} ({' to '.join(f'{end:,}' for end in between[name])})"
            if between
            else f"{found[name]}"
        )

    against = f"{told('new')} new, {told('lost')} lost against the running rule"
    click.echo(
        f"{found['rule']}: fires on {told('fires_on')} items; {against if found['running'] else 'no rule of this id runs'}"
    )
    if between:
        click.echo(
            f"Estimated: {found['must_be_read']:,} items must be read to tell, {found['read']:,} drawn at random were;"
            " 19 times in 20 the numbers lie between the two in brackets. --exact reads them all."
        )
    most = max(found["per_week"].values(), default=1)
    for week, count in found["per_week"].items():
        click.echo(f"  {week} {'#' * max(1, count * _BAR // max(most, 1))} {count}")
    for example in (*found["examples"], *found["lost_examples"]):
        mark = {"new": "+", "lost": "-", "both": " "}[example["change"]]
        click.echo(f"{mark} {example['known_at'][:10]} {example['source']}: {example['title']}")
