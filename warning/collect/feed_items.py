"""Raw entries, whatever their format -> items with a stable identity, clean text and safe links."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from warning.collect.text import (
    BODY_CHARACTERS,
    is_dangerous_link,
    one_line,
    paragraphs,
    safe_link,
)
from warning.collect.times import not_in_future, read_time
from warning.core.documents import Document, Remark, placed
from warning.core.evidence import Item, item_id
from warning.core.sources import SourceProfile

STAND_IN_TITLE_CHARACTERS = 140
UNTITLED = "untitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry as its publisher wrote it: texts may hold markup, `dates` are tried in order.

    `otherwise` is whatever else the entry says (an author, a category): it names an entry that says no more.
    """

    external_id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    dates: Sequence[str | datetime] = ()
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clean:
    """An entry after cleaning, before its identity is settled."""

    external_id: str
    url: str
    title: str
    summary: str
    body: str
    published_at: datetime | None

    @property
    def base(self) -> str:
        return self.external_id or self.url or self.title


def items_from(
    entries: Iterable[RawEntry], document: Document, profile: SourceProfile
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Return the items, in the order of the document, and a problem for each entry given up; a remark for each field."""
    problems: list[str] = []
    cleaned: list[_Clean] = []
    for number, raw in enumerate(entries, start=1):
        clean, faults = _clean(raw, document, profile)
        problems.extend(placed(f"entry {number}", fault) for fault in faults)
        if clean is not None:
            cleaned.append(clean)
    items = tuple(_item(clean, identity, document, profile) for clean, identity in _identified(cleaned))
    return items, tuple(problems)


def _clean(raw: RawEntry, document: Document, profile: SourceProfile) -> tuple[_Clean | None, list[str]]:
    faults: list[str] = []
    url = safe_link(raw.link, document.url)
    if raw.link.strip() and not url:
        what = (
            "points to a scheme that is never followed"
            if is_dangerous_link(raw.link)
            else "is not an address"
        )
        faults.append(Remark(f"link {raw.link.strip()[:60]!r} {what}"))
    summary, body = paragraphs(raw.summary), paragraphs(raw.body, BODY_CHARACTERS)
    if body == summary:
        body = ""
    title = one_line(raw.title) or one_line(summary or body, STAND_IN_TITLE_CHARACTERS) or url
    if not title:
        faults.append("has no title, no text and no link")
        title = one_line(raw.external_id or raw.otherwise) or (UNTITLED if raw.otherwise else "")
    if not title:
        return None, faults
    published_at, late = not_in_future(_published(raw, profile.country), document.fetched_at)
    if late:
        faults.append(Remark(late))
    external_id = " ".join(raw.external_id.split())[:1000]
    return _Clean(
        external_id=external_id, url=url, title=title, summary=summary, body=body, published_at=published_at
    ), faults


def _published(raw: RawEntry, country: str) -> datetime | None:
    moments = (read_time(date, country) if isinstance(date, str) else date for date in raw.dates)
    return next((moment for moment in moments if moment is not None), None)


def _identified(cleaned: Sequence[_Clean]) -> Iterator[tuple[_Clean, str]]:
    """Yield each distinct entry with what identifies it; exact repetitions collapse into the first.

    Some publishers give every entry the same id, or link every entry to the same page. Then the address, and
    if that is shared too the title, joins the identity: an entry too many is better than one lost.
    """
    distinct = {(clean.base, clean.url, clean.title): clean for clean in reversed(cleaned)}
    kept = [
        clean
        for clean in dict.fromkeys(cleaned)
        if distinct.get((clean.base, clean.url, clean.title)) is clean
    ]
    sharing = Counter(clean.base for clean in kept)
    by_link = Counter((clean.base, clean.url) for clean in kept)
    for clean in kept:
        if sharing[clean.base] == 1:
            yield clean, clean.base
        elif all(count == 1 for (base, _), count in by_link.items() if base == clean.base):
            yield clean, f"{clean.base} {clean.url}"
        else:
            yield clean, f"{clean.base} {clean.url} {clean.title}"


def _item(clean: _Clean, identity: str, document: Document, profile: SourceProfile) -> Item:
    repaired = clean.external_id if identity == clean.base else identity
    return Item(
        id=item_id(document.source_id, repaired, clean.url, clean.title),
        source_id=document.source_id,
        kind=profile.kind,
        country=profile.country,
        language=profile.language,
        title=clean.title,
        summary=clean.summary,
        body=clean.body,
        url=clean.url,
        published_at=clean.published_at,
        known_at=document.fetched_at,
        external_id=repaired,
        archive_hash=document.archive_hash,
        time_assumed=clean.published_at is None,
    )
