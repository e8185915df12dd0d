"""The files of a rules tree, read and typed one by one; checks across files come after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter

from warning.catalog.complaints import did_you_mean
from warning.catalog.files import files_below, well_named, whole_file, yaml_files
from warning.catalog.typed import Placed, Shape, read_placed
from warning.catalog.yaml_text import read_yaml
from warning.core.chains import ChainFile
from warning.core.clock_tests import ClockTestFile
from warning.core.desks import Desk
from warning.core.exposure import CountryExposure
from warning.core.measures import MeasureRegister
from warning.core.policy import Policy
from warning.core.rules import AnyRule, Rule
from warning.core.terms import Terms
from warning.errors import Problem

T = TypeVar("T")
RULE: TypeAdapter[AnyRule] = TypeAdapter(Rule, config=ConfigDict(defer_build=True))
SINGLE = ("policy.yaml", "chains.yaml")
FOLDERS = ("signals", "terms", "exposure", "desks", "measures", "tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesTree:
    """Everything that could be typed, in the order of the file names.

    `unread` are the ids, by file name, of rules whose files have mistakes, `unread_rules` what can be read of those. `has_all_terms` is false when a
    file of terms has: then a name that nothing stands for may stand in it. `desk_files` are the names of all files of desks,
    those with mistakes and those that the operator's own replace among them.
    """

    rules: Sequence[Placed[AnyRule]] = ()
    terms: Sequence[Placed[Terms]] = ()
    exposure: Sequence[Placed[CountryExposure]] = ()
    desks: Sequence[Placed[Desk]] = ()
    measures: Sequence[Placed[MeasureRegister]] = ()
    tests: Sequence[Placed[ClockTestFile]] = ()
    policy: Placed[Policy] | None = None
    chains: Placed[ChainFile] | None = None
    unread: frozenset[str] = frozenset()
    unread_rules: Sequence[Placed[Any]] = ()
    has_all_terms: bool = True
    desk_files: frozenset[str] = frozenset()


def read_rules_tree(directory: Path) -> tuple[RulesTree, tuple[Problem, ...]]:
    """Read every file; the problems are those of single files and of the tree's layout."""
    tree, problems = _read_tree(directory)
    stray = ("nothing reads a file of this name here", "rules live in signals/, words in terms/")
    problems = (*_layout(directory, FOLDERS, stray), *problems)
    if directory.is_dir() and not (directory / "policy.yaml").exists():
        missing = directory / "policy.yaml"
        problems += (whole_file(missing, "EW141", "the policy is missing", "copy the shipped policy.yaml"),)
    return tree, problems


SOURCES = "feeds"
"""The folder of an operator's own directory with changes of sources (`source_overlays`)."""


def _replaced(shipped: Sequence[Placed[Desk]], own: Sequence[Placed[Desk]]) -> Sequence[Placed[Desk]]:
    kinds = {placed.value.kind for placed in own}
    return (*(placed for placed in shipped if placed.value.kind not in kinds), *own)


def read_on_top(tree: RulesTree, directory: Path) -> tuple[RulesTree, tuple[Problem, ...]]:
    """Lay an operator's own directory on a tree.

    Its rules, words and register entries are added, its exposure replaces that of the same country, its policy
    replaces the policy, its chains the chains, and its desks, when there are any, replace all desks; so do its operator desks.
    """
    own, problems = _read_tree(directory)
    countries = {placed.value.country for placed in own.exposure}
    joined = replace(
        tree,
        rules=(*tree.rules, *own.rules),
        terms=(*tree.terms, *own.terms),
        exposure=(*(p for p in tree.exposure if p.value.country not in countries), *own.exposure),
        desks=_replaced(tree.desks, own.desks),
        measures=(*tree.measures, *own.measures),
        tests=(*tree.tests, *own.tests),
        policy=own.policy or tree.policy,
        chains=own.chains or tree.chains,
        unread=tree.unread | own.unread,
        unread_rules=(*tree.unread_rules, *own.unread_rules),
        has_all_terms=tree.has_all_terms and own.has_all_terms,
        desk_files=tree.desk_files | own.desk_files,
    )
    return joined, (*_layout(directory, (*FOLDERS, SOURCES), None), *problems)


def overlay_files(directory: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The files of an operator's own directory that hold overlays, and a problem for each whose name cannot be read."""
    top = (path for path in files_below(directory) if path.parent == directory)
    return well_named([path for path in top if path.suffix == ".yaml" and path.name not in SINGLE])


def _read_tree(directory: Path) -> tuple[RulesTree, tuple[Problem, ...]]:
    problems: list[Problem] = []

    def folder(name: str, shape: Shape[T]) -> tuple[Placed[T], ...]:
        placed, wrong = read_folder(directory / name, shape)
        problems.extend(wrong)
        return placed

    policy, wrong = read_files([p for p in [directory / "policy.yaml"] if p.exists()], Policy)
    chains, wrong_chains = read_files([p for p in [directory / "chains.yaml"] if p.exists()], ChainFile)
    rules, terms = folder("signals", RULE), folder("terms", Terms)
    typed = {Path(placed.text.file).stem for placed in rules}
    files, _ = yaml_files(directory / "signals")
    tree = RulesTree(
        rules=rules,
        terms=terms,
        exposure=folder("exposure", CountryExposure),
        desks=folder("desks", Desk),
        measures=folder("measures", MeasureRegister),
        tests=folder("tests", ClockTestFile),
        policy=policy[0] if policy else None,
        chains=chains[0] if chains else None,
        unread=frozenset(path.stem for path in files if path.stem not in typed),
        unread_rules=tuple(_as_yaml(path for path in files if path.stem not in typed)),
        desk_files=frozenset(path.stem for path in yaml_files(directory / "desks")[0]),
        has_all_terms=len(terms) == len(yaml_files(directory / "terms")[0]),
    )
    return tree, (*wrong, *wrong_chains, *problems)


def _as_yaml(files: Iterable[Path]) -> Iterable[Placed[Any]]:
    for path in files:
        text, _ = read_yaml(path)
        if text is not None and isinstance(text.value, dict):
            yield Placed(value=text.value, text=text)


def read_folder(directory: Path, shape: Shape[T]) -> tuple[tuple[Placed[T], ...], tuple[Problem, ...]]:
    """Read every .yaml file below `directory`, each as `shape`; a missing directory holds no files."""
    files, strays = yaml_files(directory)
    placed, problems = read_files(files, shape)
    return placed, (*strays, *problems)


def read_files(files: Iterable[Path], shape: Shape[T]) -> tuple[tuple[Placed[T], ...], tuple[Problem, ...]]:
    """Read each file as `shape`; those with mistakes are left out and told."""
    placed: list[Placed[T]] = []
    problems: list[Problem] = []
    for path in files:
        one, wrong = read_placed(path, shape)
        problems += wrong
        if one is not None:
            placed.append(one)
    return tuple(placed), tuple(problems)


def _layout(directory: Path, folders: Sequence[str], stray: tuple[str, str] | None) -> Iterable[Problem]:
    """A folder or file in the wrong place would be passed over in silence: say so.

    `stray` is what to say of a YAML file at the top, None where such files are read.
    """
    if not directory.is_dir():
        yield whole_file(directory, "EW141", "there is no such directory")
        return
    for path in sorted(directory.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name not in folders:
            yield whole_file(path, "EW142", "nothing reads this folder", did_you_mean(path.name, folders))
        elif path.suffix == ".yml" or (stray and path.suffix == ".yaml" and path.name not in SINGLE):
            yield whole_file(path, "EW142", *(stray or ("this file is not read", "name it .yaml")))
