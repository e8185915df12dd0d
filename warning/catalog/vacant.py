"""Conditions that nothing meets as things stand: no source, no word, no date. The rulebook loads all the same."""

from collections.abc import Iterator, Sequence

from warning.catalog.meanings import covers, has_words
from warning.catalog.references import Known, groups
from warning.catalog.typed import Placed
from warning.core.deadline_rules import DeadlineRule
from warning.core.deadlines import Deadline
from warning.core.detect.deadline import wants
from warning.core.rules import AnyRule, Near, SeriesRule, TextRule, Where
from warning.core.source_needs import admits
from warning.core.terms import Terms
from warning.errors import Problem


def vacant(placed: Placed[AnyRule], known: Known, dates: Sequence[Deadline]) -> Iterator[Problem]:
    """Say what of a rule nothing can meet at present. `dates` are all of the register, past ones too."""
    rule = placed.value
    where = getattr(rule, "where", None)
    if isinstance(where, Where):
        yield from _no_source(placed, where, known)
    if isinstance(rule, SeriesRule):
        yield from _switched_off(placed, ("select", "sources"), rule.select.sources, known)
        yield from _idle_tests(placed, rule)
    if isinstance(rule, TextRule):
        yield from _wordless(placed, rule, known)
        yield from _idle_alternatives(placed, rule, known.terms)
    if isinstance(rule, DeadlineRule) and dates and not any(wants(rule, d, known.terms) for d in dates):
        hint = "widen dates, acts, actors, materials or directions, or add the act to rules/measures"
        message = "the register holds no date that this rule asks for"
        yield placed.problem(("dates",), "EW222", message, hint, fatal=False)


def _no_source(placed: Placed[AnyRule], where: Where, known: Known) -> Iterator[Problem]:
    if not known.sources or any(name not in known.sources for name in where.sources):
        return  # an unknown source is told for itself
    admitted = [name for name, source in known.sources.items() if admits(where, source)]
    if not admitted and not where.sources:
        message = f"none of the {len(known.sources)} sources of the catalogue passes where"
        yield placed.problem(("where",), "EW214", message, "widen where, or add the source", fatal=False)
    yield from _switched_off(placed, ("where",), admitted, known)


def _switched_off(
    placed: Placed[AnyRule], path: tuple[str, ...], names: Sequence[str], known: Known
) -> Iterator[Problem]:
    if names and all(name in known.switched_off for name in names):
        message = f"every source that the rule reads is switched off: {', '.join(sorted(names)[:5])}"
        yield placed.problem(path, "EW215", message, "switch one on, or disable the rule", fatal=False)


def _wordless(placed: Placed[AnyRule], rule: TextRule, known: Known) -> Iterator[Problem]:
    if not known.has_all_terms:
        return
    for path, group in groups(rule.match):
        if not has_words(group, known.terms):
            hint = "add words to its entries of rules/terms, or delete the group"
            yield placed.problem(
                path, "EW220", "no entry of this group has a word: it never occurs", hint, fatal=False
            )


def _idle_alternatives(placed: Placed[AnyRule], rule: TextRule, terms: Terms) -> Iterator[Problem]:
    """One of several alternatives that can never hold; where all must hold, the rule is unreachable."""
    if len(rule.match.near_any) < 2:
        return
    for i, near in enumerate(rule.match.near_any):
        why = barred(near, terms)
        if why:
            path = ("match", "near_any", i)
            yield placed.problem(path, "EW221", f"this alternative never holds: {why}", fatal=False)


def barred(near: Near, terms: Terms) -> str:
    """Say why a `near` can never hold; empty when it can."""
    for group in near.of:
        if any(covers(forbidden, group, terms) for forbidden in near.none):
            return "what it asks for stands under its own none as well"
        if not set(group.within) & set(near.fields):
            return f"it is looked for in {', '.join(near.fields)}, a group of it in {', '.join(group.within)}"
    return ""


def _idle_tests(placed: Placed[AnyRule], rule: SeriesRule) -> Iterator[Problem]:
    wanted = set(rule.select.frequencies)
    asked = [
        not wanted or not test.frequencies or bool(wanted & set(test.frequencies)) for test in rule.tests
    ]
    for i, one in enumerate(asked):
        if not one and any(asked):
            message = f"this test is for other series than select.frequencies {', '.join(sorted(wanted))}"
            yield placed.problem(("tests", i, "frequencies"), "EW221", message, fatal=False)
