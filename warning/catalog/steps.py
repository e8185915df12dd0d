"""Names in rules that speak of other rules: steps of sequences, and signals that should have come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from warning.catalog.complaints import did_you_mean
from warning.catalog.references import Known, examples_expect
from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.absence_rules import AbsenceRule
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.core.sequence_events import rules_of
from warning.core.sequence_rules import SequenceRule, Step
from warning.errors import Problem


def composed(rules: Sequence[Placed[AnyRule]], known: Known, policy: Policy | None) -> Iterator[Problem]:
    """Check every rule that reads the signals or the evidence of others, against all rules of the tree."""
    kinds = {placed.value.id: placed.value.kind for placed in rules}
    for placed in rules:
        rule = placed.value
        if isinstance(rule, SequenceRule):
            yield from _of_sequence(placed, rule, known, kinds)
            if policy is not None and known.has_all_terms:
                book = Rulebook(rules=tuple(p.value for p in rules), terms=known.terms, policy=policy)
                yield from _vacant_steps(placed, rule, book)
        elif isinstance(rule, AbsenceRule):
            yield from _of_absence(placed, rule, known, kinds)


def _of_sequence(
    placed: Placed[AnyRule], rule: SequenceRule, known: Known, kinds: Mapping[str, str]
) -> Iterator[Problem]:
    places: list[tuple[Path_, Step]] = [(("steps", i), step) for i, step in enumerate(rule.steps)]
    places += [(("unless", i), one) for i, one in enumerate(rule.unless)]
    for i, one in enumerate(rule.unless):
        yield from known.sources_in(placed, ("unless", i, "sources"), one.sources)
    for path, step in places:
        yield from _rules_in(placed, (*path, "rules"), step.rules, kinds)
        yield from known.acts_in(placed, (*path, "acts"), step.acts)
        yield from known.materials_in(placed, (*path, "materials"), step.materials)
        yield from known.actors_in(placed, (*path, "actors"), step.actors)
        yield from known.actors_in(placed, (*path, "targets"), step.targets)
    for i, example in enumerate(rule.examples):
        for j, event in enumerate(example.events):
            at: Path_ = ("examples", i, "events", j)
            yield from _rules_in(placed, (*at, "rule"), (event.rule,), kinds)
            yield from known.materials_in(placed, (*at, "materials"), event.materials)
            if event.act is not None:
                yield from known.acts_in(placed, (*at, "act"), (event.act,))
    yield from examples_expect(placed, [example.expect for example in rule.examples], known)


def _of_absence(
    placed: Placed[AnyRule], rule: AbsenceRule, known: Known, kinds: Mapping[str, str]
) -> Iterator[Problem]:
    yield from known.sources_in(placed, ("sources",), rule.sources)
    yield from known.materials_in(placed, ("materials",), rule.materials)
    yield from known.materials_in(placed, ("select", "materials"), rule.select.materials)
    yield from known.actors_in(placed, ("actors",), rule.actors)
    yield from _rules_in(placed, ("rules",), rule.rules, kinds)
    yield from examples_expect(placed, [example.expect for example in rule.examples], known)


def _rules_in(
    placed: Placed[AnyRule], path: Path_, names: Sequence[str], kinds: Mapping[str, str]
) -> Iterator[Problem]:
    for i, name in enumerate(names):
        place = (*path, i) if (*path, i) in placed.text.places else path
        if name not in kinds:
            hint = did_you_mean(name, tuple(kinds)) or "no rule is called anything like it"
            yield placed.problem(place, "EW223", f"there is no rule {name!r}", hint)
        elif kinds[name] == "sequence":
            message = f"{name} is a sequence, and a sequence reads no other sequence"
            yield placed.problem(place, "EW223", message, "name the rules of its steps")


def _vacant_steps(placed: Placed[AnyRule], rule: SequenceRule, book: Rulebook) -> Iterator[Problem]:
    awake = tuple(one.model_copy(update={"enabled": True}) for one in book.rules)
    every = replace(book, rules=awake)
    hint = "a step takes rules that interrupt, unless it names them; check tags and acts"
    for i, step in enumerate(rule.steps):
        if not rules_of(step, every):
            message = f"no rule fits the step {step.name}: the sequence never completes"
            yield placed.problem(("steps", i), "EW224", message, hint, fatal=False)
    for i, one in enumerate(rule.unless):
        if not rules_of(one, every):
            message = f"no rule fits {one.name} under unless: nothing ever keeps the sequence from firing"
            yield placed.problem(("unless", i), "EW224", message, hint, fatal=False)
