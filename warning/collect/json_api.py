"""An API's answer in JSON -> items. Paths are dotted; `*` goes through every element of a list or object."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from warning.collect.decode import Decoded, decode
from warning.collect.feed_items import RawEntry, items_from
from warning.collect.feed_json import entries_of, is_json_feed
from warning.collect.html_list import read_list
from warning.collect.json_api_guess import guess_json
from warning.core.documents import Document, Parsed
from warning.core.formats import JsonFormat
from warning.core.sources import SourceProfile
from warning.errors import ParseError

MAX_ENTRIES = 50_000

_CALLBACK = re.compile(r"^\s*(?:/\*.{0,200}?\*/)?\s*[\w$.]{1,100}\s*\(\s*(?=[\[{])", re.DOTALL)
_GUARD = re.compile(r"^\s*(?:\)\]\}',?|while\s*\(1\);|for\s*\(;;\);)\s*")
_STEP = re.compile(r"(?:\\.|[^.\\])+")


def parse_json(document: Document, layout: JsonFormat, profile: SourceProfile) -> Parsed:
    """Read an API's answer. Raises ParseError for what is no JSON or lacks the path of the entries."""
    data, decoded = read_json(document)
    if layout.html is not None:
        return _from_html(data, document, layout, profile)
    entries = _entries(data, layout)
    kept = entries[:MAX_ENTRIES]
    raws = [_raw(entry, key, layout) for key, entry in kept]
    items, faults = items_from(raws, document, profile)
    problems = [*decoded.problems]
    if len(entries) > MAX_ENTRIES:
        problems.append(f"only the first {MAX_ENTRIES} of {len(entries)} entries are read")
    problems += _missing([entry for _, entry in kept], layout)
    return Parsed(items=items, problems=(*problems, *faults), seen=len(entries))


def guess_entries(document: Document, profile: SourceProfile) -> Parsed:
    """Read an answer nobody described: a JSON Feed, or the longest list of things with a title."""
    data, _ = read_json(document)
    if is_json_feed(data) and "version" in data:
        raws = list(entries_of(data))
        items, problems = items_from(raws, document, profile)
        return Parsed(items=items, problems=problems, seen=len(raws))
    found = guess_json(data)
    if found is None:
        return Parsed(problems=("no list of objects with a title, an address or a date found",))
    return parse_json(document, found, profile)


def read_json(document: Document) -> tuple[Any, Decoded]:
    """Parse the body, also when it is wrapped as JSONP, guarded against inclusion, or JSON Lines."""
    decoded = decode(document.body, document.content_type)
    text = _GUARD.sub("", decoded.text.lstrip("\ufeff \t\r\n"), count=1)
    if not text:
        raise ParseError("the document is empty, JSON is wanted")
    if wrapped := _CALLBACK.match(text):
        text = text[wrapped.end() :].rstrip().rstrip(";").rstrip().removesuffix(")")
    try:
        return json.loads(text, strict=False), decoded
    except RecursionError as wrong:
        raise ParseError("JSON nested too deeply to read") from wrong
    except ValueError as wrong:
        lines = _json_lines(text)
        if lines is None:
            raise ParseError(f"not JSON: {wrong}; it starts with {text[:40]!r}") from wrong
        return lines, decoded


def _json_lines(text: str) -> list[Any] | None:
    """One JSON value a line; None when the first two lines are not that."""
    values = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        try:
            values.append(json.loads(line, strict=False))
        except (ValueError, RecursionError):
            if number < 2:
                return None
    return values if len(values) > 1 else None


def steps_of(path: str) -> list[str]:
    r"""A dotted path as its steps; a dot inside a key is written `\.`."""
    return [re.sub(r"\\(.)", r"\1", step) for step in _STEP.findall(path)]


def follow(data: Any, path: str) -> Any:
    """Return what stands at a path, a list when it holds `*`; None when nothing does."""
    found: list[Any] = [data]
    steps = steps_of(path)
    for step in steps:
        found = [below for value in found for below in _below(value, step)]
    if "*" in steps:
        return found
    return found[0] if found else None


def _below(value: Any, step: str) -> Iterator[Any]:
    if step == "*":
        yield from value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    elif isinstance(value, Mapping) and step in value:
        yield value[step]
    elif (
        isinstance(value, list) and re.fullmatch(r"-?\d{1,6}", step) and -len(value) <= int(step) < len(value)
    ):
        yield value[int(step)]


def _entries(data: Any, layout: JsonFormat) -> list[tuple[str, Any]]:
    """The entries with their key when they are the values of an object."""
    found = follow(data, layout.entries) if layout.entries else data
    if isinstance(found, Mapping) and found and all(isinstance(value, Mapping) for value in found.values()):
        return [(str(key), value) for key, value in found.items()]
    if not isinstance(found, list):
        keys = ", ".join(sorted(map(str, data))[:12]) if isinstance(data, Mapping) else type(data).__name__
        raise ParseError(f"no list at {layout.entries or 'the top'!r}; the document holds: {keys}")
    return [("", value) for value in found]


def _raw(entry: Any, key: str, layout: JsonFormat) -> RawEntry:
    if isinstance(entry, str):
        return RawEntry(title=entry)
    link = _text(follow(entry, layout.url)) if layout.url else ""
    if link and layout.url_prefix and not re.match(r"https?://", link, re.IGNORECASE):
        link = layout.url_prefix + link
    return RawEntry(
        external_id=(_text(follow(entry, layout.id)) if layout.id else "") or key,
        link=link,
        title=_text(follow(entry, layout.title)) if layout.title else "",
        summary=_text(follow(entry, layout.summary)) if layout.summary else "",
        body=_text(follow(entry, layout.body)) if layout.body else "",
        dates=_dates(follow(entry, layout.date)) if layout.date else (),
    )


def _text(value: Any) -> str:
    """A value as text: numbers as written, lists joined, objects and truth values not at all."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(_text, value)))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _dates(value: Any) -> tuple[str, ...]:
    """A date as text, seconds or milliseconds, or a list of year, month and day."""
    if isinstance(value, list) and 3 <= len(value) <= 6 and all(isinstance(part, int) for part in value):
        return ("-".join(f"{part:02d}" for part in value[:3]),)
    values = value if isinstance(value, list) else [value]
    texts = (str(int(v)) if isinstance(v, float) and v.is_integer() else _text(v) for v in values)
    return tuple(filter(None, texts))


def _missing(entries: list[Any], layout: JsonFormat) -> list[str]:
    """Paths that lead nowhere in every entry: the API has changed, or the path was never right."""
    paths = {name: getattr(layout, name) for name in ("id", "title", "summary", "body", "url", "date")}
    objects = [entry for entry in entries if isinstance(entry, Mapping | list)]
    if not objects:
        return []
    return [
        f"{name} path {path!r} leads nowhere in any entry"
        for name, path in paths.items()
        if path and all(follow(entry, path) in (None, "", []) for entry in objects)
    ]


def _from_html(data: Any, document: Document, layout: JsonFormat, profile: SourceProfile) -> Parsed:
    html = _text(follow(data, layout.html or ""))
    if layout.html_list is None:
        raise ParseError("`html` names a path, and `html_list` must say how to read what stands there")
    if not html.strip():
        return Parsed(problems=(f"html path {layout.html!r} holds nothing",))
    return read_list(
        html, replace(document, url=layout.url_prefix or document.url), layout.html_list, profile
    )
