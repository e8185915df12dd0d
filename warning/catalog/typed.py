"""Text trees to typed values: every mistake of a file at once, each with its place, code and a hint."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from warning.catalog.complaints import Complaint, complaint
from warning.catalog.schema_walk import SchemaWalk
from warning.catalog.second_look import hidden_conditions
from warning.catalog.yaml_text import YamlText, read_yaml
from warning.catalog.yaml_tree import Path_
from warning.core.model import WrongPart
from warning.errors import Problem

T = TypeVar("T")
_WORD = re.compile(r"\w+")
Shape = type[T] | TypeAdapter[T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Generic[T]):
    """A value and where it was written: the file, and the path inside it.

    `changed` are the parts that something else has written over since, with what did, the last one last.
    """

    value: T
    text: YamlText
    root: Path_ = ()
    changed: "tuple[tuple[Path_, Placed[Any]], ...]" = ()

    def problem(self, path: Path_, code: str, message: str, hint: str = "", *, fatal: bool = True) -> Problem:
        """Return a problem that points inside this value, or at what wrote this part of it."""
        for part, by in reversed(self.changed):
            if path[: len(part)] == part[: len(path)]:
                said: Problem = by.problem(path[len(part) :], code, message, hint, fatal=fatal)
                return said
        return self.text.problem((*self.root, *path), code, message, hint, fatal=fatal)


def read_model(path: Path, shape: Shape[T]) -> tuple[T | None, tuple[Problem, ...]]:
    """Read one file as `shape`. The value is None exactly when a problem was found."""
    placed, problems = read_placed(path, shape)
    return (None if placed is None else placed.value), problems


def read_placed(path: Path, shape: Shape[T]) -> tuple[Placed[T] | None, tuple[Problem, ...]]:
    """Read one file as `shape` and keep where everything stands, for checks across files."""
    text, problems = read_yaml(path)
    if text is None:
        return None, problems
    if text.value == "":
        return None, problems
    value, more = type_value(text, (), text.value, shape)
    said = {(problem.line, problem.column) for problem in problems}
    problems = (*problems, *(p for p in more if (p.line, p.column) not in said))
    if problems or value is None:
        return None, problems
    return Placed(value=value, text=text), ()


def type_value(text: YamlText, root: Path_, value: Any, shape: Any) -> tuple[Any, tuple[Problem, ...]]:
    """Type `value` as the part of the document that stands at the path `root`; None when it is wrong.

    `shape` is a model or a TypeAdapter.
    """
    machinery = _machinery(shape)
    try:
        return machinery.adapter.validate_python(value), ()
    except ValidationError as wrong:
        problems = _problems(text, root, value, machinery.walk, wrong)
        asked = {
            _path(value, error)
            for error in wrong.errors(include_url=False)
            if error["type"] in {"value_error", "assertion_error"}
        }
        hidden = hidden_conditions(machinery.shape, value, asked)
        more = (_condition(text, root, value, path, said) for path, said in hidden)
        return None, tuple(sorted({*problems, *more}))


def _problems(
    text: YamlText, root: Path_, value: Any, walk: SchemaWalk, wrong: ValidationError
) -> tuple[Problem, ...]:
    """One problem a place: the branches of a union that complain about one value are one mistake."""
    found: list[Problem] = []
    for path, said, here in _complaints(value, walk, wrong):
        broken = here[0].get("ctx", {}).get("error")
        if said.code == "EW107" and isinstance(broken, ValueError):
            found.append(_condition(text, root, value, path, broken))
            continue
        place = text.problem_at_key if said.about_key else text.problem
        found.append(place((*root, *path), said.code, said.message, said.hint))
    return tuple(sorted(found))


def _complaints(
    value: Any, walk: SchemaWalk, wrong: ValidationError
) -> Iterator[tuple[Path_, Complaint, list[Any]]]:
    by_place: dict[Path_, list[Any]] = {}
    for error in wrong.errors(include_url=False):
        if not _is_echo(error):
            by_place.setdefault(_path(value, error), []).append(error)
    for path, here in by_place.items():
        yield path, complaint(here, path, value, walk), here


def complaints_of(wrong: ValidationError, value: Any, shape: Any) -> Iterator[tuple[Path_, Complaint]]:
    """Yield what is wrong with a value that stands in no file as it is: the path inside it, and what to say."""
    for path, said, _ in _complaints(value, _machinery(shape).walk, wrong):
        yield path, said


def _condition(text: YamlText, root: Path_, value: Any, path: Path_, broken: ValueError) -> Problem:
    """A condition between keys, at the part that breaks it: the one it says, else the first of its keys that it names."""
    part = value
    for step in path:
        part = part[step]
    at: Path_ = broken.at if isinstance(broken, WrongPart) else ()
    if isinstance(part, dict) and not at:
        at = next(((word,) for word in _WORD.findall(str(broken)) if word in part), ())
    whole = (*root, *path, *at)
    is_block = (
        bool(at) and isinstance(part, dict) and isinstance(part.get(at[0]), dict | list) and len(at) == 1
    )
    place = text.problem_at_key if is_block else text.problem
    return place(whole, "EW107", str(broken))


def _is_echo(error: Any) -> bool:
    """A list is called too short when its entries are wrong: the entries say so themselves."""
    least = error.get("ctx", {}).get("min_length", 0)
    return bool(error["type"] == "too_short" and len(error["input"]) >= least)


def _path(value: Any, error: Any) -> Path_:
    """Turn pydantic's location into a path of the document: union tags and validators' names fall out.

    The last step may be missing from the document (a missing key).
    """
    location: Sequence[str | int] = error["loc"]
    path: list[str | int] = []
    for i, step in enumerate(location):
        in_mapping = isinstance(value, dict) and step in value
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if in_mapping or in_list:
            path.append(step)
            value = value[step]
        elif i == len(location) - 1 and error["type"] == "missing":
            path.append(step)
    if error["type"] == "union_tag_invalid":
        path.append(str(error["ctx"]["discriminator"]).strip("'"))
    return tuple(path)


@dataclass(frozen=True)
class _Machinery:
    adapter: TypeAdapter[Any]
    shape: Any

    @cached_property
    def walk(self) -> SchemaWalk:
        return SchemaWalk(self.adapter.json_schema(mode="validation"))


@lru_cache(maxsize=64)
def _machinery(shape: Any) -> _Machinery:
    if isinstance(shape, TypeAdapter):
        return _Machinery(shape, shape._type)  # noqa: SLF001 - the one place that says what an adapter adapts
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        shape.model_rebuild()  # else the adapter builds its own, and the model another when it is written
    return _Machinery(TypeAdapter(shape), shape)
