"""How a source's documents are to be read: the `parse:` part of a catalogue entry, one model per format."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from warning.core.formats_documents import (
    CapFormat,
    FileFormat,
    MailFormat,
    PdfFormat,
    SitemapFormat,
    XmlFormat,
)
from warning.core.iso_codes import known_country
from warning.core.model import OperatorModel
from warning.core.terms import TermId
from warning.core.vocabulary import Frequency, Measure

COLUMN = "column:"
_LOOKS_LIKE_A_COUNTRY = re.compile(r"[A-Z]{2,3}")
PERIODS_ARE_COLUMNS = "column names"


class RssFormat(OperatorModel):
    """RSS, Atom, RDF, CDF and JSON Feed."""

    format: Literal["rss"]


class HtmlListFormat(OperatorModel):
    """A page that lists announcements. Selectors are CSS; `selector@attribute` reads an attribute.

    `item` selects one entry; `title`, `link`, `date`, `summary` are looked for inside it. `date: url` reads
    the date out of the link's address; without `date` the entry's text and then the address are searched.
    `date_heading` selects headings outside the entries that date all entries after them.
    `detail` selects the main text on the page behind the link; when it is given, the page is fetched.
    `annexes` selects links on that page (`a[href$=".pdf"]`): PDFs whose text joins the item's body.
    """

    format: Literal["html_list"]
    item: str
    title: str = "a"
    link: str = "a"
    date: str | None = None
    date_heading: str | None = None
    summary: str | None = None
    detail: str | None = None
    annexes: str | None = None
    title_attribute: str | None = None


class JsonFormat(OperatorModel):
    """An API's answer. Paths are dotted (`data.items`, `0` for an index, `*` for every element); `html` names a
    path that holds HTML to be read as a list page instead. `url_prefix` stands before relative addresses.
    """

    format: Literal["json"]
    entries: str = ""
    id: str | None = None
    title: str | None = None
    summary: str | None = None
    body: str | None = None
    url: str | None = None
    date: str | None = None
    url_prefix: str = ""
    html: str | None = None
    html_list: HtmlListFormat | None = None

    @model_validator(mode="after")
    def _html_with_selectors(self) -> "JsonFormat":
        if self.html is not None and self.html_list is None:
            raise ValueError("`html` names a path that holds a page: `html_list` must say how to read it")
        return self


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
    unit. `scale` multiplies (1000 for "thousand USD"). `period` names a column; `column names` says that the
    periods are the column names themselves, and `values` then has the single key `*`.

    `where` keeps the rows whose columns hold one of the values given. `materials` maps what a material column
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
    encoding: str | None = None
    decimal: Literal[".", ","] = "."
    entries: str | None = None
    repeated: Literal["refuse", "last"] = "refuse"
    where: Mapping[str, tuple[str, ...]] = {}
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


class ListingFormat(OperatorModel):
    """A control, entity or sanctions list as CSV, TSV, JSON, XML or plain lines.

    `key` and `name` name columns (or dotted paths; element paths for XML); `fields` the others that matter when
    they change. Several columns joined by `+` make one (`key: country+name`). `columns` names the columns of a
    file without header. For XML and HTML tables, `entries` is the path of one entry (`table/tr`) and columns
    are child elements, or `1`, `2`, ... for the cells of a row; `section` is a text that the element around the
    entries must begin with. `name_until` is a regular expression: the name ends before its first match.
    `filled_down` names columns whose empty cells repeat the cell above.
    """

    format: Literal["listing"]
    encoding: Literal["csv", "tsv", "json", "lines", "xml"] = "csv"
    entries: str = ""
    section: str | None = None
    header: bool = True
    columns: tuple[str, ...] = ()
    key: str
    name: str
    name_until: str | None = None
    country: str | None = None
    fields: tuple[str, ...] = ()
    filled_down: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("-0-",)
    where: Mapping[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _names_its_columns(self) -> "ListingFormat":
        """Without a header the columns are those named here, and nothing else can be meant."""
        if self.header or self.encoding not in {"csv", "tsv"} or not self.columns:
            return self
        joined = (*self.key.split("+"), *self.name.split("+"), *((self.country or "").split("+")))
        for written in filter(None, (*joined, *self.fields, *self.filled_down, *self.where)):
            if written not in self.columns:
                near = get_close_matches(written, self.columns, n=1)
                hint = f"did you mean {near[0]}?" if near else f"columns are {', '.join(self.columns)}"
                raise ValueError(f"the column {written!r} does not stand in `columns`; {hint}")
        return self

    @field_validator("name_until")
    @classmethod
    def _is_an_expression(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as wrong:
            raise ValueError(f"{value!r} is not a regular expression: {wrong}") from wrong
        return value


Format = Annotated[
    RssFormat
    | HtmlListFormat
    | JsonFormat
    | TableFormat
    | ListingFormat
    | XmlFormat
    | SitemapFormat
    | CapFormat
    | PdfFormat
    | MailFormat
    | FileFormat,
    Field(discriminator="format"),
]
