"""How a source's documents are to be read: the `parse:` part of a catalogue entry, one model per format."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from warning.core.model import OperatorModel
from warning.core.terms import TermId
from warning.core.vocabulary import Frequency, Measure


class RssFormat(OperatorModel):
    """RSS, Atom, RDF and JSON Feed."""

    format: Literal["rss"]


class HtmlListFormat(OperatorModel):
    """A page that lists announcements. Selectors are CSS.

    `item` selects one entry; `title`, `link`, `date`, `summary` are looked for inside it.
    `detail` selects the main text on the page behind the link; when it is given, the page is fetched.
    """

    format: Literal["html_list"]
    item: str
    title: str = "a"
    link: str = "a"
    date: str | None = None
    summary: str | None = None
    detail: str | None = None
    title_attribute: str | None = None


class JsonFormat(OperatorModel):
    """An API's answer. Paths are dotted (`data.items`, `0` for an index); `html` names a path that holds HTML
    to be read as a list page instead.
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


class TableFormat(OperatorModel):
    """CSV, TSV, XLSX or XLS: columns to observations.

    Each of `material`, `measure`, `reporter`, `partner`, `hs_code`, `unit`, `currency`, `series` is a constant
    or, written `column:NAME`, read from that column. `value` lists the columns that hold figures, each with
    what it measures and its unit. `scale` multiplies (1000 for "thousand USD").
    """

    format: Literal["table"]
    period: str
    frequency: Frequency
    values: Mapping[str, "ValueColumn"] = Field(min_length=1)
    material: str = ""
    reporter: str
    partner: str = "WLD"
    hs_code: str | None = None
    series: str | None = None
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    separator: str | None = None
    encoding: str | None = None
    materials_by_hs: Mapping[str, TermId] = {}
    partners: Mapping[str, str] = {}


class ValueColumn(OperatorModel):
    """One column of figures. `unit` is the physical or money unit; `currency` ISO 4217 for money."""

    measure: Measure
    unit: str
    currency: str | None = None
    scale: float = 1.0
    material: str | None = None


class ListingFormat(OperatorModel):
    """A control, entity or sanctions list as CSV, TSV, JSON, XML or plain lines.

    `key` and `name` name columns (or dotted paths); `fields` the others that matter when they change.
    """

    format: Literal["listing"]
    encoding: Literal["csv", "tsv", "json", "lines", "xml"] = "csv"
    entries: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()
    key: str
    name: str
    country: str | None = None
    fields: tuple[str, ...] = ()


Format = Annotated[
    RssFormat | HtmlListFormat | JsonFormat | TableFormat | ListingFormat, Field(discriminator="format")
]
