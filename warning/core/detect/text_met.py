"""Whether text rules fire on an item, without what they tell of it: what a preview asks of many."""

from warning.core.evidence import Item
from warning.core.text.admission import refusal
from warning.core.text.conditions import Verdict
from warning.core.text.engine import engine_of
from warning.core.text.reading import Reading
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule


def rules_met(book: TextBook, item: Item) -> list[str]:
    """Return the versions of the rules that fire on one item, as `detect_text` would say, without what they tell of it."""
    engine = engine_of(book)
    asked = [number for number, one in enumerate(engine.rules) if not refusal(one.rule, item, book)]
    if not asked:
        return []
    reading = Reading(item)
    met = engine.confirm(reading, asked)
    return [one.version for one, verdict in met if _has_direction(book, item, one.rule, verdict, reading)]


def _has_direction(book: TextBook, item: Item, rule: TextRule, verdict: Verdict, reading: Reading) -> bool:
    if not rule.require_direction:
        return True
    from warning.core.text.facts import facts_of  # noqa: PLC0415 - few rules ask for what takes a tenth of a second to load

    source = book.source(item.source_id, item.kind, item.country, item.language)
    facts = facts_of(rule, verdict, reading, engine_of(book).lexicon, official=source.official)
    return facts.direction == rule.require_direction
