"""The results for a build server hold what its schema knows, and nothing else."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from warning.cli.junit import Case, junit_document

# Element: its attributes, those that must stand, and what may stand in it (JUnit 10 as the strictest build server checks it).
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
    Case(
        suite="examples",
        subject="a-rule",
        name="fails",
        faults=("one", "two"),
        detail=("why ]]>",),
        file="rules/signals/a-rule.yaml",
        line=12,
        seconds=0.25,
    ),
    Case(suite="expectations", subject="a-rule", name="not judged", skipped="no evidence \ud800"),
]


def every(element: Element):
    yield element
    for child in element:
        yield from every(child)


@pytest.mark.parametrize("cases", [CASES, CASES[:1], []], ids=len)
def test_results_have_the_shape_that_strict_build_servers_check(cases: list[Case]):
    for element in every(fromstring(junit_document(cases, strict=True))):
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


def test_case_tells_its_file_its_line_and_the_seconds_it_took():
    case = fromstring(junit_document(CASES)).find("testsuite/testcase[@name='fails']")
    assert case is not None
    assert (case.get("file"), case.get("line"), case.get("time")) == (
        "rules/signals/a-rule.yaml",
        "12",
        "0.250000",
    )
    assert case[0].text is not None
    assert case[0].text.startswith("rules/signals/a-rule.yaml:12\none\ntwo\n")


def test_seconds_of_the_cases_are_those_of_their_suite_and_of_all():
    top = fromstring(junit_document(CASES))
    assert [top.get("time"), *(suite.get("time") for suite in top)] == ["0.250000", "0.250000", "0.000000"]


def test_case_of_no_file_claims_none():
    case = fromstring(junit_document(CASES[:1])).find("testsuite/testcase")
    assert case is not None
    assert set(case.attrib) == {"name", "classname", "time"}
