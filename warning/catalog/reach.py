"""Rules that can never fire: their conditions exclude each other, so silence would look like peace."""

from collections.abc import Iterator, Mapping

from warning.catalog.meanings import covers
from warning.catalog.references import Known, groups
from warning.catalog.typed import Placed
from warning.catalog.vacant import barred
from warning.catalog.yaml_tree import Path_
from warning.core.absence_rules import AbsenceRule
from warning.core.deadline_rules import DeadlineRule
from warning.core.rule_languages import languages_of_group
from warning.core.rules import AnyRule, ContextRule, Group, SeriesRule, TextRule, Where
from warning.core.sequence_rules import SequenceRule
from warning.core.source_needs import admits
from warning.core.sources import SourceProfile
from warning.core.terms import Terms
from warning.errors import Problem


def unreachable(placed: Placed[AnyRule], known: Known) -> Iterator[Problem]:
    """Say which condition of a rule keeps it from ever firing."""
    rule = placed.value
    if isinstance(rule, SeriesRule):
        yield from _series(placed, rule)
        return
    if isinstance(rule, DeadlineRule):
        yield from _deadlines(placed, rule)
        return
    if isinstance(rule, SequenceRule | AbsenceRule):
        return
    yield from _sources(placed, rule.where, known.sources)
    if isinstance(rule, TextRule | ContextRule):
        yield from _directions(placed, rule)
        yield from _counts(placed, rule)
        yield from _languages(placed, rule, known.terms)
        yield from _contradictions(placed, rule, known.terms)


def _series(placed: Placed[AnyRule], rule: SeriesRule) -> Iterator[Problem]:
    for kind in ("materials", "hs_codes", "partners"):
        wanted = set(getattr(rule.select, kind))
        if wanted and wanted <= set(getattr(rule.select, f"except_{kind}")):
            message = f"select.{kind} and select.except_{kind} leave no series"
            yield placed.problem(("select", f"except_{kind}"), "EW211", message)
    yield from _except_all(placed, rule)
    wanted = set(rule.select.frequencies)
    if wanted and not any(not test.frequencies or wanted & set(test.frequencies) for test in rule.tests):
        message = f"no test is for series of select.frequencies {', '.join(sorted(wanted))}"
        yield placed.problem(("select", "frequencies"), "EW211", message)
    if rule.select.bilateral and set(rule.select.partners) == {"WLD"}:
        message = "bilateral keeps single partners only, and the one partner selected is the world"
        yield placed.problem(("select", "bilateral"), "EW211", message)


def _except_all(placed: Placed[AnyRule], rule: SeriesRule) -> Iterator[Problem]:
    """A code is a prefix: 2846 excepted leaves nothing of 284690."""
    codes, excepted = rule.select.hs_codes, rule.select.except_hs_codes
    if codes and not set(codes) <= set(excepted) and all(code.startswith(excepted) for code in codes):
        message = "select.hs_codes and select.except_hs_codes leave no series"
        yield placed.problem(("select", "except_hs_codes"), "EW211", message)


def _deadlines(placed: Placed[AnyRule], rule: DeadlineRule) -> Iterator[Problem]:
    if rule.actors and set(rule.actors) <= set(rule.except_actors):
        message = "actors and except_actors leave no act"
        yield placed.problem(("except_actors",), "EW211", message)


def _sources(
    placed: Placed[AnyRule], where: Where, sources: Mapping[str, SourceProfile] | None
) -> Iterator[Problem]:
    """A rule bound to named sources, none of which passes its own filters."""
    named = [s for s in where.sources if sources is not None and s in sources]
    if not named or sources is None or len(named) < len(where.sources):
        return
    if not any(admits(where, sources[name]) for name in named):
        message = "none of where.sources passes the other conditions of where"
        profile = sources[named[0]]
        hint = f"{named[0]} is {profile.kind}, {profile.country}, {profile.language}" + (
            ", official" if profile.official else ", not official"
        )
        yield placed.problem(("where", "sources"), "EW211", message, hint)


def _directions(placed: Placed[AnyRule], rule: TextRule) -> Iterator[Problem]:
    if rule.direction and rule.require_direction and rule.direction != rule.require_direction:
        message = f"the rule states {rule.direction} and requires {rule.require_direction}"
        yield placed.problem(("require_direction",), "EW213", message, "keep one of the two")
    if rule.actors and rule.else_actors:
        message = "`actors` says whose act it is, so that `else_actors` is never asked"
        yield placed.problem(("else_actors",), "EW211", message, "keep one of the two")
    if rule.actors and rule.except_actors:
        message = "`actors` says whose act it is, so that `except_actors` leaves out none"
        yield placed.problem(("except_actors",), "EW211", message, "keep one of the two")
    if rule.fallback and not rule.interrupts:
        message = "background is never told of a document that a rule which interrupts tells of: `fallback` adds nothing"
        yield placed.problem(("fallback",), "EW211", message, "delete it")


def _counts(placed: Placed[AnyRule], rule: TextRule) -> Iterator[Problem]:
    at_least = rule.match.at_least
    if at_least is not None and at_least.n > len(at_least.of):
        message = f"at least {at_least.n} of {len(at_least.of)} groups can never occur"
        yield placed.problem(("match", "at_least", "n"), "EW211", message)
    score = rule.match.score
    most = sum(group.most for group in score.of) if score else 0
    if score is not None and score.at_least > most:
        message = f"all groups of the score together add up to {most}, and it asks for {score.at_least}"
        yield placed.problem(("match", "score", "at_least"), "EW211", message)


def _languages(placed: Placed[AnyRule], rule: TextRule, terms: Terms) -> Iterator[Problem]:
    """A group that must occur has words only in languages the rule does not read."""
    read = set(rule.where.languages)
    if not read:
        return
    for path, group in _required(rule):
        spoken = languages_of_group(group, terms)
        if spoken and not spoken & read:
            message = (
                f"words in {', '.join(sorted(spoken))}, and where.languages reads {', '.join(sorted(read))}"
            )
            yield placed.problem(path, "EW211", message, "add the words, or the language to where.languages")


def _contradictions(placed: Placed[AnyRule], rule: TextRule, terms: Terms) -> Iterator[Problem]:
    for path, group in _required(rule):
        if any(covers(forbidden, group, terms) for forbidden in rule.match.none):
            yield placed.problem(path, "EW211", "this group must occur and stands under none as well")
    alternatives = rule.match.near_any
    must = [(("match", "near", i), near) for i, near in enumerate(rule.match.near)]
    if len(alternatives) == 1:
        must.append((("match", "near_any", 0), alternatives[0]))
    for place, near in must:
        why = barred(near, terms)
        if why:
            yield placed.problem(place, "EW211", f"this never holds: {why}")


def _required(rule: TextRule) -> Iterator[tuple[Path_, Group]]:
    for path, group in groups(rule.match):
        if (path[1] in {"all", "near"} and "none" not in path) or (
            path[1] == "any" and len(rule.match.any) == 1
        ):
            yield path, group
