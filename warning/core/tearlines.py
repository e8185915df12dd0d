"""Tear-lines: what a desk may read of an alert that rests on more than it may see.

Where some evidence may not reach a desk, the alert carries a second version of itself for that desk, built from
releasable evidence alone by the same arithmetic: facts, title, severity, certainty, reasons, exhibits and what changed.
A desk that may see everything has none; one that may see nothing has none either, and is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from warning.core.alerts import Alert, AlertChange
from warning.core.desks import Desk
from warning.core.joining import open_alert
from warning.core.release import desk_refusal
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Signal
from warning.core.vocabulary import Marking
from warning.core.withdrawing import rejoined


def with_tearlines(before: Alert | None, after: Alert, signals: Sequence[Signal], book: Rulebook) -> Alert:
    """Return `after` with the versions of it that desks need which may not see all of these signals.

    `before` is the alert without `signals`, None when they open it.
    """
    was_open = before is None or (is_for_everybody(before) and not before.tearlines)
    if was_open and all(is_for_everybody(signal.exhibit) for signal in signals):
        return after
    known = dict(before.tearlines) if before is not None else {}
    found: dict[str, Alert] = {}
    for desk in book.desks:
        own = _own_version(before, known.get(desk.id), after, signals, desk, book)
        if own is not None:
            found[desk.id] = own
    return replace(after, tearlines=tuple(sorted(found.items())))


def _own_version(
    before: Alert | None,
    own: Alert | None,
    after: Alert,
    signals: Sequence[Signal],
    desk: Desk,
    book: Rulebook,
) -> Alert | None:
    """Return the desk's version, None when it sees the whole alert or nothing of it."""
    saw_all = before is None or (own is None and desk_refusal(before, desk) is None)
    readable = [signal for signal in signals if may_read(desk, signal.exhibit)]
    if saw_all and len(readable) == len(signals):
        return None
    if own is None and saw_all and before is not None:
        own = replace(before, tearlines=())
    if not readable:
        return None if own is None else replace(own, differences=())
    if own is None or own.is_recalled:
        return open_alert(after.key, readable, book)
    return rejoined(own, readable, book)


def is_for_everybody(shown: Exhibit | Alert) -> bool:
    return shown.marking is Marking.CLEAR and shown.release_to is None


def may_read(desk: Desk, exhibit: Exhibit) -> bool:
    """Whether a desk may know of a piece of evidence at all."""
    named = exhibit.release_to is None or desk.country in exhibit.release_to
    return named and exhibit.marking <= desk.clearance


def as_seen_by(alert: Alert, desk: Desk) -> Alert:
    """Return the alert as this desk may read it: its tear-line where it has one. The release check still decides."""
    return alert.for_desk(desk.id)


def change_seen_by(change: AlertChange, desk: Desk) -> AlertChange | None:
    """Return the change as the desk sees it, None when nothing the desk may see has changed."""
    if not change.alert.tearlines and (change.previous is None or not change.previous.tearlines):
        return change
    alert = as_seen_by(change.alert, desk)
    if not alert.differences:
        return None
    previous = None if change.previous is None else as_seen_by(change.previous, desk)
    if previous is not None and desk_refusal(previous, desk) is not None:
        previous = None
    return replace(change, alert=alert, previous=previous)


def versions_seen_by(versions: Iterable[Alert], desk: Desk) -> tuple[Alert, ...]:
    """Return the versions of one alert that a desk may read, as it may read them, in the order given."""
    seen = (as_seen_by(version, desk) for version in versions)
    return tuple(version for version in seen if desk_refusal(version, desk) is None)
