"""Long lists of plain entries, taken out of a YAML text before it is laid out and put back behind.

The library that lays out spends a tenth of a millisecond on each entry of a list. What it does to a line `- word` depends
on no other entry: such a line keeps its words and takes the indentation of its list. What it does to a word in a
`[list]` depends on the column alone: where it would pass the end of the line, a new line begins.
"""

import re
from collections.abc import Callable, Mapping

LEAST_RUN = 200
_LETTER = "A-Za-z0-9\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_WORD = f"[{_LETTER}][{_LETTER}_./-]*"
_PLAIN = rf"(?:{_WORD}(?: {_WORD})*|\"[{_LETTER}_./,:()& -]*\")"
_ENTRY = rf"-[ ]+{_PLAIN}[ ]*\n"
# The first and the last entry of a run stay: what stands before and behind a list hangs on them.
_RUN = re.compile(rf"(?<=\n)( *){_ENTRY}((?:\1{_ENTRY}){{{LEAST_RUN},}})(?=\1{_ENTRY})")
_BRACKETS = re.compile(
    rf"^( *(?:- +)?{_WORD}: +)\[\s*({_PLAIN})((?:,\s*{_PLAIN}){{{LEAST_RUN},}})\s*\](?= *$)", re.MULTILINE
)
_ONE = re.compile(_PLAIN)


def without_runs(text: str, lay_out: Callable[[str], str], width: int) -> str:
    """Return what `lay_out` makes of a text in lines of `width` columns; long lists do not pass through it."""
    stem = _unused(text)
    runs: dict[str, list[str]] = {}
    brackets: dict[str, list[str]] = {}

    def taken(found: re.Match[str]) -> str:
        name = f"{stem}{len(runs)}end"
        runs[name] = [f"- {line.strip().removeprefix('-').lstrip()}" for line in found[2].splitlines()]
        first = found[0][: found.start(2) - found.start()]
        return f"{first}{found[1]}- {name}\n"

    def taken_in_brackets(found: re.Match[str]) -> str:
        name = f"{stem}{len(brackets)}wide{'e' * width}"  # too wide for the line on which the list begins
        brackets[name] = _ONE.findall(found[3])
        return f"{found[1]}[{found[2]}, {name}]"

    short = _BRACKETS.sub(taken_in_brackets, _RUN.sub(taken, text))
    if not runs and not brackets:
        return lay_out(text)
    filled = _with_brackets(lay_out(short), brackets, width)
    after = None if filled is None else _with_lines(filled, runs)
    return lay_out(text) if after is None else after


def _with_lines(text: str, runs: Mapping[str, list[str]]) -> str | None:
    """Put runs back; None where one stood in no list, but in a text of several lines that was broken elsewhere."""
    for name, entries in runs.items():
        found = re.findall(rf"^( *)- {name}$", text, re.MULTILINE)
        if len(found) != 1 or text.count(name) != 1:
            return None
        lines = "\n".join(f"{found[0]}{entry}" for entry in entries)
        text = text.replace(f"{found[0]}- {name}", lines)
    return text


def _with_brackets(text: str, brackets: Mapping[str, list[str]], width: int) -> str | None:
    """Put the entries of lists in brackets back, filling the lines; None where one stood in no list."""
    for name, entries in brackets.items():
        found = re.findall(rf"^(.*,)\n( *){name}\]$", text, re.MULTILINE)
        if len(found) != 1 or text.count(name) != 1:
            return None
        line, indent = found[0]
        lines = []
        for entry in entries:
            if len(line) + len(" ,") + len(entry) > width:
                lines.append(line)
                line = f"{indent}{entry},"
            else:
                line += f" {entry},"
        lines.append(line.removesuffix(",") + "]")
        text = text.replace(f"{found[0][0]}\n{indent}{name}]", "\n".join(lines))
    return text


def _unused(text: str) -> str:
    """A word that the text does not hold."""
    stem = "run"
    while stem in text:
        stem += "n"
    return stem
