"""`warning rules preview`: what an edited rule would have fired on, in about a second over years of history."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import click

from warning.app.compose import system_clock
from warning.app.kept_history import history_directory, kept_history
from warning.app.previewing import both, preview
from warning.app.quick_preview import IndexedFiles, quick_preview
from warning.app.ready_files import Readiness, readiness_of
from warning.app.sampling_edit import Files
from warning.catalog.typed import read_model
from warning.cli.main import uncollected
from warning.cli.output import print_json
from warning.cli.rules_options import FILE, catalogue_options, chosen_book, chosen_texts
from warning.core.phrases import counted
from warning.core.text_book import TextBook
from warning.core.text_rules import ContextRule, TextRule
from warning.errors import CatalogError, ConfigError
from warning.settings import load_settings

if TYPE_CHECKING:  # a quick answer takes nothing of a rulebook but what texts are judged by
    from warning.core.rulebook import Rulebook

_BAR = 40
# From the start of the program: after that nothing more is read.
_SECONDS = 0.75
_LONGEST_START = 2.0


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
    began = perf_counter() - min(process_time(), _LONGEST_START)
    with ExitStack() as stack:
        stack.enter_context(uncollected())
        edited = _text_rule(rule_file)
        book = chosen_texts(rules, feeds, overlays, edited.id)
        paths = files or _kept()
        asked = both(book, edited)
        ready = readiness_of(paths, asked)
        if exact or not ready.can_answer_at_once:
            stack.close()
        indexed = _indexed(ready, paths, asked, exact=exact, named=bool(files))
        if exact:
            found = _exactly(indexed, chosen_book(rules, feeds, overlays), edited)
        else:
            history = IndexedFiles(files=indexed, imported_at=system_clock())
            found = quick_preview(
                history, book, edited, enough=lambda: perf_counter() - began > _SECONDS
            ).document()
        if as_json:
            print_json("preview/1", found)
            return
        _print(found)
        click.echo(f"answered in {perf_counter() - began:.2f} s", err=True)


def _indexed(ready: Readiness, paths: Sequence[Path], book: TextBook, *, exact: bool, named: bool) -> Files:
    """The indexes of the files. What has to be made or searched first is told before; a long search waits for --exact."""
    if ready.is_complete or (ready.can_answer_at_once and not exact):
        for path, index in ready.files if named else ():
            click.echo(f"{path}: {counted(index.manifest.items, 'item')} indexed", err=True)
        if not ready.is_complete:
            click.echo(ready.left_open, err=True)
        return ready.files
    from warning.app.indexed_history import ready_indexes  # noqa: PLC0415 - most answers make and search nothing

    click.echo(ready.work, err=True)
    indexed = []
    for path, (index, use) in zip(paths, ready_indexes(paths, book), strict=True):
        indexed.append((path, index))
        if named or use.looked_for:
            click.echo(use.sentence, err=True)
    return indexed


def _exactly(indexed: Files, book: "Rulebook", edited: TextRule) -> dict[str, object]:
    from warning.app.indexed_history import IndexedHistory  # noqa: PLC0415 - a quick answer judges no history

    return preview(IndexedHistory(indexed, system_clock()), book, edited).document()


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
    for shape in (TextRule, ContextRule):
        read, _ = read_model(path, shape)
        if read is not None:
            return read
    return _any_text_rule(path)


def _any_text_rule(path: Path) -> TextRule:
    from warning.catalog.trees import RULE, read_files  # noqa: PLC0415 - knowing the rules of all kinds takes longer than reading one

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
        f"{found['rule']}: fires on {told('fires_on')} {'item' if found['fires_on'] == 1 and not between else 'items'}; {against if found['running'] else 'no rule of this id runs'}"
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
