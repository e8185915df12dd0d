"""How whole documents and messages are to be read: XML, sitemaps, CAP alerts, PDF, mails and dropped files."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from warning.core.formats_tables import TableFormat
from warning.core.model import OperatorModel

_STEP = r"(?:(?:[A-Za-z_][\w.-]*:)?(?:[^\W\d][\w.-]*|\*)(?:\[@[\w.:-]+=[^\]\[/\"']{1,80}\])?)"
_PATH = re.compile(rf"(?://)?{_STEP}(?://?{_STEP})*(?:/@[\w.:-]+)?|@[\w.:-]+|\.")
_PREFIX = re.compile(r"(?:^|/)@?([A-Za-z_][\w.-]*):")


def _path(written: str) -> str:
    if not _PATH.fullmatch(written):
        raise ValueError(
            f"{written!r} is not a path of elements such as channel/item, //dc:date, link[@rel=alternate]/@href or ."
        )
    return written


XmlPath = Annotated[str, Field(max_length=300)]


class XmlFormat(OperatorModel):
    """An API's answer in XML. Paths are steps of element names: `body/items/item`, `//notice`, `title`, `@id`.

    A name without prefix fits any namespace; one with a prefix that of `namespaces`. `step[@name=value]` keeps the
    elements with that attribute, `*` is any element, `.` the entry itself. Fields are looked for inside an entry.
    """

    format: Literal["xml"]
    entries: XmlPath
    namespaces: Mapping[str, str] = {}
    id: XmlPath | None = None
    title: XmlPath | None = None
    summary: XmlPath | None = None
    body: XmlPath | None = None
    url: XmlPath | None = None
    date: XmlPath | None = None
    url_prefix: str = ""

    @field_validator("entries", "id", "title", "summary", "body", "url", "date")
    @classmethod
    def _is_a_path(cls, written: str | None) -> str | None:
        return None if written is None else _path(written)

    @model_validator(mode="after")
    def _knows_its_prefixes(self) -> "XmlFormat":
        paths = (self.entries, self.id, self.title, self.summary, self.body, self.url, self.date)
        used = {prefix for path in paths if path for prefix in _PREFIX.findall(path)}
        if unknown := sorted(used - self.namespaces.keys() - {"xml"}):
            raise ValueError(f"the prefix {unknown[0]!r} is used in a path and not in `namespaces`")
        return self


class SitemapFormat(OperatorModel):
    """A sitemap, or an index of them (the newest `follow` of its sitemaps are asked for in the same poll).

    `only` and `never` are texts of which one, or none, must stand in an address; `newest` is how many entries of one
    document are read, the latest first. News sitemaps give titles and times; for others the address stands in.
    """

    format: Literal["sitemap"]
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    newest: int = Field(default=500, ge=1, le=50_000)
    follow: int = Field(default=3, ge=0, le=50)


class CapFormat(OperatorModel):
    """CAP 1.2: one alert, or an ally's Atom or RSS feed that links to alerts (each alert is then fetched).

    The marking and release list an alert states bind its item; with words nobody here can read it is taken as RED.
    `own_senders` are our own addresses as CAP senders: our alerts that come back are no evidence.
    """

    format: Literal["cap"]
    own_senders: tuple[str, ...] = ()


class PdfFormat(OperatorModel):
    """One PDF (or .docx, .xlsx, .ofd in its place), its text the body of one item. `title` stands in where the file names none of its own."""

    format: Literal["pdf"]
    title: str = ""
    pages: int = Field(default=300, ge=1, le=2_000)


class MailFormat(OperatorModel):
    """Mails of a mailbox (`url: imaps://user:{key}@host/FOLDER`), or a saved message or mbox.

    `senders` keeps the mails whose From holds one of these addresses or domains: a filter and no proof, since anybody
    can write a From. `attachments` is how many attachments of a mail are read (text, PDF, .docx, .xlsx, .ofd), each up to
    `attachment_size` bytes; others are named. `first_days` is how far back a mailbox is read at first.
    """

    format: Literal["mail"]
    senders: tuple[str, ...] = ()
    attachments: int = Field(default=5, ge=0, le=50)
    attachment_size: int = Field(default=5_000_000, ge=0, le=50_000_000)
    first_days: int = Field(default=30, ge=0, le=3_650)


class FileFormat(OperatorModel):
    """A drop folder (`url: file:drop/mission`, a place in the home unless absolute).

    What a file is, its name says: `.jsonl` is evidence interchange, `.eml` a mail, `.pdf` a PDF, `.txt` an item whose first
    line is its title. With `table`, `.csv`, `.tsv`, `.xls` and `.xlsx` are figures that somebody fetched by hand, read as it
    says. `settle_seconds` is how long a file must have lain unchanged before it is taken.
    """

    format: Literal["file"]
    settle_seconds: int = Field(default=5, ge=0, le=86_400)
    most: int = Field(default=100, ge=1, le=10_000)
    table: TableFormat | None = None
