"""`warning rules check` and `schema`: is what the operators wrote right?"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from warning.catalog.codes import CODES, Level
from warning.catalog.load import read_rulebook
from warning.catalog.schemas import KINDS, file_schema
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import catalogue_options, chosen_trees, today
from warning.core.exposure_reviews import ReviewDue, reviews_counted, reviews_due
from warning.core.rulebook import Rulebook
from warning.errors import Problem

SHOWN_REVIEWS = 5


@click.command("check")
@catalogue_options
@click.option("--strict", is_flag=True, help="Warnings are findings too; asks for examples in two languages.")
@click.option("--codes", is_flag=True, help="List every code: what it means, and what mends it.")
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def check(
    *,
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    strict: bool,
    codes: bool,
    as_json: bool,
) -> None:
    """Say every mistake in rules, terms, exposure, desks, policy, sources and overlays.

    \b
    Examples:
      warning rules check
      warning rules check --overlays ews/overlay --strict
    """
    if codes:
        _print_codes(as_json=as_json)
        return
    where = chosen_trees(rules, feeds, overlays)
    book, problems = read_rulebook(where.rules, where.feeds, where.overlay, today=today(), strict=strict)
    findings = [problem for problem in problems if strict or _level(problem) != "warning"]
    if as_json:
        _print_check(book, problems, ok=not findings)
    else:
        for problem in problems:
            click.echo(f"{problem} [warning]" if _level(problem) == "warning" else f"{problem}")
        click.echo(_summary(book, problems), err=True)
        if book is not None:
            _print_reviews(reviews_due(book.exposure.values(), today()))
    sys.exit(1 if findings else 0)


def _level(problem: Problem) -> Level:
    return "mistake" if problem.fatal else CODES[problem.code].level


def _print_codes(*, as_json: bool) -> None:
    if as_json:
        rows = [{"code": code, **asdict(known)} for code, known in CODES.items()]
        print_json("rules/1", {"command": "check", "codes": rows})
        return
    print_table(("CODE", "LEVEL", "MEANS", "MEND"), ((c, k.level, k.means, k.mend) for c, k in CODES.items()))


def _print_reviews(due: Sequence[ReviewDue]) -> None:
    """What is due is no mistake in a file: it is told, and changes no exit code."""
    if not due:
        return
    click.echo(f"{reviews_counted(due)}: write `reviewed:` with the day into rules/exposure", err=True)
    for one in due[:SHOWN_REVIEWS]:
        click.echo(f"  {one.sentence(today())}", err=True)
    if len(due) > SHOWN_REVIEWS:
        click.echo(f"  and {len(due) - SHOWN_REVIEWS} more: --json lists all", err=True)


def _print_check(book: Rulebook | None, problems: tuple[Problem, ...], *, ok: bool) -> None:
    counts = {
        "rules": len(book.rules) if book else None,
        "sources": len(book.sources) if book else None,
        "materials": len(book.terms.materials) if book else None,
        "desks": len(book.desks) if book else None,
    }
    print_json(
        "rules/1",
        {
            "command": "check",
            "ok": ok,
            "version": book.version if book else None,
            **counts,
            "problems": [asdict(problem) for problem in problems],
            "exposure_reviews_due": _reviews(book),
        },
    )


def _reviews(book: Rulebook | None) -> list[dict[str, object]]:
    due = reviews_due(book.exposure.values(), today()) if book else ()
    return [
        {
            "country": d.country,
            "material": d.material,
            "grade": d.grade,
            "due": d.due.isoformat() if d.due else None,
        }
        for d in due
    ]


def _summary(book: Rulebook | None, problems: tuple[Problem, ...]) -> str:
    fatal = sum(_level(problem) != "warning" for problem in problems)
    found = f"{_count(fatal, 'mistake')}, {_count(len(problems) - fatal, 'warning')}"
    if book is None:
        return f"{found}: a service goes on, also when it starts again, with the last good rulebook"
    parts = (
        _count(len(book.rules), "rule"),
        _count(len(book.sources), "source"),
        _count(len(book.terms.materials), "material"),
        _count(len(book.desks), "desk"),
    )
    return f"{found}: {', '.join(parts)}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@click.command("schema")
@click.argument("kind", type=click.Choice(sorted(KINDS)), default="rule")
def schema(*, kind: str) -> None:
    """Print the JSON Schema of one kind of file, for editors.

    \b
    Examples:
      warning rules schema
      warning rules schema rule > rule.schema.json
    """
    click.echo(json.dumps(file_schema(kind), ensure_ascii=False, indent=2))
