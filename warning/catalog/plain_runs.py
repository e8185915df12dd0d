"""Long runs of plain list entries, taken out of a YAML text before it is laid out and put back behind.

The library that lays out spends a tenth of a millisecond on each entry of a list, and what it does to `- word` depends on
no other entry: such a line keeps its words and takes the indentation of its list.
"""

import re
from collections.abc import Callable

LEAST_RUN = 200
_LETTER = "A-Za-z0-9\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_WORD = f"[{_LETTER}][{_LETTER}_./-]*"
_ENTRY = rf"-[ ]+(?:{_WORD}(?: {_WORD})*|\"[{_LETTER}_./,:()& -]*\")[ ]*\n"
# The first and the last entry of a run stay: what stands before and behind a list hangs on them.
_RUN = re.compile(rf"(?<=\n)( *){_ENTRY}((?:\1{_ENTRY}){{{LEAST_RUN},}})(?=\1{_ENTRY})")


def without_runs(text: str, lay_out: Callable[[str], str]) -> str:
    """Return what `lay_out` makes of a text; its long runs of plain entries do not pass through it."""
    runs: dict[str, list[str]] = {}
    stem = _unused(text)

    def taken(found: re.Match[str]) -> str:
        name = f"{stem}{len(runs)}end"
        runs[name] = [f"- {line.strip().removeprefix('-').lstrip()}" for line in found[2].splitlines()]
        first = found[0][: found.start(2) - found.start()]
        return f"{first}{found[1]}- {name}\n"

    short = _RUN.sub(taken, text)
    if not runs:
        return lay_out(text)
    after = lay_out(short)
    for name, entries in runs.items():
        found = re.findall(rf"^( *)- {name}$", after, re.MULTILINE)
        if len(found) != 1 or after.count(name) != 1:
            return lay_out(text)  # no list: a text of several lines, which was broken elsewhere
        lines = "\n".join(f"{found[0]}{entry}" for entry in entries)
        after = after.replace(f"{found[0]}- {name}", lines)
    return after


def _unused(text: str) -> str:
    """A word that the text does not hold."""
    stem = "run"
    while stem in text:
        stem += "n"
    return stem
