"""Which sources a rule depends on: what passes its filters and is written in a language that the rule has words in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from warning.core.absence_rules import AbsenceRule
from warning.core.rule_languages import languages_of_match, reads
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, Select, SeriesRule, TextRule, Where
from warning.core.sequence_rules import SequenceRule, Step
from warning.core.series.select import with_ancestors
from warning.core.sources import SourceProfile
from warning.core.terms import Terms
from warning.core.vocabulary import Frequency, Measure, SourceKind

Yields = Literal["items", "figures", "list"]
PRICE_MEASURES: frozenset[Measure] = frozenset({"price", "index"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSource:
    """What a source can bring. `materials` are those it is limited to (a query, a table), None for any.

    So are `hs_codes` (beginnings of codes, none for figures without a code) and `frequency`, where they are known.
    """

    profile: SourceProfile
    yields: Yields
    materials: frozenset[str] | None = None
    hs_codes: frozenset[str] | None = None
    frequency: Frequency | None = None

    @property
    def id(self) -> str:
        return self.profile.id

    def carries(self, material: str, terms: Terms) -> bool:
        """Whether something about the material (or what it is part of, or consists of) could come from here."""
        if self.materials is None:
            return True
        above = with_ancestors(material, terms)
        return bool(self.materials & above) or any(
            material in with_ancestors(name, terms) for name in self.materials
        )

    def tells_in(self, spoken: Collection[str]) -> bool:
        """Whether words in these languages find in it what it says of a material; figures need no words."""
        match self.yields:
            case "figures":
                return True
            case "list":
                return self.materials is not None
            case "items":
                return reads(self.profile.language, spoken)


def admits(where: Where, source: SourceProfile) -> bool:
    """Say whether documents of this source pass the filters of `where`."""
    return (
        (not where.sources or source.id in where.sources)
        and source.id not in where.except_sources
        and (not where.kinds or source.kind in where.kinds)
        and (not where.countries or source.country in where.countries)
        and (not where.languages or source.language in where.languages)
        and (not where.reliability or source.reliability in where.reliability)
        and (where.official is None or source.official == where.official)
    )


def needs_of(rule: AnyRule, book: Rulebook, sources: Mapping[str, WatchedSource]) -> tuple[str, ...]:
    """Return the ids of the sources whose evidence the rule could fire on, sorted. A deadline rule needs none."""
    match rule:
        case TextRule():
            found = _text_needs(rule, book.terms, sources)
        case ListingRule():
            found = {s.id for s in sources.values() if s.yields == "list" and admits(rule.where, s.profile)}
        case SeriesRule():
            found = {s.id for s in sources.values() if has_series(rule.select, s, book.terms)}
        case AbsenceRule():
            found = set(rule.sources)
        case SequenceRule():
            steps = {r.id: r for step in rule.steps for r in rules_of_step(step, book)}
            found = {name for one in steps.values() for name in needs_of(one, book, sources)}
            found |= {name for one in rule.unless for name in one.sources}
        case _:
            found = set()
    return tuple(sorted(found))


def rules_of_step(step: Step, book: Rulebook) -> Iterable[AnyRule]:
    """The rules on whose signals a step of a sequence waits; a step by act alone waits on those that state it."""
    for rule in book.rules:
        if isinstance(rule, SequenceRule) or not rule.enabled:
            continue
        if step.rules and rule.id not in step.rules:
            continue
        if step.tags and not set(step.tags) & set(rule.tags):
            continue
        if step.acts and not (step.rules or step.tags) and rule.act not in step.acts:
            continue
        yield rule


def _text_needs(rule: TextRule, terms: Terms, sources: Mapping[str, WatchedSource]) -> set[str]:
    near = (group for one in rule.match.near for group in one.of)
    wanted = {name for group in (*rule.match.all, *near) for name in group.material if name != "any"}
    spoken = languages_of_match(rule.match, terms)
    return {
        s.id
        for s in sources.values()
        if s.yields == "items"
        and admits(rule.where, s.profile)
        and (_is_named(rule.where, s.profile) or reads(s.profile.language, spoken))
        and (not wanted or any(s.carries(name, terms) for name in wanted))
    }


def _is_named(where: Where, source: SourceProfile) -> bool:
    """Whether the rule's author meant this very source or its language: the words are meant for it too."""
    return source.id in where.sources or source.language in where.languages


def has_series(select: Select, source: WatchedSource, terms: Terms) -> bool:
    """Whether figures of a source may be those that `select` describes, by their kind, place, time and goods."""
    if source.yields != "figures" or (select.sources and source.id not in select.sources):
        return False
    kinds: set[SourceKind] = {"price" if m in PRICE_MEASURES else "customs" for m in select.measures}
    if kinds and source.profile.kind not in kinds:
        return False
    country = source.profile.country
    if select.reporters and country not in {"WLD", *select.reporters}:
        return False
    if select.frequencies and source.frequency and source.frequency not in select.frequencies:
        return False
    if select.hs_codes and source.hs_codes is not None and not _any_below(select.hs_codes, source.hs_codes):
        return False
    return not select.materials or any(source.carries(name, terms) for name in select.materials)


def _any_below(wanted: Iterable[str], brought: Collection[str]) -> bool:
    """A source that asks for a chapter may bring a code below it, and one of a code what a rule on its chapter reads."""
    return any(one.startswith(code) or code.startswith(one) for one in wanted for code in brought)
