"""Control, entity and sanctions lists -> a Listing whose entries have unique, steady keys."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from warning.collect.decode import decode
from warning.collect.listing_read import LINE, Record, read_records
from warning.collect.table_places import place_code
from warning.collect.text import literal, looks_garbled
from warning.core.documents import Document, Parsed
from warning.core.evidence import Entry, Listing, listing_id
from warning.core.formats import ListingFormat
from warning.core.phrases import counted
from warning.errors import ParseError

MAX_ENTRIES = 500_000
TOLD_PROBLEMS = 20


def parse_listing(document: Document, layout: ListingFormat) -> Parsed:
    """Read a whole list. Raises ParseError when it cannot be read or lacks the columns of key and name.

    A listing without entries is returned as None with a problem: whoever compares versions must not take an
    empty document for a list from which everything was removed.
    """
    decoded = decode(document.body, document.content_type)
    text = decoded.text.lstrip("\ufeff").replace("\x00", "").rstrip("\x1a \t\r\n")
    if not text:
        raise ParseError("the document is empty, a list is wanted")
    records = read_records(text, layout)
    entries, faults, seen = _entries(records, layout)
    problems = (*decoded.problems, *faults)
    if not entries:
        return Parsed(problems=(*problems, "the list holds no usable entry"), seen=seen)
    listing = Listing(
        id=listing_id(document.source_id, entries),
        source_id=document.source_id,
        known_at=document.fetched_at,
        entries=tuple(entries),
        url=document.url,
        archive_hash=document.archive_hash,
    )
    return Parsed(listing=listing, problems=problems, seen=seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Turns a record into an entry: which fields, what counts as missing, where a name ends."""

    layout: ListingFormat
    name_end: re.Pattern[str] | None

    def value(self, record: Record, names: str) -> str:
        parts = (literal(record.get(name, "")) for name in names.split("+"))
        return " ".join(part for part in parts if part and part not in self.layout.missing)

    def entry(self, record: Record) -> Entry:
        name = self.name(record)
        country = self.value(record, self.layout.country) if self.layout.country else ""
        fields = tuple((f, value) for f in self.layout.fields if (value := self.value(record, f)))
        return Entry(
            key=self.key(record, name), name=name, country=place_code(country) or country, fields=fields
        )

    def name(self, record: Record) -> str:
        name = self.value(record, self.layout.name)
        end = self.name_end.search(name) if self.name_end else None
        return name[: end.start()].strip(" ,;:") if end and end.start() else name

    def key(self, record: Record, name: str) -> str:
        """The key's own column, or for lists without numbers the name: letters and digits only.

        Editors move commas and full stops; those must neither end one entry nor begin another.
        """
        parts = [
            name if part == self.layout.name else literal(record.get(part, ""))
            for part in self.layout.key.split("+")
        ]
        if self.layout.name == LINE or self.layout.name not in self.layout.key.split("+"):
            return " ".join(filter(None, parts))
        return " ".join(filter(None, ("".join(filter(str.isalnum, part.casefold())) for part in parts)))


def _entries(records: Iterator[Record], layout: ListingFormat) -> tuple[list[Entry], list[str], int]:
    reader = _Reader(layout=layout, name_end=re.compile(layout.name_until) if layout.name_until else None)
    unusable: list[str] = []
    entries: dict[str, Entry] = {}
    repeated = renumbered = seen = 0
    for record in _filled_down(records, layout.filled_down):
        if not any(record.values()) or not _is_kept(record, layout.where):
            continue
        seen += 1
        if seen > MAX_ENTRIES:
            raise ParseError(f"over {MAX_ENTRIES} entries: not a list that can be compared")
        entry = reader.entry(record)
        if fault := _fault(entry):
            unusable.append(f"entry {seen}: {fault}")
            continue
        number = _place_for(entries, entry)
        if number == 0:
            repeated += 1
            continue
        renumbered += number > 1
        key = entry.key if number == 1 else f"{entry.key}#{number}"
        entries[key] = Entry(key=key, name=entry.name, country=entry.country, fields=entry.fields)
    return list(entries.values()), _told(unusable, repeated, renumbered), seen


def _place_for(entries: Mapping[str, Entry], entry: Entry) -> int:
    """1 for a new key, 0 for an entry that is there already, n for the n-th of one key that says otherwise."""
    number, key = 1, entry.key
    while (there := entries.get(key)) is not None:
        if (there.name, there.country, there.fields) == (entry.name, entry.country, entry.fields):
            return 0
        number += 1
        key = f"{entry.key}#{number}"
    return number


def _fault(entry: Entry) -> str:
    if not entry.name:
        return "has no name"
    if looks_garbled(entry.name):
        return f"name {entry.name[:40]!r} is not readable text (wrongly decoded by its publisher?)"
    return "" if entry.key else f"{entry.name[:40]!r} has no key"


def _told(unusable: Sequence[str], repeated: int, renumbered: int) -> list[str]:
    told = list(unusable[:TOLD_PROBLEMS])
    if len(unusable) > TOLD_PROBLEMS:
        told.append(
            f"{counted(len(unusable) - TOLD_PROBLEMS, 'more entry is', 'more entries are')} not usable"
        )
    if repeated:
        told.append(
            f"{counted(repeated, 'entry repeats another one and is', 'entries repeat another one and are')} merged with it"
        )
    if renumbered:
        shared = counted(renumbered, "entry shares", "entries share")
        which = "is numbered (#2)" if renumbered == 1 else "are numbered (#2, #3, ...)"
        told.append(f"{shared} the key of a different one and {which}")
    return told


def _is_kept(record: Record, where: Mapping[str, Sequence[str]]) -> bool:
    return all(literal(record.get(name, "")) in values for name, values in where.items())


def _filled_down(records: Iterator[Record], names: Sequence[str]) -> Iterator[Record]:
    """Tables leave a cell empty that repeats the one above it."""
    if not names:
        yield from records
        return
    above: dict[str, str] = {}
    for record in records:
        for name in names:
            if value := literal(record.get(name, "")):
                above[name] = value
        yield {**record, **{name: above.get(name, "") for name in names}}
