"""The bundled reconstruction: who publishes what and when. Data in, values out; rendering is `demo_render`."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from warning.errors import EvidenceError

LIST_PUBLISHED_AT = time(14, 0, tzinfo=UTC)
FIGURE_PUBLISHED_AT = time(7, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One reconstructed document. `tag` is the event it belongs to, `lookalike` or `-`; it is never served.

    `text` holds paragraphs parted by a line break. `number` counts within its publisher from 1.
    """

    number: int
    at: datetime
    tag: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A table of figures; each row carries the instant it came out."""

    header: tuple[str, ...]
    rows: tuple[tuple[datetime, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersion:
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One publisher of the reconstruction and everything it will ever publish, oldest first.

    `style` says how it publishes: announcements (HTML), rss, atom, register (JSON), figures (CSV), list (CSV).
    From `outage[0]` to `outage[1]` it answers 503; within `broken_entry` its feed carries a spoilt entry.
    """

    host: str
    style: str
    title: str
    language: str = "en"
    country: str = ""
    stories: tuple[Story, ...] = ()
    figures: Figures | None = None
    versions: tuple[ListVersion, ...] = ()
    rolling: timedelta = timedelta(days=400)
    outage: tuple[datetime, datetime] | None = None
    broken_entry: tuple[datetime, datetime] | None = None


def load_publishers(directory: Path) -> tuple[Publisher, ...]:
    """Read the bundled reconstruction. Raises EvidenceError that names the file and line of a bad record."""
    declared = json.loads((directory / "publishers.json").read_text(encoding="utf-8"))
    return tuple(_publisher(directory, entry) for entry in declared)


def event_instants(publishers: Iterable[Publisher]) -> list[datetime]:
    """Return when something happened that desks should hear of, sorted."""
    told = {s.at for p in publishers for s in p.stories if s.tag not in {"-", "lookalike"}}
    lists = {v.at for p in publishers for v in p.versions}
    return sorted(told | lists)


def ordinary_instants(publishers: Iterable[Publisher]) -> list[datetime]:
    """Return when ordinary news and lookalikes came out, and the monthly figures, sorted."""
    quiet = {s.at for p in publishers for s in p.stories if s.tag in {"-", "lookalike"}}
    months = {at for p in publishers if p.figures and p.host.startswith("trade") for at, _ in p.figures.rows}
    return sorted(quiet | months)


def _publisher(directory: Path, entry: dict[str, object]) -> Publisher:
    style, name = str(entry["style"]), str(entry["documents"])
    return Publisher(
        host=str(entry["host"]),
        style=style,
        title=str(entry["title"]),
        language=str(entry.get("language", "en")),
        country=str(entry.get("country", "")),
        stories=_stories(directory / "documents" / name, str(entry["offset"])) if "offset" in entry else (),
        figures=_figures(directory / "figures" / name) if style == "figures" else None,
        versions=_versions(directory / "lists", name) if style == "list" else (),
        rolling=timedelta(days=int(str(entry.get("rolling_days", 400)))),
        outage=_span(entry.get("outage")),
        broken_entry=_span(entry.get("broken_entry")),
    )


def _stories(path: Path, offset: str) -> tuple[Story, ...]:
    stories: list[Story] = []
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        try:
            when, tag, title, text = parts
            at = datetime.fromisoformat(f"{when}{offset}").astimezone(UTC)
        except ValueError as wrong:
            raise EvidenceError(f"{path}:{line_number}: not `when | tag | title | text` ({wrong})") from wrong
        paragraphs = "\n".join(part.strip() for part in text.split("//"))
        stories.append(Story(number=len(stories) + 1, at=at, tag=tag, title=title, text=paragraphs))
    return tuple(sorted(stories, key=lambda s: (s.at, s.number)))


def _figures(path: Path) -> Figures:
    """Rows come out on their `published` day, else on their `date`; neither column is a figure."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    clock = header.index("published") if "published" in header else header.index("date")
    hidden = header.index("published") if "published" in header else None
    timed = [(_at(row[clock], FIGURE_PUBLISHED_AT), _without(row, hidden)) for row in rows]
    return Figures(header=_without(header, hidden), rows=tuple(sorted(timed)))


def _without(row: Sequence[str], index: int | None) -> tuple[str, ...]:
    return tuple(cell for place, cell in enumerate(row) if place != index)


def _versions(directory: Path, stem: str) -> tuple[ListVersion, ...]:
    found = sorted(directory.glob(f"{stem}.*.csv"))
    return tuple(
        ListVersion(at=_at(path.name.split(".")[1], LIST_PUBLISHED_AT), body=path.read_bytes())
        for path in found
    )


def _span(days: object) -> tuple[datetime, datetime] | None:
    if not isinstance(days, list):
        return None
    start, end = (_at(str(day), time(0, tzinfo=UTC)) for day in days)
    return start, end


def _at(day: str, clock: time) -> datetime:
    return datetime.combine(date.fromisoformat(day), clock)
