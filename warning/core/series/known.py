"""A window whose figures stand in columns already, as they were known at the instant it is assessed at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import overload

import numpy as np

from warning.core.evidence import KnownWindow, Observation, Window
from warning.core.series.columns import Columns, Ints
from warning.core.series.figure_batch import Figures
from warning.core.series.vintages import observation


class LaterFigures(Sequence[Observation]):
    """Figures that become objects when somebody asks for them; most days nobody does."""

    def __init__(self, metas: list[Observation], texts: list[str], codes: Ints, figures: Figures) -> None:
        self._metas, self._texts = metas, texts
        self._codes, self._figures = codes, figures

    @cached_property
    def ids(self) -> tuple[str, ...]:
        names = self._figures["ids"]
        try:
            return tuple(names.astype(np.str_).tolist())
        except UnicodeDecodeError:  # so many at once only where all are ASCII, as those we make are
            return tuple(one.decode() for one in names.tolist())

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, index: int) -> Observation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Observation]: ...
    def __getitem__(self, index: int | slice) -> Observation | Sequence[Observation]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        names = ("periods", "values", "known_us", "ids")
        one = {name: self._figures[name][index] for name in names}
        return observation(self._metas, self._texts, {**one, "codes": self._codes[index]})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsWindow(Window):
    """`observations` holds the fresh figures alone, `columns` these and their history.

    Whoever makes one has put in no figure that was not known at the instant it is assessed at. `unread` are
    revised figures of series without columns, which no rule reads: as they were, and as they are.
    """

    columns: Columns
    earlier: tuple[Observation, ...] = ()
    unread: tuple[tuple[Observation, Observation], ...] = ()

    def as_known(self, as_of: datetime) -> KnownWindow:
        """Return the items and lists as known then, beside the figures as they stand."""
        others = Window(
            items=self.items,
            listing_changes=self.listing_changes,
            fresh=self.fresh,
            recalled=self.recalled,
        )
        known = others.as_known(as_of)
        return replace(
            known,
            series=self.columns,
            earlier=self.earlier,
            unread=self.unread,
            told_figures=self.told_figures,
        )

    def plain(self) -> Window:
        """Return the same as a window of objects, of which parts can be taken."""
        shown = {(one.series_id, one.period, one.id): one for one in self.earlier}
        shown |= {(one.series_id, one.period, one.id): one for one, _ in self.unread}
        shown |= {(p.series_id, p.period, p.id): p for one in self.columns for p in one.points}
        shown |= {(one.series_id, one.period, one.id): one for one in self.observations}
        return Window(
            items=self.items,
            listing_changes=self.listing_changes,
            observations=tuple(shown.values()),
            fresh=self.fresh,
            recalled=self.recalled,
            told_figures=self.told_figures,
        )
