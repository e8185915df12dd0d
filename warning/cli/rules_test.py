"""`warning rules test`: the examples inside the rules, and the test files beside them."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from warning.app.clock_testing import ClockResult, run_clock_test
from warning.app.rule_examples import ExampleResult, run_examples
from warning.catalog.case_places import CasePlaces
from warning.catalog.complaints import did_you_mean
from warning.catalog.load import load_clock_tests, load_rulebook
from warning.cli.junit import Case, junit_document
from warning.cli.output import print_json
from warning.cli.rules_options import catalogue_options, chosen_trees, junit_options, today
from warning.core.clock_tests import ClockTest
from warning.core.rulebook import Rulebook


@click.command("test", epilog="Exit codes: 0 all hold, 1 an example or test fails, 2 usage or configuration.")
@click.argument("rule_ids", metavar="[RULE]...", nargs=-1)
@catalogue_options
@junit_options("Write JUnit XML here as well.")
@click.option("--json", "as_json", is_flag=True, help="Print rules/1 on stdout.")
def test(
    *,
    rule_ids: tuple[str, ...],
    rules: Path | None,
    feeds: Path | None,
    overlays: Path | None,
    junit: Path | None,
    junit_strict: bool,
    as_json: bool,
) -> None:
    """Run the examples inside the rules and the files of rules/tests (all, or those of the named rules).

    \b
    Examples:
      warning rules test
      warning rules test prc-graphite-control --junit rules.xml
    """
    where = chosen_trees(rules, feeds, overlays)
    book = load_rulebook(where.rules, where.feeds, where.overlay, today=today())
    _refuse_unknown(rule_ids, book)
    examples = run_examples(book, rule_ids)
    tests = load_clock_tests(where.rules, where.overlay)
    clocked = [run_clock_test(book, test, file) for file, test in tests if _is_about(test, rule_ids)]
    failed = sum(not one.passed for one in examples) + sum(not one.passed for one in clocked)
    places = CasePlaces((where.rules, where.overlay))
    if junit:
        placed = _cases(examples, clocked, places)
        junit.write_text(junit_document(placed, strict=junit_strict), encoding="utf-8")
    if as_json:
        _print_results(examples, clocked, places)
    else:
        wrong = [one for one in examples if not one.passed], [one for one in clocked if not one.passed]
        _print_failures(_cases(*wrong, places))
        held = [f"{sum(r.passed for r in examples)} of {len(examples)} examples hold"]
        held += [f"{sum(r.passed for r in clocked)} of {len(clocked)} tests"] if clocked else []
        click.echo(", ".join(held), err=True)
    sys.exit(1 if failed else 0)


def _refuse_unknown(rule_ids: Iterable[str], book: Rulebook) -> None:
    known = [rule.id for rule in book.rules]
    for rule_id in rule_ids:
        if rule_id not in known:
            hint = did_you_mean(rule_id, known)
            raise click.BadParameter(f"there is no rule {rule_id!r}. {hint}".rstrip(), param_hint="RULE")


def _is_about(test: ClockTest, rule_ids: Sequence[str]) -> bool:
    expected = {alert.rule for moment in test.expect for alert in moment.alerts}
    return not rule_ids or bool(expected.union(test.rules).intersection(rule_ids))


def _cases(
    examples: Iterable[ExampleResult], clocked: Iterable[ClockResult], places: CasePlaces
) -> list[Case]:
    def placed(case: Case, at: tuple[str, int]) -> Case:
        return replace(case, file=at[0], line=at[1])

    cases = [
        placed(
            Case(
                suite="examples",
                subject=one.rule_id,
                name=f"example {one.number + 1}: {one.title}",
                faults=one.faults,
                detail=tuple(one.tree.lines()) if one.tree else (),
                seconds=one.seconds,
            ),
            places.of_rule(one.rule_id, "examples", one.number),
        )
        for one in examples
    ]
    return cases + [
        placed(
            Case(
                suite="tests",
                subject=Path(one.file).stem,
                name=one.name,
                faults=one.faults,
                seconds=one.seconds,
            ),
            places.of_test(Path(one.file), one.name),
        )
        for one in clocked
    ]


def _print_failures(cases: Iterable[Case]) -> None:
    for case in cases:
        click.echo(f"{case.place}: {case.subject} {case.name}")
        for line in (*case.faults, *case.detail):
            click.echo(f"  {line}")


def _print_results(
    examples: Sequence[ExampleResult], clocked: Sequence[ClockResult], places: CasePlaces
) -> None:
    failed = [
        {
            "rule": result.rule_id,
            "place": ":".join(map(str, places.of_rule(result.rule_id, "examples", result.number))),
            "example": result.number,
            "fires": result.fires,
            "title": result.title,
            "faults": list(result.faults),
            "explain": result.tree.document() if result.tree else None,
        }
        for result in examples
        if not result.passed
    ]
    tests = [
        {"file": one.file, "name": one.name, "passed": one.passed, "faults": list(one.faults)}
        for one in clocked
    ]
    ok = not failed and all(one.passed for one in clocked)
    content = {"command": "test", "ok": ok, "examples": len(examples), "failed": failed, "tests": tests}
    print_json("rules/1", content)
