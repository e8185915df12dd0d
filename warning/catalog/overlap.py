"""Rules that add nothing to another one: everything they fire on, the other fires on too, at no lower severity.

Only what can be read off the conditions is said; two rules that merely happen to meet are not.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from warning.catalog.meanings import Vocabulary
from warning.catalog.typed import Placed
from warning.core.deadline_rules import DeadlineRule
from warning.core.model import OperatorModel
from warning.core.rules import AnyRule, Group, ListingRule, Match, Near, SeriesRule, TextRule
from warning.core.terms import Terms
from warning.errors import Problem

_PROSE = frozenset({
    "id", "title", "titles", "status", "enabled", "severity", "owner", "rationale", "false_positives", "references", "tags",
    "examples", "max_age_days", "publish", "backtest",
})  # fmt: skip
_EXCEPTIONS = frozenset({
    "except_sources", "except_actors", "except_materials", "except_hs_codes", "except_partners",
})  # fmt: skip
_FILTERS: dict[type[AnyRule], frozenset[str]] = {
    ListingRule: frozenset({"where", "changes", "entry_countries", "entry_phrases"}),
    SeriesRule: frozenset({"select", "tests"}),
    DeadlineRule: frozenset({
        "dates", "before_days", "actors", "except_actors", "materials", "acts", "directions", "only_verified",
    }),
}  # fmt: skip
_READ_PARTS: dict[Any, set[str]] = {
    Match: {"all", "any", "none", "at_least", "near", "near_any"},
    Near: {"of", "none", "within", "fields"},
    Group: {"act", "material", "actor", "issuer", "cue", "phrases", "within"},
}


def redundant(rules: Sequence[Placed[AnyRule]], terms: Terms) -> Iterator[Problem]:
    """Tell each rule that adds nothing to another; of two that say the same, the later one."""
    awake = [p for p in rules if p.value.enabled and p.value.status != "deprecated"]
    alike: dict[object, list[AnyRule]] = defaultdict(list)
    for placed in awake:
        alike[_what_it_tells(placed.value)].append(placed.value)
    told: set[str] = set()
    words = Vocabulary(terms)
    for placed in sorted(awake, key=lambda p: p.value.id, reverse=True):
        rule = placed.value
        others = (o for o in alike[_what_it_tells(rule)] if o.id != rule.id and o.id not in told)
        wider = next((other for other in others if adds_nothing(rule, other, words)), None)
        if wider is not None:
            told.add(rule.id)
            message = f"{rule.id} adds nothing to {wider.id}, which fires whenever it does"
            hint = "delete it, or say what differs: a higher severity, an act, a condition"
            yield placed.problem(("id",), "EW219", message, hint, fatal=False)


def _what_it_tells(rule: AnyRule) -> object:
    """What two rules must have in common before their conditions are worth comparing."""
    if not isinstance(rule, TextRule):
        return rule.kind, rule.act, rule.direction
    return rule.kind, rule.act, rule.direction, rule.actors, rule.require_direction


def adds_nothing(rule: AnyRule, other: AnyRule, words: Vocabulary) -> bool:
    """Say whether `other` fires wherever `rule` does, as gravely, and says as much of the event."""
    if type(rule) is not type(other) or rule.severity > other.severity:
        return False
    if rule.max_age_days > other.max_age_days or rule.interrupts is not other.interrupts:
        return False
    match rule, other:
        case TextRule(fallback=False), TextRule(fallback=True):
            return False
        case TextRule(), TextRule():
            told = ("act", "direction", "actors", "require_direction")
            same = all(getattr(rule, key) == getattr(other, key) for key in told)
            return (
                same and _within(rule.where, other.where) and _match_implies(rule.match, other.match, words)
            )
        case (ListingRule(), ListingRule()) | (SeriesRule(), SeriesRule()) | (DeadlineRule(), DeadlineRule()):
            return _filters_within(rule, other)
    return False


def _filters_within(rule: AnyRule, other: AnyRule) -> bool:
    """Compare rules made of filters: those of `other` let through all that those of `rule` do."""
    filters = _FILTERS[type(rule)]
    keys = [key for key in type(rule).model_fields if key not in _PROSE]
    return all(
        _filter_within(key, getattr(rule, key), getattr(other, key))
        if key in filters
        else getattr(rule, key) == getattr(other, key)
        for key in keys
    )


def _filter_within(key: str, mine: Any, theirs: Any) -> bool:
    match key:
        case "where" | "select":
            return _within(mine, theirs)
        case "changes" | "dates":
            return set(mine) <= set(theirs)
        case "tests":
            return _dumped(mine) <= _dumped(theirs)
        case "before_days":
            return bool(dict(mine).items() <= dict(theirs).items())
        case "only_verified":
            return bool(mine or not theirs)
    return _list_within(key, mine, theirs)


def _within(mine: OperatorModel, theirs: OperatorModel) -> bool:
    """Whether `where` or `select` of one rule lets through no more than that of another."""
    for key in type(mine).model_fields:
        one, two = getattr(mine, key), getattr(theirs, key)
        if isinstance(two, tuple):
            if not _list_within(key, one, two):
                return False
        elif two is not None and one != two:
            return False
    return True


def _list_within(key: str, mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """An empty list lets everything through, unless it lists exceptions."""
    one, two = set(mine), set(theirs)
    if key in _EXCEPTIONS:
        return two <= one
    return not two or (bool(one) and one <= two)


def _dumped(models: Iterable[Any]) -> set[str]:
    return {json.dumps(model.model_dump(mode="json"), sort_keys=True) for model in models}


def _match_implies(mine: Match, theirs: Match, words: Vocabulary) -> bool:
    if not (_readable(mine) and _readable(theirs)):
        return False
    required = [*mine.all, *(group for near in mine.near for group in near.of)]
    forbidden_here = all(any(words.covers(own, group) for own in mine.none) for group in theirs.none)
    all_here = all(_has(required, group, words) for group in theirs.all)
    near_here = all(any(_near_implies(own, near, words) for own in mine.near) for near in theirs.near)
    counted = theirs.at_least is None or theirs.at_least == mine.at_least
    return (
        forbidden_here
        and all_here
        and near_here
        and counted
        and _any_implies(mine, theirs, required, words)
        and _alternatives_imply(mine, theirs, words)
    )


def _has(required: Sequence[Group], wanted: Group, words: Vocabulary) -> bool:
    """Whether one of the groups that must occur brings the wanted one with it."""
    return any(words.covers(wanted, group) for group in required)


def _any_implies(mine: Match, theirs: Match, required: Sequence[Group], words: Vocabulary) -> bool:
    if not theirs.any:
        return True
    if any(_has(required, group, words) for group in theirs.any):
        return True
    return bool(mine.any) and all(any(words.covers(two, one) for two in theirs.any) for one in mine.any)


def _alternatives_imply(mine: Match, theirs: Match, words: Vocabulary) -> bool:
    if not theirs.near_any:
        return True
    if any(_near_implies(own, near, words) for own in mine.near for near in theirs.near_any):
        return True
    return bool(mine.near_any) and all(
        any(_near_implies(own, near, words) for near in theirs.near_any) for own in mine.near_any
    )


def _near_implies(mine: Near, theirs: Near, words: Vocabulary) -> bool:
    return (
        mine.within == theirs.within
        and set(mine.fields) <= set(theirs.fields)
        and all(_has(mine.of, group, words) for group in theirs.of)
        and all(any(words.covers(own, group) for own in mine.none) for group in theirs.none)
    )


def _readable(match: Match) -> bool:
    """Whether every condition is one this comparison knows: of others it says nothing."""
    parts: list[Any] = [match, *match.near, *match.near_any, *match.all, *match.any, *match.none]
    parts += [group for near in (*match.near, *match.near_any) for group in (*near.of, *near.none)]
    return all(part.model_fields_set <= _READ_PARTS[type(part)] for part in parts if part is not None)
