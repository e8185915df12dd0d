"""Sources that are due and that nobody asks: a service that stands still looks like calm."""

from datetime import datetime, timedelta

from warning.core.health import SourceState

LEAST_OVERDUE = timedelta(hours=1)
MOST_OVERDUE = timedelta(hours=6)
MOST_UNREAD = 40
"""How many spans in which nobody asked are remembered of a source: a service that is down nightly is told of for a month."""


def overdue_since(state: SourceState, every: timedelta | None, now: datetime) -> datetime | None:
    """Since when a source is due and was not asked, for longer than its pace (an hour at least, six at most); else None."""
    if every is None or state.next_due_at is None:
        return None
    patience = max(LEAST_OVERDUE, min(every, MOST_OVERDUE))
    return state.next_due_at if now - state.next_due_at > patience else None


def asked_again(state: SourceState, every: timedelta, now: datetime) -> SourceState:
    """Return the state at the begin of a poll, with the span in which nobody asked, if there was one."""
    since = overdue_since(state, every, now)
    return state if since is None else state.changed(unread=(*state.unread, (since, now))[-MOST_UNREAD:])
