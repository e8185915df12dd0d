"""Detector for rules of the kind listing: one signal a rule, list version and kind of change."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from warning.core.detect.delisting import LiftingAct, lifting_act
from warning.core.evidence import Entry, KnownWindow, ListingChange
from warning.core.explain import ExplainNode
from warning.core.listings import (
    ANNOUNCED_FIELDS,
    EFFECTIVE_FIELDS,
    changed_fields,
    day_of,
    entry_country,
    names_of,
    notice_of,
)
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.rules import ListingRule
from warning.core.signals import Exhibit, Facts, Outcome, Reason, Signal, Trace, signal_id
from warning.core.vocabulary import ChangeKind, Direction

SHOWN_NAMES = 20
SHOWN_AMENDMENTS = 5
# A page that lost more than this share of its entries is taken for a partial page, not for mercy.
PARTIAL_SHARE = 0.5
PARTIAL_MIN = 10

# What a missing entry says of itself dates from its listing, not from its going.
GOING: frozenset[ChangeKind] = frozenset({"removed", "shrank"})
ACTS: dict[ChangeKind, str] = {
    "added": "entity_listing",
    "amended": "entity_listing",
    "removed": "entity_delisting",
    "shrank": "list_shrank",
}
DIRECTIONS: dict[ChangeKind, Direction] = {
    "added": "tightening",
    "amended": "neutral",
    "removed": "easing",
    "shrank": "neutral",
}
WORDS: dict[ChangeKind, str] = {
    "added": "added to",
    "amended": "amended on",
    "removed": "no longer on",
    "shrank": "gone with most of",
}


def detect_listing(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,  # noqa: ARG001 - the window is already what was known then
) -> tuple[list[Signal], list[Trace]]:
    """Fire once for everything one version of a list added (amended, removed) that a rule asks for."""
    fresh = [c for c in known.listing_changes if c.id in known.fresh or c.listing_id in known.fresh]
    partial = _partial_pages(fresh)
    signals: list[Signal] = []
    traces: list[Trace] = []
    for rule in book.active("listing"):
        assert isinstance(rule, ListingRule)
        fired, trace = _detect(rule, fresh, partial, book, known)
        signals += fired
        traces.append(trace)
    return signals, traces


def _detect(
    rule: ListingRule,
    fresh: Sequence[ListingChange],
    partial: frozenset[str],
    book: Rulebook,
    known: KnownWindow,
) -> tuple[list[Signal], Trace]:
    considered = [c for c in fresh if looks_at(rule, c, book)]
    groups: dict[tuple[str, ChangeKind], list[ListingChange]] = defaultdict(list)
    suppressed = 0
    for change in considered:
        if change.change == "removed" and change.listing_id in partial:
            suppressed += change.change in rule.changes
        elif wants(rule, change):
            groups[change.listing_id, change.change].append(change)
    signals = [
        _signal(rule, kind, sorted(groups[listing, kind], key=_entry_key), book, known)
        for listing, kind in sorted(groups)
    ]
    return signals, _trace(rule, len(considered), len(signals), suppressed)


def _entry_key(change: ListingChange) -> str:
    return change.entry.key


def looks_at(rule: ListingRule, change: ListingChange, book: Rulebook) -> bool:
    """Say whether the list is one of the rule's."""
    where = rule.where
    source = book.source(change.source_id, "regulatory", "", "en")
    return (
        (not where.sources or change.source_id in where.sources)
        and change.source_id not in where.except_sources
        and (not where.kinds or source.kind in where.kinds)
        and (not where.countries or _country(change, book) in where.countries)
        and (not where.languages or source.language in where.languages)
        and (not where.reliability or source.reliability in where.reliability)
        and (where.official is None or source.official is where.official)
    )


def wants(rule: ListingRule, change: ListingChange) -> bool:
    """Say whether the rule asks for this kind of change of this entry."""
    if not _asks_for(rule, change.change):
        return False
    if rule.entry_countries and entry_country(change.entry) not in rule.entry_countries:
        return False
    return not rule.entry_phrases or _mentions(change.entry, rule.entry_phrases)


def _asks_for(rule: ListingRule, kind: ChangeKind) -> bool:
    """A rule for removals hears of a list that shrank: it is what a mass removal looks like at first."""
    return kind in rule.changes or (kind == "shrank" and "removed" in rule.changes)


def _mentions(entry: Entry, phrases: Iterable[str]) -> bool:
    text = " ".join([entry.name, *(value for _, value in entry.fields)]).casefold()
    return any(phrase.casefold() in text for phrase in phrases)


def _partial_pages(fresh: Sequence[ListingChange]) -> frozenset[str]:
    """Return the versions that lost more than half of their list: nobody lifts half a list in one act."""
    removed: dict[str, int] = defaultdict(int)
    before: dict[str, int] = {}
    for change in fresh:
        removed[change.listing_id] += change.change == "removed"
        before[change.listing_id] = change.entries_before
    return frozenset(
        listing
        for listing, count in removed.items()
        if before[listing] >= PARTIAL_MIN and count > PARTIAL_SHARE * before[listing]
    )


def _signal(
    rule: ListingRule, kind: ChangeKind, changes: Sequence[ListingChange], book: Rulebook, known: KnownWindow
) -> Signal:
    first = changes[0]
    entries = [change.entry for change in changes]
    lifted = (
        lifting_act(entries, _issuer(first, book), first.known_at, book, known) if kind == "removed" else None
    )
    facts = Facts(
        # A rule says what a removal means; a list that shrank means nothing yet.
        act=ACTS[kind] if kind == "shrank" else rule.act or ACTS[kind],
        direction=DIRECTIONS[kind] if kind == "shrank" else rule.direction or DIRECTIONS[kind],
        actors=rule.actors or _issuer(first, book),
        targets=tuple(sorted({c for c in map(entry_country, entries) if c})),
        instrument=None if kind in GOING else notice_of(entries),
        announced=None if kind in GOING else day_of(entries, ANNOUNCED_FIELDS),
        effective=None if kind in GOING else day_of(entries, EFFECTIVE_FIELDS),
        names=names_of(entries, SHOWN_NAMES),
    )
    return Signal(
        id=signal_id(rule.id, f"{first.listing_id}:{kind}"),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity,
        facts=facts,
        occurred_at=first.known_at,
        known_at=first.known_at,
        exhibit=_exhibit(first, _headline(kind, changes, book, lifted), book),
        why=_reasons(rule, kind, changes, book, lifted),
        story=f"listing:{first.source_id}:{first.listing_id}:{kind}",
    )


def _issuer(change: ListingChange, book: Rulebook) -> tuple[str, ...]:
    country = _country(change, book)
    return (country,) if country else ()


def _country(change: ListingChange, book: Rulebook) -> str:
    """The catalogue's word for who keeps the list, else the country that the source's id begins with."""
    declared = book.source(change.source_id, "regulatory", "", "en").country
    prefix = change.source_id.partition("-")[0].upper()
    return declared or (prefix if prefix in book.terms.actors else "")


def _headline(
    kind: ChangeKind, changes: Sequence[ListingChange], book: Rulebook, lifted: LiftingAct | None
) -> str:
    first = changes[0]
    title = book.source(first.source_id, "regulatory", "", "en").title
    count = len(changes)
    entries = counted(count, "entry", "entries")
    names = ", ".join(_names(changes)[:3])
    if kind == "shrank":
        sizes = f"{first.entries_before} to {first.entries_after}"
        return f"{title}: shrank from {sizes} entries, to be confirmed ({names})"
    if kind == "removed":
        seen = f"after {lifted.title}" if lifted else "no act seen"
        return f"{title}: {entries} no longer on the list, {seen} ({names})"
    return f"{title}: {entries} {WORDS[kind].split()[0]} ({names})"


def _names(changes: Sequence[ListingChange]) -> tuple[str, ...]:
    return names_of([change.entry for change in changes], SHOWN_NAMES)


def _reasons(
    rule: ListingRule,
    kind: ChangeKind,
    changes: Sequence[ListingChange],
    book: Rulebook,
    lifted: LiftingAct | None,
) -> tuple[Reason, ...]:
    names = _names(changes)
    rest = len(changes) - len(names)
    listed = "; ".join(names) + (f"; and {rest} more" if rest > 0 else "")
    reasons = [_counted(kind, changes, book, listed, lifted)]
    if rule.entry_countries:
        found = ", ".join(rule.entry_countries)
        reasons.append(
            Reason(code="listing.country", text=f"Entries of {found}", params=(("countries", found),))
        )
    if kind == "amended":
        reasons += [_amendment(change) for change in changes[:SHOWN_AMENDMENTS]]
    return tuple(reasons)


def _counted(
    kind: ChangeKind,
    changes: Sequence[ListingChange],
    book: Rulebook,
    listed: str,
    lifted: LiftingAct | None,
) -> Reason:
    """The sentence that says what became of how many entries, and for those that went: since when, by which act."""
    first, count = changes[0], str(len(changes))
    source = book.source(first.source_id, "regulatory", "", "en")
    title, code = source.title, f"listing.{kind}"
    said = [("count", count), ("list", title), ("names", listed)]
    text = f"{count} {WORDS[kind]} {title}: {listed}"
    if kind == "removed":
        since = (first.known_at - source.patience.absent_for).date().isoformat()
        said += [("day", since), ("before", str(first.entries_before)), ("after", str(first.entries_after))]
        code = "listing.missing"
        text = f"{count} missing from {title} since {since}; no act that removes them has been seen: {listed}"
        if lifted:
            code = "listing.lifted" if lifted.names_them else "listing.lifted_perhaps"
            said += [("act", lifted.title), ("act_day", lifted.day.isoformat()), ("where", lifted.where)]
            words = "removed by" if lifted.names_them else "perhaps by (it names none of them here)"
            text = (
                f"{count} missing from {title} since {since}; {words} {lifted.title} of {lifted.day}, "
                f"seen in {lifted.where}: {listed}"
            )
    elif kind == "shrank":
        since = (first.known_at - source.patience.shrunk_for).date().isoformat()
        said += [("day", since), ("before", str(first.entries_before)), ("after", str(first.entries_after))]
        text = (
            f"{title} shrank from {first.entries_before} to {first.entries_after} entries on {since} and has stayed "
            f"so; the page may be cut, to be confirmed. Missing: {listed}"
        )
    return Reason(code=code, text=text, params=tuple(said))


def _amendment(change: ListingChange) -> Reason:
    parts = [f"{name}: {was or 'nothing'} → {now or 'nothing'}" for name, was, now in changed_fields(change)]
    told = "; ".join(parts)
    return Reason(
        code="listing.field",
        text=f"{change.entry.name}: {told}",
        params=(("name", change.entry.name), ("changes", told)),
    )


def _exhibit(change: ListingChange, title: str, book: Rulebook) -> Exhibit:
    source = book.source(change.source_id, "regulatory", "", "en")
    return Exhibit(
        evidence_id=change.listing_id,
        source_id=source.id,
        source_title=source.title,
        publisher=source.publisher,
        kind=source.kind,
        country=source.country,
        language=source.language,
        official=source.official,
        reliability=source.reliability,
        marking=source.marking,
        release_to=source.release_to,
        title=title,
        url=change.url,
        published_at=None,
        known_at=change.known_at,
        archive_hash=change.archive_hash,
    )


def _trace(rule: ListingRule, considered: int, fired: int, suppressed: int) -> Trace:
    outcome: Outcome = "no_match" if considered else "no_evidence"
    detail = ""
    if suppressed:
        outcome = "suppressed"
        detail = f"{counted(suppressed, 'removal')} in versions that lost over half of their list: looks like a partial page"
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome="fired" if fired else outcome,
        considered=considered,
        fired=fired,
        detail=detail,
    )


def explain_listing(rule: ListingRule, change: ListingChange, book: Rulebook) -> ExplainNode:
    """Say, condition by condition, why the rule fires on one change of a list, or why it does not."""
    country = entry_country(change.entry) or change.entry.country or "not given"
    children: tuple[ExplainNode, ...] = (
        ExplainNode(label="list", passed=looks_at(rule, change, book), detail=change.source_id),
        ExplainNode(
            label="change",
            passed=_asks_for(rule, change.change),
            detail=f"{change.change}; the rule asks for {', '.join(rule.changes)}",
        ),
        ExplainNode(
            label="country",
            passed=not rule.entry_countries or entry_country(change.entry) in rule.entry_countries,
            detail=f"{country}; the rule asks for {', '.join(rule.entry_countries) or 'any'}",
        ),
        ExplainNode(
            label="phrases",
            passed=not rule.entry_phrases or _mentions(change.entry, rule.entry_phrases),
            detail=", ".join(rule.entry_phrases) or "none asked for",
        ),
    )
    passed = all(child.passed for child in children)
    if change.change in GOING:
        told = f"told on {change.known_at:%Y-%m-%d %H:%M} UTC, unless the entry is back before"
        children = (*children, ExplainNode(label="waits", passed=True, detail=told))
    return ExplainNode(label=f"{rule.id} on {change.entry.name}", passed=passed, children=children)
