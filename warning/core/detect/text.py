"""Detector for rules of the kinds text and context."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from warning.core.evidence import Item, KnownWindow
from warning.core.mission_reports import credibility_of
from warning.core.rulebook import Rulebook
from warning.core.signals import Exhibit, Facts, Outcome, Signal, Trace, signal_id
from warning.core.sources import SourceProfile
from warning.core.text.admission import refusal
from warning.core.text.conditions import CompiledRule, Verdict
from warning.core.text.engine import Met, TextEngine, engine_of
from warning.core.text.explain import explain_text
from warning.core.text.facts import facts_of
from warning.core.text.reading import Reading
from warning.core.text.reasons import reasons_of
from warning.core.text.reported import declared_state
from warning.core.text.set_aside import with_set_aside
from warning.core.text_prints import print_of

__all__ = ["detect_text", "explain_text"]


def detect_text(book: Rulebook, known: KnownWindow, _as_of: datetime) -> tuple[list[Signal], list[Trace]]:
    """Judge every fresh item by every text rule. Without state: neither order nor other rules matter."""
    engine = engine_of(book)
    fresh = [item for item in known.items if item.id in known.fresh]
    signals = [
        signal
        for item, reading, met in engine.judge_all([item for item in fresh if item.id not in known.told])
        for signal in _signals(book, engine, item, reading, met)
    ]
    signals += known.judged
    counts: dict[str, int] = {}
    for signal in signals:
        counts[signal.rule_id] = counts.get(signal.rule_id, 0) + 1
    return signals, [_trace(compiled, fresh, counts) for compiled in engine.rules]


def judge_item(book: Rulebook, item: Item, numbers: Iterable[int]) -> list[Signal]:
    """Return what the engine's rules of these numbers say of one item, as `detect_text` would."""
    engine = engine_of(book)
    asked = [number for number in numbers if not refusal(engine.rules[number].rule, item, book)]
    if not asked:
        return []
    reading = Reading(item)
    return list(_signals(book, engine, item, reading, engine.confirm(reading, asked)))


def _signals(
    book: Rulebook, engine: TextEngine, item: Item, reading: Reading, met: Iterable[Met]
) -> Iterable[Signal]:
    source = book.source(item.source_id, item.kind, item.country, item.language)
    declared = declared_state(item, book.sources)
    exhibit: Exhibit | None = None
    for compiled, verdict in met:
        if refusal(compiled.rule, item, book):
            continue
        facts = facts_of(
            compiled.rule, verdict, reading, engine.lexicon, official=source.official, declared=declared
        )
        if compiled.rule.require_direction in {None, facts.direction}:
            facts = with_set_aside(facts, reading, book.measures, official=source.official)
            exhibit = exhibit or exhibit_of(item, source)
            yield _signal(compiled, item, exhibit, facts, verdict, reading)


def _signal(
    compiled: CompiledRule,
    item: Item,
    exhibit: Exhibit,
    facts: Facts,
    verdict: Verdict,
    reading: Reading,
) -> Signal:
    rule = compiled.rule
    return Signal(
        id=signal_id(rule.id, item.id),
        rule_id=rule.id,
        rule_version=compiled.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=rule.severity,
        facts=facts,
        occurred_at=item.occurred_at,
        known_at=item.known_at,
        exhibit=exhibit,
        why=reasons_of(verdict, verdict.reading_of(reading, rule.direction)),
    )


def exhibit_of(item: Item, source: SourceProfile) -> Exhibit:
    """The item as an alert shows it; its own marking, where it has one, goes before its source's."""
    return Exhibit(
        evidence_id=item.id,
        source_id=item.source_id,
        source_title=source.title,
        publisher=source.publisher,
        kind=item.kind,
        country=item.country,
        language=item.language,
        official=source.official,
        reliability=source.reliability,
        marking=item.marking or source.marking,
        release_to=item.release_to if item.release_to is not None else source.release_to,
        title=item.title,
        url=item.url,
        published_at=item.published_at,
        known_at=item.known_at,
        archive_hash=item.archive_hash,
        text_print=print_of(item),
        credibility=credibility_of(item),
    )


def _trace(compiled: CompiledRule, fresh: list[Item], counts: Mapping[str, int]) -> Trace:
    rule = compiled.rule
    fired = counts.get(rule.id, 0)
    outcome: Outcome = "fired" if fired else "no_match" if fresh else "no_evidence"
    return Trace(
        rule_id=rule.id,
        rule_version=compiled.version,
        outcome=outcome,
        considered=len(fresh),
        fired=fired,
        detail=f"{fired} of {len(fresh)} items" if fresh else "no new items",
    )
