"""`warning rules check`, `test` and `schema`: is what the operators wrote right?"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from warning.app.rule_examples import ExampleResult, run_examples
from warning.catalog.codes import CODES, Level
from warning.catalog.load import read_rulebook
from warning.catalog.schemas import KINDS, file_schema
from warning.cli.junit import junit_document
from warning.cli.output import print_json, print_table
from warning.cli.rules_options import catalogue_options, chosen_book, chosen_trees, today
from warning.core.rulebook import Rulebook
from warning.errors import Problem


@click.command("check")
@catalogue_options
@click.option("--strict", is_flag=True, help="Warnings are findings too.")
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
    book, problems = read_rulebook(where.rules, where.feeds, where.overlay, today=today())
    findings = [problem for problem in problems if strict or _level(problem) != "warning"]
    if as_json:
        _print_check(book, problems, ok=not findings)
    else:
        for problem in problems:
            click.echo(f"{problem} [warning]" if _level(problem) == "warning" else f"{problem}")
        click.echo(_summary(book, problems), err=True)
    sys.exit(1 if findings else 0)


def _level(problem: Problem) -> Level:
    return "mistake" if problem.fatal else CODES[problem.code].level


def _print_codes(*, as_json: bool) -> None:
    if as_json:
        rows = [{"code": code, **asdict(known)} for code, known in CODES.items()]
        print_json("rules/1", {"command": "check", "codes": rows})
        return
    print_table(("CODE", "LEVEL", "MEANS", "MEND"), ((c, k.level, k.means, k.mend) for c, k in CODES.items()))


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
        },
    )


def _summary(book: Rulebook | None, problems: tuple[Problem, ...]) -> str:
    fatal = sum(_level(problem) != "warning" for problem in problems)
    found = f"{_count(fatal, 'mistake')}, {_count(len(problems) - fatal, 'warning')}"
    if book is None:
        return f"{found}: a service that runs keeps the last good rulebook"
    parts = (
        _count(len(book.rules), "rule"),
        _count(len(book.sources), "source"),
        _count(len(book.terms.materials), "material"),
        _count(len(book.desks), "desk"),
    )
    return f"{found}: {', '.join(parts)}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@click.command("test")
@click.argument("rule_ids", metavar="[RULE]...", nargs=-1)
@catalogue_options
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML here as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def test(
    *,
    rule_ids: tuple[str, ...],
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    junit: Path | None,
    as_json: bool,
) -> None:
    """Run the examples inside the rules (all, or the named ones) as live evidence would be.

    \b
    Examples:
      warning rules test
      warning rules test prc-graphite-control --junit rules.xml
    """
    book = chosen_book(rules, feeds, overlays)
    known = {rule.id for rule in book.rules}
    for rule_id in rule_ids:
        if rule_id not in known:
            raise click.BadParameter(f"there is no rule {rule_id!r}", param_hint="RULE")
    results = run_examples(book, rule_ids)
    failed = [result for result in results if not result.passed]
    if junit:
        junit.write_text(junit_document(results), encoding="utf-8")
    if as_json:
        _print_results(results)
    else:
        for result in failed:
            _print_failure(result)
        click.echo(f"{len(results) - len(failed)} of {len(results)} examples hold", err=True)
    sys.exit(1 if failed else 0)


def _print_results(results: tuple[ExampleResult, ...]) -> None:
    failed = [
        {
            "rule": result.rule_id,
            "example": result.number,
            "fires": result.fires,
            "title": result.title,
            "faults": list(result.faults),
            "explain": result.tree.document() if result.tree else None,
        }
        for result in results
        if not result.passed
    ]
    content = {"command": "test", "ok": not failed, "examples": len(results), "failed": failed}
    print_json("rules/1", content)


def _print_failure(result: ExampleResult) -> None:
    click.echo(f"{result.rule_id} example {result.number + 1}: {result.title}")
    for fault in result.faults:
        click.echo(f"  {fault}")
    for line in result.tree.lines(2) if result.tree else ():
        click.echo(line)


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
