"""Whether a report counts the firms of a case, some of them, or those of another act."""

from warning.core.joining_case import Case, counts_firms
from warning.core.joining_counts import (
    RETOLD,
    are_other_firms,
    are_other_lists,
    firms_told,
    is_exact,
    list_named,
    list_told,
    may_be_part,
    parts_told,
)
from warning.core.signals import Signal


def counts_firms_only(case: Case, signal: Signal) -> bool:
    """Whether a report counts firms and names no goods, while all that is known of the case is goods: a list is another act."""
    return counts_firms(signal) and names_goods_only(case)


def names_goods_only(case: Case) -> bool:
    return bool(case.materials) and not case.entities and not case.targets


def counts_firms_alone(case: Case) -> bool:
    """Whether all that is known of the case is a count of firms: a report on goods is of another act."""
    return bool(case.entities) and not case.materials


def counts_other_firms(case: Case, signal: Signal, *, is_of_its_day: bool) -> bool:
    """Whether a report counts other firms than the case: on its day only where both name a list of their own, as sums name none.

    A report on goods counts the makers of some of them, and who counts those of one state some of the firms of several, for
    a day and a half; so many as a headline names beside the whole are those. Another list by its own name is another act.
    """
    facts, title = signal.facts, signal.exhibit.title
    said = dict(facts.counts).get("entities", "")
    if not said or facts.materials or not is_exact(title, said) or not case.firms:
        return False
    if len(firms_told(title)) == 1 and are_other_lists(list_named(title), case.named_lists):
        return True
    if not case.firms.isdisjoint(firms_told(title)):
        return False
    targets = frozenset(facts.targets)
    is_of_its_states = not (targets and case.targets) or not targets.isdisjoint(case.targets)
    if not is_of_its_states:
        return not is_of_its_day or bool(list_told(title) and any(map(list_told, case.titles)))
    if said in case.parts or not case.firms.isdisjoint(parts_told(title)):
        return False
    apart = abs(signal.known_at - case.opened_at)
    if any(
        (apart <= RETOLD and may_be_part(said, targets, known, case.targets))
        or may_be_part(known, case.targets, said, targets)
        for known in case.firms
    ):
        return False
    on, lists = list_told(title), case.lists
    return all(
        are_other_firms(
            said, on, known, lists.get(known, frozenset()), is_of_one_day=is_of_its_day, apart=apart
        )
        for known in case.firms
    )
