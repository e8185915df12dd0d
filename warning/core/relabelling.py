"""What the catalogue says of a source's items beside their words: where that is mended, it holds for what stands stored."""

from dataclasses import replace

from warning.core.evidence import Item
from warning.core.vocabulary import SourceKind

Labels = tuple[SourceKind, str, str]
"""Kind, country and language."""


def labels_of(item: Item) -> Labels:
    return item.kind, item.country, item.language


def relabelled(held: Item, again: Item) -> Item:
    """Return a document under the labels of the same words that came later; what came no later says nothing new of it.

    Its times stay: the words were known when they first came.
    """
    if again.known_at <= held.known_at or labels_of(held) == labels_of(again):
        return held
    return replace(held, kind=again.kind, country=again.country, language=again.language)
