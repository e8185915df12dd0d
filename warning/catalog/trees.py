"""The files of a rules tree, read and typed one by one; checks across files come after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from warning.catalog.complaints import did_you_mean
from warning.catalog.typed import Placed, Shape, read_placed
from warning.core.desks import Desk
from warning.core.exposure import CountryExposure
from warning.core.policy import Policy
from warning.core.rules import AnyRule, Rule
from warning.core.terms import Terms
from warning.errors import Problem

T = TypeVar("T")
RULE: TypeAdapter[AnyRule] = TypeAdapter(Rule)
FOLDERS = ("signals", "terms", "exposure", "desks", "measures")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesTree:
    """Everything under one rules directory that could be typed, in the order of the file names."""

    directory: Path
    rules: Sequence[Placed[AnyRule]] = ()
    terms: Sequence[Placed[Terms]] = ()
    exposure: Sequence[Placed[CountryExposure]] = ()
    desks: Sequence[Placed[Desk]] = ()
    policy: Placed[Policy] | None = None


def read_rules_tree(directory: Path) -> tuple[RulesTree, tuple[Problem, ...]]:
    """Read every file; the problems are those of single files and of the tree's layout."""
    problems: list[Problem] = list(_layout(directory))

    def folder(name: str, shape: Shape[T]) -> tuple[Placed[T], ...]:
        placed, wrong = read_folder(directory / name, shape)
        problems.extend(wrong)
        return placed

    tree = RulesTree(
        directory=directory,
        rules=folder("signals", RULE),
        terms=folder("terms", Terms),
        exposure=folder("exposure", CountryExposure),
        desks=folder("desks", Desk),
        policy=_policy(directory / "policy.yaml", problems),
    )
    return tree, tuple(problems)


def read_folder(directory: Path, shape: Shape[T]) -> tuple[tuple[Placed[T], ...], tuple[Problem, ...]]:
    """Read every .yaml file below `directory`, each as `shape`; a missing directory holds no files."""
    files, problems = yaml_files(directory)
    placed: list[Placed[T]] = []
    for path in files:
        one, wrong = read_placed(path, shape)
        problems += wrong
        if one is not None:
            placed.append(one)
    return tuple(placed), problems


def yaml_files(directory: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The .yaml files below `directory`, sorted, and a problem for each file that would be passed over."""
    if not directory.is_dir():
        return (), ()
    visible = [p for p in sorted(directory.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    strays = [p for p in visible if p.suffix in {".yml", ".YAML", ".YML", ".json"}]
    problems = (whole_file(p, "EW140", f"{p.suffix} files are not read", "name it .yaml") for p in strays)
    return tuple(p for p in visible if p.suffix == ".yaml"), tuple(problems)


def whole_file(path: Path, code: str, message: str, hint: str = "", *, fatal: bool = True) -> Problem:
    """Return a problem of a file (or directory) as a whole."""
    return Problem(file=str(path), line=0, column=0, code=code, message=message, hint=hint, fatal=fatal)


def _policy(path: Path, problems: list[Problem]) -> Placed[Policy] | None:
    if not path.exists():
        if path.parent.is_dir():
            problems.append(
                whole_file(path, "EW141", "the policy is missing", "copy the shipped policy.yaml")
            )
        return None
    placed, wrong = read_placed(path, Policy)
    problems.extend(wrong)
    return placed


def _layout(directory: Path) -> Iterable[Problem]:
    """A folder or file in the wrong place would be passed over in silence: say so."""
    if not directory.is_dir():
        yield whole_file(directory, "EW141", "there is no such directory of rules")
        return
    for path in sorted(directory.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name not in FOLDERS:
            yield whole_file(path, "EW142", "an unknown folder", did_you_mean(path.name, FOLDERS))
        elif path.suffix in {".yaml", ".yml"} and path.name != "policy.yaml":
            hint = "rules live in signals/, words in terms/"
            yield whole_file(path, "EW142", "nothing reads a file of this name here", hint)
