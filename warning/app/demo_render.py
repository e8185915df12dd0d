"""What a publisher of the reconstruction serves at one virtual instant, in the formats that real ones use."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from warning.app.demo_data import Publisher, Story

ENTRIES = 20
NOTE = "Reconstruction for demonstration: true events, our own wording, served by this machine to itself."
OFFSETS = {"CN": 8, "JP": 9, "KR": 9}
SPOILT = "<item><title>&nosuchentity; unfinished <b</title><pubDate>the day before yesterday</pubDate></item>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One served document. `modified_at` is when it last changed."""

    content_type: str
    body: bytes
    modified_at: datetime


def render(publisher: Publisher, path: str, now: datetime) -> Page | None:
    """Return what `path` of this publisher holds at `now`, None when there is no such page (yet)."""
    if publisher.style == "announcements" and path.startswith("/art/"):
        return _article(publisher, path, now)
    if publisher.style in _STORY_STYLES:
        stories = [s for s in publisher.stories if s.at <= now][-ENTRIES:][::-1]
        content_type, write = _STORY_STYLES[publisher.style]
        modified = stories[0].at if stories else now
        return Page(
            content_type=content_type, body=write(publisher, stories, now).encode(), modified_at=modified
        )
    return _figures(publisher, now) if publisher.figures else _listing(publisher, now)


def _address(publisher: Publisher, story: Story) -> str:
    return f"http://{publisher.host}/art/{story.at.year}/{story.number:04d}.html"


def _local(publisher: Publisher, at: datetime) -> datetime:
    return at.astimezone(timezone(timedelta(hours=OFFSETS.get(publisher.country, 0))))


def _announcements(publisher: Publisher, stories: Sequence[Story], _now: datetime) -> str:
    lines = [
        f'<li><a href="/art/{s.at.year}/{s.number:04d}.html" title="{escape(s.title)}">{escape(s.title)}</a>'
        f" <span>[{_local(publisher, s.at):%Y-%m-%d %H:%M}]</span></li>"
        for s in stories
    ]
    return _html(publisher, f'<ul class="list">\n{chr(10).join(lines)}\n</ul>')


def _article(publisher: Publisher, path: str, now: datetime) -> Page | None:
    for story in publisher.stories:
        if story.at <= now and _address(publisher, story).endswith(path):
            paragraphs = "\n".join(f"<p>{escape(p)}</p>" for p in story.text.split("\n"))
            signed = f"<p>{_local(publisher, story.at):%Y年%m月%d日}</p>"
            body = f"<h1>{escape(story.title)}</h1>\n<article>\n{paragraphs}\n{signed}\n</article>"
            page = _html(publisher, body).encode()
            return Page(content_type="text/html; charset=utf-8", body=page, modified_at=story.at)
    return None


def _html(publisher: Publisher, body: str) -> str:
    title = escape(publisher.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{publisher.language}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body>\n<header>{title}</header>\n{body}\n<footer>{NOTE}</footer></body></html>\n"
    )


def _rss(publisher: Publisher, stories: Sequence[Story], now: datetime) -> str:
    entries = [
        f"<item><title>{escape(s.title)}</title><link>{_address(publisher, s)}</link>"
        f"<guid>{_address(publisher, s)}</guid><pubDate>{format_datetime(_local(publisher, s.at))}</pubDate>"
        f"<description>{escape(s.text)}</description></item>"
        for s in stories
    ]
    if publisher.broken_entry and publisher.broken_entry[0] <= now < publisher.broken_entry[1]:
        entries.insert(1, SPOILT)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(publisher.title)}</title><link>http://{publisher.host}/</link>"
        f"<description>{NOTE}</description><language>{publisher.language}</language>\n"
        f"{chr(10).join(entries)}\n</channel></rss>\n"
    )


def _atom(publisher: Publisher, stories: Sequence[Story], _now: datetime) -> str:
    entries = [
        f"<entry><title>{escape(s.title)}</title><id>{_address(publisher, s)}</id>"
        f'<link href="{_address(publisher, s)}"/><updated>{_local(publisher, s.at).isoformat()}</updated>'
        f"<published>{_local(publisher, s.at).isoformat()}</published><summary>{escape(s.text)}</summary></entry>"
        for s in stories
    ]
    updated = stories[0].at.isoformat() if stories else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{publisher.language}"><title>{escape(publisher.title)}</title><subtitle>{NOTE}</subtitle>'
        f"<id>http://{publisher.host}/</id><updated>{updated}</updated>\n{chr(10).join(entries)}\n</feed>\n"
    )


def _register(publisher: Publisher, stories: Sequence[Story], _now: datetime) -> str:
    results = [
        {
            "document_number": f"{s.at.year}-R{s.number:04d}",
            "title": s.title,
            "abstract": s.text,
            "html_url": _address(publisher, s),
            "publication_date": s.at.isoformat(),
        }
        for s in stories
    ]
    return json.dumps(
        {"description": f"{publisher.title}. {NOTE}", "count": len(results), "results": results}, indent=1
    )


def _figures(publisher: Publisher, now: datetime) -> Page | None:
    """A rolling file: the rows of the last `rolling` days, oldest first."""
    assert publisher.figures is not None
    rows = [(at, row) for at, row in publisher.figures.rows if now - publisher.rolling < at <= now]
    if not rows:
        return None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(publisher.figures.header)
    writer.writerows(row for _, row in rows)
    return Page(content_type="text/csv", body=text.getvalue().encode(), modified_at=rows[-1][0])


def _listing(publisher: Publisher, now: datetime) -> Page | None:
    out = [version for version in publisher.versions if version.at <= now]
    return Page(content_type="text/csv", body=out[-1].body, modified_at=out[-1].at) if out else None


_STORY_STYLES: Mapping[str, tuple[str, Callable[[Publisher, Sequence[Story], datetime], str]]] = {
    "announcements": ("text/html; charset=utf-8", _announcements),
    "rss": ("application/rss+xml", _rss),
    "atom": ("application/atom+xml", _atom),
    "register": ("application/json", _register),
}
