"""How tables of figures are to be read: which columns hold what, of whom, and in which unit."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from warning.core.iso_codes import known_country, known_encoding
from warning.core.model import OperatorModel
from warning.core.terms import TermId
from warning.core.vocabulary import Frequency, Measure

COLUMN = "column:"
PERIODS_ARE_COLUMNS = "column names"
NO_COUNTRY = "ZZ"
"""ISO 3166 leaves it to users: here the rest of the world, where a publisher adds it up."""
_LOOKS_LIKE_A_COUNTRY = re.compile(r"[A-Z]{2,3}")


class ValueColumn(OperatorModel):
    """One column of figures. `unit` is the physical or money unit (or `column:NAME`); `currency` ISO 4217.

    `column` names the column when it differs from the key in `values`: one column can be read twice, as
    imports and as exports, each with its own `where` (column -> the value a row must hold). `period` is the
    period of all figures of the column when the table has a column a period.
    """

    measure: Measure
    unit: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    scale: float = 1.0
    material: str | None = None
    hs_code: str | None = None
    column: str | None = None
    period: str | None = None
    where: Mapping[str, str] = {}


class TableFormat(OperatorModel):
    """CSV, TSV, XLSX, XLS or JSON rows: columns to observations.

    Each of `material`, `reporter`, `partner`, `hs_code`, `series` is a constant or, written `column:NAME`,
    read from that column. `values` lists the columns that hold figures, each with what it measures and its
    unit. A column without a name, or with one that changes, is `#1`, `#2`, ... by its place. `scale` multiplies (1000 for
    "thousand USD"). `period` names a column; `column names` says that the
    periods are the column names themselves, and `values` then has the single key `*`.

    `where` keeps the rows whose columns hold one of the values given, `without` leaves out those that hold one (the totals
    of a table: they are no fault of it). `materials` maps what a material column
    says, `materials_by_hs` the beginnings of HS codes, `partners` the names or codes of countries that the
    built-in table lacks. `entries` is the path of the rows in a JSON document: a row also has the plain
    fields of the objects around it, named `<list>.<field>`. `decimal: ","` reads 1.234,5. `repeated` says what
    two different figures for one series and period mean: a fault, or a snapshot (the last row counts).
    """

    format: Literal["table"]
    period: str = ""
    frequency: Frequency
    values: Mapping[str, ValueColumn] = Field(min_length=1)
    material: str = ""
    reporter: str
    partner: str = "WLD"
    hs_code: str | None = None
    series: str | None = None
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    skip_rows: int = Field(default=0, ge=0)
    separator: str | None = None
    encoding: Annotated[str, AfterValidator(known_encoding)] | None = None
    decimal: Literal[".", ","] = "."
    entries: str | None = None
    repeated: Literal["refuse", "last"] = "refuse"
    where: Mapping[str, tuple[str, ...]] = {}
    without: Mapping[str, tuple[str, ...]] = {}
    materials: Mapping[str, TermId] = {}
    materials_by_hs: Mapping[str, TermId] = {}
    partners: Mapping[str, str] = {}

    @field_validator("reporter", "partner")
    @classmethod
    def _is_a_country(cls, written: str) -> str:
        """A code has to be one; a name is looked up when the table is read."""
        return known_country(written) if _LOOKS_LIKE_A_COUNTRY.fullmatch(written) else written

    @field_validator("partners")
    @classmethod
    def _lead_to_countries(cls, partners: Mapping[str, str]) -> Mapping[str, str]:
        for code in partners.values():
            if code != NO_COUNTRY:
                known_country(code)
        return partners

    @field_validator("materials_by_hs")
    @classmethod
    def _begin_hs_codes(cls, codes: Mapping[str, str]) -> Mapping[str, str]:
        for code in codes:
            if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
                raise ValueError(
                    f"{code!r} is no beginning of an HS code: 2 to 10 digits without dots, such as 811292"
                )
        return codes

    @model_validator(mode="after")
    def _period_said_once(self) -> "TableFormat":
        if self.period == PERIODS_ARE_COLUMNS and set(self.values) != {"*"}:
            raise ValueError("with `period: column names`, `values` has the single key `*`")
        if not self.period and not all(column.period for column in self.values.values()):
            raise ValueError("`period` must name a column, or each of `values` must give its own `period`")
        return self
