"""`warning rules eval` and `backtest`: rules over evidence from files, nothing stored and nobody told."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from time import perf_counter

import click

from warning.app.backtest_notes import Judged, Notes, judged
from warning.app.backtest_result import backtest_document
from warning.app.backtesting import backtest_replay
from warning.app.chronology import Replayed
from warning.app.comparing import Side, comparison
from warning.app.compose import system_clock
from warning.app.evaluating import evaluate_records
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.item_lines import as_replayed
from warning.catalog.case_places import CasePlaces
from warning.catalog.load import load_measures
from warning.cli.backtest_text import expectation_cases, print_backtest
from warning.cli.junit import junit_document
from warning.cli.output import print_json
from warning.cli.rules_options import (
    DIRECTORY,
    catalogue_options,
    chosen_book,
    chosen_trees,
    evidence_option,
    junit_options,
)
from warning.collect.interchange import own_identity, read_evidence
from warning.core.evidence import Evidence
from warning.core.measures import Measure
from warning.core.rulebook import Rulebook

_STEP = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>[hdw])")
# Below this much evidence a second process costs more than it brings.
WORTH_A_PROCESS_BYTES = 20_000_000
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def instant(text: str) -> datetime:
    """Read a time as ISO 8601; without offset it is UTC, and a day alone is its last instant."""
    try:
        if len(text) == len("2023-07-03"):
            return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "2023-07-03 or 2023-07-03T10:40:00+00:00"
        raise click.BadParameter(f"{text!r} is not a time such as {example}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(text: str) -> date:
    """Read a day as 2023-07-03."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day such as 2023-07-03") from None


def stretch(text: str) -> timedelta:
    """Read a stretch of time: 6h, 1d, 1w."""
    found = _STEP.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a step such as 6h, 1d or 1w")
    return int(found["count"]) * _UNITS[found["unit"]]


@click.command("eval", epilog="Exit codes: 0 ok, 1 evidence that cannot be read, 2 usage or configuration.")
@evidence_option
@click.option("--as-of", type=instant, help="Know only what was known at this time.")
@catalogue_options
@click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines on stdout (the default, and the only form)."
)
def evaluate(
    *,
    files: tuple[Path, ...],
    more: tuple[Path, ...],
    as_of: datetime | None,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,  # noqa: ARG001 - taken so that scripts may say it everywhere
) -> None:
    """Print which rules fire on each record: JSON Lines, one a record, in the order of the input.

    \b
    Examples:
      warning rules eval --evidence items.jsonl
      warning rules eval --evidence history.jsonl.zst --as-of 2024-12-03
    """
    book = chosen_book(rules, feeds, overlays)
    for evaluated in evaluate_records(book, _records((*files, *more)), as_of):
        sys.stdout.write(json.dumps(evaluated.document(), ensure_ascii=False) + "\n")
    sys.stdout.flush()


@click.command(
    "backtest", epilog="Exit codes: 0 ok, 1 an expectation of a rule is not met, 2 usage or configuration."
)
@evidence_option
@click.option("--from", "first", type=day, help="First day replayed (default: the first known).")
@click.option("--to", "last", type=day, help="Last day replayed.")
@click.option(
    "--step", type=stretch, default="1d", show_default=True, help="How often to assess: 6h, 1d, 1w."
)
@catalogue_options
@click.option(
    "--index/--no-index",
    "indexed",
    default=None,
    help="Make an index beside the evidence and use it (default: use one that is there).",
)
@click.option("--against", type=DIRECTORY, help="Rules as they were before an edit: say what it changes.")
@click.option("--against-overlays", type=DIRECTORY, help="Your own directory as it was before the edit.")
@junit_options("Write the expectations as JUnit XML.")
@click.option("--json", "as_json", is_flag=True, help="Print backtest/1 on stdout (the default).")
@click.option("--text", "as_text", is_flag=True, help="Print a summary to read instead.")
def backtest(
    *,
    files: tuple[Path, ...],
    more: tuple[Path, ...],
    first: date | None,
    last: date | None,
    step: timedelta,
    indexed: bool | None,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    against: Path | None,
    against_overlays: Path | None,
    junit: Path | None,
    junit_strict: bool,
    as_json: bool,
    as_text: bool,
) -> None:
    """Replay the past day by day, knowing only what was known, and print what desks would have got.

    Rules say under `backtest` how many alerts a stretch of history must bring; one that is not met ends with 1.

    \b
    Examples:
      warning rules backtest --evidence history.jsonl.zst --from 2023-01-01 --text
      warning rules backtest --evidence history.jsonl.zst --against ../rules-before --text
    """
    if first is not None and last is not None and first > last:
        raise click.BadParameter(
            f"{last} lies before --from {first}: no day is left to replay", param_hint="--to"
        )
    where = chosen_trees(rules, feeds, overlays)
    measures = load_measures(where.rules, where.overlay)
    span = Span(files=(*files, *more), first=first, last=last, step=step, indexed=indexed)
    book, began = chosen_book(rules, feeds, overlays), perf_counter()
    side, verdicts = _side(book, measures, span)
    took = perf_counter() - began
    content = {**side.content, "expectations": [one.document() for one in verdicts]}
    if against or against_overlays:
        earlier = chosen_book(against or rules, feeds, against_overlays or overlays)
        content["comparison"] = comparison(_side(earlier, measures, span)[0], side)
    if junit:
        cases = expectation_cases(verdicts, CasePlaces((where.rules, where.overlay)), took)
        junit.write_text(junit_document(cases, strict=junit_strict), encoding="utf-8")
    if as_text and not as_json:
        print_backtest(content)
    else:
        print_json("backtest/1", content)
    sys.exit(1 if any(one.held is False for one in verdicts) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The evidence and the days of a replay; `indexed` says whether to make indexes, or to use none."""

    files: tuple[Path, ...]
    first: date | None
    last: date | None
    step: timedelta
    indexed: bool | None


def _side(book: Rulebook, measures: Sequence[Measure], span: Span) -> tuple[Side, tuple[Judged, ...]]:
    notes, started = Notes.asked(book), perf_counter()
    records = _replayed(span.files, book, indexed=span.indexed)
    replay = backtest_replay(
        book,
        records,
        first=span.first,
        last=span.last,
        step=span.step,
        watch=notes.take,
        apart=sum(path.stat().st_size for path in span.files) >= WORTH_A_PROCESS_BYTES,
    )
    seconds = max(perf_counter() - started, 1e-9)
    content = backtest_document(replay, book, measures)
    content["records_per_second"] = round(replay.records / seconds)
    verdicts = judged(book, replay, notes, span.first, span.last)
    return Side(version=book.version, content=content, notes=notes), verdicts


def _replayed(files: tuple[Path, ...], book: Rulebook, *, indexed: bool | None) -> Iterable[Replayed]:
    """The records of all files; of files with an index only those that a rule may fire on, the others counted."""
    found = [] if indexed is False else [ready_index(path, book, make=bool(indexed)) for path in files]
    ready = [one for one in found if one]
    if not ready or len(ready) < len(files):
        return map(own_identity, _records(files))
    for _, use in ready:
        click.echo(use.sentence, err=True)
    indexes = [(use.path, index) for index, use in ready]
    return IndexedHistory(indexes, system_clock()).records(book)


def _records(files: tuple[Path, ...]) -> Iterator[Evidence]:
    """The records of all files, one file after the other."""
    now = system_clock()
    return map(as_replayed, chain.from_iterable(read_evidence(path, imported_at=now) for path in files))
