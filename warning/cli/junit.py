"""Results of tests as JUnit XML, which build servers read."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of one rule or file. `faults` says what differs, empty when it holds; `detail` explains it.

    `skipped` says why nothing could be judged. `file` and `line` say where it is written, `seconds` what it took.
    """

    suite: str
    subject: str
    name: str
    faults: tuple[str, ...] = ()
    detail: Iterable[str] = ()
    skipped: str = ""
    file: str = ""
    line: int = 0
    seconds: float = 0.0

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


def junit_document(cases: Sequence[Case], *, strict: bool = False) -> str:
    """Return one suite for each sort of test, in the order given; in it one test case for each example or test.

    `strict` leaves out `file` and `line` of test cases, which the schema of Jenkins' xUnit plugin does not know; GitLab,
    GitHub and CircleCI read them.
    """
    # Strict readers take the number skipped of a suite and refuse it of all suites together.
    together = {key: number for key, number in _counts(cases).items() if key != "skipped"}
    top = Element("testsuites", {"name": "warning rules", **together})
    for name, members in groupby(cases, key=lambda case: case.suite):
        own = list(members)
        suite = SubElement(top, "testsuite", {"name": _xml(name), **_counts(own)})
        for case in own:
            _add(suite, case, strict=strict)
    indent(top)
    return tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _add(suite: Element, case: Case, *, strict: bool) -> None:
    names = {"classname": _xml(case.subject), "name": _xml(case.name), "time": _time([case])}
    if case.file and not strict:
        names |= {"file": _xml(case.file)} | ({"line": str(case.line)} if case.line else {})
    element = SubElement(suite, "testcase", names)
    if case.faults:
        failure = SubElement(element, "failure", type="expectation", message=_xml("; ".join(case.faults)))
        where = (case.place,) if case.file else ()
        failure.text = _xml("\n".join((*where, *case.faults, *case.detail)))
    elif case.skipped:
        SubElement(element, "skipped", message=_xml(case.skipped))


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    failures = sum(bool(case.faults) for case in cases)
    skipped = sum(bool(case.skipped and not case.faults) for case in cases)
    return {
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
        "time": _time(cases),
    }


def _time(cases: Sequence[Case]) -> str:
    """Seconds with a point and no exponent, whatever the locale."""
    return f"{sum(case.seconds for case in cases):.6f}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
