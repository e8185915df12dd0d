"""A headline that tells relief and a ban is read as the two headlines that it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from warning.core.terms import Act
from warning.core.text.ban_beside import halves_of, two_clauses
from warning.core.text.continued import goods_named, with_goods
from warning.core.text.reading import Reading
from warning.core.text.stance import eased_sentences, returning_sentences

_RELIEF_WORDS = ("cue:ease", "cue:suspend", "cue:end", "cue:relief")


def find_halves(reading: Reading, acts: Mapping[str, Act], find: Callable[[Reading], None]) -> None:
    """Give a reading the halves of its headline by direction, where it has two: each with what `find` finds in it.

    A half is an item whose title is one clause with whose act it is; summary and body are those of the whole. A title of
    several sentences tells the two in two of them, and is left whole.
    """
    if not any(concept in reading.hits for concept in _RELIEF_WORDS):
        return
    title = reading.sentences_in_title()
    if len(title) != 1:
        return
    goods = [
        span
        for concept, hits in reading.hits.items()
        if concept.startswith("material:")
        for hit in hits
        if (span := reading.span(hit))[1] <= len(reading.title)
    ]
    language = reading.item.language
    clauses = two_clauses(language, reading.title, goods, eased=True)
    if clauses is None:
        return
    if not title & (eased_sentences(reading, acts) - returning_sentences(reading)):
        clauses = two_clauses(language, reading.title, goods, eased=False)
        if clauses is None:
            return

    def complete(part: tuple[int, int], clause: str) -> str:
        """The second clause, where it names no goods, with those of the first."""
        first = min(clauses.relief, clauses.ban)
        if part == first or goods_named(reading, *part):
            return clause
        return with_goods(clause, goods_named(reading, *first), language)

    halves = halves_of(reading.title, clauses, complete)
    relief, ban = (Reading(replace(reading.item, title=half)) for half in halves)
    find(relief)
    find(ban)
    reading.halves = {"easing": relief, "tightening": ban}
