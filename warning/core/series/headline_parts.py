"""What stands in the line about a figure (`headlines.headline`), for whoever says it in another language."""

import re
from dataclasses import dataclass

from warning.core.series.headlines import BASES, FLOWS, REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The parts as `headline` wrote them, in English. `route` is "China → Japan" or one place; `hs_code` may be "".

    `flow` is one of the words of FLOWS, `base` of BASES; `move` reads "99.6 % under" or "3.2 times".
    """

    subject: str
    hs_code: str
    flow: str
    route: str
    period: str
    found: str
    move: str
    base: str
    baseline: str


def _one_of(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LINE = re.compile(
    rf"(?P<subject>.+?)(?: \(HS (?P<hs_code>\d+)\))? (?P<flow>{_one_of(set(FLOWS.values()))}) (?P<route>[^,]+), "
    rf"(?P<period>[\dWQ-]+): (?P<found>.+), (?P<move>[\d.,]+ (?:% over|% under|times)) "
    rf"(?P<base>{_one_of({*BASES.values(), REFERENCE})}) \((?P<baseline>[^()]+)\)"
)


def line_of(text: str) -> Line | None:
    """Return the parts of a line about one published figure, None for any other text."""
    found = _LINE.fullmatch(text)
    return Line(**{name: part or "" for name, part in found.groupdict().items()}) if found else None
