"""Files to one rulebook: rules, words, exposure, desks, policy, sources and overlays, checked together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from warning.catalog.crosscheck import check_overlays, check_tree, merged_terms
from warning.catalog.overlays import apply_overlays, read_overlays
from warning.catalog.source_names import unknown_in_overlays, unknown_materials, unknown_speakers
from warning.catalog.source_overlays import FOLDER, read_source_catalogue
from warning.catalog.suppressions import suppressed
from warning.catalog.trees import RulesTree, read_on_top, read_rules_tree
from warning.core.desks import Desk
from warning.core.rulebook import Rulebook
from warning.core.sources import SourceProfile
from warning.errors import Problem

NEEDED_BY_OTHERS = ("desks", "terms", "exposure", "measures", "tests")


def read_rulebook(
    rules_dir: Path,
    feeds_dir: Path,
    overlay_dir: Path | None = None,
    *,
    today: date | None = None,
    without_broken_rules: bool = False,
    without_broken_files: bool = False,
    strict: bool = False,
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """Read everything and return what is wrong as well; the rulebook is None when a problem is fatal.

    `without_broken_rules`, for who only reads what was told: mistakes in rule files leave out rules, no rulebook.
    `without_broken_files`, for who acts for one desk: so do mistakes in the files of other desks, terms, exposure and the
    register. The policy is needed, and an overlay: it may say that a desk sees less. A desk whose own file has mistakes,
    or that two files define, is left out with them: nobody can tell what it may see. `strict` tells more of what lacks.
    """
    tree, problems = read_rules_tree(rules_dir)
    catalogue = read_source_catalogue(feeds_dir, overlay_dir)
    placed, specs = catalogue.written, catalogue.specs
    sources = {spec.id: spec.profile for spec in specs}
    switched_off = frozenset(spec.id for spec in specs if not spec.enabled)
    problems += catalogue.problems
    judged = None if any(p.fatal for p in catalogue.problems) else sources
    if overlay_dir is not None:
        tree, of_own = read_on_top(tree, overlay_dir)
        overlays, of_overlays = read_overlays(overlay_dir)
        tree, of_changes = apply_overlays(tree, overlays, today)
        problems += (*of_own, *of_overlays, *of_changes, *check_overlays(overlays, judged))
    said = {(p.file, p.line, p.column) for p in problems}
    across = check_tree(tree, judged, switched_off, specs=specs, strict=strict)
    problems += tuple(p for p in across if (p.file, p.line, p.column) not in said or p.line == 0)
    problems += unknown_speakers(placed) if judged is not None else ()
    if tree.has_all_terms:
        materials = tuple(merged_terms(tree.terms).materials)
        by_id = {spec.id: spec for spec in specs}
        problems += unknown_materials(placed, materials)
        problems += unknown_in_overlays(catalogue.overlays, by_id, materials)
    problems = suppressed(problems, (rules_dir, feeds_dir, overlay_dir), today)
    problems = tuple(sorted(set(problems)))
    left_out = without_broken_rules or without_broken_files
    places = [folder / "signals" for folder in (rules_dir, overlay_dir) if folder and left_out]
    places += [rules_dir / name for name in NEEDED_BY_OTHERS if without_broken_files]
    places += [overlay_dir / FOLDER] if overlay_dir and left_out else []
    fatal = (p for p in problems if p.fatal and not any(Path(p.file).is_relative_to(at) for at in places))
    if tree.policy is None or any(fatal):
        return None, problems
    return _book(_without_doubtful_desks(tree, problems), sources), problems


def _without_doubtful_desks(tree: RulesTree, problems: Iterable[Problem]) -> RulesTree:
    broken = {problem.file for problem in problems if problem.fatal}
    doubtful = {placed.value.id for placed in tree.desks if placed.text.file in broken}
    return replace(tree, desks=[placed for placed in tree.desks if placed.value.id not in doubtful])


def _desks(tree: RulesTree, kind: str) -> tuple[Desk, ...]:
    found = (placed.value for placed in tree.desks if placed.value.kind == kind)
    return tuple(sorted(found, key=lambda desk: desk.id))


def _book(tree: RulesTree, sources: Mapping[str, SourceProfile]) -> Rulebook:
    assert tree.policy is not None
    return Rulebook(
        rules=tuple(sorted((placed.value for placed in tree.rules), key=lambda rule: rule.id)),
        terms=merged_terms(tree.terms),
        exposure={p.value.country: p.value for p in sorted(tree.exposure, key=lambda p: p.value.country)},
        desks=_desks(tree, "desk"),
        operators=_desks(tree, "operator"),
        policy=tree.policy.value,
        sources=dict(sorted(sources.items())),
        chains=tree.chains.value.chains if tree.chains else (),
        measures=tuple(
            sorted((m for placed in tree.measures for m in placed.value.measures), key=lambda m: m.id)
        ),
    )
