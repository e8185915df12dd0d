"""Where nothing could be seen for a part of the time: what a matrix of the present no longer shows.

A cell that is read again is quiet. For the hours in which every source that looks there was dark its silence still means
nothing, and what stood on a page only then may never come.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from warning.core.blindness import MOST_NAMED, Dark
from warning.core.coverage import Cell
from warning.core.health import SourceReport

SHORTEST = timedelta(hours=1)
"""What a place was blind for in all, to be worth telling: less than the pace of many of its sources is no news."""
NOT_READ = "not read"
NEVER_READ = "never read"

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkSpan:
    """One source could not be relied on from `since` until before `until`."""

    since: datetime
    until: datetime
    condition: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindStretch:
    """A country and kind of which nothing could be seen in `spans`, the oldest first, for these materials.

    `dark` are the sources with the condition each was in longest; `because` says it in words, for who may know of all.
    """

    country: str
    kind: str
    materials: tuple[str, ...]
    spans: tuple[Span, ...]
    because: str
    dark: tuple[Dark, ...] = ()

    @property
    def lasted(self) -> timedelta:
        return _length(self.spans)


def dark_spans(
    reports: Iterable[SourceReport], since: datetime, until: datetime, *, silent_after: timedelta
) -> tuple[DarkSpan, ...]:
    """Return when a source was dark within an interval, the oldest first.

    `reports` are those of one source, the last before `since` among them: before the first it was never read. Healthy
    sources leave a report at least every `silent_after`; where none came for longer, nobody read it from then on.
    """
    ordered = sorted(reports, key=lambda r: (r.known_at, r.id))
    if not ordered:
        return (DarkSpan(since=since, until=until, condition=NEVER_READ),)
    found = [DarkSpan(since=since, until=min(ordered[0].since, until), condition=NEVER_READ)]
    ends = [max(after.since, before.since) for before, after in pairwise(ordered)]
    for report, end in zip(ordered, [*ends, until], strict=True):
        if report.is_blind or report.condition == "frozen":
            begin, over = max(report.since, since), min(end, until)
            found.append(DarkSpan(since=begin, until=over, condition=report.condition, cause=report.cause))
    seen = [*(report.known_at for report in ordered), until]
    found += [
        DarkSpan(since=max(before + silent_after, since), until=min(after, until), condition=NOT_READ)
        for before, after in pairwise(seen)
    ]
    return tuple(sorted((s for s in found if s.since < s.until), key=lambda s: (s.since, s.until)))


def blind_stretches(
    cells: Sequence[Cell], dark: Mapping[str, Sequence[DarkSpan]], *, absent: Collection[str] = ()
) -> tuple[BlindStretch, ...]:
    """Return where every source was dark at once for an hour or more in all, by country and kind.

    `dark` holds when each source was; sources that are `absent` were never read at all, and a cell of such alone is a
    hole of the catalogue.
    """
    by_sources: dict[tuple[str, ...], tuple[Span, ...]] = {}
    places: dict[tuple[str, str, tuple[Span, ...]], list[Cell]] = defaultdict(list)
    for cell in cells:
        looking = tuple(name for name in cell.sources if name not in absent)
        if not looking:
            continue
        if looking not in by_sources:
            by_sources[looking] = _all_dark([dark.get(name, ()) for name in looking])
        spans = by_sources[looking]
        if _length(spans) >= SHORTEST:
            places[cell.kind, cell.country, spans].append(cell)
    found = []
    for (kind, country, spans), members in sorted(places.items()):
        names = dict.fromkeys(n for c in members for n in c.sources if n not in absent)
        longest = tuple(_longest(name, dark.get(name, ()), spans) for name in names)
        found.append(
            BlindStretch(
                country=country,
                kind=kind,
                materials=tuple(sorted(cell.material for cell in members)),
                spans=spans,
                because="; ".join(dark_together(longest)),
                dark=longest,
            )
        )
    return tuple(found)


def stretches_of(stretches: Iterable[BlindStretch], cells: Iterable[Cell]) -> tuple[BlindStretch, ...]:
    """Return the stretches as far as they are about these cells."""
    known = {(cell.material, cell.country, cell.kind) for cell in cells}
    narrowed = (
        replace(one, materials=tuple(m for m in one.materials if (m, one.country, one.kind) in known))
        for one in stretches
    )
    return tuple(one for one in narrowed if one.materials)


def past_stretches(stretches: Iterable[BlindStretch], cells: Sequence[Cell]) -> tuple[BlindStretch, ...]:
    """Return the stretches of these cells without the hours since a cell that is blind still has been: they are told as that.

    What was dark before stays, where that was an hour or more in all.
    """
    blind_since: dict[tuple[str, str, str], datetime | None] = {
        (c.material, c.country, c.kind): c.since for c in cells if c.state == "blind"
    }
    found = []
    for one in stretches_of(stretches, cells):
        by_spans: dict[tuple[Span, ...], list[str]] = defaultdict(list)
        for material in one.materials:
            since = blind_since.get((material, one.country, one.kind))
            by_spans[one.spans if since is None else _until(one.spans, since)].append(material)
        found += [
            replace(one, spans=spans, materials=tuple(materials))
            for spans, materials in by_spans.items()
            if _length(spans) >= SHORTEST
        ]
    return tuple(found)


def _until(spans: Sequence[Span], end: datetime) -> tuple[Span, ...]:
    return tuple((since, min(until, end)) for since, until in spans if since < end)


def _all_dark(each: Sequence[Sequence[DarkSpan]]) -> tuple[Span, ...]:
    """The spans in which all are dark at once, from when the first of them was read: before, nobody looked."""
    together = _joined((s.since, s.until) for s in each[0])
    for spans in each[1:]:
        together = _common(together, _joined((s.since, s.until) for s in spans))
    never = [max((s.until for s in spans if s.condition == NEVER_READ), default=None) for spans in each]
    begins = None if None in never else min(at for at in never if at is not None)
    if begins is None:
        return together
    return tuple((max(since, begins), until) for since, until in together if until > begins)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans that touch or overlap as one: a source that is first blocked and then fails is dark all the while."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)


def _common(one: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return tuple(sorted(span for span in both if span[0] < span[1]))


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((until - since for since, until in spans), timedelta())


def _longest(name: str, dark: Iterable[DarkSpan], spans: Sequence[Span]) -> Dark:
    """The condition and cause that a source was in longest within the spans."""
    within: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    for one in dark:
        within[one.condition, one.cause] += _length(_common([(one.since, one.until)], spans))
    condition, cause = max(within, key=lambda said: within[said])
    return Dark(source_id=name, condition=condition, cause=cause)


def dark_together(dark: Iterable[Dark]) -> tuple[str, ...]:
    """Sources of one condition and cause in one clause: a, b (failing: HTTP 503), then c (frozen: nothing newer)."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in dark:
        alike[one.condition, one.cause].append(one.source_id)
    clauses = []
    for (condition, cause), several in sorted(alike.items(), key=lambda one: (-len(one[1]), one[1])):
        more = f" and {len(several) - MOST_NAMED} more" if len(several) > MOST_NAMED else ""
        said = f"{condition}: {cause}" if cause else condition
        clauses.append(f"{', '.join(several[:MOST_NAMED])}{more} ({said})")
    return tuple(clauses)
