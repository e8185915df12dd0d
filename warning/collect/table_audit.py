"""Do the columns hold what their names say? A row one cell off its header yields figures that look real.

A customs extract whose rows were shifted by one column put week numbers under refYear and descriptions under
cmdCode. Such a document is refused whole: a wrong figure is worse than none.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from warning.collect.table_cells import Unreadable, as_text, read_figure
from warning.collect.table_periods import read_period
from warning.collect.table_read import Row
from warning.core.vocabulary import Frequency
from warning.errors import ParseError

SAMPLE_ROWS = 400
REFUSED_SHARE = 0.8

_SHAPES: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = (
    (frozenset({"year", "refyear", "yr"}), re.compile(r"^(?:19|20)\d{2}\D?.{0,6}$"), "a year such as 2023"),
    (frozenset({"month", "refmonth"}), re.compile(r"^(?:0?[1-9]|1[0-2]|52|[A-Za-z]{3,9}|(?:19|20)\d{2}\D?\d{1,2}|\d{1,2}\D.*|.*月|.*월)$"), "a month"),
    (frozenset({"cmdcode", "cmd", "hs", "hs2", "hs4", "hs6", "hs8", "hs10", "hscode", "hts", "commoditycode"}), re.compile(r"^(?:\d[\d. ]{1,13}|total|ag\d|all)$", re.IGNORECASE), "an HS code such as 811292"),
    (frozenset({"flowcode"}), re.compile(r"^(?:[A-Z]{1,3}|\d)$", re.IGNORECASE), "M or X"),
    (frozenset({"freqcode"}), re.compile(r"^[AMQWD]$", re.IGNORECASE), "A, Q or M"),
    (frozenset({"partneriso", "reporteriso", "partner2iso"}), re.compile(r"^(?:[A-Z]{2,3}|[A-Z]\d\d|_X|S19|\d?)$", re.IGNORECASE), "a country code such as CHN"),
    (frozenset({"partnercode", "reportercode", "partner2code"}), re.compile(r"^\d{1,4}$"), "a country number such as 156"),
    (frozenset({"isleaf", "isreported", "isaggregate", "isoriginalclassification"}), re.compile(r"^(?:true|false|0|1|y|n)$", re.IGNORECASE), "true or false"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A column that does not hold what its name or its role says."""

    column: str
    holds: str
    wanted: str

    def __str__(self) -> str:
        return f"column {self.column!r} holds {self.holds}, where {self.wanted} is wanted"


def audit_names(header: Sequence[str], rows: Sequence[Row]) -> list[Misfit]:
    """Columns with a well-known name and values that cannot be of that kind."""
    found = []
    for index, name in enumerate(header):
        plain = re.sub(r"[\W_]+", "", name.casefold())
        for names, shape, wanted in _SHAPES:
            if plain in names:
                misfit = _misfit(name, column_sample(rows, index), partial(_has_shape, shape), wanted)
                found += [misfit] if misfit else []
    return found


def _has_shape(shape: re.Pattern[str], text: str) -> bool:
    return shape.match(text) is not None


def refuse_shifted(header: Sequence[str], rows: Sequence[Row]) -> None:
    """Raise ParseError when two or more well-known columns hold something else: the rows are shifted."""
    misfits = audit_names(header, rows)
    if len(misfits) >= 2:
        told = "; ".join(map(str, misfits[:4]))
        raise ParseError(f"the values do not stand under their columns (shifted rows?): {told}")


def refuse_role(
    name: str, role: str, values: Sequence[str], fits: Callable[[str], bool], wanted: str
) -> None:
    """Raise ParseError when the column that a source reads as `role` holds something else almost everywhere."""
    misfit = _misfit(name, [value for value in values if value], fits, wanted)
    if misfit is not None:
        raise ParseError(f"{role}: {misfit}; correct the source's `{role}` or refuse its new layout")


def is_figure(text: str, decimal: str) -> bool:
    try:
        read_figure(text, decimal)
    except Unreadable:
        return False
    return True


def is_period(text: str, frequency: Frequency) -> bool:
    return read_period(text, frequency) is not None


def column_sample(rows: Sequence[Row], index: int) -> list[str]:
    """Texts of one column, evenly spread over the table."""
    step = max(1, len(rows) // SAMPLE_ROWS)
    cells = (row[index] for row in rows[::step] if index < len(row))
    return [text for cell in cells if (text := as_text(cell))]


def _misfit(name: str, values: Sequence[str], fits: Callable[[str], bool], wanted: str) -> Misfit | None:
    if len(values) < 3:
        return None
    wrong = [value for value in values if not fits(value)]
    if len(wrong) < REFUSED_SHARE * len(values):
        return None
    shown = ", ".join(repr(value[:30]) for value in list(dict.fromkeys(wrong))[:3])
    return Misfit(column=name, holds=shown, wanted=wanted)
