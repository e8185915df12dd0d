"""How a source is doing: what the collector remembers between two polls, and what `expect:` demands."""

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from warning.core.ids import content_id

SourceCondition = Literal[
    "new", "ok", "not_modified", "empty", "partial", "blocked", "frozen", "drifted", "moved", "unconfigured", "failing"
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReport:
    """Which report of a source the store kept last: as much of it as tells whether the next one is worth keeping."""

    known_at: datetime
    condition: SourceCondition
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """`failures` counts attempts in a row without success; `cause` is the last one in words.

    `fetched_url` is where the validators (etag, last_modified, body_hash) came from: a changed catalogue
    address makes them void. So does another way of reading than `read_as` (see `app/reading_basis.py`), which is empty
    when it is not known; `asked_as` is how it was asked, read and expected when that did not go well, empty while it is well.
    `document_condition` and `document_cause` are the verdict on the document they stand for. `newest_at` is the newest publication time ever seen from the source.
    `read_pages` marks the entries of a list page whose own page has been read (see `app/detail_pages.py`), and how far a poll came (`app/reading_progress.py`).
    `news_days` are the days on which it had something new (see `core/rhythm.py`). `dark_since` is when it stopped
    being readable, None while it is; `late_items` is how many items the last such time brought too late.
    `moved_to` is where it says it has gone, empty when it stays. `left_out` are the latest entries that were set aside,
    one line each, the newest last. `reported` belongs to the store, which writes it. `unread` are the latest spans, the
    oldest first, in which it was due and nobody asked: from when it was due to when it was asked again. `labels_after` has,
    of labels that a mend gave, the number of the item stored last before that (`app/stored_labels.py`).
    """

    source_id: str
    condition: SourceCondition = "new"
    cause: str = ""
    since: datetime | None = None
    fetched_url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    read_as: str = ""
    asked_as: str = ""
    document_condition: SourceCondition = "ok"
    document_cause: str = ""
    next_due_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    newest_at: datetime | None = None
    failures: int = 0
    items_seen: int = 0
    read_pages: tuple[str, ...] = ()
    news_days: str = ""
    dark_since: datetime | None = None
    late_items: int = 0
    moved_to: str = ""
    left_out: tuple[str, ...] = ()
    reported: LastReport | None = field(default=None, compare=False)
    unread: tuple[tuple[datetime, datetime], ...] = ()
    labels_after: tuple[tuple[str, int], ...] = ()

    @property
    def is_blind(self) -> bool:
        """Whether nothing can be concluded from what the source does not say."""
        return blinds(self.condition, self.cause)

    @property
    def polled_at(self) -> datetime | None:
        """The time of its last poll, None before the first."""
        polled = [t for t in (self.last_attempt_at, self.last_success_at, self.since) if t is not None]
        return None if not polled or self.condition == "new" else max(polled)

    def changed(self, **changes: Any) -> "SourceState":
        """What `dataclasses.replace` gives, in a third of its time: every poll does it. Raises AttributeError for another field."""
        new = object.__new__(SourceState)
        for put, value in zip(_PUTS, _STATE(self), strict=True):
            put(new, value)
        try:
            for name, value in changes.items():
                _PUT[name](new, value)
        except KeyError as unknown:
            raise AttributeError(f"a source's state has no field {unknown}") from unknown
        return new


_STATE: "attrgetter[tuple[Any, ...]]" = attrgetter(*SourceState.__slots__)
_PUT = {name: getattr(SourceState, name).__set__ for name in SourceState.__slots__}
"""How a field's slot is filled: past `__setattr__`, which a frozen value refuses."""
_PUTS = tuple(_PUT.values())

FROZEN = "nothing newer"
"""How the cause begins when a source is read well and has had nothing new for too long."""

MOVED_AWAY = "only a notice that it has moved"
"""How the cause begins when a moved source yields nothing; one that redirects is still read."""

LEFT_TO_PEOPLE = "somebody has to read"
"""How the cause begins when all entries are stored, and of some of them an annex is no text."""

ANNEX_OWED = "an annex is asked for again"
"""How the cause begins when all entries are stored, and an annex of one is still to come."""

OWN_FAULT = "the fault is this installation's, which could not store what came"
"""How the cause begins when the source answered and there was no room, or no database, for what it gave."""

WELL: frozenset[SourceCondition] = frozenset({"ok", "not_modified"})
_BLINDING = frozenset({"empty", "partial", "blocked", "failing", "drifted", "unconfigured"})


def blinds(condition: SourceCondition, cause: str) -> bool:
    """Whether silence of a source in this condition means nothing.

    A source that is read well and only has nothing newer (frozen) sees: silence is what a rule asks about. So does
    one whose address has moved while redirects still lead to it, and one whose notices all came, some with an annex
    that only a person can read or that is still to come.
    """
    if condition == "moved":
        return cause.startswith(MOVED_AWAY)
    return condition in _BLINDING and not cause.startswith((FROZEN, LEFT_TO_PEOPLE, ANNEX_OWED))


def is_well(condition: SourceCondition) -> bool:
    """Whether the source is as it should be; a changed and an unchanged document are the same health."""
    return condition in WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How a source did at a poll: evidence like any other, so that a replay knows what a live run knew.

    `known_at` is the time of the poll, `since` the begin of the condition.
    """

    id: str
    source_id: str
    condition: SourceCondition
    cause: str = ""
    since: datetime
    known_at: datetime

    @property
    def is_blind(self) -> bool:
        """Whether nothing can be concluded from what the source does not say."""
        return blinds(self.condition, self.cause)

    @property
    def is_read(self) -> bool:
        """Whether the poll succeeded; a source that was never polled is neither read nor blind."""
        return self.condition != "new" and not self.is_blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Whether a source can be believed when it says nothing.

    `read_at` is the last time it certainly was read: its last evidence, or its last poll that went well.
    `report` is its last report, None where none is known. Where the collector's own memory is at hand, `dark_since` is
    since when it could not be read, in whatever conditions, and `overdue_since` since when it is due and nobody asks.
    """

    read_at: datetime | None = None
    report: SourceReport | None = None
    dark_since: datetime | None = None
    overdue_since: datetime | None = None

    def with_report(self, report: SourceReport) -> "Vitals":
        """Return the vitals with one report more, in whatever order reports come."""
        latest = self.report is None or (report.known_at, report.id) >= (self.report.known_at, self.report.id)
        read_at = _later(self.read_at, report.known_at) if report.is_read else self.read_at
        return Vitals(read_at=read_at, report=report if latest else self.report)

    def with_evidence(self, known_at: datetime) -> "Vitals":
        return Vitals(read_at=_later(self.read_at, known_at), report=self.report)


def report_id(source_id: str, condition: str, known_at: datetime) -> str:
    """Return the identity of a report: one poll of one source."""
    return content_id("h", source_id, condition, known_at.isoformat())


def report_of(state: SourceState) -> SourceReport | None:
    """Return what a state says of its last poll; None before the first."""
    known_at = state.polled_at
    if known_at is None:
        return None
    return SourceReport(
        id=report_id(state.source_id, state.condition, known_at),
        source_id=state.source_id,
        condition=state.condition,
        cause=state.cause,
        since=state.since or known_at,
        known_at=known_at,
    )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other > one else one
