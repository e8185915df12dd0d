"""OFD (GB/T 33190), the page format of Chinese authorities -> its text, line by line."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from warning.collect.text import BODY_CHARACTERS
from warning.collect.xml_read import local_name
from warning.collect.zip_parts import Parts
from warning.errors import ParseError

MOST_PAGES = 300
LEAST_LETTERS_A_PAGE = 8
_ROOT = "OFD.xml"
_OWN_SIGNS = frozenset(map(chr, range(0xE000, 0xF900)))  # a font's own numbers of its glyphs, no characters
_FIRST_WIDE = 0x2E80  # from here on letters are as wide as high
_COLUMN_LETTERS = 2
_USUAL_SIZE = 4.2  # millimetres: the body type of an official document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Letters that stand together; millimetres from the page's left upper corner."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


def is_ofd(parts: Parts) -> bool:
    return _ROOT in parts.names


def ofd_text(parts: Parts) -> tuple[str, tuple[str, ...]]:
    """Return the text in the order of the file, and what only a person can read. Raises ParseError."""
    if "Encryptions.xml" in parts.names:
        raise ParseError("the OFD is encrypted and asks for a password")
    roots = dict.fromkeys(_located(parts.xml(_ROOT), "DocRoot", ""))
    pages = dict.fromkeys(
        page for root in roots for page in _pages(parts, root)
    )  # each once, however often named
    lines: list[str] = []
    problems: list[str] = []
    read = 0
    for page in pages:
        if read == MOST_PAGES or sum(map(len, lines)) > 4 * BODY_CHARACTERS:
            problems.append(f"only the first {read} pages are read")
            break
        lines += _lines(_runs(parts.xml(page)))
        read += 1
    letters = sum(ch.isalnum() for line in lines for ch in line)
    if sum(ch in _OWN_SIGNS for line in lines for ch in line) * 5 > letters:
        problems.append("a font of the OFD does not say which characters it shows: the text is incomplete")
    elif read and letters < LEAST_LETTERS_A_PAGE * read:
        problems.append(f"scanned: {read} pages hold pictures instead of text, somebody has to read them")
    return "\n".join(lines), tuple(problems)


def _pages(parts: Parts, root: str) -> list[str]:
    """The parts of a document's pages, in its order."""
    document = parts.xml(root)
    listed = [node for node in document if local_name(node) == "Pages"]
    found = [
        _inside(root, page.get("BaseLoc") or "")
        for pages in listed
        for page in pages
        if local_name(page) == "Page"
    ]
    if not found:
        raise ParseError(f"{root} in the OFD names no page")
    return found


def _located(around: etree._Element, name: str, base: str) -> list[str]:
    """What elements of that name say about where a part lies."""
    said = [(node.text or "").strip() for node in around.iter() if local_name(node) == name]
    if not any(said):
        raise ParseError(f"no {name} in the OFD: it does not say where its text lies")
    return [_inside(base, place) for place in said if place]


def _inside(base: str, place: str) -> str:
    """A place as the archive names it; one from the root begins with a slash."""
    joined = place if place.startswith("/") else posixpath.join(posixpath.dirname(base), place)
    return posixpath.normpath(joined).lstrip("/")


def _runs(page: etree._Element) -> Iterator[_Run]:
    for node in page.iter():
        if local_name(node) == "TextObject":
            codes = [
                code for code in node if local_name(code) == "TextCode" and (code.text or "").strip("\n")
            ]
            yield from (_run(node, code, is_only=len(codes) == 1) for code in codes)


def _run(around: etree._Element, code: etree._Element, *, is_only: bool) -> _Run:
    """One TextCode of an object. How far it goes is measured letter by letter where others share the object's room."""
    x, y, width, _ = (*_numbers(around.get("Boundary")), 0.0, 0.0, 0.0, 0.0)[:4]
    size = (*_numbers(around.get("Size")), _USUAL_SIZE)[0] or _USUAL_SIZE
    text = code.text or ""
    scale, moved = (*_numbers(around.get("CTM")), 1.0, 0.0, 0.0, 1.0, 0.0)[0:5:4]
    left = x + (*_numbers(code.get("X")), 0.0)[0] * scale + moved
    down = (*_numbers(code.get("Y")), 0.0)[0]
    end = x + width if is_only else left + _width(text, code.get("DeltaX"), size) * scale
    return _Run(text=text, left=left, right=end, baseline=y + down, size=size)


def _width(text: str, steps: str | None, size: float) -> float:
    """From the first letter's left to the last one's right: by the steps that are given ("g 9 4": nine of four), else by its letters."""
    said = (steps or "").split()
    total, at = 0.0, 0
    while at < len(said):
        times = 1.0
        if said[at] == "g":
            times, at = (*_numbers(" ".join(said[at + 1 : at + 2])), 0.0)[0], at + 2
        total += times * (*_numbers(" ".join(said[at : at + 1])), 0.0)[0]
        at += 1
    letters = text[-1:] if said else text
    return total + sum(size if ord(letter) >= _FIRST_WIDE else size / 2 for letter in letters)


def _numbers(said: str | None) -> list[float]:
    try:
        return [float(part) for part in (said or "").split()]
    except ValueError:
        return []


def _lines(runs: Iterator[_Run]) -> list[str]:
    """Runs of one height are a line; a blank where more than a letter's room is between them, a tab where more than two: a column."""
    lines: list[str] = []
    last: _Run | None = None
    for run in runs:
        if last is None or abs(run.baseline - last.baseline) > min(run.size, last.size) / 2:
            lines.append(run.text)
        else:
            letters = (run.left - last.right) / run.size
            lines[-1] += ("\t" if letters > _COLUMN_LETTERS else " " if letters > 1 else "") + run.text
        last = run
    return [line for line in lines if line.strip()]
