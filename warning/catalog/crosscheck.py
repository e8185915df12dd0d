"""Checks across files: names that stand for nothing, ids used twice, files under the wrong name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from warning.catalog.brings import brought_by
from warning.catalog.complaints import did_you_mean
from warning.catalog.names_unread import unread_names
from warning.catalog.overlap import redundant
from warning.catalog.overlays import Overlay
from warning.catalog.reach import unreachable
from warning.catalog.references import Known, references
from warning.catalog.register_days import backdated
from warning.catalog.sources import SourceSpec
from warning.catalog.steps import composed
from warning.catalog.trees import RulesTree
from warning.catalog.typed import Placed
from warning.catalog.unfed import unfed
from warning.catalog.vacant import vacant
from warning.catalog.yaml_tree import Path_
from warning.core.absence_rules import AbsenceRule
from warning.core.chains import ChainFile, ChainStep
from warning.core.clock_tests import ClockTest, ClockTestFile
from warning.core.deadline_rules import DeadlineRule
from warning.core.deadlines import deadlines
from warning.core.rules import AnyRule, TextRule
from warning.core.sequence_rules import SequenceRule
from warning.core.sources import SourceProfile
from warning.core.terms import Terms
from warning.errors import Problem


def merged_terms(files: Iterable[Placed[Terms]]) -> Terms:
    """One vocabulary from all files; of an entry that stands twice the first holds (and a problem is told)."""
    merged: dict[str, dict[str, Any]] = {kind: {} for kind in Terms.model_fields}
    for placed in files:
        for kind, entries in merged.items():
            for name, entry in getattr(placed.value, kind).items():
                entries.setdefault(name, entry)
    return Terms(**merged)


def check_tree(
    tree: RulesTree,
    sources: Mapping[str, SourceProfile] | None,
    switched_off: frozenset[str] = frozenset(),
    *,
    specs: Iterable[SourceSpec] = (),
    strict: bool = False,
) -> tuple[Problem, ...]:
    """Check everything that spans files. `sources` is None when the feeds could not be read, `specs` are its entries.

    `strict` asks for more than a rule needs to work: examples that fire in two languages.
    """
    terms = merged_terms(tree.terms)
    known = Known(
        terms=terms, sources=sources, has_all_terms=tree.has_all_terms, switched_off=switched_off,
        brings=brought_by(specs, terms) if sources is not None else {},
    )  # fmt: skip
    dates = deadlines([measure for placed in tree.measures for measure in placed.value.measures])
    problems: list[Problem] = []
    for rule in tree.rules:
        of_rule = [*_file_name(rule, rule.value.id), *references(rule, known), *unreachable(rule, known)]
        if not any(problem.fatal for problem in of_rule):
            # A wrong name would be told twice.
            of_rule += [*vacant(rule, known, dates), *unfed(rule, known)]
        problems += [*of_rule, *_examples(rule), *(_languages(rule) if strict else ())]
    for unread in tree.unread_rules:
        problems += unread_names(unread, known)
    for exposure in tree.exposure:
        problems += _file_name(exposure, exposure.value.country.lower())
        problems += known.materials_in(exposure, ("materials",), tuple(exposure.value.materials))
    for desk in tree.desks:
        problems += _file_name(desk, desk.value.id)
    problems += _measures(tree, known)
    problems += _chains(tree, known)
    problems += _tests(tree, known)
    problems += _twice(tree)
    problems += _terms(tree, known)
    problems += _desk_addresses(tree)
    same = tuple(_same_match(tree.rules))
    problems += same
    said = {problem.file for problem in same}
    problems += redundant([rule for rule in tree.rules if rule.text.file not in said], terms)
    problems += composed(tree.rules, known, tree.policy.value if tree.policy else None)
    return tuple(problems)


def check_overlays(
    overlays: Iterable[Placed[Overlay]], sources: Mapping[str, SourceProfile] | None
) -> tuple[Problem, ...]:
    """The sources that overlays exclude must stand for something."""
    known = Known(terms=Terms(), sources=sources)
    return tuple(
        problem
        for overlay in overlays
        for problem in known.sources_in(overlay, ("exclude", "sources"), overlay.value.exclude.sources)
    )


def _file_name(placed: Placed[Any], wanted: str) -> Iterator[Problem]:
    """One value a file, and the file is named for it: the way from an alert back to its rule is a name."""
    stem = placed.text.file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml")
    if stem != wanted:
        key = "country" if hasattr(placed.value, "country") and not hasattr(placed.value, "id") else "id"
        message = f"the file is named {stem}.yaml and holds {wanted!r}"
        yield placed.problem((key,), "EW207", message, f"rename the file to {wanted}.yaml, or correct {key}")


def _chains(tree: RulesTree, known: Known) -> Iterator[Problem]:
    placed = tree.chains
    if placed is None:
        return
    seen: set[str] = set()
    for i, chain in enumerate(placed.value.chains):
        at: Path_ = ("chains", i)
        if chain.id in seen:
            yield placed.problem(
                (*at, "id"), "EW206", f"the chain {chain.id} stands here twice", "rename one"
            )
        seen.add(chain.id)
        yield from known.actors_in(placed, (*at, "actors"), chain.actors)
        yield from known.acts_in(placed, (*at, "acts"), chain.acts)
        for j, step in enumerate(chain.steps):
            yield from known.sources_in(placed, (*at, "steps", j, "sources"), step.sources)
            for k, shown in enumerate(step.shown_by):
                where = (*at, "steps", j, "shown_by", k, "sources")
                yield from known.sources_in(placed, where, shown.sources)
            yield from _step_can_be_shown(placed, (*at, "steps", j), step)


def _step_can_be_shown(placed: Placed[ChainFile], at: Path_, step: ChainStep) -> Iterator[Problem]:
    """What shows a step must be able to: no page shows that a day was reached, no list that an act ended."""
    fitting: dict[str, set[str]] = {
        "date": {"in_effect", "expired"},
        "register": {"amended", "suspended", "expired"},
        "correction": {"amended"},
        "figures": {"customs_effect"},
    }
    for k, shown in enumerate(step.shown_by):
        wanted = fitting.get(shown.by)
        if wanted is not None and step.step not in wanted:
            said = f"by: {shown.by} shows no step {step.step}"
            hint = f"it shows {' or '.join(sorted(wanted))}"
            yield placed.problem((*at, "shown_by", k, "by"), "EW225", said, hint)


def _measures(tree: RulesTree, known: Known) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for placed in tree.measures:
        yield from backdated(placed)
        for i, measure in enumerate(placed.value.measures):
            path = ("measures", i)
            yield from known.materials_in(placed, (*path, "materials"), measure.materials)
            yield from known.acts_in(placed, (*path, "act"), (measure.act,))
            yield from known.actors_in(placed, (*path, "actor"), (measure.actor,))
            if measure.id in first:
                message = f"the measure {measure.id!r} stands in {first[measure.id]} already"
                yield placed.problem((*path, "id"), "EW206", message, "ids are unique over the whole tree")
            first.setdefault(measure.id, placed.text.file)


def _tests(tree: RulesTree, known: Known) -> Iterator[Problem]:
    """What tests name: rules, desks, materials. A rule whose file has mistakes says so itself."""
    rules = {placed.value.id for placed in tree.rules} | tree.unread
    for placed in tree.tests:
        for i, test in enumerate(placed.value.tests):
            path: tuple[str | int, ...] = ("tests", i)
            named = [((*path, "rules", j), rule) for j, rule in enumerate(test.rules)]
            for j, moment in enumerate(test.expect):
                named += [
                    ((*path, "expect", j, "alerts", k, "rule"), alert.rule)
                    for k, alert in enumerate(moment.alerts)
                ]
            for place, rule in named:
                if rule not in rules:
                    hint = did_you_mean(rule, tuple(rules)) or "no rule is called anything like it"
                    yield placed.problem(place, "EW223", f"there is no rule {rule!r}", hint)
            yield from _desks_told(placed, path, test, tree.desk_files)
            for j, series in enumerate(test.evidence.series):
                place = (*path, "evidence", "series", j, "material")
                yield from known.materials_in(placed, place, (series.material,))


def _desks_told(
    placed: Placed[ClockTestFile], path: Path_, test: ClockTest, desks: frozenset[str]
) -> Iterator[Problem]:
    for j, moment in enumerate(test.expect):
        for k, alert in enumerate(moment.alerts):
            for m, desk in enumerate(alert.told or ()):
                if desk not in desks:
                    place = (*path, "expect", j, "alerts", k, "told", m)
                    hint = did_you_mean(desk, desks)
                    yield placed.problem(place, "EW230", f"there is no desk {desk!r}", hint, fatal=False)


def _twice(tree: RulesTree) -> Iterator[Problem]:
    yield from _repeated(tree.rules, lambda placed: placed.value.id, ("id",), "rule")
    yield from _repeated(tree.desks, lambda placed: placed.value.id, ("id",), "desk")
    yield from _repeated(tree.exposure, lambda placed: placed.value.country, ("country",), "exposure of")


def _repeated(
    files: Sequence[Placed[Any]], name: Callable[[Placed[Any]], str], path: tuple[str, ...], what: str
) -> Iterator[Problem]:
    first: dict[str, Placed[Any]] = {}
    for placed in files:
        held = first.setdefault(name(placed), placed)
        if held is not placed:
            message = f"the {what} {name(placed)!r} stands in {held.text.file} already"
            yield placed.problem(path, "EW206", message, "ids are unique over the whole tree")


def _languages(placed: Placed[AnyRule]) -> Iterator[Problem]:
    """One event is told in several languages: a rule that was tried in one may be deaf in the others."""
    rule = placed.value
    if not isinstance(rule, TextRule):
        return
    told = sorted({example.language for example in rule.examples if example.fires})
    if len(told) == 1 and not rule.one_language:
        hint = "add one of another language's press on the same act, or say in one_language why there is none"
        yield placed.problem(
            ("examples",), "EW226", f"{rule.id} fires in examples in {told[0]} only", hint, fatal=False
        )
    elif len(told) > 1 and rule.one_language:
        said = f"{rule.id} says why it fires in one language, and fires in {' and '.join(told)}"
        yield placed.problem(("one_language",), "EW226", said, "delete one_language", fatal=False)


def _terms(tree: RulesTree, known: Known) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for placed in tree.terms:
        for kind in Terms.model_fields:
            for name in getattr(placed.value, kind):
                held = first.setdefault((kind, name), placed.text.file)
                if held != placed.text.file:
                    message = f"{name!r} stands in {held} already"
                    yield placed.problem((kind, name), "EW206", message, "join the two entries")
        for name, material in placed.value.materials.items():
            if material.parent is not None:
                yield from known.materials_in(placed, ("materials", name, "parent"), (material.parent,))
            yield from _parent_circle(placed, name, known)


def _parent_circle(placed: Placed[Terms], name: str, known: Known) -> Iterator[Problem]:
    seen, step = {name}, placed.value.materials[name].parent
    while step is not None and step in known.terms.materials:
        if step in seen:
            message = f"the parents of {name} lead in a circle"
            yield placed.problem(("materials", name, "parent"), "EW208", message, "parents form a tree")
            return
        seen.add(step)
        step = known.terms.materials[step].parent


def _desk_addresses(tree: RulesTree) -> Iterator[Problem]:
    """Two desks at one address would each tell it the same alert."""
    first: dict[tuple[str, str], str] = {}
    for desk in tree.desks:
        for i, destination in enumerate(desk.value.destinations):
            for address in destination.to:
                held = first.setdefault((destination.channel, address), desk.value.id)
                if held != desk.value.id:
                    message = f"{destination.channel} {address} is the desk {held}'s already"
                    yield desk.problem(
                        ("destinations", i, "to"),
                        "EW210",
                        message,
                        "the address would be told twice",
                        fatal=False,
                    )


def _same_match(rules: Sequence[Placed[AnyRule]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for placed in rules:
        rule = placed.value
        if not rule.enabled or rule.status == "deprecated":
            continue
        prose = (
            _NOT_CONDITION - {"actors", "materials", "severity"}
            if isinstance(rule, DeadlineRule | SequenceRule | AbsenceRule)
            else _NOT_CONDITION
        )
        held = first.setdefault(rule.model_dump_json(exclude=prose), rule.id)
        if held != rule.id:
            message = f"{rule.id} looks for the same as {held}"
            yield placed.problem(("id",), "EW212", message, "keep one of the two", fatal=False)


_NOT_CONDITION = {
    "id", "title", "titles", "status", "severity", "owner", "rationale", "false_positives", "references", "tags", "examples",
    "max_age_days", "caveat", "actors", "materials",
}  # fmt: skip


def _examples(placed: Placed[AnyRule]) -> Iterator[Problem]:
    verdicts = {example.fires for example in placed.value.examples}
    if len(verdicts) == 1:
        missing = "stays quiet" if True in verdicts else "fires"
        message = f"no example shows when {placed.value.id} {missing}"
        yield placed.problem(
            ("examples",), "EW216", message, "add one: a near miss teaches most", fatal=False
        )
