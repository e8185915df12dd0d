"""Where the clause of an act ends in a headline: what is said after it is reaction, not the act.

"China restricts graphite exports, analysts warn of shortages"; 中, 희토류 수출 통제…업계 우려; 商务部公布管制 专家解读.
Words before the act ("Analysts warn China ...") and in its own clause keep their weight.
"""

import re

_CLAUSE_END = re.compile(
    r"…+|\.{2,}|[;；]|，|, |\s[-–—|]\s|—|[。！!]\s*"
    r"|(?<=[぀-ヿ一-鿿가-힣\d）)」』])[ 　]+(?=[぀-ヿ一-鿿「『])"
    r"|\s(?:as|amid|amidst|while|but|despite|prompting|raising|sparking|triggering|leaving|drawing|stoking|deepening)\s",
    re.IGNORECASE,
)


def speaks_later(text: str, act_end: int, word_start: int) -> bool:
    """Say whether a clause ends between the end of the act and a word after it. Places count in `text`."""
    return word_start >= act_end and _CLAUSE_END.search(text, act_end, word_start + 1) is not None
