"""What a sequence must not find to fire: an event of `unless`, or a source that could not have told of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from warning.core.blindness import blind_to_silence
from warning.core.health import Vitals
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import Event, event_day, fits, rules_of
from warning.core.sequence_rules import SequenceRule, Unless
from warning.core.series.select import with_ancestors
from warning.core.signals import Outcome, Reason, Signal, standing
from warning.core.terms import Terms

READ_SINCE_DAYS = 1
"""A source that was read on the day before the last event, or later, would have told of what came before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """Why a sequence that is complete does not fire."""

    outcome: Outcome
    detail: str


def bar(
    rule: SequenceRule,
    events: Sequence[Event],
    signals: Iterable[Signal],
    vitals: Mapping[str, Vitals],
    book: Rulebook,
) -> Barred | None:
    """Return what keeps these events, which complete the rule, from being told; None when nothing does.

    What was found bars whatever the sources do; only that nothing was found is worth no more than they are.
    """
    known = list(standing(signals)) if rule.unless else []
    for one in rule.unless:
        for signal in _found(one, rule, events, known, book):
            detail = f"{one.name} of {event_day(signal)}: {signal.exhibit.title or signal.rule_title}"
            return Barred(outcome="suppressed", detail=f"unless {detail}")
    for one in rule.unless:
        blind = blindness(one, events, vitals)
        if blind:
            return Barred(outcome="blind", detail=f"no {one.name} is known, and {blind}")
    return None


def blindness(one: Unless, events: Sequence[Event], vitals: Mapping[str, Vitals]) -> str:
    """Say why nobody knows whether there was one: which sources fail, or were not read up to the last event."""
    last = max(event.day for event in events)
    after = datetime.combine(date.fromordinal(last - READ_SINCE_DAYS), time.min, tzinfo=UTC)
    told = (blind_to_silence(source, vitals.get(source, Vitals()), after) for source in one.sources)
    return "; ".join(reason for reason in told if reason)


def absent(rule: SequenceRule, events: Sequence[Event], book: Rulebook) -> Iterator[Reason]:
    """Yield a reason for each `unless`: what was looked for in vain, where, and from which day to which."""
    for one in rule.unless:
        since, until = _span(one, rule, events)
        sources = ", ".join(book.source(s, "regulatory", "", "en").title for s in one.sources)
        acts = ",".join(one.acts)
        named = ", ".join(_called(act, book) for act in one.acts) or one.name
        yield Reason(
            code="unless.absent",
            text=f"None found from {since} to {until}, official sources read well ({sources}): {named}",
            params=(
                ("sources", sources),
                ("sought", acts or one.name),
                ("since", since.isoformat()),
                ("until", until.isoformat()),
            ),
        )


def _called(act: str, book: Rulebook) -> str:
    return book.terms.acts[act].label["en"] if act in book.terms.acts else act.replace("_", " ")


def _span(one: Unless, rule: SequenceRule, events: Sequence[Event]) -> tuple[date, date]:
    last = max(event.day for event in events)
    days = rule.within_days if one.within_days is None else one.within_days
    return date.fromordinal(last - days), date.fromordinal(last)


def _found(
    one: Unless, rule: SequenceRule, events: Sequence[Event], known: Iterable[Signal], book: Rulebook
) -> list[Signal]:
    """The signals of such an event, oldest first."""
    since, until = _span(one, rule, events)
    ids = rules_of(one, book)
    found = [
        signal
        for signal in known
        if signal.rule_id in ids
        and since <= event_day(signal) <= until
        and fits(one, signal, book.terms)
        and _is_about_the_same(one, signal, events, book.terms)
    ]
    return sorted(found, key=lambda s: (event_day(s), s.id))


def _is_about_the_same(one: Unless, signal: Signal, events: Sequence[Event], terms: Terms) -> bool:
    facts = [event.signal.facts for event in events]
    named = {
        "material": ({m for f in facts for m in f.materials}, set(signal.facts.materials)),
        "actor": ({a for f in facts for a in f.actors}, set(signal.facts.actors)),
        "target": ({t for f in facts for t in f.targets}, set(signal.facts.targets)),
    }
    return all(_shared(*named[key], terms, key == "material") for key in one.same)


def _shared(ours: set[str], theirs: set[str], terms: Terms, is_material: bool) -> bool:
    if not ours or not theirs:
        return True
    if not is_material:
        return bool(ours & theirs)
    above = set().union(*(with_ancestors(m, terms) for m in ours))
    below = set().union(*(with_ancestors(m, terms) for m in theirs))
    return bool(theirs & above or ours & below)
