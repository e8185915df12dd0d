"""`warning rules explain` and `stats`: why a rule fires or not, and how often it did."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import click

from warning.app.compose import open_repository, system_clock
from warning.app.explaining import Explained, explain_records, explain_register, explain_signals
from warning.app.explaining_cases import explain_cases_of
from warning.app.explaining_meaning import with_meanings
from warning.app.explaining_stored import (
    explain_absence_now,
    explain_evidence_dates,
    explain_sequence_now,
)
from warning.app.rule_stats import RuleStats, rule_stats, told_alerts
from warning.app.showing_stories import explain_story
from warning.app.triage import rule_precisions
from warning.catalog.complaints import did_you_mean
from warning.cli.output import print_json, print_table
from warning.cli.rules_list import rule_sights, sight_document, sight_word
from warning.cli.rules_options import FILE, catalogue_options, chosen_book
from warning.cli.rules_replay import day
from warning.cli.rules_tuned import Tuned, overlays_in_force
from warning.collect.interchange import read_evidence
from warning.core.absence_rules import AbsenceRule
from warning.core.deadline_rules import DeadlineRule
from warning.core.evidence import Evidence, Item, item_id
from warning.core.explain import ExplainNode
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, TextRule
from warning.core.sequence_rules import SequenceRule
from warning.settings import load_settings

LANGUAGES = ("en", "zh", "ja", "ko")
KINDS = ("regulatory", "news", "customs", "price", "mission")
MOST_SHOWN = 20


@click.command("explain", epilog="Exit codes: 0 explained, fired or not, 2 usage or configuration.")
@click.argument("rule_id", metavar="RULE")
@click.option("--evidence", "files", type=FILE, multiple=True, help="Interchange file (.gz, .zst).")
@click.option("--id", "wanted", help="Only the record with this id; without --evidence the stored one.")
@click.option("--title", help="Explain a text typed here instead of a file.")
@click.option(
    "--on", type=day, help="The day on which a deadline, absence or sequence rule is asked (default: today)."
)
@click.option("--published", type=day, help="With --title: the day of the text (default: today).")
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
    published: date | None,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    as_json: bool,
    **typed: str,
) -> None:
    """Say why one rule fires on a piece of evidence, or why not, condition by condition.

    The evidence is a text typed here, a record of a file, or one that is stored (--id alone).

    \b
    Examples:
      warning rules explain prc-graphite-control --title "China curbs exports of graphite" --published 2023-10-20
      warning rules explain flow-urea --evidence figures.jsonl.zst --id o17
      warning rules explain suspension-ending --on 2026-11-01
      warning rules explain overdue-chinese-customs
    """
    book = chosen_book(rules, feeds, overlays)
    rule = _rule(book, rule_id)
    explained: Sequence[Explained]
    if title is not None and files:
        raise click.UsageError("give either --evidence FILE or --title TEXT")
    _refuse_unread(rule, on, published, title, has_records=bool(files or wanted or title is not None))
    if isinstance(rule, DeadlineRule):
        dated = explain_register(rule, on or system_clock().date(), book, wanted)
        explained = [*dated, *([] if wanted else _on_store(rule, book, on))]
    elif isinstance(rule, AbsenceRule) or (isinstance(rule, SequenceRule) and not (files or wanted or title)):
        explained = _on_store(rule, book, on)
    elif title is not None:
        explained = explain_records(rule, [typed_item(title, published, **typed)], book)
    elif not files and wanted is None:
        raise click.UsageError("give --title TEXT, --evidence FILE, or --id of a stored record")
    else:
        explained = _on_records(rule, _records(files, wanted), book, wanted)
    if not explained:
        raise click.ClickException(_nothing(rule, wanted))
    records = (
        [typed_item(title, published, **typed)] if title is not None else _read_again(files, rule, explained)
    )
    explained = with_meanings(explained, rule, records, book)
    cases = _cases(wanted, book) if wanted and not files and isinstance(rule, TextRule | ListingRule) else ()
    tuned = overlays_in_force(rules, feeds, overlays).get(rule.id, ())
    _print_explained(rule, explained, cases, tuned, as_json=as_json)


def _refuse_unread(
    rule: AnyRule, on: date | None, published: date | None, title: str | None, *, has_records: bool
) -> None:
    """Raise UsageError for an option that the rule would pass over: its answer would look like one to it."""
    by_calendar = isinstance(rule, DeadlineRule | AbsenceRule)
    if title is not None and by_calendar:
        raise click.UsageError(
            f"a rule of the kind {rule.kind} reads no text: leave --title out, --on says the day"
        )
    is_asked_by_day = by_calendar or (isinstance(rule, SequenceRule) and not has_records)
    if on is not None and not is_asked_by_day:
        raise click.UsageError(
            f"--on is for rules that are asked by the day; what a rule of the kind {rule.kind} reads has its own, which "
            "--published says of a typed text"
        )
    if published is not None and title is None:
        raise click.UsageError("--published is the day of a text given by --title")


def _cases(evidence_id: str, book: Rulebook) -> Sequence[ExplainNode]:
    """Which story this stored evidence tells, and where the acts stand that alerts on it tell of."""
    repository = open_repository(load_settings())
    try:
        return [
            *explain_story(evidence_id, repository),
            *explain_cases_of(evidence_id, book, repository, system_clock()),
        ]
    finally:
        repository.close()


def _read_again(files: Sequence[Path], rule: AnyRule, explained: Sequence[Explained]) -> Iterator[Evidence]:
    """The records of the files that the rule fires on; figures need the ones before them, so all of those."""
    fired = {one.evidence_id for one in explained if one.tree.passed}
    if files and fired:
        yield from (r for r in _records(files, None) if r.id in fired or not isinstance(rule, TextRule))


def _on_store(rule: AnyRule, book: Rulebook, on: date | None) -> list[Explained]:
    """What the store says to rules that read no single record: now, or at the end of a day."""
    as_of = datetime.combine(on, time.max, tzinfo=UTC) if on else system_clock()
    repository = open_repository(load_settings())
    try:
        if isinstance(rule, DeadlineRule):
            return [*explain_evidence_dates(rule, book, repository, as_of)]
        if isinstance(rule, AbsenceRule):
            return [*explain_absence_now(rule, book, repository, as_of)]
        assert isinstance(rule, SequenceRule)
        return [*explain_sequence_now(rule, book, repository, as_of)]
    finally:
        repository.close()


def _on_records(
    rule: AnyRule, records: Iterable[Evidence], book: Rulebook, wanted: str | None
) -> Sequence[Explained]:
    if isinstance(rule, SequenceRule):
        return explain_signals(rule, records, book)
    return explain_records(rule, records, book, wanted)


def _records(files: Sequence[Path], wanted: str | None) -> Iterator[Evidence]:
    """The records of the files; without files the stored one, with the figures and lists that came before."""
    if files:
        now = system_clock()
        yield from chain.from_iterable(read_evidence(path, imported_at=now) for path in files)
        return
    repository = open_repository(load_settings())
    try:
        found = repository.find_item(wanted or "")
        if found is not None:
            yield found
        else:
            yield from (record for record in repository.export() if not isinstance(record, Item))
    finally:
        repository.close()


def _nothing(rule: AnyRule, wanted: str | None) -> str:
    if isinstance(rule, DeadlineRule):
        return (
            f"the register holds no act {wanted!r}"
            if wanted
            else "the register holds no date that the rule asks for"
        )
    return f"no record has the id {wanted!r}" if wanted else "the files hold no record"


def typed_item(title: str, published: date | None = None, /, **typed: str) -> Item:
    """An item made of what was typed on the command line, known now or on the day of its publication."""
    now = system_clock() if published is None else datetime.combine(published, time.min, tzinfo=UTC)
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


def _print_explained(
    rule: AnyRule,
    explained: Sequence[Explained],
    cases: Sequence[ExplainNode],
    tuned: Sequence[Tuned],
    *,
    as_json: bool,
) -> None:
    if as_json:
        answers = [one.document() for one in explained]
        content: dict[str, object] = {
            "command": "explain", "rule": rule.id, "version": rule.version,
            "overlays": [one.document() for one in tuned], "records": answers,
        }  # fmt: skip
        if cases:
            content["cases"] = [case.document() for case in cases]
        print_json("rules/1", content)
        return
    if not rule.enabled or rule.status == "deprecated":
        click.echo(f"{rule.id} is switched off: it would not fire live")
    for overlay in tuned:
        click.echo(overlay.sentence())
    for one in explained[:MOST_SHOWN]:
        for line in one.lines(rule):
            click.echo(line)
    for line in (line for case in cases for line in case.lines()):
        click.echo(line)
    if len(explained) > MOST_SHOWN:
        click.echo(
            f"{counted(len(explained) - MOST_SHOWN, 'more record')}; --id shows one, --json all", err=True
        )


@click.command("stats", epilog="Exit codes: 0 ok, 2 usage or configuration.")
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How far back.")
@catalogue_options
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def stats(
    *, weeks: int, rules: Path | None, feeds: Path | None, overlays: Path | None, as_json: bool
) -> None:
    """Say how often each rule fired, how often desks found it right, and whether to keep, tune or retire it.

    Precision is by desk over 90 days, with a 95 % interval (Wilson) from ten verdicts on. Noise is the share of
    alerts that were silenced, turned down before publication or closed as false. SIGHT says whether the rule's
    sources are read now, and since when they are not: a quiet rule that is blind says nothing.

    \b
    Examples:
      warning rules stats
      warning rules stats --weeks 26 --json
    """
    book = chosen_book(rules, feeds, overlays)
    settings = load_settings()
    repository = open_repository(settings)
    until = system_clock()
    kept = min(weeks, (settings.keep_raw_days or weeks * 7) / 7)
    since = until - timedelta(weeks=kept)
    try:
        traces = repository.traces(since, until)
        precision = rule_precisions(repository, until)
        told = told_alerts(repository, book, since, until)
        fired = repository.last_fired()
    finally:
        repository.close()
    found = rule_stats(book, traces, kept, precision, told, fired)
    if kept < weeks:
        click.echo(
            f"What rules did is kept for {settings.keep_raw_days} days (WARNING_KEEP_RAW_DAYS): these are the figures of those.",
            err=True,
        )
    sights = rule_sights(book, rules, feeds, overlays)
    if as_json:
        answers = [{**one.document(), **sight_document(sights.get(one.rule_id))} for one in found]
        print_json("rules/1", {"command": "stats", "weeks": kept, "rules": answers})
        return
    header = (
        "RULE",
        "LAST FIRED",
        "SIGHT",
        "SIGNALS A WEEK",
        "ALERTS",
        "NOISE",
        "PRECISION",
        "ADVICE",
        "BECAUSE",
    )
    print_table(header, [_row(one, sight_word(sights.get(one.rule_id))) for one in found])


def _row(one: RuleStats, sight: str) -> tuple[str, ...]:
    last = one.last_fired_at.date().isoformat() if one.last_fired_at else "never"
    precision = "; ".join(f"{each.desk_id} {each}" for each in one.precision) or "no verdicts"
    noise = "" if one.record.noise is None else f"{one.record.noise:.0%}"
    return (
        one.rule_id,
        last,
        sight,
        f"{one.signals_per_week:.2f}",
        str(one.record.alerts),
        noise,
        precision,
        one.advice.word,
        one.advice.because,
    )
