"""Why a text rule fired on an item, or did not: the rule's own conditions, each with what was found."""

from warning.core.evidence import Item
from warning.core.explain import ExplainNode
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.text.admission import refusal
from warning.core.text.conditions import CompiledGroup, CompiledNear, compile_rule
from warning.core.text.engine import engine_of
from warning.core.text.facts import facts_of
from warning.core.text.reading import Reading


def explain_text(rule: TextRule, item: Item, book: Rulebook) -> ExplainNode:
    """Return the tree of the rule's conditions on the item, judged by the same parts that judge live items."""
    engine = engine_of(book)
    compiled = engine.compiled(rule.id) or compile_rule(rule, engine.lexicon)
    reading = engine.read(item)
    refused = refusal(rule, item, book)
    verdict = compiled.verdict(reading)
    children = [
        ExplainNode(
            label="where", passed=not refused, detail=refused or "the item is of a kind the rule reads"
        )
    ]
    children += [_group("all", group, reading) for group in compiled.all]
    if compiled.any:
        parts = tuple(_group("any", group, reading) for group in compiled.any)
        children.append(ExplainNode(label="any", passed=any(p.passed for p in parts), children=parts))
    if compiled.at_least:
        children.append(_at_least(*compiled.at_least, reading))
    children += [_near(near, reading) for near in compiled.near]
    if compiled.near_any:
        nears = tuple(_near(near, reading) for near in compiled.near_any)
        children.append(ExplainNode(label="near_any", passed=any(n.passed for n in nears), children=nears))
    children += [_absent(group, reading) for group in compiled.none]
    fired = verdict.met and not refused
    if fired:
        official = book.source(item.source_id, item.kind, item.country, item.language).official
        facts = facts_of(rule, verdict, reading, engine.lexicon, official=official)
        children.append(ExplainNode(label="facts", passed=None, detail=str(facts)))
    return ExplainNode(label=f"{rule.id}: {rule.title}", passed=fired, children=tuple(children))


def _name(group: CompiledGroup) -> str:
    given = group.group.model_dump(exclude_defaults=True)
    given.pop("within", None)
    source, wanted = next(iter(given.items()))
    if source == "phrases":
        wanted = tuple(phrase for phrases in wanted.values() for phrase in phrases)[:6]
    where = "" if len(group.fields) == 3 else f" in {', '.join(group.fields)}"
    return f"{source} {', '.join(wanted)}{where}"


def _group(label: str, group: CompiledGroup, reading: Reading) -> ExplainNode:
    hits = group.hits(reading)
    words = ", ".join(dict.fromkeys(reading.words(hit) for hit in hits[:5]))
    return ExplainNode(
        label=f"{label}: {_name(group)}", passed=bool(hits), detail=f"found {words}" if hits else "not found"
    )


def _absent(group: CompiledGroup, reading: Reading) -> ExplainNode:
    node = _group("none", group, reading)
    return ExplainNode(label=node.label, passed=not node.passed, detail=node.detail)


def _at_least(n: int, groups: tuple[CompiledGroup, ...], reading: Reading) -> ExplainNode:
    parts = tuple(_group("of", group, reading) for group in groups)
    held = sum(bool(part.passed) for part in parts)
    return ExplainNode(
        label=f"at least {n}", passed=held >= n, detail=f"{held} of {len(parts)} found", children=parts
    )


def _near(near: CompiledNear, reading: Reading) -> ExplainNode:
    matches = near.matches(reading)
    window = "one sentence" if near.window is None else f"{near.window} characters"
    detail = (
        f"in “{reading.sentence(reading.sentence_of(matches[0][0]))[:200]}”"
        if matches
        else "no stretch holds all of it"
    )
    parts = [_group("of", group, reading) for group in near.of]
    parts += [_barred(group, reading) for group in near.none]
    return ExplainNode(label=f"near: {window}", passed=bool(matches), detail=detail, children=tuple(parts))


def _barred(group: CompiledGroup, reading: Reading) -> ExplainNode:
    """A term of a near's none bars only the stretch it stands in, so it has no verdict of its own."""
    node = _group("none here", group, reading)
    return ExplainNode(label=node.label, passed=None, detail=node.detail)
