"""What feedparser's own tests expect of titles, links, ids and times, and what our reading of the same documents gives.

    python bench/feed_corpus.py ../shared/data/feeds

Each document of that library's corpus states in a comment what must hold. Every expectation of that kind is compared
with the item we would store; those that differ are listed by cause.
"""

import ast
import io
import re
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard

from warning.collect.parse import parse
from warning.collect.text import one_line, paragraphs
from warning.core.documents import Document
from warning.core.evidence import Item
from warning.core.formats import RssFormat
from warning.core.sources import unknown_source
from warning.errors import ParseError

MARKUP = "markup and invisible signs are taken out"
EXPECT = re.compile(rb"Expect:\s*(.*)")
FIELDS = {
    "title": "title", "link": "link", "id": "id", "guid": "id",
    "summary": "text", "description": "text",
    "published_parsed": "time", "updated_parsed": "time", "created_parsed": "time", "date_parsed": "time",
}  # fmt: skip
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One expectation. `cause` is empty when it holds; `expected` and `given` as they are."""

    name: str
    field: str
    expected: object
    given: object
    cause: str = ""

    @property
    def says_the_same(self) -> bool:
        return not self.cause or self.cause.endswith(MARKUP)


def documents(archive: Path) -> Iterator[tuple[str, bytes]]:
    raw = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
        archive.read_bytes(), read_across_frames=True
    )
    with tarfile.open(fileobj=io.BytesIO(raw.read())) as packed:
        for member in packed.getmembers():
            file = packed.extractfile(member) if member.isfile() else None
            if file is not None and member.name.startswith("kurtmckee+feedparser/"):
                yield member.name, file.read()


def compared(name: str, body: bytes) -> Iterator[Compared]:
    """Every expectation of one document about a title, a link, an id or a time of an entry."""
    items: tuple[Item, ...] = ()
    refusal = ""
    wanted = list(expectations(body))
    if not wanted:
        return
    document = Document(
        source_id="s", url="http://127.0.0.1:8097/", body=body, fetched_at=NOW, content_type=""
    )
    try:
        items = parse(document, RssFormat(format="rss"), unknown_source("s", "news", "US", "en")).items
    except ParseError as wrong:
        refusal = str(wrong)
    keys = {key for _, key, _ in wanted}
    for number, key, expected in wanted:
        if key in {"updated_parsed", "created_parsed"} and keys & {"published_parsed"}:
            continue  # an item has one time: when it was published
        field = FIELDS[key]
        if number >= len(items):
            yield Compared(
                name=name, field=field, expected=expected, given=None, cause=refusal or "no such entry"
            )
            continue
        given = given_of(items[number], field)
        yield Compared(
            name=name, field=field, expected=expected, given=given, cause=cause(field, expected, given)
        )


def expectations(body: bytes) -> Iterator[tuple[int, str, object]]:
    """(number of the entry, field, value) of each `entries[n]['field'] == value` that must hold."""
    found = EXPECT.search(body.replace(b"\x00", b""))
    if found is None:
        return
    try:
        tree: Any = ast.parse(found[1].decode("utf-8", "replace").strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    for part in parts:
        match part:
            case ast.Compare(
                left=ast.Subscript(
                    value=ast.Subscript(value=ast.Name(id="entries"), slice=ast.Constant(value=int(number))),
                    slice=ast.Constant(value=str(key)),
                ),
                ops=[ast.Eq()],
                comparators=[value],
            ) if key in FIELDS:
                try:
                    yield number, key, ast.literal_eval(value)
                except ValueError:
                    continue


def given_of(item: Item, field: str) -> object:
    if field == "time":
        return item.published_at
    return {"title": item.title, "link": item.url, "id": item.external_id, "text": item.summary}[field]


def cause(field: str, expected: object, given: object) -> str:
    """Why the two differ; nothing when they say the same."""
    if field == "time":
        return _time_cause(expected, given)
    text = str(expected)
    if text == given:
        return ""
    if field == "text" and paragraphs(text) == given:
        return "" if " ".join(text.split()) == given else f"text: {MARKUP}"
    if field in {"title", "text"} and not paragraphs(text):
        return f"{field}: only a picture or markup, no words"
    if field == "title" and one_line(text) == given:
        return "" if " ".join(text.split()) == given else f"title: {MARKUP}"
    if field == "link" and not given:
        return "link: not an address of the web (another scheme, or none)"
    if field == "link" and str(given).rstrip("/") == text.rstrip("/"):
        return ""
    if field == "link":
        return "link: made absolute against the document's address"
    if field == "id" and text.endswith(str(given)):
        return "id: kept as written, not made absolute"
    if field == "id" and " ".join(text.split()) == given:
        return ""
    return f"{field}: other"


def _time_cause(expected: object, given: object) -> str:
    if expected is None:
        return "" if given is None else "time: read where feedparser reads none"
    if not isinstance(expected, tuple):
        return "time: other"
    when = datetime(*expected[:5], min(expected[5], 59), tzinfo=UTC)
    if given == when:
        return ""
    if given is None:
        return "time: not read"
    return (
        "time: the same to the day"
        if isinstance(given, datetime) and abs(given - when).days < 1
        else "time: other"
    )


def main(feeds: Path) -> None:
    results = [c for name, body in documents(feeds / "parser_corpus.tar.zst") for c in compared(name, body)]
    by_field: dict[str, list[Compared]] = defaultdict(list)
    for result in results:
        by_field[result.field].append(result)
    print("field     expectations   same signs   same words")
    for field, each in [*sorted(by_field.items()), ("all", results)]:
        signs = sum(not one.cause for one in each)
        words = sum(one.says_the_same for one in each)
        print(f"{field:8} {len(each):13} {signs:12} {words:7} ({words / len(each):.1%})")
    for reason, count in Counter(result.cause for result in results if result.cause).most_common():
        print(f"\n{count:4} {reason}")
        for one in [result for result in results if result.cause == reason][:5]:
            shown = one.name.removeprefix("kurtmckee+feedparser/tests/")
            print(f"       {shown}: {one.expected!r} / {one.given!r}"[:180])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
