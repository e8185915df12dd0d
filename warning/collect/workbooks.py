"""Workbooks of strangers -> the rows of their sheets. None takes more room than it may.

An .xlsx is measured before it is opened. An old one (.xls) says how large it is in many places that its library believes:
it is opened in a process that has little memory and no more time than it needs.
"""

import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from warning.collect.sheet_sizes import refuse_vast_workbook
from warning.errors import ParseError

OLD_SECONDS = 30
OLD_MEMORY_BYTES = 1_500_000_000
_ZIP = b"PK\x03\x04"

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """`rows` gives a sheet's, and raises ParseError where it cannot be read."""

    names: tuple[str, ...]
    rows: Callable[[str], Rows]


def open_workbook(body: bytes, *, most_sheets: int, most_rows: int, skip_empty_area: bool) -> Workbook:
    """Open a workbook for its first sheets. Raises ParseError for what is none, is damaged or takes too much room."""
    if body.startswith(_ZIP):
        refuse_vast_workbook(body)
        return _opened(body, most_rows, skip_empty_area=skip_empty_area)
    names, rows = _opened_apart(body, most_sheets, most_rows, skip_empty_area=skip_empty_area)
    return Workbook(names=names, rows=rows.__getitem__)


def _opened(body: bytes, most_rows: int, *, skip_empty_area: bool) -> Workbook:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - workbooks are rare, its import is not free

    def rows(name: str) -> Rows:
        try:
            return book.get_sheet_by_name(name).to_python(skip_empty_area=skip_empty_area, nrows=most_rows)
        except (CalamineError, ValueError, OSError) as wrong:
            raise ParseError(f"the workbook cannot be read: {wrong}") from wrong

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    except (CalamineError, ValueError, OSError) as wrong:
        raise ParseError(f"the workbook cannot be read: {wrong}") from wrong
    return Workbook(names=tuple(book.sheet_names), rows=rows)


def _opened_apart(
    body: bytes, most_sheets: int, most_rows: int, *, skip_empty_area: bool
) -> tuple[tuple[str, ...], dict[str, Rows]]:
    asked = pickle.dumps((body, most_sheets, most_rows, skip_empty_area))
    try:
        answer = subprocess.run(  # noqa: S603 - this very module
            [sys.executable, "-m", __name__], input=asked, capture_output=True, timeout=OLD_SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
    except subprocess.TimeoutExpired as slow:
        raise ParseError(
            f"the old workbook (.xls) takes over {OLD_SECONDS} s to read: save it as .xlsx"
        ) from slow
    if answer.returncode:
        raise ParseError(
            "the old workbook (.xls) takes more memory than it may, or ends its reader: save it as .xlsx"
        )
    names, rows, wrong = pickle.loads(answer.stdout)  # noqa: S301 - written by this program's own process
    if wrong:
        raise ParseError(wrong)
    return names, rows


def read_apart() -> None:
    """Answer on standard output what stands on standard input, within the memory an old workbook may take."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (OLD_MEMORY_BYTES, OLD_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (OLD_SECONDS, OLD_SECONDS))  # also when nobody waits any more
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body, most_sheets, most_rows, skip_empty_area = pickle.load(sys.stdin.buffer)  # noqa: S301 - this program's own
    try:
        book = _opened(body, most_rows, skip_empty_area=skip_empty_area)
        rows = {name: book.rows(name) for name in book.names[:most_sheets]}
        answer = (book.names, rows, "")
    except ParseError as wrong:
        answer = ((), {}, str(wrong))
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    read_apart()
