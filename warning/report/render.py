"""The digest as text, as HTML for mail, and as a JSON document."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from warning.report.document import ChangeLine, ComingDate, DigestDocument, MaterialRow
from warning.report.figures import flow_text, price_text
from warning.report.named_sources import not_released
from warning.report.sight import (
    certificate,
    kind_text,
    materials_text,
    place_text,
    review_text,
    row_text,
    rules_text,
    stretch_text,
)
from warning.report.words import DigestWords, digest_words

if TYPE_CHECKING:
    from jinja2 import Environment

MAIL_LIMIT_BYTES = 80 * 1024
SHOWN_ENTRIES = (60, 40, 25, 10)
SHOWN_PLACES = 8
SHOWN_ROWS = 10

# Level, as a colour that keeps 4.5:1 against white; the level always stands beside it in words.
LEVEL_COLOURS: Mapping[str, str] = {
    "extreme": "#8b0000",
    "severe": "#a63c00",
    "moderate": "#7a5c00",
    "minor": "#35566b",
    "unknown": "#4a4a4a",
}


def subject(document: DigestDocument) -> str:
    """Return the mail's subject: the marking first, as TLP asks."""
    words = digest_words(document.language)
    marking = words.say("foot.marking", marking=document.marking.value)
    return f"[{marking}] {_title(document, words)}"


def as_text(document: DigestDocument) -> str:
    """Return the digest as plain text, at most one idea a line."""
    return "\n\n".join("\n".join(block) for block in as_blocks(document)) + "\n"


def as_blocks(document: DigestDocument) -> list[list[str]]:
    """Return the digest as blocks of lines: its head (marking, title, span), then sections, each with its title first."""
    words = digest_words(document.language)
    blocks = [
        [
            words.say("foot.marking", marking=document.marking.value),
            _title(document, words),
            _span(document, words),
        ],
        _section(words.say("heading.summary"), list(document.summary)),
        _section(words.say("heading.changes"), [_change_text(c, document, words) for c in document.changes]),
        _section(words.say("heading.materials"), [_material_text(r, words) for r in _told(document)]),
        _section(words.say("heading.coming"), [_coming_text(c, words) for c in document.coming]),
        _section(words.say("heading.background"), list(document.background)),
        _section(words.say("heading.coverage"), _coverage_lines(document, words)),
        [words.say("foot.method"), words.say("foot.written", when=_written(document, words))],
    ]
    return [block for block in blocks if block]


def as_html(document: DigestDocument) -> str:
    """Return one self-contained HTML page that mail clients show: tables, inline styles, no script, no image.

    Mail programs cut a long message off in the middle; a busy week shows fewer entries and says how many more.
    """
    for entries in SHOWN_ENTRIES[:-1]:
        html = _html(document, entries)
        if len(html.encode()) <= MAIL_LIMIT_BYTES:
            return html
    return _html(document, SHOWN_ENTRIES[-1])


def _html(document: DigestDocument, entries: int) -> str:
    words = digest_words(document.language)
    return (
        _environment()
        .get_template("digest.html.j2")
        .render(
            document=document,
            entries=entries,
            title=_title(document, words),
            span=_span(document, words),
            say=words.say,
            day=words.day,
            colours=LEVEL_COLOURS,
            details=lambda change: _details(change, document, words),
            cited=lambda change: _cited(change, words),
            materials=[(row, *_figures(row, words)) for row in _told(document)],
            ahead=lambda coming: _days_ahead(coming, words),
            event=lambda coming: _coming_event(coming, words),
            coverage=_coverage_lines(document, words)[:1],
            gaps=_gaps(document, words),
            sight=_sight_parts(document, words),
            written=_written(document, words),
        )
    )


def _sight_parts(document: DigestDocument, words: DigestWords) -> dict[str, Any]:
    """The coverage section's parts for the page: sentences, blind places, and a table of materials by kind."""
    coverage, said = document.coverage, []
    if coverage.sight is not None:
        said = [
            certificate(coverage.sight, coverage.last_read, words, document.timezone),
            rules_text(coverage.sight, words),
        ]
    rows = coverage.rows[:SHOWN_ROWS]
    return {
        "heading": words.say("sight.heading_quiet" if document.quiet else "sight.heading"),
        "said": said,
        "places": _place_lines(document, words),
        "kinds": [words.say(f"sight.{k.kind}") for k in rows[0].kinds] if rows else [],
        "rows": [(materials_text(r, words), [kind_text(k, words) for k in r.kinds]) for r in rows],
        "reviews": review_text(coverage.reviews, words) if coverage.reviews else "",
    }


def as_json(document: DigestDocument) -> dict[str, Any]:
    """Return the digest as plain values: the content of `digest/1`."""
    content = _plain(asdict(document))
    assert isinstance(content, dict)
    return {**content, "quiet": document.quiet, "subject": subject(document)}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - loaded with the first digest

    return Environment(
        loader=PackageLoader("warning.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _title(document: DigestDocument, words: DigestWords) -> str:
    return words.say("heading.title", week=words.week(document.week), desk=document.desk_title)


def _span(document: DigestDocument, words: DigestWords) -> str:
    zone = ZoneInfo(document.timezone)
    first, last = (
        document.since.astimezone(zone).date(),
        (document.until - timedelta(hours=1)).astimezone(zone).date(),
    )
    return words.say("heading.span", start=words.day(first), end=words.day(last))


def _written(document: DigestDocument, words: DigestWords) -> str:
    return words.moment(document.written_at, document.timezone)


def _section(heading: str, lines: list[str]) -> list[str]:
    return (
        [heading.upper() if heading.isascii() else f"【{heading}】", *(f"- {line}" for line in lines)]
        if lines
        else []
    )


def _told(document: DigestDocument) -> list[MaterialRow]:
    """Rows with a figure; what an alert says of a material stands under the changes."""
    return [row for row in document.materials if row.price or row.flow]


def _figures(row: MaterialRow, words: DigestWords) -> tuple[str, str]:
    none = words.say("figure.none")
    price = price_text(row.price, words) if row.price else none
    return price, flow_text(row.flow, words) if row.flow else none


def _details(change: ChangeLine, document: DigestDocument, words: DigestWords) -> list[str]:
    dates = {"announced": change.announced, "effective": change.effective, "expires": change.expires}
    parts = [words.say("line.instrument", instrument=change.instrument)] if change.instrument else []
    parts += [words.say(f"line.{name}", date=words.day(on)) for name, on in dates.items() if on]
    when = words.moment(change.first_known_at, document.timezone)
    parts.append(words.say("line.first", when=when, source=change.first_source))
    parts.append(words.say("line.publishers", count=change.publishers))
    return parts


def _change_text(change: ChangeLine, document: DigestDocument, words: DigestWords) -> str:
    level = words.say(f"level.{change.severity.value}")
    lines = [f"[{words.say(f'kind.{change.kind}')}] [{level}] {change.title}"]
    lines.append(words.say("line.and_details").join(_details(change, document, words)))
    lines += change.was
    if change.original_title:
        lines.append(_cited(change, words))
    return "\n    ".join(lines)


def _cited(change: ChangeLine, words: DigestWords) -> str:
    """The leading evidence: a publisher's own title stays in its language; a figure is told as a figure."""
    key = "line.figure" if change.from_figures else "line.original"
    return words.say(key, title=change.original_title)


def _material_text(row: MaterialRow, words: DigestWords) -> str:
    price, flow = _figures(row, words)
    said = [words.say("line.grade", grade=row.grade)]
    said += [words.say("line.alerts", count=row.alerts)] if row.alerts else []
    head = row.label + words.say("line.aside", said=words.say("line.and_names").join(said))
    return "\n    ".join([head, *(text for text, known in ((price, row.price), (flow, row.flow)) if known)])


def _days_ahead(coming: ComingDate, words: DigestWords) -> str:
    if coming.days == 0:
        return words.say("date.today")
    return words.say("date.tomorrow") if coming.days == 1 else words.say("date.in_days", days=coming.days)


def _coming_text(coming: ComingDate, words: DigestWords) -> str:
    when = words.day(coming.on) + words.say("line.aside", said=_days_ahead(coming, words))
    return words.say("line.headed", heading=when, rest=_coming_event(coming, words))


def _coming_event(coming: ComingDate, words: DigestWords) -> str:
    instrument = f" [{coming.instrument}]" if coming.instrument else ""
    said = words.say("date.eased", by=coming.eased_by) if coming.eased_by else ""
    eased = words.say("line.aside", said=said) if said else ""
    return f"{coming.title}{instrument}{words.say('line.colon')}{words.say(f'date.{coming.kind}')}{eased}"


def _coverage_lines(document: DigestDocument, words: DigestWords) -> list[str]:
    coverage = document.coverage
    line = words.say(
        "coverage.read",
        read=coverage.read,
        sources=coverage.sources,
        items=coverage.items,
        figures=coverage.figures,
        rules=coverage.rules,
        materials=coverage.materials,
    )
    gaps = [
        words.say("line.headed", heading=heading, rest="; ".join(" · ".join(row) for row in rows))
        for heading, rows in _gaps(document, words)
    ]
    return [line, *(gaps or [words.say("coverage.all_read")]), *sight_lines(document, words)]


def sight_lines(document: DigestDocument, words: DigestWords) -> list[str]:
    """Return what silence is worth, where nothing can be seen, what each watched material rests on, what is due."""
    coverage, lines = document.coverage, []
    if coverage.sight is not None:
        heading = words.say("sight.heading_quiet" if document.quiet else "sight.heading")
        said = certificate(coverage.sight, coverage.last_read, words, document.timezone)
        lines += [words.say("line.headed", heading=heading, rest=said), rules_text(coverage.sight, words)]
    lines += _place_lines(document, words)
    lines += [row_text(row, words) for row in coverage.rows[:SHOWN_ROWS]]
    if coverage.reviews:
        lines.append(review_text(coverage.reviews, words))
    return lines


def _place_lines(document: DigestDocument, words: DigestWords) -> list[str]:
    """Where nothing can be seen, then where it could not be seen for a part of the week."""
    coverage = document.coverage
    blind = [place_text(place, words) for place in coverage.blind[:SHOWN_PLACES]]
    return blind + [stretch_text(s, words, document.timezone) for s in coverage.stretches[:SHOWN_PLACES]]


def _gaps(document: DigestDocument, words: DigestWords) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Return (heading, rows of title, cause, last answer) for the sources that gave nothing."""
    groups = (("down", document.coverage.down), ("never", document.coverage.never))
    found = []
    for name, gaps in groups:
        rows: list[tuple[str, ...]] = [
            tuple(
                part
                for part in (g.title, g.cause, words.moment(g.since, document.timezone) if g.since else "")
                if part
            )
            for g in gaps
            if g.source_id
        ]
        if nameless := sum(not g.source_id for g in gaps):
            rows.append((not_released(nameless, words),))
        if rows:
            found.append((words.say(f"coverage.{name}"), rows))
    return found
