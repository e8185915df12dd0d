"""Scores, stretches of words, patterns and grades of sources: what a text rule asks beyond its groups of words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from tests.core.build import TABLE
from warning.core.detect.text import detect_text, explain_text
from warning.core.evidence import Item, Window
from warning.core.linear_patterns import found_in
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.sources import unknown_source
from warning.core.terms import Terms

NOW = datetime(2025, 10, 9, 12, tzinfo=UTC)
TERMS = Terms.model_validate({
    "materials": {"gallium": {"label": {"en": "Gallium"}, "names": {"en": ["gallium"], "zh": ["镓"], "ja": ["ガリウム"]}}},
    "acts": {"export_control": {"label": {"en": "export control"}, "direction": "tightening",
                                "phrases": {"en": ["export control"], "zh": ["出口管制"], "ja": ["輸出管理"]}}},
    "actors": {"CN": {"label": {"en": "China"}, "names": {"en": ["China"], "zh": ["中国"]}}},
})  # fmt: skip
SCORE = {"score": {"at_least": 5, "of": [
    {"act": ["export_control"], "weights": {"title": 4, "summary": 2}}, {"material": ["gallium"], "weight": 2},
    {"actor": ["CN"], "weights": {"title": 1}},
]}}  # fmt: skip


def rule(match: dict, **more) -> TextRule:
    return TextRule.model_validate({
        "id": "counted", "kind": "text", "title": "t", "severity": "severe", "owner": "o", "rationale": "r", "match": match,
        "examples": [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}], **more,
    })  # fmt: skip


def item(title: str, **more) -> Item:
    given = {"kind": "news", "country": "US", "language": "en"} | more
    return Item(id="i", source_id="s", title=title, published_at=NOW, known_at=NOW, **given)


def book(one: TextRule, grade: str = "F") -> Rulebook:
    source = replace(unknown_source("s", "news", "US", "en"), reliability=grade)
    return Rulebook(rules=(one,), terms=TERMS, policy=Policy(severity=TABLE), sources={"s": source})


def signals(one: TextRule, read: Item, grade: str = "F"):
    window = Window(items=(read,), observations=(), listing_changes=(), fresh=frozenset({"i"}))
    return detect_text(book(one, grade), window.as_known(NOW), NOW)[0]


def explained(one: TextRule, read: Item) -> str:
    def lines(node):
        yield f"{node.passed} {node.label}: {node.detail}"
        for child in node.children:
            yield from lines(child)

    return "\n".join(lines(explain_text(one, read, book(one))))


@pytest.mark.parametrize(
    ("read", "fires"),
    [
        (item("Export control on gallium"), True),
        (item("News", summary="Export control on gallium"), False),
        (item("China and gallium", summary="An export control"), True),
        (item("Export control, export control, export control"), False),
        (item("Gallium", body="Export control in China"), False),
        (item("对镓实施出口管制", language="zh"), True),
    ],
)
def test_score_counts_a_group_once_by_the_best_of_its_fields(read, fires):
    assert bool(signals(rule(SCORE), read)) is fires


def test_what_made_up_the_score_is_told_and_explained():
    read = item("China and gallium", summary="An export control")
    (signal,) = signals(rule(SCORE), read)
    assert [reason.text for reason in signal.why] == [
        "summary: found export control",
        "title: found gallium",
        "title: found China",
    ]
    assert (signal.facts.act, signal.facts.materials) == ("export_control", ("gallium",))
    told = explained(rule(SCORE), item("China", summary="An export control"))
    assert "False a score of at least 5: these add up to 3" in told
    assert "in the summary: adds 2" in told
    assert "Gallium as 2 in the title, 2 in the summary, 2 in the body: not found: adds 0" in told


def test_groups_that_were_counted_are_told_as_reasons():
    one = rule({"at_least": {"n": 2, "of": [{"act": ["any"]}, {"material": ["any"]}, {"actor": ["any"]}]}})
    (signal,) = signals(one, item("Gallium from China"))
    assert [reason.text for reason in signal.why] == ["title: found Gallium", "title: found China"]
    assert signal.facts.materials == ("gallium",)
    assert signals(one, item("Gallium from Chile")) == []


@pytest.mark.parametrize(
    ("title", "language", "fires"),
    [
        ("export controls on gallium", "en", True),
        ("export control of much gallium", "en", True),
        ("export control of very much gallium", "en", False),
        ("export controls. On gallium", "en", True),
        ("镓的出口管制", "zh", False),
        ("对镓出口管制", "zh", True),
        ("ガリウム輸出管理", "ja", False),
    ],
)
def test_stretch_of_words_counts_words_and_every_han_or_kana_sign(title, language, fires):
    groups = [{"act": ["export_control"]}, {"material": ["gallium"]}]
    one = rule({"near": [{"of": groups, "within": "5 words"}]})
    assert bool(signals(one, item(title, language=language))) is fires


def test_stretch_of_words_is_named_in_words_where_it_fails():
    groups = [{"act": ["export_control"]}, {"material": ["gallium"]}]
    told = explained(rule({"near": [{"of": groups, "within": "2 words"}]}), item("export control on gallium"))
    assert "False together in 2 words" in told


NUMBERED = {
    "all": [{"act": ["export_control"]}],
    "patterns": [{"pattern": r"第\s*\d+\s*号|No\. \d+", "in": ["title"]}],
}


@pytest.mark.parametrize(
    ("read", "fires"),
    [
        (item("出口管制公告 第１８号", language="zh"), True),
        (item("EXPORT CONTROL NO. 18"), True),
        (item("Export control", body="No. 18"), False),
    ],
)
def test_pattern_is_looked_for_in_its_fields_whatever_width_and_case(read, fires):
    assert bool(signals(rule(NUMBERED), read)) is fires


def test_absent_pattern_keeps_a_rule_quiet_and_says_what_was_found():
    one = rule({"all": [{"act": ["any"]}], "patterns": [{"pattern": r"\bjobs?\b", "absent": True}]})
    assert signals(one, item("Export control"))
    assert signals(one, item("Export control", body="Jobs in compliance")) == []
    told = explained(one, item("Export control", body="Jobs in compliance"))
    assert r"False does not match the pattern \bjobs?\b: found “Jobs”" in told


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?=ban)ban", "look-around and back-references are not read"),
        (r"(ban) \1", "look-around and back-references are not read"),
        ("(ban", "cannot be read: missing"),
        ("(ban)?", "found in every text"),
        ("第２３号", "write 第23号"),
        ("公告，", "write 公告,"),
        ("镓（暂停）", r"write 镓\\\(暂停\\\)"),
        ("ｶﾞﾘｳﾑ", "write ガリウム"),
    ],
)
def test_pattern_that_cannot_be_read_or_says_nothing_is_refused(pattern, why):
    with pytest.raises(ValidationError, match=why):
        rule({"all": [{"act": ["any"]}], "patterns": [{"pattern": pattern}]})


def test_pattern_alone_is_no_match_of_a_rule():
    with pytest.raises(ValidationError, match="beside its patterns"):
        rule({"patterns": [{"pattern": "ban"}]})


def test_pattern_that_ruins_other_engines_is_answered():
    assert found_in("(a+)+$", "a" * 20_000 + "!") is None
    assert found_in("(x+x+)+y", "x" * 20_000) is None


def test_weights_by_field_leave_no_room_for_another_weight_or_field():
    for more in ({"weight": 2}, {"in": ["title"]}):
        with pytest.raises(ValidationError, match="weights"):
            rule({"score": {"at_least": 1, "of": [{"act": ["any"], "weights": {"title": 1}, **more}]}})


def test_rule_reads_only_sources_of_the_grades_it_names():
    one = rule({"all": [{"act": ["any"]}]}, where={"reliability": ["A", "B"]})
    assert signals(one, item("Export control"), "B")
    assert signals(one, item("Export control"), "C") == []
    assert "False source: the source's reliability is F, the rule reads A, B" in explained(
        one, item("Export control")
    )
