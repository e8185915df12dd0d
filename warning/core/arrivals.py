"""Evidence that is awaited from a source, and when it last arrived."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from warning.core.series_rules import Select

Expected = Literal["items", "figures", "list"]


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What one rule waits for at one source: any item, figures that `select` describes, or a version of a list."""

    source_id: str
    expects: Expected
    select: Select = field(default_factory=Select)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The last that arrived: when it became known, and for figures when the newest period ended."""

    known_at: datetime
    period_end: datetime | None = None

    def or_later(self, other: "Arrival | None") -> "Arrival":
        """Return the later of each: a late figure for an old period is an arrival and no newer period."""
        if other is None:
            return self
        ends = [end for end in (self.period_end, other.period_end) if end is not None]
        return Arrival(known_at=max(self.known_at, other.known_at), period_end=max(ends, default=None))
