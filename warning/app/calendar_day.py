"""The day on which the calendar was last read: rules that count days are asked once a day, evidence or not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from warning.core.rulebook import Rulebook


@dataclass(slots=True)
class CalendarDay:
    """The day (UTC) and the rulebook of the last assessment. Losing it costs one assessment of nothing."""

    day: date | None = None
    book_version: str = ""

    def is_unread(self, book: Rulebook, as_of: datetime) -> bool:
        """Whether the day has turned, or the rules or the register have changed, since the last assessment."""
        if not book.reads_the_calendar:
            return False
        return (self.day, self.book_version) != (as_of.astimezone(UTC).date(), book.version)

    def mark(self, book: Rulebook, as_of: datetime) -> None:
        self.day, self.book_version = as_of.astimezone(UTC).date(), book.version
