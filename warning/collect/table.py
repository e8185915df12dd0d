"""Tables of figures -> observations: one series per reporter, partner, commodity and measure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warning.collect.table_audit import column_sample, is_figure, is_period, refuse_role, refuse_shifted
from warning.collect.table_cells import Unreadable, as_text, read_figure
from warning.collect.table_guess import guess_table
from warning.collect.table_periods import read_period
from warning.collect.table_places import place_code
from warning.collect.table_read import Row, Table, find_column, largest_json_table, read_table, rows_of_json
from warning.core.documents import Document, Parsed, Remark
from warning.core.evidence import Observation, observation_id, period_end
from warning.core.formats import COLUMN, PERIODS_ARE_COLUMNS, TableFormat, ValueColumn
from warning.core.ids import content_id
from warning.core.phrases import counted
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Frequency
from warning.errors import ParseError

SERIES_NAME_CHARACTERS = 160

_UNSLUGGED = re.compile(r"[^\w.]+")
Reader = Callable[[Row], str]


def parse_table(document: Document, layout: TableFormat, profile: SourceProfile) -> Parsed:
    """Read a table. Raises ParseError when a column is missing or does not hold what the source expects."""
    if layout.entries is not None:
        table = rows_of_json(document, layout.entries)
    else:
        table = read_table(document, sheet=layout.sheet, separator=layout.separator, encoding=layout.encoding)
    return _observed(table, document, layout, profile)


def guess_figures(document: Document, profile: SourceProfile) -> Parsed:
    """Read a table nobody described: its header, the column or row of periods, every column of figures."""
    table = largest_json_table(document) or read_table(document)
    found = guess_table(table.rows)
    if found is None:
        return Parsed(
            problems=(*table.problems, "no column or row of periods with figures found"), seen=len(table.rows)
        )
    return _observed(table, document, found, profile)


def _observed(table: Table, document: Document, layout: TableFormat, profile: SourceProfile) -> Parsed:
    if not table.rows:
        return Parsed(problems=(*table.problems, "the table has no rows"))
    if len(table.rows) < layout.header_row:
        raise ParseError(f"{len(table.rows)} rows; the header is to stand in row {layout.header_row}")
    header = [as_text(cell) for cell in table.rows[layout.header_row - 1]]
    rows = table.rows[layout.header_row + layout.skip_rows :]
    refuse_shifted(header, rows)
    tally = _Tally(last_counts=layout.repeated == "last")
    columns = tuple(_columns(header, rows, layout, document))
    for row in tally.distinct(rows):
        for column in columns:
            if column.index < len(row) and column.keeps(row):
                _read_cell(row, column, tally, document, profile)
    return Parsed(
        observations=tuple(tally.settled()), problems=(*table.problems, *tally.problems()), seen=tally.rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column of figures, with readers for everything that a row says about it. `period` may be fixed."""

    name: str
    index: int
    value: ValueColumn
    decimal: str
    keeps: Callable[[Row], bool]
    period: Callable[[Row], str | None]
    period_name: str
    material: Callable[[Row], str | None]
    hs_code: Reader
    reporter: Reader
    partner: Reader
    unit: Reader
    series: Callable[[Row, str, str, str, str], str]
    frequency: Frequency


@dataclass(slots=True)
class _Tally:
    """What one table gave: a figure per series and period, and counts of what was left out."""

    last_counts: bool = False
    rows: int = 0
    copies: int = 0
    figures: dict[tuple[str, str], Observation] = field(default_factory=dict)
    conflicts: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    repeated: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def distinct(self, rows: Sequence[Row]) -> Iterator[Row]:
        """The rows that say something and do not repeat another row cell by cell."""
        seen: set[int] = set()
        for row in rows:
            if not any(cell not in (None, "") for cell in row):
                continue
            self.rows += 1
            mark = hash(tuple(row))
            if mark in seen:
                self.copies += 1
            else:
                seen.add(mark)
                yield row

    def leave_out(self, why: str, example: str) -> None:
        self.left_out[why] += 1
        self.examples.setdefault(why, example)

    def add(self, observation: Observation) -> None:
        """Keep one figure a series and period; a missing one gives way, two different ones end both."""
        key = observation.series_id, observation.period
        before = self.figures.get(key)
        if before is None or before.value is None or (self.last_counts and observation.value is not None):
            self.figures[key] = observation
        elif before.value == observation.value:
            self.repeated += 1
        elif observation.value is not None:
            self.conflicts.setdefault(key, (before.value, observation.value))

    def settled(self) -> Iterator[Observation]:
        return (figure for key, figure in self.figures.items() if key not in self.conflicts)

    def problems(self) -> Iterator[str]:
        for why, count in self.left_out.most_common():
            yield f"{count} {why}, e.g. {self.examples[why][:80]!r}"
        if self.conflicts:
            (series, period), (one, other) = next(iter(self.conflicts.items()))
            yield f"{counted(len(self.conflicts), 'figure stands', 'figures stand')} there with two values, neither is taken, e.g. {series} {period}: {one:g} and {other:g}"
        if self.copies:
            yield Remark(
                f"{counted(self.copies, 'row repeats another row exactly and is', 'rows repeat another row exactly and are')} read once"
            )
        if self.repeated:
            yield Remark(
                f"{counted(self.repeated, 'figure is', 'figures are')} repeated exactly and read once"
            )


def _read_cell(row: Row, column: _Column, tally: _Tally, document: Document, profile: SourceProfile) -> None:
    material = column.material(row)
    if material is None:
        return None
    period = column.period(row)
    if period is None:
        return tally.leave_out("rows without a readable period", column.period_name)
    reporter, partner = column.reporter(row), column.partner(row)
    if not reporter or not partner:
        return tally.leave_out("figures of what is no country", " / ".join(as_text(cell) for cell in row[:6]))
    try:
        value = read_figure(row[column.index], column.decimal)
    except Unreadable as wrong:
        return tally.leave_out(f"cells of {column.name!r} are no figures", str(wrong))
    hs_code = column.hs_code(row)
    series_id = column.series(row, reporter, partner, hs_code, material)
    is_no_quote = value == 0 and column.value.measure == "price"  # agencies write 0 where they have none
    scaled = None if value is None or is_no_quote else value * column.value.scale
    observation = Observation(
        id=observation_id(document.source_id, series_id, period, scaled),
        source_id=document.source_id,
        series_id=series_id,
        material=material,
        measure=column.value.measure,
        reporter=reporter,
        partner=partner,
        hs_code=hs_code or None,
        unit=column.unit(row),
        currency=column.value.currency,
        frequency=column.frequency,
        period=period,
        value=scaled,
        known_at=_known_at(period, document.fetched_at, profile),
    )
    return tally.add(observation)


def _known_at(period: str, fetched_at: datetime, profile: SourceProfile) -> datetime:
    """When the figure could be known: at fetching, or for history as late as the source publishes."""
    if profile.publication_lag_days <= 0:
        return fetched_at
    return min(fetched_at, period_end(period) + timedelta(days=profile.publication_lag_days))


def _columns(
    header: Sequence[str], rows: Sequence[Row], layout: TableFormat, document: Document
) -> Iterator[_Column]:
    if layout.period == PERIODS_ARE_COLUMNS:
        value = layout.values["*"]
        named = [(index, read_period(name, layout.frequency)) for index, name in enumerate(header)]
        dated = [(index, period) for index, period in named if period is not None]
        if not dated:
            raise ParseError(
                f"no column name is a period ({layout.frequency}); the table has: {', '.join(header)[:300]}"
            )
        for index, period in dated:
            yield _column(header, rows, layout, document, header[index], index, value, period)
        return
    for name, value in layout.values.items():
        index = find_column(header, value.column or name)
        yield _column(header, rows, layout, document, name, index, value, _fixed_period(value, layout))


def _fixed_period(value: ValueColumn, layout: TableFormat) -> str | None:
    if value.period is None:
        return None
    period = read_period(value.period, layout.frequency)
    if period is None:
        raise ParseError(f"period {value.period!r} is not a period of frequency {layout.frequency}")
    return period


def _column(
    header: Sequence[str], rows: Sequence[Row], layout: TableFormat, document: Document,
    name: str, index: int, value: ValueColumn, period: str | None,
) -> _Column:  # fmt: skip
    sample = column_sample(rows, index)
    refuse_role(name, "values", sample, lambda text: is_figure(text, layout.decimal), "figures")
    hs_code = _hs_code(header, value.hs_code or layout.hs_code or "")
    reporter = _place(header, rows, layout, "reporter")
    partner = _place(header, rows, layout, "partner")
    return _Column(
        name=name,
        index=index,
        value=value,
        decimal=layout.decimal,
        keeps=_filter(header, layout, value),
        period=_period(header, rows, layout) if period is None else lambda row: period,  # noqa: ARG005 - fixed
        period_name=layout.period,
        material=_material(header, layout, value, hs_code),
        hs_code=hs_code,
        reporter=reporter,
        partner=partner,
        unit=_text(header, value.unit),
        series=_series(header, layout, document.source_id, name, value),
        frequency=layout.frequency,
    )


def _text(header: Sequence[str], said: str) -> Reader:
    """A constant, or the text of one column or of several joined by `+`."""
    if not said.startswith(COLUMN):
        return lambda row: said  # noqa: ARG005 - a constant
    indices = [find_column(header, name) for name in said.removeprefix(COLUMN).split("+")]
    return lambda row: " ".join(as_text(row[i]) for i in indices if i < len(row))


def _period(header: Sequence[str], rows: Sequence[Row], layout: TableFormat) -> Callable[[Row], str | None]:
    name = layout.period.removeprefix(COLUMN)
    indices = [find_column(header, part) for part in name.split("+")]
    if len(indices) == 1:
        fits = lambda text: is_period(text, layout.frequency)  # noqa: E731 - one line, used once
        refuse_role(name, "period", column_sample(rows, indices[0]), fits, _example(layout.frequency))
        index = indices[0]
        return lambda row: read_period(row[index], layout.frequency) if index < len(row) else None
    return lambda row: read_period(
        "-".join(as_text(row[i]) for i in indices if i < len(row)), layout.frequency
    )


def _example(frequency: Frequency) -> str:
    examples = {"D": "a day such as 2023-08-01", "W": "a week such as 2023-W31", "M": "a month such as 2023-08",
                "Q": "a quarter such as 2023-Q3", "A": "a year such as 2023"}  # fmt: skip
    return examples[frequency]


def _hs_code(header: Sequence[str], said: str) -> Reader:
    if not said.startswith(COLUMN):
        return lambda row: said  # noqa: ARG005 - a constant
    index = find_column(header, said.removeprefix(COLUMN))
    return lambda row: _digits(as_text(row[index])) if index < len(row) else ""


def _digits(written: str) -> str:
    """An HS code without dots; spreadsheets eat the leading zero, and codes have an even number of digits."""
    digits = re.sub(r"[\s.]", "", written)
    return f"0{digits}" if digits.isdigit() and len(digits) in {3, 5, 7, 9} else digits


def _place(header: Sequence[str], rows: Sequence[Row], layout: TableFormat, role: str) -> Reader:
    said: str = getattr(layout, role)
    if not said.startswith(COLUMN):
        constant = said if re.fullmatch(r"[A-Z]{2}|WLD", said) else place_code(said, layout.partners)
        if not constant:
            raise ParseError(f"{role} {said!r} is no country: write ISO 3166 alpha-2, WLD or column:NAME")
        return lambda row: constant  # noqa: ARG005 - a constant
    name = said.removeprefix(COLUMN)
    index = find_column(header, name)
    codes: dict[str, str] = {}
    fits = lambda text: bool(place_code(text, layout.partners))  # noqa: E731 - one line, used once
    refuse_role(name, role, column_sample(rows, index), fits, "a country's name or code")

    def read(row: Row) -> str:
        written = as_text(row[index]) if index < len(row) else ""
        if written not in codes:
            codes[written] = place_code(written, layout.partners)
        return codes[written]

    return read


def _material(
    header: Sequence[str], layout: TableFormat, value: ValueColumn, hs_code: Reader
) -> Callable[[Row], str | None]:
    """A material's id; None for rows of what the source's maps do not name."""
    if layout.materials_by_hs and not value.material:
        by_hs = sorted(layout.materials_by_hs.items(), key=lambda pair: -len(pair[0]))
        return lambda row: next((material for code, material in by_hs if hs_code(row).startswith(code)), None)
    read = _text(header, value.material or layout.material)
    if not layout.materials:
        return lambda row: _slug(read(row))
    constant = not (value.material or layout.material).startswith(COLUMN)
    own = {key.strip(): material for key, material in layout.materials.items()}
    return lambda row: own.get(read(row), _slug(read(row)) if constant else None)


def _filter(header: Sequence[str], layout: TableFormat, value: ValueColumn) -> Callable[[Row], bool]:
    wanted: list[tuple[int, frozenset[str]]] = []
    for name, values in layout.where.items():
        wanted.append((find_column(header, name), frozenset(values)))
    for name, only in value.where.items():
        wanted.append((find_column(header, name), frozenset({only})))
    unwanted = [(find_column(header, name), frozenset(values)) for name, values in layout.without.items()]
    return lambda row: (
        all(i < len(row) and as_text(row[i]) in values for i, values in wanted)
        and not any(i < len(row) and as_text(row[i]) in values for i, values in unwanted)
    )


def _series(
    header: Sequence[str], layout: TableFormat, source_id: str, name: str, value: ValueColumn
) -> Callable[[Row, str, str, str, str], str]:
    """The series a figure belongs to: the source's own naming, else everything that tells figures apart."""
    own = _text(header, layout.series) if layout.series else None
    rivals = sum(
        (other.measure, other.period) == (value.measure, value.period) for other in layout.values.values()
    )
    column = name.replace(value.period or "\x00", "") if rivals > 1 else value.measure
    known: dict[tuple[str, ...], str] = {}

    def identify(row: Row, reporter: str, partner: str, hs_code: str, material: str) -> str:
        what = (own(row) if own else "", column, reporter, partner, hs_code, "" if hs_code else material)
        if what not in known:
            name = "-".join(filter(None, map(_slug, what)))
            long = len(name) > SERIES_NAME_CHARACTERS
            known[what] = f"{source_id}:{content_id(name[:80], name) if long else name}"
        return known[what]

    return identify


def _slug(text: str) -> str:
    return _UNSLUGGED.sub("-", text.casefold()).strip("-")
