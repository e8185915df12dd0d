"""Which facts win where several reports tell of one event. Values in, values out."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.sequence_rules import is_pattern
from warning.core.signals import Exhibit, Facts, Signal
from warning.core.text.parties import AGAINST

# A headline of the day on which an act takes effect, not of the one on which it was told.
_IN_FORCE_NOW = re.compile(
    r"\btakes? effect\b(?!\s(?:immediately|at once))|今(?:日|天)(?:正式|起)?(?:生效|施行|实施)|(?:きょう|本日)(?:から)?(?:施行|発効)|오늘(?:부터)?\s(?:시행|발효)"
)
# The state whose controls without a target are for all.
PRESSING = "CN"
FIGURE_KINDS = frozenset({"customs", "price"})
_FILLED = ("actors", "instrument", "announced", "effective", "expires", "names", "counts")


def merged_facts(alert: Alert | None, signals: Sequence[Signal], book: Rulebook) -> Facts:
    """The acting state's own statements win over reports; among equals the older one stays and gaps are filled."""
    actors = alert.facts.actors if alert else ()
    has_official = alert is not None and any(_is_own(e, actors) for e in alert.exhibits)
    ranked = sorted(signals, key=_word_order)
    own = _says_it_itself(ranked[0])
    if alert is None or (own and not has_official):
        base = ranked[0].facts
        of_act = not _is_figure(ranked[0])
        rest = [_to_fill(s, of_act=of_act) for s in ranked[1:]] + ([alert.facts] if alert else [])
        closed = own
    else:
        of_act = any(_is_figure(s) for s in ranked) and not _tells_of_figures(alert, book)
        base, rest, closed = alert.facts, [_to_fill(s, alert, of_act=of_act) for s in ranked], has_official
    story = bool(ranked[0].story) and not is_deadline(ranked[0].story)
    for facts in rest:
        materials = _materials(base.materials, facts.materials, book, closed=closed and not story)
        is_closed = closed and not story
        targets = _union(
            base.targets, _further_targets(base, facts, alert, signals) if is_closed else facts.targets
        )
        base = _filled(base, facts, materials, targets)
    return _corrected(base, alert, ranked, has_official=has_official) if alert else base


def _further_targets(
    base: Facts, other: Facts, alert: Alert | None, signals: Sequence[Signal]
) -> tuple[str, ...]:
    """What reports may add to the targets of an issuer's own words: nothing where those name one.

    Of the pressing state only an act that hits somebody by its nature leaves its target to reports, as a control that names
    no state is for all. To an ally's act they add what two publishers tell: one alone may name who fears it.
    """
    if base.targets or not other.targets:
        return ()
    if PRESSING in base.actors:
        return other.targets if base.act in AGAINST else ()
    agreed = _agreed_targets(alert, signals)
    return tuple(target for target in other.targets if target in agreed)


def _agreed_targets(alert: Alert | None, signals: Sequence[Signal]) -> frozenset[str]:
    """The targets that two publishers name."""
    told = {
        (s.exhibit.publisher, target)
        for s in signals
        if s.interrupts and not s.story
        for target in s.facts.targets
    }
    told |= {
        (claim.publisher, target)
        for claim in (alert.claims if alert else ())
        if claim.fact == "targets"
        for target in claim.value.split(",")
    }
    times = Counter(target for _, target in told)
    return frozenset(target for target, publishers in times.items() if publishers > 1)


def _word_order(signal: Signal) -> tuple[bool, bool, datetime, str]:
    return is_deadline(signal.story), not _says_it_itself(signal), signal.known_at, signal.id


def _says_it_itself(signal: Signal) -> bool:
    """Whether this is the acting state's own statement. The register only repeats one."""
    return not is_deadline(signal.story) and _is_own(signal.exhibit, signal.facts.actors)


def _is_own(exhibit: Exhibit, actors: Sequence[str]) -> bool:
    """Whether the state that acts says it; an agency that tells of another state's act only reports it."""
    return exhibit.official and (not actors or not exhibit.country or exhibit.country in actors)


def _is_figure(signal: Signal) -> bool:
    return bool(signal.story) and signal.exhibit.kind in FIGURE_KINDS and not is_pattern(signal.story)


def _tells_of_figures(alert: Alert, book: Rulebook) -> bool:
    rule = next((rule for rule in book.rules if rule.id == alert.rule_id), None)
    return isinstance(rule, SeriesRule) if rule is not None else bool(alert.story) and not alert.claims


def _to_fill(signal: Signal, alert: Alert | None = None, *, of_act: bool = False) -> Facts:
    """What a further report may fill: commentary names what it fears, and "at once" counts on the first day only.

    Who imports less is not whom an act is aimed at: figures that bear an act out leave its targets as they are.
    """
    facts = signal.facts
    if of_act and _is_figure(signal):
        facts = replace(facts, targets=())
    if not signal.interrupts and (alert is None or alert.interrupts):
        facts = replace(facts, materials=(), targets=())
    published = signal.exhibit.published_at
    if alert is None or published is None or signal.exhibit.official or signal.story:
        return facts
    its_day = facts.effective is not None and abs((facts.effective - published.date()).days) <= 1
    if (
        its_day
        and facts.announced is None
        and published.date() > alert.opened_at.date()
        and not _IN_FORCE_NOW.search(signal.exhibit.title)
    ):
        facts = replace(facts, effective=None)
    return facts


def _corrected(base: Facts, alert: Alert, signals: Sequence[Signal], *, has_official: bool) -> Facts:
    """Take over the dates of a document that was edited: its publisher corrected it. Press corrects no official text."""
    edited = {signal.id for signal in signals}.intersection(alert.signal_ids)
    for signal in sorted(signals, key=lambda s: (s.known_at, s.id)) if edited else ():
        if signal.id in edited and (signal.exhibit.official or not has_official):
            said = signal.facts
            base = replace(
                base, effective=said.effective or base.effective, expires=said.expires or base.expires
            )
    return base


def _filled(base: Facts, other: Facts, materials: tuple[str, ...], targets: tuple[str, ...]) -> Facts:
    """Fill what `base` leaves open; materials and targets have rules of their own. Most reports fill nothing."""
    said: dict[str, Any] = {
        name: own for name in _FILLED if (own := getattr(other, name)) and not getattr(base, name)
    }
    codes = _union(base.hs_codes, other.hs_codes)
    if not said and (codes, materials, targets) == (base.hs_codes, base.materials, base.targets):
        return base
    return replace(base, **said, hs_codes=codes, materials=materials, targets=targets)


def _materials(
    said: tuple[str, ...], other: tuple[str, ...], book: Rulebook, *, closed: bool
) -> tuple[str, ...]:
    """What further reports add: to a notice only what spells out a class it names; never "minerals" beside a name."""
    known = book.terms.materials
    if closed and said:
        spelt = {known[m].parent for m in said if m in known and not known[m].is_class}
        return _union(said, tuple(m for m in other if m in known and known[m].parent in set(said) - spelt))
    every = _union(said, other)
    named = [m for m in every if m not in known or not known[m].is_class]
    return tuple(
        m
        for m in every
        if not named or m not in known or not known[m].is_class or m in said or known[m].parent
    )


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    more = [x for x in other if x not in one]
    return (*one, *more) if more else one
