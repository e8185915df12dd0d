"""In which languages a text rule has the words it needs: sources in any other tell it nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar, get_args

from warning.core.terms import Language, Names, Terms
from warning.core.text_rules import Group, Match, Near

T = TypeVar("T")
ANY = "any"
EVERY: frozenset[Language] = frozenset(get_args(Language))
SEVERAL = frozenset({"", "mul", "und"})
"""What a source declares that writes in several languages, or in one that nobody knows."""


def reads(language: str, spoken: Collection[str]) -> bool:
    """Whether a source that declares this language can be read with words in `spoken`."""
    declared = language.split("-", maxsplit=1)[0].lower()
    return declared in SEVERAL or declared in spoken


def languages_of_match(match: Match, terms: Terms) -> frozenset[Language]:
    """Return the languages in which everything that must occur has words.

    A source in another may hold an English name now and then; that is no coverage.
    """
    found = EVERY
    for group in match.all:
        found &= languages_of_group(group, terms)
    for near in match.near:
        found &= _near(near, terms)
    if match.any:
        found &= _union(languages_of_group(group, terms) for group in match.any)
    if match.at_least:
        found &= _union(languages_of_group(group, terms) for group in match.at_least.of)
    if match.score:
        found &= _union(languages_of_group(group, terms) for group in match.score.of)
    if match.near_any:
        found &= _union(_near(near, terms) for near in match.near_any)
    return found


def languages_of_group(group: Group, terms: Terms) -> frozenset[Language]:
    """Return the languages in which some entry has words; every one where an entry is not among the terms."""
    if group.phrases:
        return _spoken([group.phrases])
    tables = list(_tables(group, terms))
    return EVERY if any(table is None for table in tables) else _spoken(t for t in tables if t is not None)


def _near(near: Near, terms: Terms) -> frozenset[Language]:
    found = EVERY
    for group in near.of:
        found &= languages_of_group(group, terms)
    return found


def _tables(group: Group, terms: Terms) -> Iterator[Names | None]:
    for material in _entries(_with_parts(group.material, terms), terms.materials):
        yield from (None,) if material is None else (material.names, material.compounds)
    for act in _entries(group.act, terms.acts):
        yield None if act is None else act.phrases
    for cue in _entries(group.cue, terms.cues):
        yield None if cue is None else cue.phrases
    for actor in _entries(group.actor, terms.actors):
        yield from (None,) if actor is None else (actor.names, actor.issuers)
    for actor in _entries(group.issuer, terms.actors):
        yield None if actor is None else actor.issuers


def _entries(names: Iterable[str], known: Mapping[str, T]) -> list[T | None]:
    wanted = list(names)
    return list(known.values()) if ANY in wanted else [known.get(name) for name in wanted]


def _with_parts(names: Iterable[str], terms: Terms) -> set[str]:
    """The materials with all that are part of them."""
    found = set(names)
    while more := {name for name, one in terms.materials.items() if one.parent in found} - found:
        found |= more
    return found


def _spoken(tables: Iterable[Names]) -> frozenset[Language]:
    return frozenset(language for table in tables for language, words in table.items() if words)


def _union(several: Iterable[frozenset[Language]]) -> frozenset[Language]:
    return frozenset[Language]().union(*several)
