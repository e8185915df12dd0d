"""The latest vintage of every figure as time goes on: each figure finds its place once, and nothing is sorted twice."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.rulebook import Need
from warning.core.series.blocks import Block
from warning.core.series.columns import (
    MIXED,
    SHAPES,
    Columns,
    end_and_shape,
    instant,
    microseconds,
    stretches,
)
from warning.core.series.kinship import Kinship, days_of, late_days_of
from warning.core.series.roster import Roster

Ints = NDArray[np.int64]
NOT_KEPT = -1
LONG_AGO = np.iinfo(np.int32).min


@dataclass(slots=True)
class Batch:
    """Figures as lists side by side; `add` takes one of a line that is kept."""

    lines: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    known_us: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, line: int, code: int, period: str, value: float | None, known_us: int, id_: str) -> None:
        self.lines.append(line)
        self.codes.append(code)
        self.periods.append(period)
        self.values.append(value)
        self.known_us.append(known_us)
        self.ids.append(id_)

    def packed(self) -> dict[str, NDArray[Any]]:
        """Return the lists as arrays, with `ends` and `shapes` of the periods."""
        ended = [end_and_shape(period) for period in self.periods]
        return {
            "lines": np.array(self.lines, dtype=np.int64),
            "codes": np.array(self.codes, dtype=np.int32),
            "periods": objects(self.periods),
            "values": np.array(self.values, dtype=np.float64),  # None becomes NaN
            "known_us": np.array(self.known_us, dtype=np.int64),
            "ids": objects(self.ids),
            "ends": np.array([end for end, _ in ended], dtype=np.int32),
            "shapes": np.array([shape for _, shape in ended], dtype=np.int8),
        }


@dataclass(frozen=True, slots=True)
class Packed:
    """Many figures at once, as `Batch.packed` gives them."""

    figures: dict[str, NDArray[Any]]

    def packed(self) -> dict[str, NDArray[Any]]:
        return self.figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where figures stand: those that a later vintage displaced, or that are not held, are left out."""

    lines: Ints
    places: Ints
    ends: Ints


class Ledger:
    """Fed with figures in any order; `columns` shows what an assessment of some of them looks at.

    Series that no need looks at are not kept, unless `keep_days` asks for that much of every series. With
    `forgets` a figure goes once no rule will read it any more, not even for a figure that comes late.
    """

    def __init__(self, needs: Sequence[Need], *, keep_days: int = 0, forgets: bool = False) -> None:
        self.roster = Roster()
        self._needs = needs
        self._keep_days = keep_days
        self._forgets = forgets
        self._kinship = Kinship(needs)
        self._blocks: list[Block] = []
        self._block_of_days: dict[int, int] = {}
        self._lines: dict[str, int] = {}
        self._line_of_code: list[int] = []
        self._days: list[int] = []
        self._late_days: list[int] = []
        self._home: list[tuple[int, int]] = []
        self._packed: _Lines | None = None
        self._newest = np.empty(0, dtype=np.int64)
        self._shape_range = np.empty((2, 0), dtype=np.int8)
        self._displaced: dict[str, Observation] = {}
        self._forgotten: dict[int, int] = {}
        self._spared: tuple[Ints, Ints] | None = None

    @property
    def displaced(self) -> tuple[Observation, ...]:
        """The vintages that the last `put` replaced by another figure, one a figure, in no order."""
        return tuple(self._displaced.values())

    @property
    def replaced(self) -> Mapping[str, Observation]:
        """The same, by the id of the figure that took their place."""
        return self._displaced

    @property
    def forgotten(self) -> Mapping[int, int]:
        """The lines of which the last `put` let something go, and the day (since 1970) before which all is gone."""
        return self._forgotten

    def reach(self, batch: Batch) -> tuple[Ints, Ints]:
        """Return which lines an assessment of the batch looks at, and from which day on (since 1970)."""
        homes = self._lines_packed()
        ends = np.array([end_and_shape(period)[0] for period in batch.periods], dtype=np.int64)
        lines = np.array(batch.lines, dtype=np.int64)
        wanted, oldest = self._kinship.wanted(lines, ends, len(homes.days))
        return wanted, oldest - homes.days[wanted]

    @property
    def capacity(self) -> int:
        """The number of figures there is room for."""
        return sum(block.rows * block.capacity for block in self._blocks)

    def line(self, point: Observation) -> tuple[int, int]:
        """Return the numbers of a figure's line and description; the line is NOT_KEPT when no rule looks at it."""
        code = self.roster.code(point)
        if code < len(self._line_of_code):
            return self._line_of_code[code], code
        days = max(days_of(self._needs, point), self._keep_days)
        line = self._lines.get(point.series_id, NOT_KEPT)
        if line == NOT_KEPT and days:
            line = self._open(point.series_id, days)
        if line != NOT_KEPT:
            self._days[line] = max(self._days[line], days)
            self._late_days[line] = max(self._late_days[line], late_days_of(self._needs, point))
            self._kinship.add(line, point)
            self._packed = None
        self._line_of_code.append(line)
        return line, code

    def _open(self, series_id: str, days: int) -> int:
        line = self._lines[series_id] = len(self._days)
        block = self._block_of_days.setdefault(days, len(self._blocks))
        if block == len(self._blocks):
            self._blocks.append(Block())
        self._days.append(days)
        self._late_days.append(0)
        self._home.append((block, self._blocks[block].add_row()))
        return line

    def batch(self, points: Sequence[Observation]) -> Batch:
        """Put the figures of kept series side by side."""
        batch = Batch()
        for point in points:
            line, code = self.line(point)
            if line != NOT_KEPT:
                batch.add(line, code, point.period, point.value, microseconds(point.known_at), point.id)
        return batch

    def put(self, batch: "Batch | Packed", reach: tuple[Ints, Ints] | None = None) -> None:
        """Put every figure in its place unless a later vintage holds it; forget nothing within `reach`."""
        self._spared = reach
        self._displaced, self._forgotten = {}, {}
        packed = batch.packed()
        if not len(packed["lines"]):
            return
        vintages, last = _in_order(packed)
        figures = _where(vintages, last)
        several = _Several(vintages, last, self.roster)
        homes = self._lines_packed()
        np.minimum.at(self._shape_range[0], figures["lines"], figures["shapes"])
        np.maximum.at(self._shape_range[1], figures["lines"], figures["shapes"])
        blocks = homes.blocks[figures["lines"]]
        for number in np.unique(blocks).tolist():
            self._put(number, _where(figures, blocks == number), several)
        self._displaced |= several.left()

    def _put(self, number: int, figures: Mapping[str, NDArray[Any]], several: "_Several") -> None:
        block, lines = self._blocks[number], figures["lines"]
        rows = self._lines_packed().rows[lines]
        block.make_room(np.bincount(rows, minlength=block.rows), lambda: self._floors(number))
        late = figures["ends"] <= self._newest[lines]
        self._amend(block, rows[late], _where(figures, late), several)
        new = ~late
        rows, added = rows[new], _where(figures, new)
        nth = np.arange(len(rows)) - np.searchsorted(rows, rows)  # rows come in order, each in one stretch
        block.write(rows, block.lengths[rows] + nth, added)
        np.add.at(block.lengths, rows, 1)
        np.maximum.at(self._newest, added["lines"], added["ends"].astype(np.int64))

    def _floors(self, number: int) -> Ints | None:
        if not self._forgets:
            return None
        homes = self._lines_packed()
        mine = np.flatnonzero(homes.blocks == number)
        floors = np.full(self._blocks[number].rows, LONG_AGO, dtype=np.int64)
        floors[homes.rows[mine]] = self._newest[mine] - homes.days[mine] - homes.late_days[mine]
        if self._spared is not None:
            spared = homes.blocks[self._spared[0]] == number
            np.minimum.at(floors, homes.rows[self._spared[0][spared]], self._spared[1][spared])
        self._forgotten |= zip(mine.tolist(), floors[homes.rows[mine]].tolist(), strict=True)
        return floors

    def _amend(
        self, block: Block, rows: Ints, figures: Mapping[str, NDArray[Any]], several: "_Several"
    ) -> None:
        if not len(rows):
            return
        places = block.find(rows, figures["ends"], figures["shapes"])
        hit = places >= 0
        held, ids = block.field("known_us")[rows, places], block.field("ids")[rows, places]
        later = figures["known_us"] > held
        for tie in np.flatnonzero(hit & (figures["known_us"] == held)).tolist():
            later[tie] = figures["ids"][tie] >= ids[tie]
        replaced = hit & later
        for at in np.flatnonzero(hit).tolist():
            between = several.before(figures, at)
            if replaced[at]:
                before = _point(block, int(rows[at]), int(places[at]), self.roster)
                if between and (between.known_at, between.id) > (before.known_at, before.id):
                    before = between
                if _differ(before.value, figures["values"][at]):
                    self._displaced[figures["ids"][at]] = before
        block.write(rows[replaced], places[replaced], _where(figures, replaced))
        for row in np.unique(rows[~hit]).tolist():
            block.insert(row, _where(figures, ~hit & (rows == row)))

    def find(self, batch: Batch) -> tuple[Placed, list[str]]:
        """Return where the figures of a batch stand that no later vintage displaced, and their ids."""
        figures = batch.packed()
        lines, ends = figures["lines"], figures["ends"].astype(np.int64)
        homes, places = self._lines_packed(), np.full(len(lines), -1, dtype=np.int64)
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(homes.blocks[lines] == number)
            rows = homes.rows[lines[here]]
            found = block.find(rows, ends[here], figures["shapes"][here])
            same = (found >= 0) & (block.field("ids")[rows, found] == figures["ids"][here]).astype(np.bool_)
            places[here] = np.where(same, found, -1)
        kept = places >= 0
        placed = Placed(lines=lines[kept], places=places[kept], ends=ends[kept])
        return placed, figures["ids"][kept].tolist()

    def columns(self, batch: Batch, fresh: Placed) -> Columns:
        """Show the series of a batch and those that come with them, each as far back as its rules read.

        `fresh` is what `find` found of the batch. What is shown is valid until the next `put`.
        """
        homes = self._lines_packed()
        wanted, since = self.reach(batch)
        order = np.argsort(homes.ranks[wanted])
        wanted, since = wanted[order], since[order]
        firsts = np.zeros(len(wanted), dtype=np.int64)
        counts = np.zeros(len(wanted), dtype=np.int64)
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(homes.blocks[wanted] == number)
            rows = homes.rows[wanted[here]]
            inside = np.arange(block.capacity) < block.lengths[rows, None]
            firsts[here] = ((block.field("ends")[rows] < since[here, None]) & inside).sum(axis=1)
            counts[here] = block.lengths[rows] - firsts[here]
        some = counts > 0
        return self._gather(wanted[some], firsts[some], counts[some], fresh)

    def _gather(self, lines: Ints, firsts: Ints, counts: Ints, fresh: Placed) -> Columns:
        homes = self._lines_packed()
        offsets = np.concatenate(([0], np.cumsum(counts)))
        blocks, rows = homes.blocks[lines], homes.rows[lines]
        codes = np.empty(len(lines), dtype=np.int64)
        values = np.empty(int(offsets[-1]))
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(blocks == number)
            codes[here] = block.field("codes")[rows[here], block.lengths[rows[here]] - 1]
            starts = rows[here] * block.capacity + firsts[here]
            values[stretches(offsets[here], counts[here])] = block.field("values").ravel()[
                stretches(starts, counts[here])
            ]
        shown = np.zeros(len(homes.days), dtype=np.int64)
        shown[lines] = offsets[:-1] - firsts
        reader = _Reader(self._blocks, self.roster, offsets, blocks, rows, firsts)
        return Columns(
            roster=self.roster,
            offsets=offsets,
            values=values,
            fresh=np.unique(shown[fresh.lines] + fresh.places),
            codes=codes,
            shapes=self._shapes(lines, firsts),
            ends_at=lambda places: reader.take("ends", places),
            known_at=lambda places: reader.take("known_us", places),
            point=reader.point,
        )

    def _shapes(self, lines: Ints, firsts: Ints) -> NDArray[np.int8]:
        """Return each line's one kind of period, MIXED where what is shown of it has several."""
        homes, low = self._lines_packed(), self._shape_range[0]
        shapes: NDArray[np.int8] = low[lines]
        for at in np.flatnonzero(shapes != self._shape_range[1][lines]).tolist():
            block, row = self._blocks[homes.blocks[lines[at]]], homes.rows[lines[at]]
            seen = np.unique(block.field("shapes")[row, firsts[at] : block.lengths[row]])
            shapes[at] = seen[0] if len(seen) == 1 else MIXED
        return shapes

    def _lines_packed(self) -> "_Lines":
        if self._packed is None or len(self._packed.days) != len(self._days):
            ids = sorted(self._lines)
            ranks = np.empty(len(ids), dtype=np.int64)
            ranks[[self._lines[name] for name in ids]] = np.arange(len(ids))
            homes = np.array(self._home, dtype=np.int64).reshape(-1, 2)
            days = np.array(self._days, dtype=np.int64)
            late_days = np.array(self._late_days, dtype=np.int64)
            unseen = np.full(len(days) - len(self._newest), LONG_AGO, dtype=np.int64)
            self._newest = np.concatenate((self._newest, unseen))
            low, high = np.full(len(unseen), len(SHAPES), np.int8), np.full(len(unseen), MIXED, np.int8)
            self._shape_range = np.concatenate((self._shape_range, [low, high]), axis=1)
            self._packed = _Lines(
                blocks=homes[:, 0], rows=homes[:, 1], days=days, late_days=late_days, ranks=ranks
            )
        return self._packed


class _Several:
    """Figures that came in several vintages at once: the vintage before the last of each."""

    def __init__(self, vintages: Mapping[str, NDArray[Any]], last: NDArray[np.bool_], roster: Roster) -> None:
        self._vintages = vintages
        self._roster = roster
        places = np.flatnonzero(~last[:-1] & last[1:]).tolist()
        self._places = {self._key(vintages, at): at for at in places}

    def _key(self, figures: Mapping[str, NDArray[Any]], at: int) -> tuple[int, int, int]:
        return int(figures["lines"][at]), int(figures["ends"][at]), int(figures["shapes"][at])

    def _observation(self, at: int) -> Observation:
        return _observation(self._roster, {name: column[at] for name, column in self._vintages.items()})

    def before(self, figures: Mapping[str, NDArray[Any]], at: int) -> Observation | None:
        """Take out the vintage that came with a figure and before it."""
        place = self._places.pop(self._key(figures, at), None) if self._places else None
        return None if place is None else self._observation(place)

    def left(self) -> Mapping[str, Observation]:
        """Return those not taken out that differ from what came after them, by the id of that."""
        values, ids = self._vintages["values"], self._vintages["ids"]
        differing = (at for at in self._places.values() if _differ(values[at], values[at + 1]))
        return {ids[at + 1]: self._observation(at) for at in differing}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads single figures of what `columns` shows: series i is row rows[i] of block blocks[i] from firsts[i] on."""

    held: Sequence[Block]
    roster: Roster
    offsets: Ints
    blocks: Ints
    rows: Ints
    firsts: Ints

    def take(self, name: str, places: Ints) -> NDArray[Any]:
        owners = self._owners(places)
        inside = self.firsts[owners] + places - self.offsets[owners]
        taken = np.empty(len(places), dtype=np.int64)
        blocks = self.blocks[owners]
        for number in np.unique(self.blocks).tolist():
            here = np.flatnonzero(blocks == number)
            taken[here] = self.held[number].field(name)[self.rows[owners[here]], inside[here]]
        return taken

    def _owners(self, places: Ints) -> Ints:
        """Return the series of each place; where the places ascend, a look-up of each series finds all of them."""
        if len(places) < len(self.offsets) or (places[1:] < places[:-1]).any():
            return np.searchsorted(self.offsets, places, side="right") - 1
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(np.searchsorted(places, self.offsets)))

    def point(self, place: int) -> Observation:
        owner = bisect_right(self.offsets, place) - 1
        inside = int(self.firsts[owner]) + place - int(self.offsets[owner])
        return _point(self.held[self.blocks[owner]], int(self.rows[owner]), inside, self.roster)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The lines as arrays: where each lives, its reach in days, and its place among all series ids."""

    blocks: Ints
    rows: Ints
    days: Ints
    late_days: Ints
    ranks: Ints


def _in_order(figures: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
    """Sort figures by line, period and vintage (of those known at once by id), and say which vintage is the last."""
    lines, ends, shapes, known = (figures[name] for name in ("lines", "ends", "shapes", "known_us"))
    order = np.lexsort((known, shapes, ends, lines))
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for column in (lines, ends, shapes):
        same &= column[order][1:] == column[order][:-1]
    if (same & (known[order][1:] == known[order][:-1])).any():
        ids = figures["ids"]
        keys = zip(lines.tolist(), ends.tolist(), shapes.tolist(), known.tolist(), ids.tolist(), strict=True)
        order = np.array([at for _, at in sorted((key, at) for at, key in enumerate(keys))], dtype=np.int64)
    return _where(figures, order), np.append(~same, True)


def _point(block: Block, row: int, place: int, roster: Roster) -> Observation:
    fields = {
        name: block.field(name)[row, place] for name in ("codes", "periods", "values", "known_us", "ids")
    }
    return _observation(roster, fields)


def _differ(one: float | None, other: float) -> bool:
    """Whether two figures differ; None and NaN are both a suppressed one."""
    return not (bool(np.isnan(other)) if one is None or np.isnan(one) else one == other)


def _observation(roster: Roster, figure: Mapping[str, Any]) -> Observation:
    like = roster.metas[int(figure["codes"])]
    value = float(figure["values"])
    return Observation(
        id=figure["ids"],
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
        period=figure["periods"],
        value=None if np.isnan(value) else value,
        known_at=instant(int(figure["known_us"])),
    )


def _where(figures: Mapping[str, NDArray[Any]], chosen: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return {name: column[chosen] for name, column in figures.items()}


def objects(values: Sequence[object]) -> NDArray[Any]:
    """Return an array of the values themselves, whatever they are."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
