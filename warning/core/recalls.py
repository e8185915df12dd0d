"""What a desk reads after a marking was narrowed: the rest that it still may see, built anew, or that there is nothing left.

Built anew is a tear-line from the alert's signals, as if the evidence had carried its narrower marking from the start.
Where nothing is left, whoever was told gets a version that says so and holds no word of what it said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.claims import Claim
from warning.core.desks import Desk
from warning.core.joining import open_alert
from warning.core.release import desk_refusal
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Facts, Signal
from warning.core.tearlines import may_read
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.core.withdrawing import holds, rejoined, without

RECALLED = Difference(code="recalled")
ABOUT_HANDLING = frozenset({"marking", "recalled"})
TITLE = "Recalled: what it said may no longer be shown here"


def is_about_handling(change: AlertChange) -> bool:
    """Whether a version narrows who may see what was told before."""
    told = {d.code for d in change.alert.differences}
    told |= {d.code for _, own in change.alert.tearlines for d in own.differences}
    return change.previous is not None and (bool(told & ABOUT_HANDLING) or any(_narrowed_evidence(change)))


def shuts_out(change: AlertChange, desk: Desk, ceiling: Marking) -> bool:
    """Whether a way out could show some evidence until now, and may not any more.

    An earlier version may have shown it there, also when the one before this was barred by what joined meanwhile.
    """

    def may_pass(shown: Exhibit) -> bool:
        return may_read(desk, shown) and shown.marking <= ceiling

    return any(may_pass(old) and not may_pass(new) for old, new in _narrowed_evidence(change))


def _narrowed_evidence(change: AlertChange) -> Iterator[tuple[Exhibit, Exhibit]]:
    """Yield the evidence of the version before whose handling is another now: as it was, as it is."""
    if change.previous is None:
        return
    now = {shown.evidence_id: shown for shown in (change.alert.whole or change.alert).exhibits}
    for old in (change.previous.whole or change.previous).exhibits:
        new = now.get(old.evidence_id, old)
        if (new.marking, new.release_to) != (old.marking, old.release_to):
            yield old, new


def recalled(alert: Alert, *, marking: Marking, release_to: frozenset[str] | None) -> Alert:
    """Return the alert without anything it says: its name, and since when it stands."""
    return Alert(
        key=alert.key,
        version=alert.version,
        rule_id="",
        rule_version="",
        rule_title="",
        title=TITLE,
        facts=Facts(act="", direction="neutral"),
        severity=Severity.UNKNOWN,
        certainty=Certainty.UNKNOWN,
        interrupts=alert.interrupts,
        marking=marking,
        release_to=release_to,
        opened_at=alert.opened_at,
        updated_at=alert.updated_at,
        last_evidence_at=alert.last_evidence_at,
        publishers=(),
        exhibits=(),
        evidence_total=0,
        signal_ids=(),
        why=(),
        differences=(RECALLED,),
        state=alert.state,
    )


def with_what_is_left(before: Alert, after: Alert, signals: Iterable[Signal], book: Rulebook) -> Alert:
    """Return `after` with what is left for the desks that could see `before` and may not see it any more.

    `signals` are those that the alert rests on, as far as they are kept, under the narrower marking already. One that is
    missing is left out: nothing is shown that is not known to be releasable.
    """
    found = dict(after.tearlines)
    own_signals = _of(after, signals)
    for desk in book.desks:
        seen = before.for_desk(desk.id)
        barred = desk_refusal(after.for_desk(desk.id), desk) is not None
        if barred and desk_refusal(seen, desk) is None:
            found[desk.id] = _left(seen, after, own_signals, desk, book)
    return replace(after, tearlines=tuple(sorted(found.items())))


def _left(seen: Alert, after: Alert, signals: Sequence[Signal], desk: Desk, book: Rulebook) -> Alert:
    """What the desk gets: the marking of what is taken back is that under which the desk had it, and no wider."""
    readable = [signal for signal in signals if may_read(desk, signal.exhibit)]
    if not readable:
        gone = recalled(after, marking=seen.marking, release_to=seen.release_to)
        # What came after the desk was told is none of its business, not even when.
        return replace(gone, opened_at=seen.opened_at, last_evidence_at=seen.last_evidence_at)
    own = built_from(after.key, readable, book)
    back = [act for act in after.withdrawn if holds(own, act.evidence_id, book)]
    return replace(without(own, back, book), differences=(RECALLED,), state=after.state)


def built_from(key: str, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return the alert that these signals (at least one) alone make, joined as they became known."""
    ordered = sorted(signals, key=lambda s: (s.known_at, s.id))
    first, *later = (list(some) for _, some in groupby(ordered, key=lambda s: s.known_at))
    own = open_alert(key, first, book)
    for some in later:
        own = rejoined(own, some, book)
    return own


def _of(alert: Alert, signals: Iterable[Signal]) -> list[Signal]:
    """The signals of one alert, each once, with the dates that their documents give now."""
    whole = alert.whole or alert
    named = frozenset(whole.signal_ids)
    last = {(claim.evidence_id, str(claim.fact)): claim for claim in whole.claims}
    kept = {signal.id: signal for signal in signals if signal.id in named}
    return [_as_last_said(signal, last) for _, signal in sorted(kept.items())]


def _as_last_said(signal: Signal, last: Mapping[tuple[str, str], Claim]) -> Signal:
    """A document that was edited since its rule first fired on it says other dates: an alert follows those."""
    effective, expires = (last.get((signal.exhibit.evidence_id, fact)) for fact in ("effective", "expires"))
    facts = signal.facts
    if effective is not None and effective.known_at > signal.known_at:
        facts = replace(facts, effective=date.fromisoformat(effective.value))
    if expires is not None and expires.known_at > signal.known_at:
        facts = replace(facts, expires=date.fromisoformat(expires.value))
    return signal if facts == signal.facts else replace(signal, facts=facts)
