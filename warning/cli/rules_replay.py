"""`warning rules eval` and `backtest`: rules over evidence from files, nothing stored and nobody told."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from time import perf_counter

import click

from warning.app.backtest_result import backtest_document
from warning.app.backtesting import backtest_replay
from warning.app.chronology import as_replayed
from warning.app.compose import system_clock
from warning.app.evaluating import evaluate_records
from warning.catalog.load import load_measures
from warning.cli.output import print_json
from warning.cli.rules_options import catalogue_options, chosen_book, chosen_trees, evidence_option
from warning.collect.interchange import own_identity, read_evidence
from warning.core.evidence import Evidence

_STEP = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>[hdw])")
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


@click.command("eval")
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


@click.command("backtest")
@evidence_option
@click.option("--from", "first", type=day, help="First day replayed (default: the first known).")
@click.option("--to", "last", type=day, help="Last day replayed.")
@click.option(
    "--step", type=stretch, default="1d", show_default=True, help="How often to assess: 6h, 1d, 1w."
)
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print backtest/1 on stdout (the default).")
@click.option("--text", "as_text", is_flag=True, help="Print a summary to read instead.")
def backtest(
    *,
    files: tuple[Path, ...],
    more: tuple[Path, ...],
    first: date | None,
    last: date | None,
    step: timedelta,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,
    as_text: bool,
) -> None:
    """Replay the past day by day, knowing only what was known, and print what desks would have got.

    \b
    Examples:
      warning rules backtest --evidence history.jsonl.zst --from 2023-01-01 --text
      warning rules backtest --evidence items.jsonl figures.jsonl.gz --step 1w
    """
    where = chosen_trees(rules, feeds, overlays)
    book, measures = chosen_book(rules, feeds, overlays), load_measures(where.rules)
    started = perf_counter()
    records = (own_identity(record) for record in _records((*files, *more)))
    replay = backtest_replay(book, records, first=first, last=last, step=step)
    seconds = max(perf_counter() - started, 1e-9)
    content = backtest_document(replay, book, measures)
    content["records_per_second"] = round(replay.records / seconds)
    if as_text and not as_json:
        _print_summary(content)
    else:
        print_json("backtest/1", content)


def _records(files: tuple[Path, ...]) -> Iterator[Evidence]:
    """The records of all files, one file after the other."""
    now = system_clock()
    return map(as_replayed, chain.from_iterable(read_evidence(path, imported_at=now) for path in files))


def _print_summary(content: dict[str, object]) -> None:
    alerts, measures, load = content["alerts"], content["measures"], content["load"]
    assert isinstance(alerts, list)
    assert isinstance(measures, dict)
    assert isinstance(load, dict)
    for alert in alerts:
        mark = "!" if alert["interrupts"] else " "
        number = f" [{alert['instrument']}]" if alert["instrument"] else ""
        click.echo(f"{alert['opened_at'][:10]} {mark} {alert['title']}{number} ({alert['evidence']} records)")
    for country, figures in load.items():
        click.echo(f"{country}: {figures['interrupting_per_week']} interrupting alerts a week", err=True)
    caught, missed = measures["caught"], measures["missed"]
    click.echo(f"{len(caught)} of {len(caught) + len(missed)} acts of the register caught", err=True)
    click.echo(f"{content['records']} records, {content['records_per_second']} a second", err=True)
    sys.stdout.flush()
