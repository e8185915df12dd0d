"""A message as plain text: the console, and the text part of a mail."""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import east_asian_width

from warning.channels.message import Message, Source

WIDTH = 92

# What a line may not be parted within: a run without spaces, a figure with its counter, a word in katakana, or one wide
# character; with the brackets that open before it, which may not end a line, and the marks that may not open one.
_OPENING = "[「『（〈《【〔“‘]"
_CLOSING = "[、。」』）〉》】〕，．：；！？ー・)\\],.:;!?”’%]"
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\u3000-\u30ff\uff01-\uff60]"
_NARROW = rf"(?:(?!{_WIDE}|[“‘])\S)+"
_PIECES = re.compile(
    rf"{_OPENING}*(?:\d[\d,.]*[年月日件国品か週倍版人回者]|[ァ-ヴー]{{2,14}}|{_WIDE}|{_NARROW}){_CLOSING}*\s*|\S\s*|\s+"
)


def text_form(message: Message) -> str:
    """Return the whole message, the marking first and last, lines of at most about `WIDTH` cells."""
    return "\n".join(_lines(message)) + "\n"


def _lines(message: Message) -> Iterator[str]:
    yield message.title
    yield "=" * min(_cells(message.title), WIDTH)
    yield message.updated
    yield ""
    for called in filter(None, (message.shared, message.reminder)):
        yield from _wrapped(called, "! ", "  ")
        yield ""
    for change in message.changes:
        yield from _wrapped(change, "* ", "  ")
    yield from [""] if message.changes else []
    yield from _wrapped(message.situation)
    yield from _heading(message.headings.next_step)
    yield from _wrapped(message.next_step)
    yield from _heading(message.headings.fields) if message.fields else ()
    for field in message.fields:
        yield from _wrapped(f"{field.label}{message.headings.colon}{field.value}", "", "    ")
    yield from _heading(message.headings.why) if message.why else ()
    for reason in message.why:
        yield from _wrapped(reason, "- ", "  ")
    yield from _heading(message.evidence)
    for number, source in enumerate(message.sources, start=1):
        yield from _source(number, source)
    yield ""
    yield from _wrapped(" · ".join(message.context))


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "-" * min(_cells(text), WIDTH)


def _source(number: int, source: Source) -> Iterator[str]:
    yield from _wrapped(source.title, f"{number}. ", "   ")
    yield from _wrapped(" · ".join([source.publisher, *source.notes]), "   ", "   ")
    if source.link:
        yield f"   {source.link}"
    if source.archive_hash:
        yield f"   SHA-256 {source.archive_hash}"


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    """Wrap by cells: between words where there are spaces, between characters in Chinese and Japanese."""
    if len(first + text) <= WIDTH and _cells(first + text) <= WIDTH:
        return [(first + text.lstrip()).rstrip()]
    lines: list[str] = []
    line, indent, room = "", first, WIDTH - _cells(first)
    for piece in _PIECES.findall(text.lstrip()):
        word = piece.rstrip()
        cells = _cells(word)
        if line and cells > room:
            lines.append((indent + line).rstrip())
            line, indent, room = "", rest, WIDTH - _cells(rest)
        line += piece
        room -= cells + _cells(piece[len(word) :])
    return [*lines, (indent + line).rstrip()]


@lru_cache(maxsize=4096)  # most pieces are single characters, the same ones again and again
def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(ch) in "WF" else 1 for ch in text)
