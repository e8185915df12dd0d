"""Goods of an act that sets others aside by their numbers: such a notice names the acts, the register their goods."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from warning.core.measures import Measure
from warning.core.signals import Facts
from warning.core.text.reading import Reading
from warning.core.text.timing import published_on

_ASIDE = re.compile(r"暂停实施|停止实施|继续暂停|暂停执行|\bsuspen(?:d|sion)", re.IGNORECASE)
# 2025年第55、56号；第57号、58号: the year holds until another is named.
_CHINESE = re.compile(r"(?P<year>20\d\d)年(?=第)|(?<!\d)(?P<number>\d{1,3})(?=号|、(?:第?\d{1,3})[号、])")
_ENGLISH = re.compile(
    r"\b(?:Announcement|Notice)s?\s+Nos?\.?\s*(?P<numbers>\d{1,3}(?:(?:,\s*(?:and\s+)?|\s+and\s+)\d{1,3})*)(?:\s+of\s+(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_READ = 600  # characters after the word that sets aside


def with_set_aside(facts: Facts, reading: Reading, register: Iterable[Measure], *, official: bool) -> Facts:
    """The facts with the goods of every act that the text sets aside and the register knows, by its number.

    Only official texts that ease: a report of the press may cite acts that go on.
    """
    aside = _ASIDE.search(reading.text) if official and facts.direction == "easing" else None
    if not aside:
        return facts
    own = facts.instrument or ""
    year = own.rpartition(" ")[2].partition("/")[0]
    cited = set(_cited(reading.text[aside.start() : aside.start() + _READ], year)) - {own.rpartition(" ")[2]}
    goods = {
        material
        for measure in register
        if measure.actor in facts.actors and measure.direction == "tightening"
        if measure.announced is None or measure.announced <= published_on(reading.item)
        if any(_announcement(form) in cited for form in (measure.instrument, *measure.aliases))
        for material in measure.materials
    }
    return replace(facts, materials=tuple(sorted({*facts.materials, *goods}))) if goods else facts


def _cited(text: str, year: str) -> Iterator[str]:
    """The numbers in their order, `2025/55`; those before any year are of `year`."""
    current = year
    for found in _CHINESE.finditer(text):
        current = found["year"] or current
        if found["number"]:
            yield f"{current}/{int(found['number'])}"
    for found in _ENGLISH.finditer(text):
        for number in re.findall(r"\d{1,3}", found["numbers"]):
            yield f"{found['year'] or year}/{int(number)}"


def _announcement(instrument: str) -> str:
    """`2025/55` of MOFCOM-GACC 2025/55; empty for orders, which are counted apart."""
    return "" if "Order" in instrument else instrument.rpartition(" ")[2]
