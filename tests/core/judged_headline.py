"""One headline through one made-up rule of words near by, over the vocabulary of a test."""

from datetime import UTC, datetime

from warning.core.evidence import Item
from warning.core.rules import TextRule
from warning.core.terms import Terms
from warning.core.text.conditions import compile_rule
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.reading import Reading

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def is_met(
    terms: Terms,
    near: object,
    title: str,
    language: str,
    *,
    country: str,
    kind: str = "news",
    summary: str = "",
    **said: object,
) -> bool:
    """Whether a rule that asks for the groups `near`, and says this of its act, is met by the headline."""
    rule = TextRule.model_validate({
        "id": "r", "kind": "text", "title": "r", "severity": "severe", "owner": "o", "rationale": "r", **said,
        "match": {"near": [{"of": near}]},
        "examples": [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}],
    })  # fmt: skip
    lexicon = Lexicon(terms)
    compiled = compile_rule(rule, lexicon)
    item = Item(
        id="i", source_id="s", kind=kind, country=country, language=language, title=title, summary=summary,
        known_at=NOW,
    )  # fmt: skip
    reading = Reading(item)
    reading.hits = Matcher(lexicon.entries).hits(reading.folded.text, reading.comparable, reading.languages)
    return compiled.verdict(reading).met
