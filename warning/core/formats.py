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
from warning.core.formats_tables import COLUMN, PERIODS_ARE_COLUMNS, TableFormat, ValueColumn
from warning.core.model import OperatorModel

__all__ = [
    "COLUMN", "PERIODS_ARE_COLUMNS", "CapFormat", "FileFormat", "Format", "HtmlListFormat", "JsonFormat", "ListingFormat",
    "MailFormat", "PdfFormat", "RssFormat", "SitemapFormat", "TableFormat", "ValueColumn", "XmlFormat",
]  # fmt: skip


class RssFormat(OperatorModel):
    """RSS, Atom, RDF, CDF and JSON Feed."""

    format: Literal["rss"]


class HtmlListFormat(OperatorModel):
    """A page that lists announcements. Selectors are CSS; `selector@attribute` reads an attribute.

    `item` selects one entry; `title`, `link`, `date`, `summary` are looked for inside it. `date: url` reads
    the date out of the link's address; without `date` the entry's text and then the address are searched.
    `date_heading` selects headings outside the entries that date all entries after them.
    `detail` selects the main text on the page behind the link; when it is given, the page is fetched.
    `annexes` selects links on that page (`a[href$=".pdf"], a[href$=".docx"]`): PDFs, .docx, .xlsx and .ofd whose text joins the item's body.
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
