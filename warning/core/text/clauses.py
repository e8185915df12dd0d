"""Where the clause of an act ends in a headline: what is said after it is reaction, not the act.

"China restricts graphite exports, analysts warn of shortages"; 中, 희토류 수출 통제…업계 우려; 商务部公布管制 专家解读.
Words before the act ("Analysts warn China ...") and in its own clause keep their weight.
"""

import re

# Scripts without case are told so: else each of their characters is asked for its other case when this is compiled.
_CLAUSE_END = re.compile(
    r"…+|\.{2,}|[;；]|，|,(?!\d)|\s[-–—|]\s|—|[。！!]\s*"
    r"|(?-i:(?<=[぀-ヿ一-鿿가-힣\d）)」』])[ 　]+(?=[぀-ヿ一-鿿「『]))"
    r"|\s(?:as|amid|amidst|while|but|despite|prompting|raising|sparking|triggering|leaving|drawing|stoking|deepening|citing)\s"
    # The reason that is given for an act is none of it: "bars Chinese drones over spying fears". What is said of the act
    # behind its reason is: "ban over licence concerns rumoured".
    r"|\sover\s(?=(?:[\w’'-]{1,20}\s){0,3}(?:fears?|concerns?|worries|risks?|threats?)\b"
    r"(?!\s(?:(?:is|was|are|were|now|only|still)\s){0,2}(?:rumou?red|denied|mooted|floated|unconfirmed|feared|expected|possible|likely|unlikely"
    r"|considered|proposed|sought|urged|weighed|mulled)\b))",
    re.IGNORECASE,
)

# Characters behind a word within which the reason that it gives has been named.
_REASON_ENDS = 32

_PART_END = {
    language: re.compile(
        rf"{_CLAUSE_END.pattern}|\n|(?<=[a-z\d)%][a-z\d)%])[.?]\s|[?？]{comma}", re.IGNORECASE
    )
    for language, comma in (("", ""), ("ja", "|、"))
}


def speaks_later(text: str, act_end: int, word_start: int) -> bool:
    """Say whether a clause ends between the end of the act and a word after it. Places count in `text`."""
    sign = _CLAUSE_END.search(text, act_end, word_start + _REASON_ENDS) if word_start >= act_end else None
    return sign is not None and sign.start() <= word_start


def clause_bounds(text: str, place: int) -> tuple[int, int]:
    """Return where the clause around a place starts and ends; a line is never left."""
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    end = len(text) if end < 0 else end
    for sign in _CLAUSE_END.finditer(text, start, end):
        if sign.start() >= place:
            return start, sign.start()
        start = sign.end()
    return start, end


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a headline in order, without the signs and words that part them."""
    return [clause.strip() for clause in _CLAUSE_END.split(text)]


def clause_parts(text: str, language: str) -> list[tuple[int, int]]:
    """Where every clause of a text starts and ends, in order; lines and sentences end them too, in Japanese each 、."""
    ends = list(_PART_END.get(language, _PART_END[""]).finditer(text))
    starts = [0, *(sign.end() for sign in ends)]
    return list(zip(starts, [*(sign.start() for sign in ends), len(text)], strict=True))
