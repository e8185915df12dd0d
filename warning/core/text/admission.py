"""Which evidence a rule looks at at all."""

from warning.core.evidence import Item
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule


def refusal(rule: TextRule, item: Item, book: TextBook) -> str:
    """Say why the rule's `where` leaves the item out; empty when it takes it."""
    where = rule.where
    if where.kinds and item.kind not in where.kinds:
        return f"kind is {item.kind}, the rule reads {', '.join(where.kinds)}"
    if where.countries and item.country not in where.countries:
        return f"country is {item.country}, the rule reads {', '.join(where.countries)}"
    if where.languages and item.language not in where.languages:
        return f"language is {item.language}, the rule reads {', '.join(where.languages)}"
    if where.sources and item.source_id not in where.sources:
        return f"source {item.source_id} is not among the rule's sources"
    if item.source_id in where.except_sources:
        return f"source {item.source_id} is excluded"
    if where.official is None and not where.reliability:
        return ""
    source = book.source(item.source_id, item.kind, item.country, item.language)
    if where.reliability and source.reliability not in where.reliability:
        return (
            f"the source's reliability is {source.reliability}, the rule reads {', '.join(where.reliability)}"
        )
    if where.official is not None and source.official != where.official:
        return "the source is official" if source.official else "the source is not official"
    return ""
