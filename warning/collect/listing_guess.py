"""A description for a list nobody described: its encoding, which column is the key and which the name."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from warning.collect.listing_read import LINE
from warning.collect.table_read import delimited, sniff_separator
from warning.core.formats import ListingFormat

SAMPLE_ROWS = 500
_NAME = re.compile(
    r"name|entity|title|company|person|party|subject|institution|firm|名称|名稱|企業|公司|명칭|기업|이름",
    re.IGNORECASE,
)
_EXACT = re.compile(r"(?:entity[_ ]?|full[_ ]?)?name|entity", re.IGNORECASE)
_KEY = re.compile(
    r"(?:^|[_\s])(?:id|uid|key|number|num|no|code|ent_num|reference|uuid)$|번호|番号|编号", re.IGNORECASE
)
_COUNTRY = re.compile(r"country|nation|国|국가", re.IGNORECASE)


def guess_listing(text: str) -> ListingFormat | None:
    """Return a description of the list, or None when the text has no two entries."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in {"{", "["}:
        return _json(text)
    if start == "<":
        return _xml(text)
    return _delimited(text)


def _delimited(text: str) -> ListingFormat | None:
    separator = sniff_separator(text)
    rows = delimited(text[:2_000_000], separator)
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return None
    width = Counter(len(row) for row in rows[:SAMPLE_ROWS]).most_common(1)[0][0]
    if width < 2:
        return ListingFormat(format="listing", encoding="lines", key=LINE, name=LINE)
    header = _is_header(rows)
    columns = tuple(_unique(rows[0])) if header else tuple(f"column {n}" for n in range(1, width + 1))
    cells = _by_column(columns, rows[1:] if header else rows)
    roles = _roles(cells)
    return ListingFormat(
        format="listing",
        encoding="tsv" if separator == "\t" else "csv",
        header=header,
        columns=columns,
        **roles,
    )


def _unique(header: Sequence[str]) -> Iterator[str]:
    """Column names, numbered where they are empty or come twice; `+` would join columns."""
    seen: set[str] = set()
    for number, written in enumerate(header, start=1):
        name = written.strip().replace("+", " ") or f"column {number}"
        name = f"{name} {number}" if name in seen else name
        seen.add(name)
        yield name


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names of columns are short, distinct, without digits, and do not come again below."""
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if len(named) < 0.6 * len(first) or len(set(named)) < len(named) or any(len(cell) > 60 for cell in named):
        return False
    if any(re.fullmatch(r"[\d.,/-]+", cell) for cell in named):
        return False
    return any(_NAME.search(cell) or _KEY.search(cell) or _COUNTRY.search(cell) for cell in named) or not any(
        cell in {c.strip() for c in row} for row in rows[1:50] for cell in named
    )


def _by_column(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    sample = rows[:SAMPLE_ROWS]
    return {
        name: [row[i].strip() if i < len(row) else "" for row in sample] for i, name in enumerate(columns)
    }


def _roles(cells: Mapping[str, list[str]]) -> dict[str, Any]:
    """Key, name, country and the rest. A key must tell entries apart; else the name is the key."""
    said = {name: values for name, values in cells.items() if any(values)}
    named = [
        name
        for name in said
        if _NAME.search(name) and (_distinct(said[name]) > 0.5 or _EXACT.fullmatch(name))
    ]
    name = min(named, key=lambda n: (not _EXACT.fullmatch(n), list(said).index(n)), default="")
    name = name or max(said, key=lambda n: _wordiness(said[n]), default=next(iter(cells)))
    keyed = [
        n
        for n in said
        if n != name and _distinct(said[n]) > 0.98 and (_KEY.search(n) or n == "column 1") and all(said[n])
    ]
    country = next((n for n in said if _COUNTRY.search(n) and n != name), None)
    key = keyed[0] if keyed else name
    return {
        "key": key,
        "name": name,
        "country": country,
        "fields": tuple(n for n in said if n not in {name, key, country}),
    }


def _distinct(values: Sequence[str]) -> float:
    told = [value for value in values if value]
    return len(set(told)) / len(values) if values else 0.0


def _wordiness(values: Sequence[str]) -> float:
    """Distinct texts of some length with letters: what names look like."""
    letters = sum(sum(ch.isalpha() for ch in value[:60]) for value in values) / max(1, len(values))
    return _distinct(values) * letters


def _json(text: str) -> ListingFormat | None:
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    path, entries = max(_lists(data, "", 0), key=lambda found: len(found[1]), default=("", []))
    if not entries:
        return None
    if not isinstance(entries[0], Mapping):
        return ListingFormat(format="listing", encoding="json", entries=path, key=LINE, name=LINE)
    names = list(dict.fromkeys(key for entry in entries[:50] if isinstance(entry, Mapping) for key in entry))
    plain = [name for name in names if not re.search(r"[+.\\]", name)]
    cells = {n: [_flat(e.get(n)) for e in entries[:SAMPLE_ROWS] if isinstance(e, Mapping)] for n in plain}
    if not cells:
        return None
    return ListingFormat(format="listing", encoding="json", entries=path, **_roles(cells))


def _lists(data: Any, path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(data, list):
        if data and isinstance(data[0], Mapping | str | int):
            yield path, data
    elif isinstance(data, Mapping) and depth < 6:
        for key, value in data.items():
            step = str(key).replace("\\", "\\\\").replace(".", "\\.")
            yield from _lists(value, f"{path}.{step}" if path else step, depth + 1)


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_flat, value))
    return "" if value is None or isinstance(value, Mapping) else str(value)


def _xml(text: str) -> ListingFormat | None:
    """The element that repeats most and has children of its own."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        recover=True,
        encoding="utf-8",
    )
    root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text, count=1).encode(), parser)
    if root is None:
        return None
    counts: Counter[str] = Counter()
    first: dict[str, list[etree._Element]] = {}
    for node in root.iter(etree.Element):
        if len(node) >= 2 and node.getparent() is not None:
            path = "/".join(
                filter(
                    None, (_local(parent) if (parent := node.getparent()) is not None else "", _local(node))
                )
            )
            counts[path] += 1
            first.setdefault(path, []).append(node)
    if not counts or counts.most_common(1)[0][1] < 2:
        return None
    path = counts.most_common(1)[0][0]
    sample = first[path][:SAMPLE_ROWS]
    cells = _numbered(sample) if _local(sample[0]).lower() in {"tr", "row"} else _by_tag(sample)
    return ListingFormat(format="listing", encoding="xml", entries=path, **_roles(cells)) if cells else None


def _numbered(sample: Sequence[etree._Element]) -> dict[str, list[str]]:
    width = max(len(node) for node in sample)
    return {str(n + 1): [_words(node[n]) if n < len(node) else "" for node in sample] for n in range(width)}


def _by_tag(sample: Sequence[etree._Element]) -> dict[str, list[str]]:
    names = dict.fromkeys(_local(child) for node in sample for child in node if isinstance(child.tag, str))
    found: dict[str, list[str]] = {name: [] for name in names if name}
    for node in sample:
        here = {_local(child): _words(child) for child in reversed(node)}
        for name, values in found.items():
            values.append(here.get(name, ""))
    return found


def _words(node: etree._Element) -> str:
    return " ".join("".join(text for text in node.itertext() if isinstance(text, str)).split())[:300]


def _local(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
