"""A marking that is narrowed after its evidence was told: every alert that rests on it obeys, in every version.

Nothing widens this way. A desk that may not see the evidence any more reads what is left without it (core/recalls.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.detect.text import exhibit_of
from warning.core.evidence import Item
from warning.core.handling import Handling, Narrowing, Release, narrowest
from warning.core.recalls import with_what_is_left
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Signal, no_wider, signal_ids_of
from warning.core.vocabulary import Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Who may see a piece of evidence, as its last word has it. `signal_ids` are those it may have fired under any rule."""

    evidence_id: str
    marking: Marking
    release_to: Release
    signal_ids: frozenset[str]


def bounds_of(items: Iterable[Item], book: Rulebook) -> tuple[Bound, ...]:
    """Return the bounds of what carries a marking or a release list of its own: nothing else is narrowed later."""
    shown = (
        exhibit_of(item, book.source(item.source_id, item.kind, item.country, item.language))
        for item in items
        if item.marking is not None or item.release_to is not None
    )
    return tuple(
        Bound(
            evidence_id=one.evidence_id,
            marking=one.marking,
            release_to=one.release_to,
            signal_ids=signal_ids_of(book.rule_ids, one.evidence_id),
        )
        for one in shown
    )


def narrowed_in(
    changes: Sequence[AlertChange],
    alerts: Iterable[Alert],
    bounds: Sequence[Bound],
    signals: Iterable[Signal],
    book: Rulebook,
    as_of: datetime,
) -> tuple[AlertChange, ...]:
    """Return the changes with those alerts that a bound makes narrower, sorted by key; an ended one stays ended.

    `signals` are at least those kept of such alerts, where desks are to read what is left. What is narrowed is as new
    as the moment at which it was.
    """
    if not bounds:
        return tuple(changes)
    every = {signal.id: signal for signal in signals}
    every |= {signal.id: signal for signal in narrowed_signals(every.values(), bounds)}
    changed = {change.alert.key: change for change in changes}
    current = {alert.key: alert for alert in alerts} | {key: c.alert for key, c in changed.items()}
    for key, alert in sorted(current.items()):
        change = changed.get(key)
        before = alert if change is None else change.previous
        now = _now(alert, before, bounds, is_new=change is None)
        if now is None:
            continue
        now = replace(now, updated_at=max(alert.updated_at, as_of))
        if before is not None:
            now = with_what_is_left(before, now, every.values(), book)
        changed[key] = AlertChange(kind="updated" if before else "opened", alert=now, previous=before)
    return tuple(changed[key] for key in sorted(changed))


def _now(alert: Alert, before: Alert | None, bounds: Sequence[Bound], *, is_new: bool) -> Alert | None:
    """Return the alert under the bounds with what to tell of it, None where they bind nothing that was wider.

    A further signal on the same document may have narrowed the alert already: what counts is what stood before.
    """
    bound, was = narrowed(alert, bounds), before or alert
    if bound == alert and narrowed(was, bounds) == was:
        return None
    kept = () if is_new else alert.differences
    return replace(
        bound, differences=(*kept, *_marking(was, bound)), tearlines=_told(alert, bound, is_new=is_new)
    )


def _marking(before: Alert, after: Alert) -> tuple[Difference, ...]:
    old, new = handling(before), handling(after)
    return () if old == new else (Difference(code="marking", before=old, after=new),)


def narrowed(alert: Alert, bounds: Iterable[Bound]) -> Alert:
    """Return the alert with what it rests on no wider than these bounds, its tear-lines and what was withdrawn too."""
    held = {bound.evidence_id: bound for bound in bounds if _rests_on(alert, bound)}
    if not held:
        return alert
    marking, release_to = narrowest(
        alert.marking, alert.release_to, [(bound.marking, bound.release_to) for bound in held.values()]
    )
    return replace(
        alert,
        marking=marking,
        release_to=release_to,
        exhibits=tuple(_bound(shown, held.get(shown.evidence_id)) for shown in alert.exhibits),
        whole=None if alert.whole is None else narrowed(alert.whole, held.values()),
        tearlines=tuple((desk_id, narrowed(own, held.values())) for desk_id, own in alert.tearlines),
    )


def narrowed_by(stored: Alert, bounds: Iterable[Bound], later: Alert) -> Alert:
    """Return an earlier version under the bounds that made `later`; it and its tear-lines keep what stood until then."""
    bound, was = narrowed(stored, bounds), dict(stored.tearlines)
    tearlines = tuple((desk_id, _noting(was[desk_id], own, later)) for desk_id, own in bound.tearlines)
    return replace(_noting(stored, bound, later), tearlines=tearlines)


def _noting(was: Alert, now: Alert, later: Alert) -> Alert:
    if (was.marking, was.release_to) == (now.marking, now.release_to):
        return now
    note = Narrowing(
        version=later.version, at=later.updated_at, marking=was.marking, release_to=was.release_to
    )
    return replace(now, narrowings=(*was.narrowings, note))


def narrowed_signals(kept: Iterable[Signal], bounds: Iterable[Bound]) -> Iterator[Signal]:
    """Return those of the kept signals that these bounds make narrower: later sequences tell of them."""
    held = {bound.evidence_id: bound for bound in bounds}
    for signal in kept:
        named = (signal.exhibit.evidence_id, *signal.rests_on)
        within = [(held[name].marking, held[name].release_to) for name in named if name in held]
        shown = no_wider(signal.exhibit, within)
        beside = tuple(_bound(one, held.get(one.evidence_id)) for one in signal.beside)
        if shown != signal.exhibit or beside != signal.beside:
            yield replace(signal, exhibit=shown, beside=beside)


def handling(alert: Alert) -> str:
    """Return marking and release list as messages write them: TLP:AMBER JP, KR."""
    names = "" if alert.release_to is None else ", ".join(sorted(alert.release_to)) or "-"
    return f"TLP:{alert.marking.value} {names}".rstrip()


def handling_said(said: str) -> Handling:
    """Return the marking and the release list that messages write so."""
    marking, _, names = said.removeprefix("TLP:").partition(" ")
    return Marking(marking), frozenset(names.split(", ")) - {"-"} if names else None


def _rests_on(alert: Alert, bound: Bound) -> bool:
    whole = alert.whole or alert
    shown = any(one.evidence_id == bound.evidence_id for one in whole.exhibits)
    return shown or bound.evidence_id in whole.rests_on or not bound.signal_ids.isdisjoint(whole.signal_ids)


def _told(before: Alert, after: Alert, *, is_new: bool) -> tuple[tuple[str, Alert], ...]:
    """A desk with a version of its own is told where that one is narrower, and nothing of the whole alert."""
    known = dict(before.tearlines)
    found = []
    for desk_id, own in after.tearlines:
        old = known[desk_id]
        kept = () if is_new else old.differences
        found.append((desk_id, replace(own, differences=(*kept, *_marking(old, own)))))
    return tuple(found)


def _bound(shown: Exhibit, bound: Bound | None) -> Exhibit:
    return shown if bound is None else no_wider(shown, [(bound.marking, bound.release_to)])
