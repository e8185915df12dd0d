"""Warnings that somebody has decided to live with for a while: `# allow EW212 until 2027-03-31: why`.

Such a line hides the warnings of one code in the file it stands in, up to and including its day. After that the
warning is back, and the line itself is a finding; a line that hides nothing is told too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warning.catalog.codes import CODES
from warning.catalog.complaints import did_you_mean
from warning.catalog.files import yaml_files
from warning.errors import Problem

FORM = "# allow EW212 until 2027-03-31: why it may stay so long"
_LINE = re.compile(r"#[ \t]*allow[ \t]+(?P<code>EW\w*)(?P<rest>[^\n]*)", re.IGNORECASE)
_REST = re.compile(r"[ \t]+until[ \t]+(?P<day>\d{4}-\d\d-\d\d)[ \t]*:[ \t]*(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One line. It hides warnings of `code` in `file` up to and including the day `until`."""

    file: str
    line: int
    column: int
    code: str
    until: date
    reason: str

    def hides(self, problem: Problem) -> bool:
        return problem.code == self.code and problem.file == self.file

    def problem(self, code: str, message: str, hint: str) -> Problem:
        return _problem(self.file, self.line, self.column, code, message, hint)


def suppressed(
    problems: Iterable[Problem], directories: Iterable[Path | None], today: date | None
) -> tuple[Problem, ...]:
    """Return what is left to tell, and what is wrong with the suppressions themselves.

    `today` ends suppressions; without it none has ended.
    """
    told = tuple(problems)
    lines, wrong = read_suppressions(path for directory in directories for path in _files(directory))
    ended = [line for line in lines if today is not None and line.until < today]
    running = [line for line in lines if line not in ended]
    kept = tuple(p for p in told if p.fatal or not any(line.hides(p) for line in running))
    judged = not any(p.fatal for p in told)  # beside mistakes, not every check could look
    unused = [line for line in running if judged and not any(line.hides(p) for p in told)]
    return (*kept, *wrong, *map(_ended, ended), *map(_unused, unused))


def read_suppressions(paths: Iterable[Path]) -> tuple[Sequence[Suppression], Sequence[Problem]]:
    """Read the lines of all files; a file that cannot be read has none (and its reader says why)."""
    found: list[Suppression] = []
    problems: list[Problem] = []
    for path in paths:
        for one in _in_file(path):
            if isinstance(one, Suppression):
                found.append(one)
            else:
                problems.append(one)
    return found, problems


def _in_file(path: Path) -> Iterator[Suppression | Problem]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return
    for match in _LINE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        line, column = text.count("\n", 0, start) + 1, match.start() - start + 1
        yield _read(str(path), line, column, match["code"].upper(), match["rest"])


def _read(file: str, line: int, column: int, code: str, rest: str) -> Suppression | Problem:
    known = CODES.get(code)
    if known is None:
        hint = did_you_mean(code, tuple(CODES)) or "warning rules check --codes lists them"
        return _problem(file, line, column, "EW150", f"there is no code {code}", hint)
    if known.level != "warning":
        hint = "only warnings can be suppressed; those have a star in docs/rules.md"
        return _problem(file, line, column, "EW150", f"{code} is a mistake to mend", hint)
    match = _REST.fullmatch(rest.rstrip())
    try:
        until = date.fromisoformat(match["day"]) if match else None
    except ValueError:
        until = None
    if match is not None and until is None:
        return _problem(file, line, column, "EW150", f"there is no day {match['day']}", FORM)
    if match is None or until is None:
        return _problem(file, line, column, "EW150", "a suppression names its last day and the reason", FORM)
    return Suppression(
        file=file, line=line, column=column, code=code, until=until, reason=match["reason"].strip()
    )


def _ended(line: Suppression) -> Problem:
    message = f"the suppression of {line.code} ended on {line.until} ({line.reason})"
    return line.problem("EW151", message, "mend what it hides and delete it, or set a later date")


def _unused(line: Suppression) -> Problem:
    return line.problem("EW152", f"{line.code} does not occur in this file", "delete the suppression")


def _problem(file: str, line: int, column: int, code: str, message: str, hint: str) -> Problem:
    return Problem(file=file, line=line, column=column, code=code, message=message, hint=hint, fatal=False)


def _files(directory: Path | None) -> Sequence[Path]:
    return yaml_files(directory)[0] if directory else ()
