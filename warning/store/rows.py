"""Evidence values <-> table rows, and the JSON the store keeps whole values in."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from math import isfinite
from typing import Any, TypeVar

import zstandard
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from warning.core.evidence import Entry, Item, Listing, Observation, observation_id
from warning.core.ids import key64
from warning.core.vocabulary import Marking

T = TypeVar("T")


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves out what is already there by any unique key."""
    return insert_or(connection, table).on_conflict_do_nothing()


def insert_or(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what to do about what is already there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut into lists of `size`, the last one shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The JSON form of one kind of value, built once when it is first needed."""
    return TypeAdapter(kind)


def to_json(kind: Any, value: object) -> str:
    return adapter(kind).dump_json(value).decode()


def from_json(kind: type[T], content: str) -> T:
    named: Any = kind
    value: T = adapter(named).validate_json(content)
    return value


def storable(text: str) -> str:
    """Drop what no database takes: NUL characters and halves of surrogate pairs."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def storable_item(item: Item) -> Item:
    """The item as the store keeps it; the same object when nothing had to be dropped."""
    texts = (item.title, item.summary, item.body, item.url, item.external_id)
    whole = "".join(texts)
    if storable(whole) is whole:
        return item
    title, summary, body, url, external_id = map(storable, texts)
    return replace(item, title=title, summary=summary, body=body, url=url, external_id=external_id)


def item_of(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        source_id=row.source_id,
        kind=row.kind,
        country=row.country,
        language=row.language,
        title=row.title,
        summary=row.summary,
        body=row.body,
        url=row.url,
        published_at=row.published_at,
        known_at=row.known_at,
        external_id=row.external_id,
        archive_hash=row.archive_hash,
        time_assumed=row.time_assumed,
        marking=None if row.marking is None else Marking(row.marking),
        release_to=None if row.release_to is None else frozenset(filter(None, row.release_to.split(","))),
    )


def storable_observation(observation: Observation) -> Observation:
    """The figure as the store keeps it: one that is no number (NaN, infinity) is a missing one, and its texts are storable."""
    value = observation.value
    is_number = value is None or isfinite(value)
    texts = {name: text for name in _FIGURE_TEXTS if (text := getattr(observation, name))}
    whole = "".join(texts.values())
    if is_number and storable(whole) is whole:
        return observation
    kept: dict[str, Any] = {name: storable(text) for name, text in texts.items()}
    figure = replace(observation, **kept, value=value if is_number else None)
    return replace(figure, id=observation_id(figure.source_id, figure.series_id, figure.period, figure.value))


_FIGURE_TEXTS = ("source_id", "series_id", "material", "reporter", "partner", "hs_code", "unit", "currency")


def series_row(observation: Observation) -> dict[str, Any]:
    """What stays the same over all figures of a series; `key` hashes all of it."""
    descriptors = {
        "series_id": observation.series_id,
        "material": observation.material,
        "measure": observation.measure,
        "reporter": observation.reporter,
        "partner": observation.partner,
        "hs_code": observation.hs_code,
        "unit": observation.unit,
        "currency": observation.currency,
        "frequency": observation.frequency,
    }
    key = key64(*(f"{name}={value}" for name, value in descriptors.items() if value is not None))
    return {"source_id": observation.source_id, "key": key, **descriptors}


def observation_of(row: Row[Any]) -> Observation:
    return Observation(
        id=row.id,
        source_id=row.source_id,
        series_id=row.series_id,
        material=row.material,
        measure=row.measure,
        reporter=row.reporter,
        partner=row.partner,
        hs_code=row.hs_code,
        unit=row.unit,
        currency=row.currency,
        frequency=row.frequency,
        period=row.period,
        value=row.value,
        known_at=row.known_at,
    )


def packed_entries(entries: Iterable[Entry]) -> bytes:
    lines = [[e.key, e.name, e.country, e.fields] for e in entries]
    return zstandard.compress(json.dumps(lines, ensure_ascii=False).encode("utf-8", "replace"))


def listing_of(row: Row[Any]) -> Listing:
    lines = json.loads(zstandard.decompress(row.entries))
    return Listing(
        id=row.id,
        source_id=row.source_id,
        known_at=row.known_at,
        url=row.url,
        archive_hash=row.archive_hash,
        read_anew=row.read_anew,
        entries=tuple(
            Entry(key=key, name=name, country=country, fields=tuple((k, v) for k, v in fields))
            for key, name, country, fields in lines
        ),
    )
