"""The line about a figure as a digest says it: this project's own words, so in the desk's language."""

import re
from collections.abc import Mapping

from warning.core.rulebook import Rulebook
from warning.core.series.headline_parts import Line, line_of
from warning.core.signals import Exhibit
from warning.core.terms import Language
from warning.report.words import DigestWords

_MOVE = re.compile(r"([\d.,]+) (?:% )?(over|under|times)")


def shown_title(exhibit: Exhibit, book: Rulebook, words: DigestWords) -> str:
    """Return a publisher's own title as it is, and what says a figure in the digest's language."""
    line = line_of(exhibit.title) if exhibit.kind in {"price", "customs"} else None
    if line is None:
        return exhibit.title
    return words.say(
        "figure_line.title",
        subject=_named(line.subject, [m.label for m in book.terms.materials.values()], words),
        code=words.say("line.aside", said=f"HS {line.hs_code}") if line.hs_code else "",
        flow=_word(line.flow, words),
        route=_route(line, book, words),
        period=words.period(line.period),
        found=line.found,
        move=_moved(line.move, words),
        base=_word(line.base, words),
        baseline=line.baseline,
    )


def _word(english: str, words: DigestWords) -> str:
    return words.say(f"figure_line.{english.replace(' ', '_')}")


def _route(line: Line, book: Rulebook, words: DigestWords) -> str:
    labels = [actor.label for actor in book.terms.actors.values()]
    places = [
        words.say("figure_line.world") if place == "world" else _named(place, labels, words)
        for place in line.route.split(" → ")
    ]
    if len(places) == 1:
        return places[0]
    return words.say("figure_line.route", exporter=places[0], importer=places[1])


def _named(english: str, labels: list[Mapping[Language, str]], words: DigestWords) -> str:
    written = ({str(code): name for code, name in label.items()} for label in labels)
    return next(
        (names.get(words.language, english) for names in written if names["en"].lower() == english.lower()),
        english,
    )


def _moved(text: str, words: DigestWords) -> str:
    found = _MOVE.fullmatch(text)
    return words.say(f"move.{found[2]}", ratio=found[1], times=found[1]) if found else text
