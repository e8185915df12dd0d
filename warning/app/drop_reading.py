"""What stands in one file of a drop folder: records, a document, a table, mails, or a text."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from warning.app.drop_files import INTERCHANGE, Taken
from warning.app.drop_speaking import bound, spoken_records
from warning.catalog.sources import SourceSpec
from warning.collect.decode import decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.parse import MAX_DOCUMENT_BYTES, parse
from warning.core.documents import Document
from warning.core.evidence import Evidence, Item
from warning.core.formats import Format, RssFormat
from warning.core.formats_documents import CapFormat, FileFormat, MailFormat, PdfFormat
from warning.errors import EvidenceError, ParseError

TABLES = (".csv", ".tsv", ".xls", ".xlsx")
FILES = (".pdf", ".docx", ".ofd")
TITLE_CHARACTERS = 300


def read_taken(path: Path, spec: SourceSpec, now: datetime) -> Taken:
    """Read one file by its name. Whatever is wrong with it is its `failure`."""
    try:
        if path.name.lower().endswith(INTERCHANGE):
            return Taken(path=path, evidence=tuple(spoken_records(path, spec, now)))
        return _document(path, spec, now)
    except (EvidenceError, ParseError, OSError) as wrong:
        return Taken(path=path, failure=str(wrong).replace(str(path), path.name))


def _document(path: Path, spec: SourceSpec, now: datetime) -> Taken:
    if path.stat().st_size > min(MAX_DOCUMENT_BYTES, int(spec.max_size)):
        raise ParseError(f"{path.stat().st_size} bytes; the source's max_size is {int(spec.max_size)}")
    body = path.read_bytes()
    digest = sha256(body).hexdigest()
    document = Document(source_id=spec.id, url=f"urn:sha256:{digest}", body=body, fetched_at=now)
    layout = _format_of(path.name.lower(), spec)
    if layout is not None:
        parsed = parse(document, layout, spec.profile)
        items = tuple(
            replace(item, url="" if item.url.startswith("urn:") else item.url) for item in parsed.items
        )
        if not items and not parsed.observations:
            raise ParseError("; ".join(parsed.problems) or "the file holds no evidence")
        if isinstance(layout, RssFormat):
            from warning.collect.cap_alerts import feed_restriction  # noqa: PLC0415 - loaded by who reads

            marking, released = feed_restriction(document)
            items = tuple(replace(item, marking=marking, release_to=released) for item in items)
        evidence: tuple[Evidence, ...] = (*(bound(i, spec) for i in items), *parsed.observations)
        return Taken(path=path, evidence=evidence, problems=parsed.unread)
    if path.suffix.lower() in {".txt", ".md"}:
        return Taken(path=path, evidence=(bound(_note(document, spec), spec),))
    raise ParseError(
        f"no way to read {path.suffix or 'a file without an ending'}: .jsonl, .eml, .mbox, .pdf, .docx, .ofd, .cap, .xml, .txt"
        + ("" if path.suffix.lower() not in TABLES else "; a table needs parse.table in the folder's source")
    )


def _format_of(name: str, spec: SourceSpec) -> Format | None:
    if isinstance(spec.parse, FileFormat) and spec.parse.table is not None and name.endswith(TABLES):
        return spec.parse.table
    if name.endswith((".eml", ".mbox")):
        return MailFormat(format="mail")
    if name.endswith(FILES):
        return PdfFormat(format="pdf")
    if name.endswith(".cap"):
        return CapFormat(format="cap")
    return RssFormat(format="rss") if name.endswith((".xml", ".rss", ".atom")) else None


def _note(document: Document, spec: SourceSpec) -> Item:
    """A text: its first line is the title, the rest what it says. Raises ParseError where it says nothing."""
    text = decode(document.body).text
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise ParseError("the file holds no text: its first line is the title, the rest what it says")
    lines = text.replace("&", "&amp;").replace("<", "&lt;").strip().split("\n")
    entry = RawEntry(
        external_id=document.url, title=lines[0][:TITLE_CHARACTERS], summary="<br>".join(lines[1:]),
        dates=(document.fetched_at,),
    )  # fmt: skip
    items, problems = items_from([entry], document, spec.profile)
    if not items:
        raise ParseError("; ".join(problems) or "the text is empty")
    return items[0]
