"""A group of a text rule in words that an operator reads: "China", "the act export control", "any material"."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warning.core.terms import Terms
from warning.core.text_rules import Group

ANY = "any"
MOST_PHRASES = 6
MOST_ENTRIES = 8
ALL_FIELDS = 3


def words_of(group: Group, terms: Terms) -> str:
    """Name what the group looks for, and where when that is not the whole text."""
    return f"{subject_of(group, terms)}{place_words(group.within)}"


def place_words(fields: Sequence[str]) -> str:
    """Return " in the title" and the like; nothing when the whole text is meant."""
    return "" if len(fields) == ALL_FIELDS else f" in the {' or '.join(fields)}"


def subject_of(group: Group, terms: Terms) -> str:
    """Name what the group looks for, wherever."""
    if group.phrases:
        phrases = [f"“{phrase}”" for words in group.phrases.values() for phrase in words]
        return _listed(phrases, MOST_PHRASES)
    if group.material:
        return _named(group.material, terms.materials, "any material")
    if group.actor:
        return _named(group.actor, terms.actors, "any state")
    if group.issuer:
        return f"a ministry of {_named(group.issuer, terms.actors, 'any state')}"
    if group.act:
        return f"the act {_named(group.act, terms.acts, 'of any kind')}"
    return f"a word of {_listed([cue.replace('_', ' ') for cue in group.cue], MOST_ENTRIES)}"


def _named(names: Iterable[str], known: Mapping[str, Any], anything: str) -> str:
    wanted = tuple(names)
    if ANY in wanted:
        return anything
    labels = [known[n].label.get("en", n) if n in known else n.replace("_", " ") for n in wanted]
    return _listed(labels, MOST_ENTRIES)


def _listed(words: Sequence[str], most: int) -> str:
    shown, rest = list(words[:most]), len(words) - most
    if rest > 0:
        return f"{', '.join(shown)} or {rest} more"
    return ", ".join(shown[:-1]) + (" or " if len(shown) > 1 else "") + (shown[-1] if shown else "nothing")
