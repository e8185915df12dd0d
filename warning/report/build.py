"""A week of the store -> the digest's values. Pure: everything it needs is in `WeekInput`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from warning.core.alerts import Alert
from warning.core.blind_stretches import BlindStretch
from warning.core.blindness import Sight
from warning.core.coverage import Cell
from warning.core.desks import Desk
from warning.core.evidence import Observation
from warning.core.health import SourceState
from warning.core.phrases import state_said
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit
from warning.core.vocabulary import Marking
from warning.core.watches import Watch
from warning.report.changes import change_lines, coming_dates, country_label, permitted, watch_dates
from warning.report.document import ChangeLine, ComingDate, Coverage, DigestDocument, MaterialRow, SourceGap
from warning.report.figures import largest_move, material_rows
from warning.report.named_sources import NamedSources, digest_ways, not_released
from warning.report.sight import blind_places, coverage_rows, dark_stretches, own_reviews_due, sight_count
from warning.report.week import week_bounds
from warning.report.words import DigestWords, amount, digest_words

SHOWN_BACKGROUND = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekInput:
    """What the store knew of a week.

    `versions` are the alert versions of the week, oldest first; `standing` all alerts as they stood at its end;
    `observations` every figure of the year and a half before; `items` and `figures` count what came in; `watches` are those open at its end;
    `cells` and `sights` what the sources and rules see, the evidence counted over the week; `stretches` where nothing
    could be seen for a part of it.
    """

    versions: Sequence[Alert]
    standing: Sequence[Alert]
    observations: Sequence[Observation]
    sources: Mapping[str, SourceState]
    enabled: frozenset[str]
    items: int
    figures: int
    watches: Sequence[Watch] = ()
    cells: Sequence[Cell] = ()
    sights: Sequence[Sight] = ()
    stretches: Sequence[BlindStretch] = ()


def build_digest(
    week: str, desk: Desk, book: Rulebook, found: WeekInput, written_at: datetime
) -> DigestDocument:
    """Return the digest of one ISO week for one desk, holding nothing the desk may not see."""
    words = digest_words(desk.language)
    since, until = week_bounds(week, desk.timezone)
    destinations = digest_ways(desk)
    versions = permitted(found.versions, desk, destinations)
    standing = permitted(found.standing, desk, destinations)
    lines = change_lines(versions, desk, book, words)
    shown = {line.key for line in lines}
    alerted = Counter(m for a in standing if a.key in shown for m in a.facts.materials)
    sources = NamedSources.of_digest(desk, book)
    figures = sources.released_figures(o for o in found.observations if o.known_at < until)
    rows = material_rows(figures, lines, alerted, desk, book, until)
    week_end = until.astimezone(ZoneInfo(desk.timezone)).date()
    dated = coming_dates((a for a in standing if a.interrupts), book, words, week_end)
    watched = watch_dates(found.watches, standing, book, words, week_end)
    coming = tuple(sorted((*dated, *watched), key=lambda c: (c.on, c.title)))
    coverage = _coverage(found, sources, since, until)
    told = {e.evidence_id for a in versions if a.interrupts for e in a.exhibits}
    background = [a for a in versions if not a.interrupts]
    return DigestDocument(
        desk_id=desk.id,
        desk_title=desk.called(words.language),
        country=desk.country,
        language=words.language,
        timezone=desk.timezone,
        week=week,
        since=since,
        until=until,
        written_at=written_at,
        marking=max(
            *_markings(versions, standing, coming),
            sources.marking(_told_of(found, coverage)),
            sources.figures_marking(figures),
        ),
        summary=_summary(lines, rows, coming, coverage, _reader(desk, book, words), words),
        changes=lines,
        background=_background(background, told),
        materials=rows,
        coming=coming,
        coverage=coverage,
    )


def _reader(desk: Desk, book: Rulebook, words: DigestWords) -> str:
    return state_said(country_label(desk.country, book, words.language), desk.country, words.language)


def _markings(
    versions: Sequence[Alert], standing: Sequence[Alert], coming: Sequence[ComingDate]
) -> tuple[Marking, ...]:
    """The marking of everything the digest tells of: the week's versions, and alerts with a date ahead."""
    dated = {c.alert_key for c in coming}
    return tuple(a.marking for a in (*versions, *(a for a in standing if a.key in dated)))


def _titles(book: Rulebook, desk: Desk) -> dict[str, str]:
    """What the desk calls the rules."""
    return {
        rule.id: next(
            (t for language, t in rule.titles.items() if str(language) == desk.language), rule.title
        )
        for rule in book.rules
    }


def _background(alerts: Sequence[Alert], told: Collection[str]) -> tuple[str, ...]:
    """The newest titles of background coverage, without what an alert of the week shows already."""
    fresh = {e.evidence_id: e for a in alerts for e in a.exhibits if e.evidence_id not in told}
    newest = sorted(fresh.values(), key=lambda e: (e.known_at, e.evidence_id))[-SHOWN_BACKGROUND:]
    return tuple(f"{e.title} ({_told_by(e)})" for e in newest)


def _told_by(shown: Exhibit) -> str:
    """The source, and the grades that its author gave a mission report."""
    return f"{shown.source_title}, {shown.admiralty}" if shown.kind == "mission" else shown.source_title


def _told_of(found: WeekInput, coverage: Coverage) -> set[str]:
    """The sources that the coverage speaks of, where they may be named."""
    told = {gap.source_id for gap in (*coverage.down, *coverage.never) if gap.source_id}
    told |= {dark.source_id for cell in found.cells if cell.state == "blind" for dark in cell.dark}
    return told | {dark.source_id for stretch in found.stretches for dark in stretch.dark}


def _coverage(found: WeekInput, sources: NamedSources, since: datetime, until: datetime) -> Coverage:
    desk, book = sources.desk, sources.book
    down: list[SourceGap] = []
    never: list[SourceGap] = []
    read = 0
    for source_id in sorted(found.enabled):
        state = found.sources.get(source_id)
        success = state.last_success_at if state else None
        if success is not None and success >= since:
            read += 1
            continue
        profile = book.sources.get(source_id)
        gap = SourceGap(
            source_id=source_id,
            title=profile.title if profile else source_id,
            cause=state.cause if state else "",
            since=success if success is None or success < until else None,
        )
        (down if success else never).append(gap)
    rules = book.active("text", "context", "listing", "series", "deadline", "sequence", "absence")
    return Coverage(
        sources=len(found.enabled),
        read=read,
        items=found.items,
        figures=found.figures,
        rules=len(rules),
        materials=len(book.terms.materials),
        down=_as_released(down, sources),
        never=_as_released(never, sources),
        last_read=max((s.last_success_at for s in found.sources.values() if s.last_success_at), default=None),
        sight=sight_count(found.cells, found.sights, _titles(book, desk))
        if found.cells or found.sights
        else None,
        rows=coverage_rows(found.cells, desk, book),
        blind=blind_places(found.cells, desk, book),
        stretches=dark_stretches(found.stretches, found.cells, desk, book),
        reviews=own_reviews_due(desk, book, until.astimezone(ZoneInfo(desk.timezone)).date()),
    )


def _as_released(gaps: Sequence[SourceGap], sources: NamedSources) -> tuple[SourceGap, ...]:
    """The gaps with those that may not be named last, so that their place in the order tells nothing."""
    named, others = sources.parted(gaps)
    nameless = SourceGap(source_id="", title=not_released(1, sources.words), cause="", since=None)
    return (*named, *(nameless for _ in others))


def _summary(
    lines: Sequence[ChangeLine],
    rows: Sequence[MaterialRow],
    coming: Sequence[ComingDate],
    coverage: Coverage,
    country: str,
    words: DigestWords,
) -> tuple[str, ...]:
    """Five sentences at most: what happened, the worst of it, what comes, what moved, what was watched."""
    return (
        *_what_happened(lines, country, words),
        _what_comes(coming, words),
        _what_moved(rows, words),
        _what_was_watched(coverage, words),
    )


def _what_happened(lines: Sequence[ChangeLine], country: str, words: DigestWords) -> tuple[str, ...]:
    if not lines:
        return (words.say("summary.quiet"),)
    kinds = Counter(line.kind for line in lines)
    counts = {kind: kinds.get(kind, 0) for kind in ("new", "updated", "easing", "closed")}
    counted = words.say("summary.counts", **counts)
    standing = [line for line in lines if line.kind in {"new", "updated"}]
    if not standing:
        return (counted,)
    top = max(standing, key=lambda line: (line.severity.rank, line.kind == "new", line.first_known_at))
    level = words.say(f"level.{top.severity.value}")
    return (counted, words.say("summary.top", country=country, title=top.title, level=level))


def _what_comes(coming: Sequence[ComingDate], words: DigestWords) -> str:
    coming = [one for one in coming if one.kind != "watch"]
    if not coming:
        return words.say("summary.no_date")
    soonest = next((date for date in coming if not date.eased_by), None)
    if soonest is None:
        return words.say("summary.only_eased")
    what = words.say(f"date.{soonest.kind}")
    return words.say("summary.next_date", date=words.day(soonest.on), title=soonest.title, what=what)


def _what_moved(rows: Sequence[MaterialRow], words: DigestWords) -> str:
    row = largest_move(rows)
    if row is None or row.price is None or row.price.change_ratio is None:
        return words.say("summary.no_move")
    what = words.say(
        "figure.move",
        material=row.label,
        market=row.price.source,
        change=words.ratio(row.price.change_ratio),
        value=amount(row.price.value),
        currency=row.price.currency or "",
        unit=row.price.unit,
    )
    return words.say("summary.move", what=what)


def _what_was_watched(coverage: Coverage, words: DigestWords) -> str:
    watched = words.say(
        "summary.watched",
        read=coverage.read,
        sources=coverage.sources,
        items=coverage.items,
        figures=coverage.figures,
    )
    gaps = len(coverage.down) + len(coverage.never)
    if not gaps:
        return watched
    return words.say("line.sentences", first=watched, second=words.say("summary.gaps", gaps=gaps))
