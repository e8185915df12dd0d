"""What stands still: evidence that nothing assesses, sources that nobody asks. Seen in the store, whoever should do it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.app.system import System
from warning.store.waiting import waiting

PATIENCE = timedelta(minutes=30)
# History that is brought in is known since long ago, and takes its time.
SPAN = timedelta(days=2)
# A service that has just started catches up first.
CATCHING_UP = timedelta(minutes=5)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """What stands still, in words; operators are told once of what has the same `key`."""

    key: str
    sentence: str


def standstills(system: System, watched_since: datetime) -> tuple[Standstill, ...]:
    """Return what has stood still for longer than `PATIENCE`; nothing in the first minutes of watching."""
    now = system.clock()
    if now - watched_since < CATCHING_UP:
        return ()
    found = (_assessing(system, now), _collecting(system, watched_since, now))
    return tuple(one for one in found if one is not None)


def _assessing(system: System, now: datetime) -> Standstill | None:
    with system.repository.engine.connect() as connection:
        late = waiting(connection, now - SPAN, now - PATIENCE)
    if late.since is None:
        return None
    # After days the first of it is out of the span, and each audit would find another first one.
    lasts = now - late.since >= DAY
    since = f"{late.since:%Y-%m-%d %H:%M} UTC or before" if lasts else f"{late.since:%H:%M} UTC"
    return Standstill(
        key=f"assessing {late.since:%Y-%m-%d}" if lasts else _key("assessing", late.since),
        sentence=f"evidence has waited to be assessed for more than {_minutes()} minutes, since {since} (in "
        f"all {late.count}): the log says on what the assessment breaks",
    )


def _collecting(system: System, watched_since: datetime, now: datetime) -> Standstill | None:
    """Sources are due at any moment; that not one of the due was asked for so long is no source's fault."""
    states = system.repository.source_states()
    mine = {spec.id: states.get(spec.id) for spec in system.sources if spec.enabled}
    late = [
        name
        for name, s in mine.items()
        if s is None or s.next_due_at is None or s.next_due_at <= now - PATIENCE
    ]
    asked = [s.last_attempt_at for s in mine.values() if s is not None and s.last_attempt_at is not None]
    last = max(asked, default=watched_since)
    if not late or now - last < PATIENCE:
        return None
    return Standstill(
        key=_key("collecting", last),
        sentence=f"no source has been asked since {last:%H:%M} UTC, and {len(late)} are due: the collector stands still",
    )


def _key(what: str, since: datetime) -> str:
    return f"{what} {since:%Y-%m-%dT%H:%M:%SZ}"


def _minutes() -> int:
    return int(PATIENCE.total_seconds() // 60)
