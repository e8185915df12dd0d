"""The latest vintage of every figure as time goes on: each figure finds its place once, and nothing is sorted twice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, vintage_order
from warning.core.rulebook import Need
from warning.core.series.blocks import Block
from warning.core.series.columns import MICROSECONDS_A_DAY, MIXED, SHAPES, Columns, microseconds
from warning.core.series.figure_batch import (
    Batch,
    Figures,
    Packed,
    PeriodTexts,
    Placed,
    alike,
    in_order,
    where,
)
from warning.core.series.held_ids import Names
from warning.core.series.kinship import Kinship
from warning.core.series.roster import Roster
from warning.core.series.shown import Lines, Shown
from warning.core.series.vintages import Several, differ, point_of

Ints = NDArray[np.int64]
NOT_KEPT = -1
LONG_AGO = np.iinfo(np.int32).min


class Ledger:
    """Fed with figures in any order; `columns` shows what an assessment of some of them looks at.

    Series that no need looks at are not kept, unless `keep_days` asks for that much of every series. With
    `forgets` a figure goes once no rule will read it any more, not even for a figure that comes late.
    """

    def __init__(self, needs: Sequence[Need], *, keep_days: int = 0, forgets: bool = False) -> None:
        self.roster = Roster()
        self.texts = PeriodTexts()
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
        self._packed: Lines | None = None
        self._newest = np.empty(0, dtype=np.int64)
        self._today = LONG_AGO  # when the last of what was put before this batch became known
        self._shape_range = np.empty((2, 0), dtype=np.int8)
        self._displaced: dict[str, Observation] = {}
        self._forgotten: dict[int, int] = {}
        self._spared: tuple[Ints, Ints] | None = None
        self._appended: tuple[Packed, Placed, Names] | None = None

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

    def reach(self, batch: Packed) -> tuple[Ints, Ints]:
        """Return which lines an assessment of the batch looks at, and from which day on (since 1970)."""
        homes = self._lines_packed()
        lines, ends = batch.figures["lines"], batch.figures["ends"].astype(np.int64)
        wanted, oldest = self._kinship.wanted(lines, ends, len(homes.days))
        return wanted, oldest - homes.days[wanted]

    @property
    def capacity(self) -> int:
        """The number of figures there is room for."""
        return sum(block.rows * block.capacity for block in self._blocks)

    @property
    def size(self) -> int:
        """The number of figures that are held."""
        return sum(int(block.lengths.sum()) for block in self._blocks)

    def parts(self) -> dict[str, NDArray[Any]]:
        """Return all that was put, as arrays by name: with the same lines, learnt in the same order, it is this ledger.

        The arrays are the ledger's own: they are valid until the next `put`.
        """
        homes = self._lines_packed()
        parts: dict[str, NDArray[Any]] = {
            "texts": np.frombuffer("\n".join(self.texts.texts).encode(), dtype=np.uint8),
            "homes": np.stack((homes.blocks, homes.rows, homes.days, homes.late_days)),
            "newest": self._newest, "today": np.array([self._today]), "shapes": self._shape_range,
        }  # fmt: skip
        for number, block in enumerate(self._blocks):
            parts |= {f"{number}.{name}": part for name, part in block.parts().items()}
        return parts

    def put_back(self, parts: Mapping[str, NDArray[Any]]) -> bool:
        """Hold what `parts` gave, nothing was put before; false, and nothing is held, where that is of other lines."""
        homes = self._lines_packed()
        if not np.array_equal(
            parts["homes"], np.stack((homes.blocks, homes.rows, homes.days, homes.late_days))
        ):
            return False
        self.texts.read(parts["texts"].tobytes().decode().splitlines())
        self._newest, self._today, self._shape_range = (
            parts["newest"],
            int(parts["today"][0]),
            parts["shapes"],
        )
        for number, block in enumerate(self._blocks):
            mine = f"{number}."
            block.put_back({name.removeprefix(mine): parts[name] for name in parts if name.startswith(mine)})
        return True

    def line(self, point: Observation) -> tuple[int, int]:
        """Return the numbers of a figure's line and description; the line is NOT_KEPT when no rule looks at it."""
        code = self.roster.code(point)
        if code < len(self._line_of_code):
            return self._line_of_code[code], code
        days = max(self._kinship.looks.days(point), self._keep_days)
        line = self._lines.get(point.series_id, NOT_KEPT)
        if line == NOT_KEPT and days:
            line = self._open(point.series_id, days)
        if line != NOT_KEPT:
            self._days[line] = max(self._days[line], days)
            self._late_days[line] = max(self._late_days[line], self._kinship.looks.late_days(point))
            self._kinship.add(line, point)
            self._packed = None
        self._line_of_code.append(line)
        return line, code

    def _open(self, series_id: str, days: int) -> int:
        line = self._lines[series_id] = len(self._days)
        block = self._block_of_days.setdefault(days, len(self._blocks))
        if block == len(self._blocks):
            self._blocks.append(Block(self.texts))
        self._days.append(days)
        self._late_days.append(0)
        self._home.append((block, self._blocks[block].add_row()))
        return line

    def batch(self, points: Sequence[Observation]) -> Packed:
        """Put the figures of kept series side by side."""
        batch = Batch()
        for point in points:
            line, code = self.line(point)
            if line != NOT_KEPT:
                batch.add(line, code, point.period, point.value, microseconds(point.known_at), point.id)
        return batch.packed(self.texts)

    def news(self, batch: Packed) -> Packed:
        """Leave out the figures that say again what was the latest at their time: the store takes none of them in.

        A ledger that forgets cannot tell of figures older than all that it keeps whether they say something new, and
        leaves them out too: `punctual` takes none of them for news.
        """
        if not len(batch):
            return batch
        self._lines_packed()
        figures, first = batch.figures, np.ones(len(batch), dtype=np.bool_)
        again = np.zeros(len(batch), dtype=np.bool_)
        if np.bincount(figures["lines"]).max() > 1:
            figures, last = in_order(figures, self.roster.label_ranks)
            first[1:] = last[:-1]
            before = {name: np.roll(figures[name], 1) for name in ("codes", "values")}
            again = ~first & alike(figures, before)
        held = first & (figures["ends"] <= self._newest[figures["lines"]])
        again[held] = self._hold_as_known(where(figures, held))
        if self._forgets:
            again |= self._out_of_reach(figures)
        return Packed(where(figures, ~again)) if again.any() else batch

    def _out_of_reach(self, figures: Figures) -> NDArray[np.bool_]:
        """Say which figures no rule reads any more and came too late to be news, or to correct what was told."""
        lines, ends = figures["lines"], figures["ends"].astype(np.int64)
        late = figures["known_us"] // MICROSECONDS_A_DAY - ends > self._lines_packed().late_days[lines]
        return late & (ends < self._oldest_kept()[lines])

    def _hold_as_known(self, figures: Figures) -> NDArray[np.bool_]:
        """Say which figures stand with the same value already, known no later."""
        homes, same = self._lines_packed(), np.zeros(len(figures["lines"]), dtype=np.bool_)
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(homes.blocks[figures["lines"]] == number)
            some = where(figures, here)
            rows = homes.rows[some["lines"]]
            places = block.find(rows, some["ends"], some["shapes"])
            held = {"codes": block.codes_at(rows, places), "values": block.field("values")[rows, places]}
            known = (places >= 0) & (block.known_at(rows, places) <= some["known_us"])
            same[here] = known & alike(some, held)
        return same

    def put(self, batch: Packed, reach: tuple[Ints, Ints] | None = None) -> None:
        """Put every figure in its place unless a later vintage holds it; forget nothing within `reach`."""
        self._spared = reach
        self._displaced, self._forgotten = {}, {}
        self._appended = None
        if not len(batch):
            return
        vintages, last = in_order(batch.figures, self.roster.label_ranks)
        figures = vintages if last.all() else where(vintages, last)
        several = Several(vintages, last, self.roster, self.texts.texts)
        homes = self._lines_packed()
        np.minimum.at(self._shape_range[0], figures["lines"], figures["shapes"])
        np.maximum.at(self._shape_range[1], figures["lines"], figures["shapes"])
        blocks = homes.blocks[figures["lines"]]
        places = np.full(len(blocks), NOT_KEPT, dtype=np.int64)
        for number in np.flatnonzero(np.bincount(blocks)).tolist():
            mine = blocks == number
            places[mine] = self._put(number, figures if mine.all() else where(figures, mine), several)
        self._displaced |= several.left()
        self._today = max(self._today, int(figures["known_us"].max()) // MICROSECONDS_A_DAY)
        if (
            last.all() and (places != NOT_KEPT).all()
        ):  # each went behind the others: all stand where they were put
            ends = figures["ends"].astype(np.int64)
            self._appended = batch, Placed(lines=figures["lines"], places=places, ends=ends), figures["ids"]

    def _put(self, number: int, figures: Figures, several: Several) -> Ints:
        """Put figures in a block; return the places of those that went behind all others, NOT_KEPT for others."""
        block, lines = self._blocks[number], figures["lines"]
        rows = self._lines_packed().rows[lines]
        block.make_room(np.bincount(rows, minlength=block.rows), lambda: self._floors(number))
        late = figures["ends"] <= self._newest[lines]
        places = np.full(len(rows), NOT_KEPT, dtype=np.int64)
        added = figures
        if late.any():
            self._amend(block, rows[late], where(figures, late), several)
            rows, added = rows[~late], where(figures, ~late)
        nth = np.arange(len(rows)) - np.searchsorted(rows, rows)  # rows come in order, each in one stretch
        places[~late] = block.lengths[rows] + nth
        block.write(rows, places[~late], added)
        np.add.at(block.lengths, rows, 1)
        np.maximum.at(self._newest, added["lines"], added["ends"].astype(np.int64))
        return places

    def _floors(self, number: int) -> Ints | None:
        if not self._forgets:
            return None
        homes = self._lines_packed()
        mine = np.flatnonzero(homes.blocks == number)
        floors = np.full(self._blocks[number].rows, LONG_AGO, dtype=np.int64)
        floors[homes.rows[mine]] = self._oldest_kept()[mine]
        if self._spared is not None:
            spared = homes.blocks[self._spared[0]] == number
            np.minimum.at(floors, homes.rows[self._spared[0][spared]], self._spared[1][spared])
        self._forgotten |= zip(mine.tolist(), floors[homes.rows[mine]].tolist(), strict=True)
        return floors

    def _oldest_kept(self) -> Ints:
        """Return the oldest end of each line that a rule may still read, even for a figure that comes late.

        A forecast makes nothing old.
        """
        homes = self._lines_packed()
        oldest: Ints = np.minimum(self._newest, self._today) - homes.days - homes.late_days
        return oldest

    def _amend(self, block: Block, rows: Ints, figures: Figures, several: Several) -> None:
        places = block.find(rows, figures["ends"], figures["shapes"])
        hit = places >= 0
        held = block.known_at(rows, places)
        later = figures["known_us"] > held
        ties = np.flatnonzero(hit & (figures["known_us"] == held))
        later[ties] = self._are_later(where(figures, ties), block, rows[ties], places[ties])
        replaced = hit & later
        for at in np.flatnonzero(hit).tolist():
            between = several.before(figures, at)
            if replaced[at]:
                before = point_of(block, int(rows[at]), int(places[at]), self.roster, self.texts.texts)
                if between and vintage_order(between) > vintage_order(before):
                    before = between
                meta = self.roster.metas[int(figures["codes"][at])]
                if before.labels != meta.labels or differ(before.value, figures["values"][at]):
                    self._displaced[figures["ids"][at].decode()] = before
        block.write(rows[replaced], places[replaced], where(figures, replaced))
        for row in np.unique(rows[~hit]).tolist():
            block.insert(row, where(figures, ~hit & (rows == row)))

    def _are_later(self, figures: Figures, block: Block, rows: Ints, places: Ints) -> NDArray[np.bool_]:
        """Say which of the figures stand behind those held, known at the same instant."""
        held = block.ids_at(rows, places)
        ranks = self.roster.label_ranks(np.concatenate((figures["codes"], block.codes_at(rows, places))))
        no_less = ranks[: len(rows)] >= ranks[len(rows) :]
        later: NDArray[np.bool_] = (figures["ids"] > held) | ((figures["ids"] == held) & no_less)
        return later

    def find(self, batch: Packed) -> tuple[Placed, Names]:
        """Return where the figures of a batch stand that no later vintage displaced, and their ids as UTF-8."""
        if self._appended is not None and self._appended[0] is batch:
            return self._appended[1:]
        figures = batch.figures
        lines, ends = figures["lines"], figures["ends"].astype(np.int64)
        homes, places = self._lines_packed(), np.full(len(lines), -1, dtype=np.int64)
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(homes.blocks[lines] == number)
            rows = homes.rows[lines[here]]
            found = block.find(rows, ends[here], figures["shapes"][here])
            same = (found >= 0) & block.hold(rows, found, figures["ids"][here])
            places[here] = np.where(same, found, -1)
        kept = places >= 0
        placed = Placed(lines=lines[kept], places=places[kept], ends=ends[kept])
        return placed, figures["ids"][kept]

    def columns(self, batch: Packed, fresh: Placed) -> Columns:
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
            firsts[here] = block.before(rows, since[here])
            counts[here] = block.lengths[rows] - firsts[here]
        some = counts > 0
        return self._gather(wanted[some], firsts[some], counts[some], fresh)

    def _gather(self, lines: Ints, firsts: Ints, counts: Ints, fresh: Placed) -> Columns:
        homes = self._lines_packed()
        offsets = np.concatenate(([0], np.cumsum(counts)))
        blocks, rows = homes.blocks[lines], homes.rows[lines]
        codes, several = np.empty(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=np.bool_)
        for number, block in enumerate(self._blocks):
            here = np.flatnonzero(blocks == number)
            codes[here] = block.codes_at(rows[here], block.lengths[rows[here]] - 1)
            several[here] = np.isin(rows[here], list(block.redescribed)) if block.redescribed else False
        begins = np.zeros(len(homes.days), dtype=np.int64)
        begins[lines] = offsets[:-1] - firsts
        shown = Shown(self._blocks, self.roster, self.texts, offsets, blocks, rows, firsts)
        return Columns(
            roster=self.roster,
            offsets=offsets,
            fresh=_each_once(begins[fresh.lines] + fresh.places),
            codes=codes,
            redescribed=np.flatnonzero(several),
            codes_at=shown.codes_at,
            shapes=self._shapes(lines, firsts),
            ends_at=shown.ends_at,
            known_at=shown.known_at,
            values_at=shown.values_at,
            held=shown,
            point=shown.point,
        )

    def _shapes(self, lines: Ints, firsts: Ints) -> NDArray[np.int8]:
        """Return each line's one kind of period, MIXED where what is shown of it has several."""
        homes, low = self._lines_packed(), self._shape_range[0]
        shapes: NDArray[np.int8] = low[lines]
        for at in np.flatnonzero(shapes != self._shape_range[1][lines]).tolist():
            block, row = self._blocks[homes.blocks[lines[at]]], homes.rows[lines[at]]
            seen = np.unique(block.shapes_of(int(row), int(firsts[at])))
            shapes[at] = seen[0] if len(seen) == 1 else MIXED
        return shapes

    def _lines_packed(self) -> Lines:
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
            self._packed = Lines(
                blocks=homes[:, 0], rows=homes[:, 1], days=days, late_days=late_days, ranks=ranks
            )
        return self._packed


def _each_once(places: Ints) -> Ints:
    """Return the places in order; there are few among them that come twice."""
    ordered = np.sort(places)
    again = ordered[1:] == ordered[:-1]
    return ordered[np.append(True, ~again)] if again.any() else ordered
