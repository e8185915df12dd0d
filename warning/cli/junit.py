"""Example results as JUnit XML, which build servers read."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from warning.app.rule_examples import ExampleResult

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_document(results: Sequence[ExampleResult]) -> str:
    """Return one test suite: a test case an example, a failure with what differs and the tree of reasons."""
    failures = sum(not result.passed for result in results)
    suite = Element("testsuite", name="warning rules", tests=str(len(results)), failures=str(failures))
    for result in results:
        name = _xml(f"{result.number + 1}: {result.title}")
        case = SubElement(suite, "testcase", classname=result.rule_id, name=name)
        if not result.passed:
            failure = SubElement(case, "failure", message=_xml("; ".join(result.faults)))
            failure.text = _xml("\n".join(result.tree.lines())) if result.tree else ""
    return tostring(suite, encoding="unicode", xml_declaration=True)


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
