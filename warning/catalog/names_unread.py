"""Names in a rule file that has mistakes of form: what can be read of it is held against the vocabulary all the same.

Otherwise whoever mends a file is told of its wrong names only when the last mistake of form is gone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from warning.catalog.complaints import did_you_mean
from warning.catalog.references import ANY, Known
from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.signals import Facts
from warning.errors import Problem

Judge = Callable[[Placed[Any], Path_, Sequence[str]], Iterator[Problem]]
FACTS = frozenset(field.name for field in fields(Facts))
# Below these a key of the same name stands for something else: what sequences and absences ask of other rules.
FOREIGN = frozenset(
    {"steps", "evidence", "fields", "weights", "phrases", "labels", "titles", "unless", "any_of"}
)


def unread_names(placed: Placed[Any], known: Known) -> Iterator[Problem]:
    """Yield what is wrong with the names of a rule of which only the YAML could be read."""
    judges: dict[str, Judge] = {
        "act": known.acts_in,
        "acts": known.acts_in,
        "material": known.materials_in,
        "materials": known.materials_in,
        "except_materials": known.materials_in,
        "actor": known.actors_in,
        "actors": known.actors_in,
        "else_actors": known.actors_in,
        "except_actors": known.actors_in,
        "issuer": known.issuers_in,
        "cue": known.cues_in,
        "source": known.sources_in,
        "sources": known.sources_in,
        "except_sources": known.sources_in,
    }
    if placed.value.get("kind") not in {"text", "context"}:
        del judges["source"]  # examples about lists and figures make sources of their own up
    yield from _walk(placed, (), placed.value, judges)


def _walk(placed: Placed[Any], path: Path_, value: Any, judges: dict[str, Judge]) -> Iterator[Problem]:
    if isinstance(value, list):
        for i, one in enumerate(value):
            yield from _walk(placed, (*path, i), one, judges)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key == "expect":
                yield from _expected(placed, (*path, key), below, judges)
            elif key == "issuer" and isinstance(below, str):
                continue  # of an act that an example writes out: prose
            elif key in judges and (names := _names(below)) is not None:
                yield from judges[key](placed, (*path, key), names)
            elif key not in FOREIGN:
                yield from _walk(placed, (*path, key), below, judges)


def _expected(placed: Placed[Any], path: Path_, value: Any, judges: dict[str, Judge]) -> Iterator[Problem]:
    """The facts an example expects: only their acts and materials are of the vocabulary."""
    for key, below in value.items() if isinstance(value, dict) else ():
        if key not in FACTS:
            hint = did_you_mean(key, FACTS)
            yield placed.problem((*path, key), "EW217", f"examples expect no fact {key!r}", hint)
        elif key in {"act", "materials"} and (names := _names(below)) is not None:
            yield from judges[key](placed, (*path, key), names)


def _names(value: Any) -> list[str] | None:
    """The names that stand there as one word or as a list of words; None where something else does."""
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in listed):
        return None
    return [one for one in listed if one and one != ANY]
