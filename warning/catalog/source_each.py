"""One file, many sources: `each` names axes (materials, languages), and every combination of their values is a source."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import product
from typing import Any
from urllib.parse import quote

from warning.catalog.yaml_text import YamlText
from warning.errors import Problem

KEY = "each"
LEFT_OUT = "none"
MOST_SOURCES = 2_000
# Places that are filled at every poll stay: they are no axes, and none may be called so.
AT_POLL = frozenset({"key", "year", "month", "iso_month", "day", "months", "page", "from", "to", "iso_from", "iso_to",
                     "from_day", "to_day"})  # fmt: skip
_PLACE = re.compile(r"\{([a-z_]+)(?:\.([a-z_A-Z0-9-]+))?\}")
_AXIS = re.compile(r"[a-z_]{1,40}")
_ENCODED = frozenset({"url"})

Axes = Mapping[str, Mapping[str, Mapping[str, str]]]


class _Fault(ValueError):
    """What is wrong with a place, and what would be right."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """One source's tree. `made_from` says of which values, empty for a file without `each`."""

    value: Any
    made_from: str = ""

    def named(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Say in each problem which of the sources it is about."""
        if not self.made_from:
            return problems
        return tuple(replace(p, message=f"{p.message} (for {self.made_from})") for p in problems)


def combinations(text: YamlText) -> tuple[tuple[Combination, ...], tuple[Problem, ...]]:
    """Return the trees a file stands for, in the order its axes are written, and what is wrong with `each`."""
    if not isinstance(text.value, dict) or KEY not in text.value:
        return (Combination(value=text.value),), ()
    try:
        axes = _axes(text.value[KEY])
    except _Fault as wrong:
        return (), (text.problem((KEY,), "EW165", str(wrong), wrong.hint),)
    tree = {key: value for key, value in text.value.items() if key != KEY}
    if (count := _count(axes)) > MOST_SOURCES:
        return (), (text.problem((KEY,), "EW165", f"{count} sources from one file; {MOST_SOURCES} at most"),)
    made: list[Combination] = []
    problems: list[Problem] = []
    for values in product(*(axes[axis] for axis in axes)):
        chosen = dict(zip(axes, values, strict=True))
        faults: list[Problem] = []
        value = _filled(tree, axes, chosen, (), text, faults)
        if value is not None and not faults:
            said = ", ".join(f"{axis} {one}" for axis, one in chosen.items())
            made.append(Combination(value=value, made_from=said))
        problems += faults
    return tuple(made), tuple(sorted(set(problems)))


def _count(axes: Axes) -> int:
    count = 1
    for values in axes.values():
        count *= len(values)
    return count


def _axes(written: Any) -> Axes:
    """An axis is a list of values, or a mapping of values to words about them."""
    if not isinstance(written, dict) or not written:
        raise _Fault("`each` names axes", "each: {material: [gallium, germanium], language: [en, zh]}")
    axes: dict[str, dict[str, dict[str, str]]] = {}
    for name, values in written.items():
        if not _AXIS.fullmatch(name) or name in AT_POLL:
            raise _Fault(
                f"{name!r} is no name for an axis", "small letters, and not a place such as key or day"
            )
        listed = {v: {} for v in values if isinstance(v, str)} if isinstance(values, list) else values
        if not isinstance(listed, dict) or not listed:
            raise _Fault(f"the axis {name} is a list of values or a mapping of values to words")
        axes[name] = {str(value): _words(name, value, words) for value, words in listed.items()}
    return axes


def _words(axis: str, value: str, words: Any) -> dict[str, str]:
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise _Fault(
            f"{axis} {value} takes words by name", f"{value}: {{title: {value.title()}, en: {value}}}"
        )
    return {str(name): word for name, word in words.items()}


def _filled(
    tree: Any,
    axes: Axes,
    chosen: Mapping[str, str],
    path: tuple[str | int, ...],
    text: YamlText,
    faults: list[Problem],
) -> Any:
    """Return the tree with its places filled; None when a value says that this combination is left out."""
    if isinstance(tree, dict):
        filled = {k: _filled(v, axes, chosen, (*path, k), text, faults) for k, v in tree.items()}
        return None if any(value is None for value in filled.values()) else filled
    if isinstance(tree, list):
        listed = [_filled(v, axes, chosen, (*path, i), text, faults) for i, v in enumerate(tree)]
        return None if any(value is None for value in listed) else listed
    if not isinstance(tree, str) or "{" not in tree:
        return tree
    try:
        words = list(_put(tree, axes, chosen))
    except _Fault as wrong:
        faults.append(text.problem(path, "EW165", str(wrong), wrong.hint))
        return tree
    if LEFT_OUT in {word for is_place, word in words if is_place}:
        return None
    encode = bool(path) and path[0] in _ENCODED
    return "".join(quote(word, safe="") if is_place and encode else word for is_place, word in words)


def _put(written: str, axes: Axes, chosen: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a text: what stands there, and what is put in its places (True)."""
    at = 0
    for match in _PLACE.finditer(written):
        if match[1] in AT_POLL and not match[2]:
            continue
        yield False, written[at : match.start()]
        yield True, _looked_up(match[1], match[2], axes, chosen)
        at = match.end()
    yield False, written[at:]


def _looked_up(axis: str, word: str | None, axes: Axes, chosen: Mapping[str, str]) -> str:
    """`{material}` is the value, `{material.title}` a word about it, `{material.language}` the word named by another axis."""
    if axis not in axes:
        raise _Fault(f"{{{axis}}} is no axis of `each`", _near(axis, [*axes, *AT_POLL]))
    if word is None:
        return chosen[axis]
    words = axes[axis][chosen[axis]]
    name = chosen.get(word, word)
    if name not in words:
        hint = _near(name, list(words)) or f"write `{name}: {LEFT_OUT}` to leave it out"
        raise _Fault(f"{axis} {chosen[axis]} has no word {name!r}", hint)
    return words[name]


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else ""
