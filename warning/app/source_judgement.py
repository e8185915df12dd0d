"""Whether a source is as its catalogue entry expects: the condition, and the cause in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from warning.catalog.sources import SourceSpec
from warning.collect.feed_items import UNTITLED
from warning.collect.times import zone_of
from warning.core.documents import Parsed
from warning.core.evidence import Item
from warning.core.health import FROZEN, SourceCondition, SourceState, is_well
from warning.core.phrases import counted
from warning.core.rhythm import Silence, recall, silence

WEEK = timedelta(days=7)
SHOWN_PROBLEMS = 3
_BRIEF_FIELDS = ("title", "summary", "body", "url", "published_at")
_OF_A_DOCUMENT = frozenset({"empty", "partial", "drifted"})
"""What is wrong with a document stays wrong while it does not change; that it is old is judged anew each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    condition: SourceCondition
    cause: str = ""


FAULTLESS = Verdict(condition="ok")
STILL = Verdict(condition="not_modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBrief:
    """What judging needs of an entry that was read earlier and is not parsed again."""

    published_at: datetime | None
    missing: frozenset[str]


def brief(item: Item) -> EntryBrief:
    """`missing` names the fields that are empty; a time that was assumed is no time, an address no title."""
    dated = item.published_at if not item.time_assumed else None
    has = (
        bool(item.title) and item.title not in {item.url, UNTITLED},
        bool(item.summary),
        bool(item.body),
        bool(item.url),
        dated is not None,
    )
    return EntryBrief(published_at=dated, missing=_missing(has))


@lru_cache(maxsize=64)
def _missing(has: tuple[bool, ...]) -> frozenset[str]:
    """One set for all entries that lack the same: there are many entries."""
    return frozenset(name for name, there in zip(_BRIEF_FIELDS, has, strict=True) if not there)


def wants_briefs(spec: SourceSpec) -> bool:
    """Whether the source's `expect` says anything that only all its entries together can tell."""
    return bool(spec.expect.required_fields) or spec.expect.items_per_week is not None


def judge_document(
    spec: SourceSpec, parsed: Parsed, briefs: Sequence[EntryBrief], state: SourceState, now: datetime
) -> Verdict:
    """Judge a document that was read. `briefs` cover all its entries, `state` already knows the newest time."""
    rows = max(parsed.seen, parsed.records)
    if rows == 0 and not _allows_none(spec):
        return Verdict(condition="empty", cause="the document was read and holds no entries")
    cause = rows_breach(spec, rows) or _missing_fields(spec, parsed, briefs)
    if cause:
        return Verdict(condition="drifted", cause=cause)
    old = _frozen(spec, state, now)
    if parsed.unread and old:  # what is new may be what could not be read
        return Verdict(condition="partial", cause=f"{_told(parsed.unread)}; {old}")
    if old:
        return Verdict(condition="frozen", cause=old)
    if cause := _pace_breach(spec, briefs, now):
        return Verdict(condition="drifted", cause=cause)
    if parsed.unread:
        return Verdict(condition="partial", cause=_told(parsed.unread))
    return Verdict(condition="ok", cause=_shown(parsed.remarks))


def of_document(verdict: Verdict) -> Verdict:
    """Return what a verdict says of the document itself: that, and no more, holds for as long as it does not change."""
    if verdict.condition in _OF_A_DOCUMENT and not verdict.cause.startswith(FROZEN):
        return verdict
    return FAULTLESS


def judge_standstill(spec: SourceSpec, state: SourceState, now: datetime) -> Verdict:
    """Judge a source whose document has not changed: what was wrong with it still is, and it may be frozen.

    After failures "unchanged" means that the document stored last is back: what failed is over, and no more than that.
    """
    if state.read_as and is_well(state.document_condition):
        return judge_silence(spec, state, now)
    if state.read_as:
        kept = Verdict(condition=state.document_condition, cause=state.document_cause)
    else:  # stored before documents' verdicts were kept
        kept = Verdict(condition="ok" if state.failures else state.condition, cause=state.cause)
    kept = of_document(kept)
    return judge_silence(spec, state, now) if is_well(kept.condition) else kept


def judge_silence(spec: SourceSpec, state: SourceState, now: datetime) -> Verdict:
    """Judge that nothing new has come, whatever was found of what there is."""
    cause = _frozen(spec, state, now)
    return Verdict(condition="frozen", cause=cause) if cause else STILL


def rows_breach(spec: SourceSpec, rows: int) -> str:
    """Return what is wrong with the number of entries, or nothing."""
    breach = spec.expect.rows.breach(rows) if spec.expect.rows else ""
    return f"{counted(rows, 'entry', 'entries')}, {breach} (expect.rows)" if breach else ""


def _frozen(spec: SourceSpec, state: SourceState, now: datetime) -> str:
    """Whether nothing new has come for longer than the source's own rhythm allows.

    What was learned from its days with news counts; `expect.newest_within_days` while too few of them are known.
    """
    newest = state.newest_at or state.last_new_at
    if newest is None:
        return ""
    zone = zone_of(spec.country)
    pause = _pause(state.news_days, spec.country, now.astimezone(zone).date())
    if pause is not None:
        if not pause.is_unusual:
            return ""
        return (
            f"{FROZEN} than {newest.astimezone(zone):%Y-%m-%d}: {counted(pause.days, 'day')}, {pause.missed:.0f} of them days on "
            f"which it usually has something; its longest pause was {pause.longest:.0f}"
        )
    days = spec.expect.newest_within_days
    if days is None or now - newest <= timedelta(days=days):
        return ""
    return f"{FROZEN} than {newest:%Y-%m-%d}, expected within {days:g} days (expect.newest_within_days)"


@lru_cache(maxsize=131_072)
def _pause(news_days: str, country: str, today: date) -> Silence | None:
    """The same for every poll of a day on which nothing came: most polls."""
    return silence(recall(news_days), country, today)


def _missing_fields(spec: SourceSpec, parsed: Parsed, briefs: Sequence[EntryBrief]) -> str:
    """A field is missing from a source when more than half of its entries lack it."""
    counts: Counter[str] = Counter(name for entry in briefs for name in entry.missing)
    total = len(briefs)
    if parsed.observations:
        total = len(parsed.observations)
        counts = Counter({"value": sum(o.value is None for o in parsed.observations)})
    elif parsed.listing is not None:
        total = len(parsed.listing.entries)
        counts = Counter(
            name=sum(not e.name for e in parsed.listing.entries),
            country=sum(not e.country for e in parsed.listing.entries),
        )
    lacking = [name for name in spec.expect.required_fields if total and counts[name] * 2 > total]
    if not lacking:
        return ""
    told = ", ".join(f"{counts[name]} of {total} entries have no {name}" for name in lacking)
    return f"{told} (expect.required_fields)"


def _pace_breach(spec: SourceSpec, briefs: Sequence[EntryBrief], now: datetime) -> str:
    if spec.expect.items_per_week is None:
        return ""
    pace = items_per_week([b.published_at for b in briefs if b.published_at], now)
    if pace is None:
        return ""
    breach = spec.expect.items_per_week.breach(pace)
    return (
        f"{counted(round(pace), 'entry', 'entries')} a week, {breach} (expect.items_per_week)"
        if breach
        else ""
    )


def items_per_week(published: Sequence[datetime], now: datetime) -> float | None:
    """Return the pace at which dated entries appear, None when there are too few dates to tell (under 5).

    A feed shows its newest entries only: when all of them are younger than a week, the pace is scaled up from
    the days they span.
    """
    past = sorted(when for when in published if when <= now)
    if len(past) < 5:
        return None
    if past[0] > now - WEEK:
        return len(past) * (WEEK / max(now - past[0], timedelta(hours=1)))
    return float(sum(when > now - WEEK for when in past))


def _allows_none(spec: SourceSpec) -> bool:
    return spec.expect.rows is not None and not spec.expect.rows.breach(0)


def _told(problems: Sequence[str]) -> str:
    """One problem may stand for many entries: how many problems there are says nothing."""
    return f"not all of it could be read: {_shown(problems)}"


def _shown(problems: Sequence[str]) -> str:
    more = len(problems) - SHOWN_PROBLEMS
    return "; ".join(problems[:SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
