"""Paths for an API's answer nobody described: the list that looks most like publications."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from warning.collect.times import read_time
from warning.core.formats import JsonFormat

MAX_DEPTH = 8
MAX_NODES = 200_000
SHORTEST_DATE, LONGEST_DATE = 8, 40
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".ico")
_SAMPLE = 20

# Names that publishers use for the parts of an entry, likeliest first; compared without case, - and _.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "guid", "uuid", "uid", "documentnumber", "docid", "articleid", "objectid", "key", "slug"),
    "title": (
        "title", "headline", "name", "subject", "documenttitle", "doctitle", "entityname", "articletitle",
        "titletext", "caption", "label", "標題", "标题", "제목", "タイトル",
    ),
    "summary": ("summary", "description", "abstract", "excerpt", "desc", "digest", "snippet", "contenttext", "lead"),
    "body": ("body", "content", "contenthtml", "text", "fulltext", "articlebody"),
    "url": (
        "url", "link", "htmlurl", "href", "permalink", "weburl", "sourceurl", "documenturl", "pageurl", "docpuburl",
        "canonicalurl", "externalurl", "uri", "shareurl",
    ),
    "date": (
        "datepublished", "publishedat", "published", "publicationdate", "pubdate", "publishdate", "publishtime",
        "pubtime", "date", "posteddate", "releasedate", "datetime", "timestamp", "createdat", "time", "updatedat",
        "updated", "datemodified", "dateadded", "lastmodifieddate", "start", "日期",
    ),
}  # fmt: skip


def guess_json(data: Any) -> JsonFormat | None:
    """Return paths for the list with the best rating; None when no list holds anything like a title."""
    best: tuple[float, JsonFormat] | None = None
    for path, entries in _lists(data, "", 0, [MAX_NODES]):
        paths = _paths(entries)
        rating = _rating(entries, paths)
        if rating > 0 and (best is None or rating > best[0]):
            best = rating, JsonFormat(format="json", entries=path, **paths)
    return best[1] if best else None


def _lists(data: Any, path: str, depth: int, budget: list[int]) -> Iterator[tuple[str, list[Any]]]:
    """Every list of objects or texts, and every object whose values are objects alike."""
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        return
    children: list[tuple[Any, Any]]
    if isinstance(data, list):
        if data and isinstance(data[0], Mapping | str):
            yield path, data
        children = list(enumerate(data[:50])) if depth < 4 else []
    elif isinstance(data, Mapping):
        values = list(data.values())
        if len(values) > 1 and all(isinstance(value, Mapping) for value in values) and _alike(values):
            yield path, values
        children = list(data.items())
    else:
        return
    for key, value in children:
        if isinstance(value, list | dict):
            step = str(key).replace("\\", "\\\\").replace(".", "\\.")
            yield from _lists(value, f"{path}.{step}" if path else step, depth + 1, budget)


def _alike(values: list[Any]) -> bool:
    first = set(values[0])
    return bool(first) and all(len(first & set(value)) * 2 > len(first) for value in values[:_SAMPLE])


def _paths(entries: list[Any]) -> dict[str, str]:
    """For each part the path whose name is likeliest, one level deep (`attributes.title`, `title.rendered`)."""
    leaves: dict[str, list[Any]] = {}
    for entry in entries[:_SAMPLE]:
        for path, value in _leaves(entry):
            leaves.setdefault(path, []).append(value)
    paths = {part: found for part in _NAMES if (found := _named(part, leaves))}
    if "url" not in paths and (address := _by_values(leaves, _is_address, distinct=True)):
        paths["url"] = address
    if "date" not in paths and (day := _by_values(leaves, _is_time)):
        paths["date"] = day
    if "title" not in paths and (longest := _longest_text(leaves)):
        paths["title"] = longest
    return paths


def _leaves(entry: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(entry, Mapping):
        return
    for key, value in entry.items():
        step = str(key).replace("\\", "\\\\").replace(".", "\\.")
        if isinstance(value, Mapping):
            for inner, leaf in value.items():
                if isinstance(leaf, str | int | float) and not isinstance(leaf, bool):
                    yield f"{step}.{str(inner).replace('.', chr(92) + '.')}", leaf
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield step, value


def _named(part: str, leaves: Mapping[str, list[Any]]) -> str:
    for name in _NAMES[part]:
        for path in leaves:
            outer, _, inner = path.rpartition(".")
            last = (outer if inner in {"rendered", "text", "value", "en"} and outer else inner).rpartition(
                "."
            )[2]
            if last.casefold().replace("_", "").replace("-", "") == name and _plausible(part, leaves[path]):
                return path
    return ""


def _plausible(part: str, values: list[Any]) -> bool:
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    if part == "title":
        return bool(texts)
    if part == "url":
        return any(text.startswith(("http", "/", "./")) or "/" in text for text in texts)
    return bool(values)


def _by_values(
    leaves: Mapping[str, list[Any]], fits: Callable[[Any], bool], *, distinct: bool = False
) -> str:
    """The first path nearly all of whose values fit, whatever it is called; with `distinct` no two entries share one."""
    for path, values in leaves.items():
        fitting = [value for value in values if fits(value)]
        if len(fitting) * 10 >= len(values) * 9 and (not distinct or len(set(fitting)) == len(fitting)):
            return path
    return ""


def _is_address(value: Any) -> bool:
    """An address of a page: a picture beside an entry is not where it stands."""
    return (
        isinstance(value, str)
        and value.startswith(("http://", "https://"))
        and not value.partition("?")[0].lower().endswith(_PICTURES)
    )


def _is_time(value: Any) -> bool:
    """A text that reads as a day or a moment; a bare number may be anything."""
    return (
        isinstance(value, str)
        and SHORTEST_DATE <= len(value) <= LONGEST_DATE
        and not value.isdigit()
        and read_time(value) is not None
    )


def _longest_text(leaves: Mapping[str, list[Any]]) -> str:
    """The text key with the longest values that are not addresses: the best stand-in for a title."""
    lengths = {
        path: sum(len(value) for value in values) / len(values)
        for path, values in leaves.items()
        if all(isinstance(value, str) and not value.startswith("http") for value in values)
    }
    best = max(lengths, key=lambda path: lengths[path], default="")
    return best if best and lengths[best] >= 8 else ""


def _rating(entries: list[Any], paths: Mapping[str, str]) -> float:
    if "title" not in paths:
        return 0.0
    marks = 1 + ("url" in paths) + ("date" in paths) + 0.5 * ("id" in paths)
    return marks * marks * float(len(entries) ** 0.7)
