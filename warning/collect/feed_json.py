"""JSON Feed 1.0 and 1.1, read by hand: the format is small and publishers bend it."""

from collections.abc import Iterator, Mapping
from typing import Any

from warning.collect.feed_items import RawEntry
from warning.errors import ParseError

_VERSION = "jsonfeed.org/version"


def is_json_feed(data: object) -> bool:
    """True for a JSON object that says it is a JSON Feed, or has its bones (a title and a list of items)."""
    if not isinstance(data, Mapping):
        return False
    return _VERSION in str(data.get("version", "")) or isinstance(data.get("items"), list)


def entries_of(data: Mapping[str, Any]) -> Iterator[RawEntry]:
    """Yield the items of a feed. Raises ParseError when `items` is there and is not a list."""
    items = data.get("items", [])
    if not isinstance(items, list):
        raise ParseError(f"JSON Feed: items is {type(items).__name__}, a list is wanted")
    for item in items:
        yield _entry(item if isinstance(item, Mapping) else {})


def _entry(item: Mapping[str, Any]) -> RawEntry:
    html, text = _text(item.get("content_html")), _text(item.get("content_text"))
    summary = _text(item.get("summary")) or _text(item.get("description"))
    return RawEntry(
        external_id=_text(item.get("id")) or _text(item.get("guid")),
        link=_text(item.get("url")) or _text(item.get("link")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        summary=summary or html or text,
        body=(html or text) if summary else "",
        dates=tuple(
            filter(None, (_text(item.get(key)) for key in ("date_published", "published", "date_modified")))
        ),
    )


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
