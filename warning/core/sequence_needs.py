"""What a rule of the kind sequence needs of the memory: the signals of its steps, and which of them can matter now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from warning.core.old_news import lag_days
from warning.core.recall import Near, SignalNeed, StepNeed
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import ByRule, Pools, pools_of, rules_of, standing_by_rule
from warning.core.sequence_rules import SequenceRule, Step
from warning.core.series.select import with_ancestors
from warning.core.signals import Signal, is_withdrawal


def sequence_rules(book: Rulebook) -> tuple[SequenceRule, ...]:
    return tuple(rule for rule in book.active("sequence") if isinstance(rule, SequenceRule))


def signal_need(rule: SequenceRule, book: Rulebook) -> SignalNeed:
    """Return the signals a sequence wants remembered: those of its steps, so far back as one may matter."""
    return book.once(_signal_need, rule)


def _signal_need(book: Rulebook, rule: SequenceRule) -> SignalNeed:
    ids = frozenset().union(*(rules_of(step, book) for step in (*rule.steps, *rule.unless)))
    lags = [lag_days(one) for one in book.rules if one.id in ids]
    return SignalNeed(rule_ids=ids, days=reach_days(rule) + max(lags, default=0) + 1)


def reach_days(rule: SequenceRule) -> int:
    """How many days before an event another may matter to it."""
    return max([rule.within_days, *(one.within_days or 0 for one in rule.unless)])


def need_for(
    rule: SequenceRule, book: Rulebook, signals: Sequence[Signal], by_rule: ByRule | None = None
) -> SignalNeed | None:
    """Return what of its memory a sequence needs to judge these signals; None when none of them is an event of it.

    The detector tells the same with it as with all that `signal_need` names: what completes a sequence now has an event of
    a new document in it, so that its other events lie within the rule's days of one, fit another step, and share its
    materials where the rule says so. `by_rule` is what `standing_by_rule` made of the signals, where somebody asked.
    """
    found = pools_of(rule, standing_by_rule(signals) if by_rule is None else by_rule, book)
    events = [event for step in found for event in step]
    if not events:
        return None
    whole = signal_need(rule, book)
    takes_back = any(is_withdrawal(s) for s in signals if s.rule_id in whole.rule_ids)
    return replace(
        whole,
        near=Near(
            first=date.fromordinal(min(event.day for event in events) - reach_days(rule)),
            last=date.fromordinal(max(event.day for event in events) + rule.within_days),
            documents=frozenset(s.exhibit.evidence_id for s in signals),
            steps=(
                *_steps_wanted(rule, found, book, takes_back=takes_back),
                # Compared with all events of the chain, not the new ones alone; and what names no goods bars as well.
                *(step_need(one, book) for one in rule.unless),
            ),
        ),
    )


def step_need(step: Step, book: Rulebook, materials: frozenset[str] | None = None) -> StepNeed:
    """Return what of a memory may fit a step. Severity and the like are left to `fits`: they leave out little."""
    return StepNeed(
        rule_ids=rules_of(step, book),
        acts=frozenset(step.acts),
        actors=frozenset(step.actors),
        materials=materials,
    )


def _steps_wanted(
    rule: SequenceRule, found: Pools, book: Rulebook, *, takes_back: bool
) -> tuple[StepNeed, ...]:
    """The steps whose earlier events can matter to what was found; nothing new completes a step that has none.

    Where all that was found are answers, no other answer matters, and else none that came before it. Not so where the
    target joins: who names none is aimed at everybody named, in other answers too.
    """
    if takes_back:
        # What stood behind a signal taken back may come forward, and complete what is about something else.
        return tuple(step_need(step, book) for step in rule.steps)
    materials = shared_materials(rule, book, [event.signal for step in found for event in step])
    every = [step_need(step, book, materials) for step in rule.steps]
    wanted = [need if found[i] else _with_days(need, i, rule, found) for i, need in enumerate(every)]
    if not rule.ordered or "target" in rule.same:
        return tuple(wanted)
    if not any(found[:-1]):
        return tuple(wanted[:-1])
    # An answer of days before anything new has nothing new to answer.
    first = date.fromordinal(min(event.day for events in found for event in events))
    return (*wanted[:-1], replace(wanted[-1], first=first))


def _with_days(need: StepNeed, place: int, rule: SequenceRule, found: Pools) -> StepNeed:
    """With the days on which an event of this step can stand beside one that was found."""
    since: list[int] = []
    until: list[int] = []
    for i, events in enumerate(found):
        if events:
            since.append(events[0].day - (0 if rule.ordered and i < place else rule.within_days))
            until.append(events[-1].day + (0 if rule.ordered and i > place else rule.within_days))
    return replace(need, since=date.fromordinal(min(since)), until=date.fromordinal(max(until)))


def shared_materials(rule: SequenceRule, book: Rulebook, signals: Sequence[Signal]) -> frozenset[str] | None:
    """The materials an event must name to share one with these events; None where that settles nothing.

    Where a target joins too, who names none is aimed at everybody named anywhere: then all are read.
    """
    if "material" not in rule.same or not {"target", "answers"}.isdisjoint(rule.same):
        return None
    shared = {name for s in signals for m in s.facts.materials for name in with_ancestors(m, book.terms)}
    below = (m for m in book.terms.materials if not shared.isdisjoint(with_ancestors(m, book.terms)))
    return frozenset({*shared, *below})
