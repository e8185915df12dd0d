"""Figures side by side under numbers of their own, and under those of a ledger that takes them in."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.series.figure_batch import Figures, Packed, PeriodTexts
from warning.core.series.ledger import NOT_KEPT, Ledger
from warning.core.series.roster import Roster

Ints = NDArray[np.int64]
UNSEEN = NOT_KEPT - 1


class Incoming:
    """Figures whose `codes` are numbers of `roster` and whose `periods` are numbers of `texts`."""

    def __init__(self, ledger: Ledger, roster: Roster, texts: PeriodTexts) -> None:
        self.roster = roster
        self._ledger = ledger
        self._texts = texts
        self._lines: Ints = np.empty(0, dtype=np.int64)
        self._codes: Ints = np.empty(0, dtype=np.int64)
        self._periods: Mapping[str, NDArray[Any]] = ledger.texts.read([])

    def batch(self, figures: Figures) -> Packed:
        """Return the figures of kept series as the ledger takes them: `codes`, `periods`, `values`, `known_us`, `ids`."""
        codes = figures["codes"]
        self._learn(codes)
        kept = self._lines[codes] != NOT_KEPT
        taken = {name: column[kept] for name, column in figures.items()}
        periods = {name: column[taken["periods"]] for name, column in self._periods.items()}
        own = self._codes[taken["codes"]].astype(np.int32)
        return Packed({**taken, "lines": self._lines[taken["codes"]], "codes": own, **periods})

    def _learn(self, codes: Ints) -> None:
        """Open the lines of series that come for the first time, and number the periods that came since."""
        more = len(self.roster.metas) - len(self._lines)
        self._lines = np.concatenate((self._lines, np.full(more, UNSEEN, dtype=np.int64)))
        self._codes = np.concatenate((self._codes, np.zeros(more, dtype=np.int64)))
        for code in np.unique(codes[self._lines[codes] == UNSEEN]).tolist():
            self._lines[code], self._codes[code] = self._ledger.line(self.roster.metas[code])
        if len(self._periods["periods"]) < len(self._texts.texts):
            self._periods = self._ledger.texts.read(self._texts.texts)


def joined_batches(first: Packed, others: list[Packed]) -> Packed:
    """Return the figures of all batches as one."""
    some = [batch for batch in (first, *others) if len(batch)]
    if len(some) < 2:
        return some[0] if some else first
    names = some[0].figures
    return Packed({name: np.concatenate([batch.figures[name] for batch in some]) for name in names})
