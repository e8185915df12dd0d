"""Names in a rule that must stand for something: materials, acts, actors, issuers, sources, facts."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from warning.catalog.complaints import did_you_mean
from warning.catalog.meant_names import meant
from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.absence_rules import AbsenceRule
from warning.core.deadline_rules import DeadlineRule
from warning.core.rules import AnyRule, Group, ListingRule, Match, SeriesRule, TextRule
from warning.core.sequence_rules import SequenceRule
from warning.core.signals import Facts
from warning.core.source_needs import WatchedSource
from warning.core.sources import SourceProfile
from warning.core.terms import Terms
from warning.errors import Problem

ANY = "any"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}|WLD")
_FORMS = {
    _LANGUAGE: "a language is ISO 639-1, such as ja for Japanese",
    _COUNTRY: "a country is ISO 3166 alpha-2, such as JP; EU for the Union, WLD for the world",
}
EXPECTED_FACTS = frozenset(one.name for one in fields(Facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What names may stand for.

    `sources` is None, and `has_all_terms` false, when a file of feeds or terms has mistakes: then no name of
    that sort is judged, because one mistake would be told once for every name. `switched_off` are the sources
    of the catalogue that nobody polls; `brings` is what each source can bring, empty where that is not known.
    """

    terms: Terms
    sources: Mapping[str, SourceProfile] | None
    has_all_terms: bool = True
    switched_off: frozenset[str] = frozenset()
    brings: Mapping[str, WatchedSource] = field(default_factory=dict)

    def materials_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        return self._terms_in(placed, path, names, tuple(self.terms.materials), "EW201", "material")

    def acts_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        return self._terms_in(placed, path, names, tuple(self.terms.acts), "EW202", "act")

    def actors_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        return self._terms_in(placed, path, names, tuple(self.terms.actors), "EW203", "actor")

    def issuers_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        issuers = tuple(code for code, actor in self.terms.actors.items() if actor.issuers)
        return self._terms_in(placed, path, names, issuers, "EW204", "actor with issuers")

    def cues_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        return self._terms_in(placed, path, names, tuple(self.terms.cues), "EW209", "cue")

    def _terms_in(
        self,
        placed: Placed[Any],
        path: Path_,
        names: Collection[str],
        known: tuple[str, ...],
        code: str,
        what: str,
    ) -> Iterator[Problem]:
        if self.has_all_terms:
            yield from _unknown(placed, path, names, known, code, what, self._entries(what))

    def _entries(self, what: str) -> Mapping[str, object]:
        of: dict[str, Mapping[str, object]] = {
            "material": self.terms.materials, "act": self.terms.acts, "actor": self.terms.actors,
            "actor with issuers": self.terms.actors,
        }  # fmt: skip
        return of.get(what, {})

    def sources_in(self, placed: Placed[Any], path: Path_, names: Collection[str]) -> Iterator[Problem]:
        """A source this catalogue lacks is told and bars nothing: whoever reads fewer sources keeps the rules."""
        if self.sources is not None:
            for problem in _unknown(placed, path, names, tuple(self.sources), "EW205", "source"):
                yield replace(problem, fatal=False)


def references(placed: Placed[AnyRule], known: Known) -> Iterator[Problem]:
    """Every name in the rule that stands for nothing."""
    rule = placed.value
    if rule.act is not None:
        yield from known.acts_in(placed, ("act",), (rule.act,))
    if isinstance(rule, SeriesRule):
        yield from _of_series(placed, rule, known)
        return
    if isinstance(rule, DeadlineRule):
        yield from _of_deadlines(placed, rule, known)
        return
    if isinstance(rule, SequenceRule | AbsenceRule):
        return  # they speak of other rules: catalog/steps.py
    yield from _codes(placed, ("where", "languages"), rule.where.languages, _LANGUAGE)
    yield from _codes(placed, ("where", "countries"), rule.where.countries, _COUNTRY)
    yield from known.actors_in(placed, ("actors",), rule.actors)
    for i, example in enumerate(rule.examples if isinstance(rule, TextRule) else ()):
        yield from known.sources_in(
            placed, ("examples", i, "source"), (example.source,) if example.source else ()
        )
    yield from known.sources_in(placed, ("where", "sources"), rule.where.sources)
    written = [s for s in rule.where.except_sources if not _is_from_overlay(placed, s)]
    yield from known.sources_in(placed, ("where", "except_sources"), written)
    if isinstance(rule, ListingRule):
        yield from _codes(placed, ("entry_countries",), rule.entry_countries, _COUNTRY)
        return
    yield from known.actors_in(placed, ("else_actors",), rule.else_actors)
    yield from known.actors_in(placed, ("except_actors",), rule.except_actors)
    for path, group in groups(rule.match):
        yield from _of_group(placed, path, group, known)
    yield from _of_examples(placed, rule, known)


def _is_from_overlay(placed: Placed[AnyRule], source: str) -> bool:
    """An overlay's sources are judged where they were written: in the overlay."""
    rule = placed.value
    if isinstance(rule, SeriesRule | DeadlineRule | SequenceRule | AbsenceRule):
        return False
    index = rule.where.except_sources.index(source)
    return ("where", "except_sources", index) not in placed.text.places


def groups(match: Match) -> Iterator[tuple[Path_, Group]]:
    """Every group of a match with its place in the file."""
    for part in ("all", "any", "none"):
        for i, group in enumerate(getattr(match, part)):
            yield ("match", part, i), group
    for i, group in enumerate(match.at_least.of if match.at_least else ()):
        yield ("match", "at_least", "of", i), group
    for i, group in enumerate(match.score.of if match.score else ()):
        yield ("match", "score", "of", i), group
    for part in ("near", "near_any"):
        for i, near in enumerate(getattr(match, part)):
            for j, group in enumerate(near.of):
                yield ("match", part, i, "of", j), group
            for j, group in enumerate(near.none):
                yield ("match", part, i, "none", j), group


def _of_group(placed: Placed[AnyRule], path: Path_, group: Group, known: Known) -> Iterator[Problem]:
    yield from known.materials_in(placed, (*path, "material"), [m for m in group.material if m != ANY])
    yield from known.acts_in(placed, (*path, "act"), [a for a in group.act if a != ANY])
    yield from known.actors_in(placed, (*path, "actor"), [a for a in group.actor if a != ANY])
    yield from known.cues_in(placed, (*path, "cue"), [c for c in group.cue if c != ANY])
    yield from known.issuers_in(placed, (*path, "issuer"), [a for a in group.issuer if a != ANY])


def _of_series(placed: Placed[AnyRule], rule: SeriesRule, known: Known) -> Iterator[Problem]:
    yield from known.materials_in(placed, ("materials",), rule.materials)
    yield from known.materials_in(placed, ("select", "materials"), rule.select.materials)
    yield from known.materials_in(placed, ("select", "except_materials"), rule.select.except_materials)
    yield from known.sources_in(placed, ("select", "sources"), rule.select.sources)
    for key in ("reporters", "partners", "except_partners"):
        yield from _codes(placed, ("select", key), getattr(rule.select, key), _COUNTRY)
    for i, example in enumerate(rule.examples):
        if example.material is not None:
            yield from known.materials_in(placed, ("examples", i, "material"), (example.material,))


def _of_deadlines(placed: Placed[AnyRule], rule: DeadlineRule, known: Known) -> Iterator[Problem]:
    yield from known.materials_in(placed, ("materials",), rule.materials)
    yield from known.acts_in(placed, ("acts",), rule.acts)
    yield from known.actors_in(placed, ("except_actors",), rule.except_actors)
    yield from known.actors_in(placed, ("actors",), rule.actors)
    for i, example in enumerate(rule.examples):
        path: Path_ = ("examples", i, "measure")
        yield from known.materials_in(placed, (*path, "materials"), example.measure.materials)
        yield from known.acts_in(placed, (*path, "act"), (example.measure.act,))
    yield from _of_examples(placed, rule, known)


def _of_examples(placed: Placed[AnyRule], rule: TextRule | DeadlineRule, known: Known) -> Iterator[Problem]:
    yield from examples_expect(placed, [example.expect for example in rule.examples], known)


def examples_expect(
    placed: Placed[AnyRule], expected: Sequence[Mapping[str, str | tuple[str, ...]]], known: Known
) -> Iterator[Problem]:
    """Facts that examples expect and that do not exist, or whose names stand for nothing."""
    for i, expect in enumerate(expected):
        path: Path_ = ("examples", i, "expect")
        for key, value in expect.items():
            if key not in EXPECTED_FACTS:
                hint = did_you_mean(key, EXPECTED_FACTS)
                yield placed.problem((*path, key), "EW217", f"examples expect no fact {key!r}", hint)
            elif key == "materials":
                yield from known.materials_in(placed, (*path, key), _words(value))
            elif key == "act":
                yield from known.acts_in(placed, (*path, key), _words(value))


def _codes(
    placed: Placed[AnyRule], path: Path_, codes: Collection[str], form: "re.Pattern[str]"
) -> Iterator[Problem]:
    """Codes are free text to the type: one that has not even the form of a code would match nothing, ever."""
    for i, code in enumerate(codes):
        if not form.fullmatch(code):
            message = f"{'.'.join(map(str, path))}: {code!r} is no code"
            yield placed.problem((*path, i), "EW218", message, _FORMS[form])


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _unknown(
    placed: Placed[Any],
    path: Path_,
    names: Collection[str],
    known: tuple[str, ...],
    code: str,
    what: str,
    entries: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[Problem]:
    for i, name in enumerate(names):
        if name not in known:
            hint = meant(name, entries, known) or f"no {what} is called anything like it"
            yield placed.problem(_entry(placed, path, name, i), code, f"there is no {what} {name!r}", hint)


def _entry(placed: Placed[Any], path: Path_, name: str, index: int) -> Path_:
    """Point at the list's entry or the mapping's key that holds the name."""
    for step in (name, index):
        if (*placed.root, *path, step) in placed.text.places:
            return (*path, step)
    return path
