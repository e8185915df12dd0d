"""All that a text rule's verdict on an item rests on, as short names: while these agree, it need not be judged again."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from unicodedata import unidata_version

import numpy as np

from warning.collect.history_files import Segment
from warning.core.ids import content_id, key64
from warning.core.sources import SourceProfile
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule

_WORD = 0xFFFF_FFFF_FFFF_FFFF
# What reads an item from its line and what judges it. An upgrade of the program judges anew.
_JUDGES = ("warning.core", "warning.collect")


def rule_names(book: TextBook, rules: Iterable[TextRule]) -> list[str]:
    """One name a rule: of its own content, of all terms, and of the program that judges."""
    shared = content_id("t", _program(), book.terms.digest)
    return [content_id("v", shared, rule.id, rule.version) for rule in rules]


def rules_name(book: TextBook) -> str:
    """One name of all active text rules and what their verdicts rest on but for the sources."""
    active = [rule for rule in book.active("text", "context") if isinstance(rule, TextRule)]
    return content_id("w", *rule_names(book, active))


def sources_name(book: TextBook, segment: Segment) -> str:
    """A name of what the catalogue says of the sources of a segment."""
    told = {key64(name) & _WORD: name for name in book.sources}
    mine = sorted(told[key] for key in np.asarray(segment.array("own_sources")).tolist() if key in told)
    return content_id("o", *(_words(book.sources[name]) for name in mine))


def _words(source: SourceProfile) -> str:
    values = [getattr(source, field.name) for field in fields(source)]
    return repr([sorted(value) if isinstance(value, frozenset) else value for value in values])


@cache
def _program() -> str:
    digest = blake2b(f"{sys.version}{unidata_version}".encode(), digest_size=8)
    for package in _JUDGES:
        for file in _modules(files(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _modules(place: Traversable) -> Iterator[Traversable]:
    for entry in sorted(place.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _modules(entry)
        elif entry.name.endswith(".py"):
            yield entry
