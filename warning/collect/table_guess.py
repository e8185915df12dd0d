"""A description for a table nobody described: where its header stands, what its periods and figures are."""

import re
from collections.abc import Sequence
from typing import Any

from warning.collect.table_cells import Unreadable, as_text, read_figure
from warning.collect.table_periods import read_period, year_in
from warning.collect.table_places import place_code
from warning.collect.table_read import Row
from warning.core.formats import COLUMN, PERIODS_ARE_COLUMNS, TableFormat
from warning.core.vocabulary import Frequency, Measure

SAMPLE_ROWS = 200
HEADER_WITHIN = 40
_FREQUENCIES: tuple[Frequency, ...] = ("D", "W", "M", "Q", "A")
_PERIOD_NAMES = re.compile(
    r"date|day|month|period|time|year|quarter|week|^ym$|年|月|日|期|기간|날짜|년", re.IGNORECASE
)
_NO_FIGURE = re.compile(
    r"(?:^|[\W_])(?:id|code|no|nr|number|level|hs\d*|cmd|flag|unit|iso\d?|m49|zip|rank|phone|year|month)$|code$|코드|コード|代码",
    re.IGNORECASE,
)
_PARTNER = re.compile(r"partner|importer|destination|country|国|국가|상대", re.IGNORECASE)
_REPORTER = re.compile(r"reporter|exporter|origin", re.IGNORECASE)
_HS = re.compile(
    r"^(?:hs(?:[_ ]?\d{1,2})?|hs[_ ]?code|hts|cmd|cmd[_ ]?code|commodity[_ ]?code)$", re.IGNORECASE
)


def guess_table(rows: Sequence[Row]) -> TableFormat | None:
    """Return a description of the table, or None when it has no periods or no figures."""
    header_row = _header_row(rows)
    if header_row is None:
        return None
    header = [as_text(cell) for cell in rows[header_row]]
    told = [row for row in rows[header_row + 1 :] if any(cell not in (None, "") for cell in row)]
    sample = told[:: max(1, len(told) // SAMPLE_ROWS)]
    if not sample:
        return None
    columns = [[as_text(row[i]) if i < len(row) else "" for row in sample] for i in range(len(header))]
    described = _with_period_column(header, columns) or _with_period_names(header, columns)
    if described is None:
        return None
    if described["frequency"] == "D":  # snapshots within a day are common and no contradiction
        described["repeated"] = "last"
    return TableFormat(
        format="table", header_row=header_row + 1, **_dimensions(header, columns, described), **described
    )


def _header_row(rows: Sequence[Row]) -> int | None:
    """The first of the leading rows with the most names and no figure under no name."""
    best, rating = None, 0
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        texts = [as_text(cell) for cell in row]
        names = sum(bool(text) and (not _is_figure(text) or _period_of(text) is not None) for text in texts)
        if names > rating and names >= 2 and names >= 0.6 * sum(map(bool, texts)):
            best, rating = number, names
    return best


def _with_period_column(header: Sequence[str], columns: Sequence[list[str]]) -> dict[str, Any] | None:
    """The period column whose name says so, else the first whose cells are periods."""
    dated = [(index, frequency) for index, cells in enumerate(columns) if (frequency := _frequency(cells))]
    named = [pair for pair in dated if _PERIOD_NAMES.search(header[pair[0]])]
    rated = [(-len(set(columns[index])), _FREQUENCIES.index(frequency)) for index, frequency in dated]
    chosen = named or [pair for pair in dated if pair[1] != "A"]
    finest = sorted(chosen, key=lambda pair: rated[dated.index(pair)])
    for index, frequency in finest:
        values = _figures(header, columns, without={index for index, _ in dated})
        if values:
            return {"period": header[index], "frequency": frequency, "values": values}
    return None


def _with_period_names(header: Sequence[str], columns: Sequence[list[str]]) -> dict[str, Any] | None:
    """Periods as column names, or years inside them (PROD_2023)."""
    for frequency in ("M", "Q", "A", "D"):
        dated = [
            i
            for i, name in enumerate(header)
            if read_period(name, frequency) and _share_of_figures(columns[i]) >= 0.5
        ]
        if len(dated) >= 2:
            value = {"measure": "index", "unit": "unknown"}
            return {"period": PERIODS_ARE_COLUMNS, "frequency": frequency, "values": {"*": value}}
    years = {
        name: {"measure": _measure(name), "unit": "unknown", "period": year_in(name)}
        for index, name in enumerate(header)
        if year_in(name) and any(columns[index]) and _share_of_figures(columns[index]) >= 0.5
    }
    return {"frequency": "A", "values": years} if years else None


def _frequency(cells: Sequence[str]) -> Frequency | None:
    """The finest frequency that nearly all cells name; a month's first day alone makes months of days."""
    told = [cell for cell in cells if cell]
    if len(told) < max(2, 0.5 * len(cells)):
        return None
    for frequency in _FREQUENCIES:
        periods = [read_period(cell, frequency) for cell in told]
        if sum(period is not None for period in periods) < 0.8 * len(told):
            continue
        days, months = ({period[at] for period in periods if period} for at in (slice(8, 10), slice(5, 7)))
        if frequency in {"D", "W"} and (
            days == {"01"} or not any(re.search(r"W|\d\D\d{1,2}\D\d|\d{8}", cell) for cell in told)
        ):
            continue
        if frequency == "M" and months == {"01"} and len(set(periods)) > 2:
            continue
        if frequency == "W" and not any("W" in cell.upper() for cell in told):
            continue
        if frequency == "Q" and not any(re.search(r"Q|四半期|季|분기", cell, re.IGNORECASE) for cell in told):
            continue
        return frequency
    return None


def _figures(
    header: Sequence[str], columns: Sequence[list[str]], without: set[int]
) -> dict[str, dict[str, str]]:
    seen: set[str] = set()
    values = {}
    for index, name in enumerate(header):
        if index in without or not name or name in seen or _is_no_figure(name, columns[index]):
            continue
        if _share_of_figures(columns[index]) >= 0.6:
            values[name] = {"measure": _measure(name), "unit": "unknown"}
        seen.add(name)
    return values


def _is_no_figure(name: str, cells: Sequence[str]) -> bool:
    """Codes, flags and numbers of countries are written in digits and are no figures."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    if any(shape.search(apart) for shape in (_NO_FIGURE, _HS, _PARTNER, _REPORTER)):
        return True
    return len(cells) > 5 and set(cells) <= {"0", "1", "", "0.0", "1.0"}


def _measure(name: str) -> Measure:
    plain = name.casefold()
    weighed = bool(re.search(r"qty|quant|weight|wgt|kg|ton", plain))
    if "price" in plain or "usd_per" in plain:
        return "price"
    if any(word in plain for word in ("exp", "수출", "出口")):
        return "export_quantity" if weighed else "export_value"
    if any(word in plain for word in ("imp", "수입", "进口")):
        return "import_quantity" if weighed else "import_value"
    return "unit_value" if plain in {"uv", "unit_price", "unit value"} else "index"


def _dimensions(
    header: Sequence[str], columns: Sequence[list[str]], described: dict[str, Any]
) -> dict[str, Any]:
    """Partner, reporter and HS columns, and a series name of the other columns of words."""
    taken = {described.get("period"), *described["values"]}
    found: dict[str, Any] = {"reporter": "WLD"}
    words = []
    for index, name in enumerate(header):
        if name in taken or not name:
            continue
        cells = [cell for cell in columns[index] if cell]
        if _PERIOD_NAMES.search(name) and _frequency(columns[index]) is not None:
            continue
        if (
            not cells
            or (_share_of_figures(cells) == 1.0 and not _is_no_figure(name, cells))
            or read_period(name, described["frequency"])
        ):
            continue
        if _HS.match(name) and "hs_code" not in found:
            found["hs_code"] = f"{COLUMN}{name}"
        elif _REPORTER.search(name) and _are_places(cells) and found["reporter"] == "WLD":
            found["reporter"] = f"{COLUMN}{name}"
        elif _PARTNER.search(name) and _are_places(cells) and "partner" not in found:
            found["partner"] = f"{COLUMN}{name}"
        elif (
            len(set(cells)) < len(cells)
            or len(cells) < 3
            or described.get("period") in {None, PERIODS_ARE_COLUMNS}
        ):
            words.append(name)
    if words:
        found["series"] = COLUMN + "+".join(words)
    return found


def _are_places(cells: Sequence[str]) -> bool:
    return sum(bool(place_code(cell)) for cell in cells) >= 0.9 * len(cells)


def _share_of_figures(cells: Sequence[str]) -> float:
    told = [cell for cell in cells if cell]
    return (
        sum(map(_is_figure, told)) / len(told)
        if told and any(re.search(r"\d", cell) for cell in told)
        else 0.0
    )


def _is_figure(text: str) -> bool:
    try:
        read_figure(text)
    except Unreadable:
        return False
    return True


def _period_of(text: str) -> str | None:
    return next((period for frequency in ("M", "Q", "A") if (period := read_period(text, frequency))), None)
