"""A window whose figures stand in columns already, as they were known at the instant it is assessed at."""

from dataclasses import dataclass, replace
from datetime import datetime

from warning.core.evidence import KnownWindow, Observation, Window
from warning.core.series.columns import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsWindow(Window):
    """`observations` holds the fresh figures alone, `columns` these and their history.

    Whoever makes one has put in no figure that was not known at the instant it is assessed at.
    """

    columns: Columns
    earlier: tuple[Observation, ...] = ()

    def as_known(self, as_of: datetime) -> KnownWindow:
        """Return the items and lists as known then, beside the figures as they stand."""
        others = Window(
            items=self.items,
            listing_changes=self.listing_changes,
            fresh=self.fresh,
            recalled=self.recalled,
        )
        return replace(others.as_known(as_of), series=self.columns, earlier=self.earlier)

    def plain(self) -> Window:
        """Return the same as a window of objects, of which parts can be taken."""
        shown = {(one.series_id, one.period, one.id): one for one in self.earlier}
        shown |= {(p.series_id, p.period, p.id): p for one in self.columns for p in one.points}
        shown |= {(one.series_id, one.period, one.id): one for one in self.observations}
        return Window(
            items=self.items,
            listing_changes=self.listing_changes,
            observations=tuple(shown.values()),
            fresh=self.fresh,
            recalled=self.recalled,
        )
