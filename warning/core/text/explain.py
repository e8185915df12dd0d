"""Why a text rule fired on an item, or did not: the rule's own conditions, each with what was found."""

from collections.abc import Iterator, Mapping, Sequence

from warning.core.evidence import Item
from warning.core.explain import ExplainNode
from warning.core.linear_patterns import found_in
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.terms import Terms
from warning.core.text.admission import refusal
from warning.core.text.conditions import (
    CompiledGroup,
    CompiledNear,
    CompiledRule,
    CompiledScore,
    Verdict,
    compile_rule,
    holds,
)
from warning.core.text.engine import engine_of
from warning.core.text.facts import facts_of
from warning.core.text.facts_explained import facts_explained
from warning.core.text.group_words import place_words, subject_of, words_of
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading
from warning.core.text.reported import declared_state
from warning.core.text.set_aside import with_set_aside
from warning.core.text_rules import Field_, TextPattern, TextRule

LONGEST_QUOTE = 200


def explain_text(rule: TextRule, item: Item, book: Rulebook) -> ExplainNode:
    """Return the tree of the rule's conditions on the item, judged by the same parts that judge live items."""
    engine = engine_of(book)
    compiled = engine.compiled(rule.id) or compile_rule(rule, engine.lexicon)
    reading = engine.read(item)
    refused = refusal(rule, item, book)
    verdict = compiled.verdict(reading)
    fired = verdict.met and not refused
    whole, reading = reading, verdict.told_in or reading
    children = [
        ExplainNode(
            label="source", passed=not refused, detail=refused or f"{item.source_id} is one the rule reads"
        ),
        *_age(rule, item),
        *_whose(whole, verdict),
        *_conditions(compiled, reading, book.terms),
    ]
    if fired:
        official = book.source(item.source_id, item.kind, item.country, item.language).official
        declared = declared_state(item, book.sources)
        facts = facts_of(rule, verdict, reading, engine.lexicon, official=official, declared=declared)
        facts = with_set_aside(facts, reading, book.measures, official=official)
        told = tuple(facts_explained(facts, book.terms))
        children.append(ExplainNode(label="what is told", passed=None, children=told))
        if rule.fallback:
            only = "opens no alert where another rule that interrupts, and is no fallback, fires on this document"
            children.append(ExplainNode(label="fallback", passed=None, detail=only))
    return ExplainNode(label=f"{rule.id}: {rule.title}", passed=fired, children=tuple(children))


def _age(rule: TextRule, item: Item) -> Iterator[ExplainNode]:
    days = (item.known_at - item.occurred_at).days
    if days > rule.max_age_days:
        detail = f"published {counted(days, 'day')} before it was known: after {counted(rule.max_age_days, 'day')} no alert opens"
        yield ExplainNode(label="age", passed=None, detail=detail)


def _whose(reading: Reading, verdict: Verdict) -> Iterator[ExplainNode]:
    """The clauses of the headline that are told of states, and the one that is read in place of it."""
    if reading.acting:
        clauses = "; ".join(
            f"{clause.state}: “{reading.original[clause.start : clause.end]}”" for clause in reading.acting
        )
        read = f", read as “{verdict.told_in.title}”" if verdict.told_in else ""
        yield ExplainNode(label="whose act a clause tells", passed=None, detail=f"{clauses}{read}")


def _conditions(compiled: CompiledRule, reading: Reading, terms: Terms) -> Iterator[ExplainNode]:
    for group in compiled.all:
        yield _group("mentions", group, reading, terms)
    if compiled.any:
        parts = tuple(_group("mentions", group, reading, terms) for group in compiled.any)
        yield ExplainNode(
            label="one of these", passed=any(p.passed for p in parts), children=parts, any_of=True
        )
    if compiled.at_least:
        yield _at_least(*compiled.at_least, reading, terms)
    if compiled.score:
        yield _score(compiled.score, reading, terms)
    if compiled.beside_relief:
        label = "the headline tells relief in one clause and bans goods in another"
        yield ExplainNode(label=label, passed=bool(reading.halves))
    for near in compiled.near:
        yield _near(near, compiled, reading, terms)
    if compiled.near_any:
        nears = tuple(_near(near, compiled, reading, terms) for near in compiled.near_any)
        yield ExplainNode(
            label="one of these", passed=any(n.passed for n in nears), children=nears, any_of=True
        )
    for pattern in compiled.patterns:
        yield _pattern(pattern, reading)
    for group in compiled.none:
        yield _absent(group, reading, terms)


def _group(label: str, group: CompiledGroup, reading: Reading, terms: Terms) -> ExplainNode:
    hits = group.hits(reading)
    detail = f"found {_quoted(hits, reading)}" if hits else "not found"
    return ExplainNode(label=f"{label} {words_of(group.group, terms)}", passed=bool(hits), detail=detail)


def _quoted(hits: Sequence[Hit], reading: Reading) -> str:
    words = dict.fromkeys(reading.words(hit) for hit in hits[:5])
    return ", ".join(f"“{word}”" for word in words)


def _absent(group: CompiledGroup, reading: Reading, terms: Terms) -> ExplainNode:
    node = _group("does not mention", group, reading, terms)
    return ExplainNode(label=node.label, passed=not node.passed, detail=node.detail)


def _at_least(n: int, groups: tuple[CompiledGroup, ...], reading: Reading, terms: Terms) -> ExplainNode:
    parts = tuple(_group("mentions", group, reading, terms) for group in groups)
    held = sum(bool(part.passed) for part in parts)
    return ExplainNode(
        label=f"at least {n} of these",
        passed=held >= n,
        detail=f"{held} of {len(parts)} found",
        children=parts,
    )


def _score(score: CompiledScore, reading: Reading, terms: Terms) -> ExplainNode:
    added = score.added(reading)
    parts = tuple(
        _scored(group, points, hit, weights, reading, terms)
        for (group, weights), (points, hit) in zip(score.of, added, strict=True)
    )
    reached = sum(points for points, _ in added)
    return ExplainNode(
        label=f"a score of at least {score.at_least}",
        passed=reached >= score.at_least,
        detail=f"these add up to {reached}",
        children=parts,
    )


def _scored(
    group: CompiledGroup,
    points: int,
    hit: Hit | None,
    weights: Mapping[Field_, int],
    reading: Reading,
    terms: Terms,
) -> ExplainNode:
    """A group of a score, which has no verdict of its own."""
    found = (
        f"found “{reading.words(hit)}” in the {reading.field_of(hit)}: adds {points}"
        if hit
        else "not found: adds 0"
    )
    worth = ", ".join(f"{number} in the {field}" for field, number in weights.items())
    return ExplainNode(label=f"counts {subject_of(group.group, terms)} as {worth}", passed=None, detail=found)


def _pattern(pattern: TextPattern, reading: Reading) -> ExplainNode:
    found = next(
        (words for f in pattern.fields if (words := found_in(pattern.pattern, reading.field(f))) is not None),
        None,
    )
    label = f"{'does not match' if pattern.absent else 'matches'} the pattern {pattern.pattern}{place_words(pattern.fields)}"
    detail = "not found" if found is None else f"found “{found[:LONGEST_QUOTE]}”"
    return ExplainNode(label=label, passed=holds(pattern, reading), detail=detail)


def _near(near: CompiledNear, compiled: CompiledRule, reading: Reading, terms: Terms) -> ExplainNode:
    told = compiled.events_of(near, reading)
    reading = reading.told_to(compiled.rule.direction)
    matches = near.matches(reading)
    parts = [_group("mentions", group, reading, terms) for group in near.of]
    held = all(part.passed for part in parts)
    parts += [_barred(group, reading, terms) for group in near.none]
    detail = f"in {_sentence(told, reading)}" if told else ""
    if held and not told:
        why = _why_apart(near, matches, reading, terms)
        parts.append(
            ExplainNode(label="all of it in one place, and said to happen", passed=False, detail=why)
        )
    unit = "words" if near.in_words else "characters"
    where = "one sentence" if near.window is None else f"{near.window} {unit}"
    label = f"together in {where}{place_words(near.fields)}"
    return ExplainNode(label=label, passed=bool(told), detail=detail, children=tuple(parts))


def _why_apart(near: CompiledNear, matches: Sequence[tuple[Hit, ...]], reading: Reading, terms: Terms) -> str:
    if matches:
        return f"{_sentence(matches, reading)} denies it, only remarks on it, or tells of relief"
    barring = [(group, hits) for group in near.none if (hits := group.hits(reading))]
    found = [f"{_quoted(hits, reading)} ({words_of(group.group, terms)})" for group, hits in barring]
    apart = "it does not stand close enough together"
    return f"{apart}, or {' and '.join(found)} bars it" if found else apart


def _sentence(matches: Sequence[tuple[Hit, ...]], reading: Reading) -> str:
    sentence = reading.quoted(reading.sentence_of(matches[0][0]))
    return f"“{' '.join(sentence.split())[:LONGEST_QUOTE]}”"


def _barred(group: CompiledGroup, reading: Reading, terms: Terms) -> ExplainNode:
    """A term of a near's none bars only the stretch it stands in, so it has no verdict of its own."""
    node = _group("unless beside", group, reading, terms)
    return ExplainNode(label=node.label, passed=None, detail=node.detail)
