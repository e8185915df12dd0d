"""Single figures of a ledger as observations, and the vintages that came together."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.series.blocks import Block
from warning.core.series.columns import instant
from warning.core.series.figure_batch import Figures
from warning.core.series.roster import Roster


class Several:
    """Figures that came in several vintages at once: the vintage before the last of each."""

    def __init__(self, vintages: Figures, last: NDArray[np.bool_], roster: Roster, texts: list[str]) -> None:
        self._vintages = vintages
        self._roster = roster
        self._texts = texts
        places = np.flatnonzero(~last[:-1] & last[1:]).tolist()
        self._places = {self._key(vintages, at): at for at in places}

    def _key(self, figures: Figures, at: int) -> tuple[int, int, int]:
        return int(figures["lines"][at]), int(figures["ends"][at]), int(figures["shapes"][at])

    def _observation(self, at: int) -> Observation:
        one = {name: column[at] for name, column in self._vintages.items()}
        return observation(self._roster.metas, self._texts, one)

    def before(self, figures: Figures, at: int) -> Observation | None:
        """Take out the vintage that came with a figure and before it."""
        place = self._places.pop(self._key(figures, at), None) if self._places else None
        return None if place is None else self._observation(place)

    def left(self) -> Mapping[str, Observation]:
        """Return those not taken out that differ from what came after them, by the id of that."""
        values, codes, ids = (self._vintages[name] for name in ("values", "codes", "ids"))
        differing = (
            at
            for at in self._places.values()
            if codes[at] != codes[at + 1] or differ(values[at], values[at + 1])
        )
        return {ids[at + 1].decode(): self._observation(at) for at in differing}


def point_of(block: Block, row: int, place: int, roster: Roster, texts: list[str]) -> Observation:
    """Return the figure at one place of a block."""
    figure = {name: block.field(name)[row, place] for name in ("periods", "values")}
    at = np.array([row]), np.array([place])
    named = {"codes": block.codes_at(*at)[0], "known_us": block.known_at(*at)[0], "ids": block.ids_at(*at)[0]}
    return observation(roster.metas, texts, {**figure, **named})


def differ(one: float | None, other: float) -> bool:
    """Whether two figures differ; None and NaN are both a suppressed one."""
    return not (bool(np.isnan(other)) if one is None or np.isnan(one) else one == other)


def observation(metas: list[Observation], texts: list[str], figure: Mapping[str, Any]) -> Observation:
    """Return one figure of a ledger; `metas` are the roster's descriptions, `texts` the periods by number."""
    like = metas[int(figure["codes"])]
    value = float(figure["values"])
    return like_this(
        like,
        id_=figure["ids"].decode(),
        period=texts[int(figure["periods"])],
        value=None if np.isnan(value) else value,
        known_us=int(figure["known_us"]),
    )


def like_this(like: Observation, *, id_: str, period: str, value: float | None, known_us: int) -> Observation:
    """Return a figure of the series that another one describes."""
    return Observation(
        id=id_,
        source_id=like.source_id,
        series_id=like.series_id,
        material=like.material,
        measure=like.measure,
        reporter=like.reporter,
        partner=like.partner,
        hs_code=like.hs_code,
        unit=like.unit,
        currency=like.currency,
        frequency=like.frequency,
        period=period,
        value=value,
        known_at=instant(known_us),
    )
