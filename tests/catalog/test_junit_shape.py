"""The results for a build server hold what its schema knows, and nothing else."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from warning.cli.junit import Case, junit_document

# Element: its attributes, those that must stand, and what may stand in it (JUnit 10 as build servers check it).
COUNTS = {"name", "time", "tests", "failures", "errors"}
SHAPE = {
    "testsuites": (COUNTS, set(), {"testsuite"}),
    "testsuite": (COUNTS | {"skipped"}, COUNTS - {"time"}, {"testcase"}),
    "testcase": ({"name", "time", "classname"}, {"name"}, {"failure", "skipped"}),
    "failure": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
}
CASES = [
    Case(suite="examples", subject="a-rule", name='says "<b>" & \x07 more'),
    Case(suite="examples", subject="a-rule", name="fails", faults=("one", "two"), detail=("why ]]>",)),
    Case(suite="expectations", subject="a-rule", name="not judged", skipped="no evidence \ud800"),
]


def every(element: Element):
    yield element
    for child in element:
        yield from every(child)


@pytest.mark.parametrize("cases", [CASES, CASES[:1], []], ids=len)
def test_results_have_the_shape_that_build_servers_check(cases: list[Case]):
    for element in every(fromstring(junit_document(cases))):
        allowed, needed, inside = SHAPE[element.tag]
        assert needed <= set(element.attrib) <= allowed
        assert {child.tag for child in element} <= inside


def test_results_are_counted_by_suite_and_together():
    top = fromstring(junit_document(CASES))
    assert (top.get("tests"), top.get("failures")) == ("3", "1")
    assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("skipped")) for s in top] == [
        ("examples", "2", "1", "0"),
        ("expectations", "1", "0", "1"),
    ]
