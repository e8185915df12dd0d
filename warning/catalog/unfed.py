"""Rules that wait for what no source of the catalogue brings, by the knowledge that `rules list` and coverage go by."""

from collections.abc import Collection, Iterator, Mapping

from warning.catalog.references import Known
from warning.catalog.typed import Placed
from warning.catalog.yaml_tree import Path_
from warning.core.absence_rules import AbsenceRule
from warning.core.rules import AnyRule, ListingRule, Select, SeriesRule
from warning.core.series.select import with_ancestors
from warning.core.source_needs import WatchedSource, admits, has_series
from warning.core.terms import Terms
from warning.errors import Problem

UNFED = "EW227"
APART = "EW228"
BRINGS = {"items": "items", "figures": "figures", "list": "a list"}


def unfed(placed: Placed[AnyRule], known: Known) -> Iterator[Problem]:
    """Say that no source brings the figures, the list or the arrivals that a rule is about, and why none can."""
    rule, brings = placed.value, known.brings
    match rule:
        case SeriesRule():
            apart = list(_apart(placed, rule.select, known))
            yield from apart
            if (
                brings
                and not apart
                and not any(has_series(rule.select, one, known.terms) for one in brings.values())
            ):
                yield _no_source(placed, *_described(rule.select, brings.values(), known.terms))
        case ListingRule():
            admitted = [one for one in brings.values() if admits(rule.where, one.profile)]
            if admitted and not any(one.yields == "list" for one in admitted):
                yield _no_source(placed, ("where",), _not_a_list(admitted))
        case AbsenceRule() if rule.expects != "signals":
            yield from _never_arrives(placed, rule, brings, known.terms)


def _described(select: Select, brings: Collection[WatchedSource], terms: Terms) -> tuple[Path_, str]:
    """Point at the one list of `select` without which a source would bring such figures, else at all of it."""
    for part in ("hs_codes", "frequencies", "reporters", "materials", "measures", "sources"):
        if values := getattr(select, part):
            without = select.model_copy(update={part: ()})
            if any(has_series(without, one, terms) for one in brings):
                return (
                    "select",
                    part,
                ), f"figures of select.{part} {', '.join(values)} and the rest of `select`"
    return ("select",), "figures that `select` describes"


def _never_arrives(
    placed: Placed[AnyRule], rule: AbsenceRule, brings: Mapping[str, WatchedSource], terms: Terms
) -> Iterator[Problem]:
    if not all(name in brings for name in rule.sources):
        return  # an unknown source is told for itself
    named = [brings[name] for name in rule.sources]
    if not any(one.yields == rule.expects for one in named):
        found = ", ".join(f"{one.id} brings {BRINGS[one.yields]}" for one in named[:3])
        yield _no_source(placed, ("sources",), f"the {rule.expects} that should come: {found}")
    elif rule.expects == "figures" and not any(has_series(rule.select, one, terms) for one in named):
        yield _no_source(placed, ("select",), "figures that `select` describes, of those the rule names")


def _no_source(placed: Placed[AnyRule], path: Path_, what: str) -> Problem:
    hint = "widen it, correct the source, or add the source"
    return placed.problem(path, UNFED, f"no source of the catalogue brings {what}", hint, fatal=False)


def _not_a_list(admitted: list[WatchedSource]) -> str:
    found = ", ".join(f"{one.id} brings {BRINGS[one.yields]}" for one in admitted[:3])
    return f"a list that passes `where`: {found}"


def _apart(placed: Placed[AnyRule], select: Select, known: Known) -> Iterator[Problem]:
    """Codes of other goods than the materials: where rules/terms gives each material its codes, none is of both."""
    if not select.materials or not select.hs_codes or not known.has_all_terms:
        return
    wanted = {
        name for name in known.terms.materials if with_ancestors(name, known.terms) & set(select.materials)
    }
    above = {name for one in wanted for name in with_ancestors(one, known.terms)}
    codes = {code for name in wanted | above for code in known.terms.materials[name].hs_codes}
    if any(not _codes_below(name, wanted, known.terms) for name in select.materials):
        return
    if not any(_is_of(code, own) for code in select.hs_codes for own in codes):
        goods = ", ".join(select.materials)
        message = (
            f"select.hs_codes {', '.join(select.hs_codes)} are of other goods than select.materials {goods}"
        )
        hint = f"codes of these materials in rules/terms: {', '.join(sorted(codes)[:5])}"
        yield placed.problem(("select", "hs_codes"), APART, message, hint, fatal=False)


def _codes_below(material: str, wanted: set[str], terms: Terms) -> bool:
    return any(terms.materials[n].hs_codes for n in wanted if material in with_ancestors(n, terms))


def _is_of(code: str, own: str) -> bool:
    return code.startswith(own) or own.startswith(code)
