"""`warning rules explain` and `stats`: why a rule fires or not, and how often it did."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import click

from warning.app.compose import open_repository, system_clock
from warning.app.explaining import Explained, explain_records, explain_register
from warning.app.rule_stats import RuleStats, rule_stats
from warning.app.triage import rule_precisions
from warning.catalog.complaints import did_you_mean
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import FILE, catalogue_options, chosen_book
from warning.cli.rules_replay import day
from warning.collect.interchange import read_evidence
from warning.core.deadline_rules import DeadlineRule
from warning.core.evidence import Evidence, Item, item_id
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.settings import load_settings

LANGUAGES = ("en", "zh", "ja", "ko")
KINDS = ("regulatory", "news", "customs", "price", "mission")
MOST_SHOWN = 20


@click.command("explain")
@click.argument("rule_id", metavar="RULE")
@click.option("--evidence", "files", type=FILE, multiple=True, help="Interchange file (.gz, .zst).")
@click.option("--id", "wanted", help="Only the record with this id.")
@click.option("--title", help="Explain a text typed here instead of a file.")
@click.option("--on", type=day, help="The day on which a deadline rule is asked (default: today).")
@click.option("--summary", default="", help="With --title.")
@click.option("--body", default="", help="With --title.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--kind", type=click.Choice(KINDS), default="news", show_default=True)
@click.option("--country", default="US", show_default=True, help="Where the source is.")
@click.option("--source", default="typed", show_default=True, help="Id of the source it came from.")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def explain(
    *,
    rule_id: str,
    files: tuple[Path, ...],
    wanted: str | None,
    title: str | None,
    on: date | None,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,
    **typed: str,
) -> None:
    """Print the whole tree of pass and fail for one rule on a piece of evidence, fired or not."""
    book = chosen_book(rules, feeds, overlays)
    rule = _rule(book, rule_id)
    if isinstance(rule, DeadlineRule):
        dated = explain_register(rule, on or system_clock().date(), book)
        if not dated:
            raise click.ClickException("the register holds no such date ahead")
        _print_explained(rule, [one for one in dated if wanted in (None, one.evidence_id)], as_json=as_json)
        return
    if (title is None) == (not files):
        raise click.UsageError("give either --evidence FILE or --title TEXT")
    now = system_clock()
    records: Sequence[Evidence] | chain[Evidence]
    if title is not None:
        records = [typed_item(title, **typed)]
    else:
        records = chain.from_iterable(read_evidence(path, imported_at=now) for path in files)
    explained = explain_records(rule, records, book, wanted)
    if not explained:
        raise click.ClickException(
            f"no record has the id {wanted!r}" if wanted else "the files hold no record"
        )
    _print_explained(rule, explained, as_json=as_json)


def typed_item(title: str, **typed: str) -> Item:
    """An item made of what was typed on the command line, known now."""
    now = system_clock()
    return Item(
        id=item_id(typed["source"], "", "", title),
        source_id=typed["source"],
        kind=typed["kind"],  # type: ignore[arg-type]  # click checked it against KINDS
        country=typed["country"],
        language=typed["language"],
        title=title,
        summary=typed["summary"],
        body=typed["body"],
        published_at=now,
        known_at=now,
    )


def _rule(book: Rulebook, rule_id: str) -> AnyRule:
    found = next((rule for rule in book.rules if rule.id == rule_id), None)
    if found is None:
        hint = did_you_mean(rule_id, [rule.id for rule in book.rules])
        raise click.BadParameter(f"there is no rule {rule_id!r}. {hint}", param_hint="RULE")
    return found


def _print_explained(rule: AnyRule, explained: Sequence[Explained], *, as_json: bool) -> None:
    if as_json:
        answers = [{"id": one.evidence_id, "explain": one.tree.document()} for one in explained]
        print_json("rules/1", {"command": "explain", "rule": rule.id, "records": answers})
        return
    if not rule.enabled or rule.status == "deprecated":
        click.echo(f"{rule.id} is switched off: it would not fire live")
    for one in explained[:MOST_SHOWN]:
        click.echo(f"{one.evidence_id}")
        for line in one.tree.lines(1):
            click.echo(line)
    if len(explained) > MOST_SHOWN:
        click.echo(f"{len(explained) - MOST_SHOWN} more records; --id shows one, --json all", err=True)


@click.command("stats")
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How far back.")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def stats(
    *, weeks: int, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool
) -> None:
    """Say how often each rule fired, when it last did, and how often desks found it right in 90 days."""
    book = chosen_book(rules, feeds, overlays)
    repository = open_repository(load_settings())
    until = system_clock()
    try:
        traces = repository.traces(until - timedelta(weeks=weeks), until)
        precision = rule_precisions(repository, until)
    finally:
        repository.engine.dispose()
    found = rule_stats(book, traces, weeks, precision)
    if as_json:
        print_json(
            "rules/1", {"command": "stats", "weeks": weeks, "rules": [one.document() for one in found]}
        )
    else:
        print_table(("RULE", "LAST FIRED", "SIGNALS A WEEK", "LAST OUTCOME", "PRECISION"), map(_row, found))


def _row(one: RuleStats) -> tuple[str, ...]:
    last = one.last_fired_at.date().isoformat() if one.last_fired_at else "never"
    precision = "; ".join(f"{each.desk_id} {each}" for each in one.precision) or "no verdicts"
    return one.rule_id, last, f"{one.signals_per_week:.2f}", one.last_outcome, precision
