"""Legal acts of the register in a desk's words: title and issuer, and the number as its issuer writes it beside a gloss."""

from collections.abc import Mapping

from warning.channels.naming import Naming
from warning.channels.plain import plain
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.terms import Language

NUMBER_LIMIT = 120
TITLE_LIMIT = 200


def number_said(number: str | None, naming: Naming) -> str:
    """Return a number for a field: in its issuer's own words where the register has them, the gloss beside it."""
    if not number:
        return ""
    own, gloss = _issued_as(number, naming), naming.number(number)
    return plain(f"{own}{naming.aside(gloss)}" if own and own != gloss else gloss, NUMBER_LIMIT)


def act_said(text: str, naming: Naming) -> str:
    """Return what names an act of the register (number and title, issuer and title, or one of these) in this language.

    What the register does not know, or no more, stays as it was written.
    """
    for act in naming.book.measures:
        title = _own(act.titles, naming) or act.title
        if text == act.title:
            return plain(title, TITLE_LIMIT)
        if act.instrument and text == f"{act.instrument}: {act.title}":
            return _joined(naming.number(act.instrument), title, naming)
        if text == f"{act.issuer}: {act.title}":
            return _joined(_own(act.issuers, naming) or act.issuer, title, naming)
        if act.instrument and text == act.instrument:
            return naming.number(text)
    glossed = naming.number(text)
    return glossed if glossed != plain(text, NUMBER_LIMIT) else plain(text, TITLE_LIMIT)


def _own(words: Mapping[Language, str], naming: Naming) -> str:
    return {str(language): said for language, said in words.items()}.get(naming.language, "")


def _joined(first: str, title: str, naming: Naming) -> str:
    return plain(f"{first}{naming.say('join.colon')}{title}", TITLE_LIMIT)


def _issued_as(number: str, naming: Naming) -> str:
    known = _known(number, naming)
    return known.issued_as if known is not None else ""


def _known(number: str, naming: Naming) -> Measure | None:
    key = instrument_key(number)
    return next(
        (m for m in naming.book.measures if m.instrument and instrument_key(m.instrument) == key), None
    )
