"""Reports in several languages meet by what they count, and by all that rules read in one document."""

from dataclasses import replace

import pytest

from tests.core.build import TABLE, TERMS, at, book, names, press, signal
from warning.core.correlate import correlate
from warning.core.policy import Correlation, Policy
from warning.core.signals import Signal
from warning.core.terms import Act

ACTS = {
    name: Act(label={"en": name}, direction="tightening", phrases=names(name), family=family)
    for name, family in (("export_control", "control"), ("entity_listing", "listing"), ("new_law", "legal"))
}
RULES = book(
    terms=TERMS.model_copy(update={"acts": {**TERMS.acts, **ACTS}}),
    policy=Policy(
        correlation=Correlation(
            related_families=("control", "listing", "legal"), counted_families=("listing",)
        ),
        severity=TABLE,
    ),
)


def said(
    evidence_id: str, act: str, *, count: str = "", hours: float = 0.0, rule_id: str = "", **changes
) -> Signal:
    facts = {"act": act, "materials": (), "targets": ("US",), **changes.pop("facts", {})}
    if count:
        facts["counts"] = (("entities", count),)
    shown = changes.pop("exhibit", None) or press(evidence_id, f"wire-{evidence_id}", known_at=at(hours / 24))
    return signal(
        evidence_id, days=hours / 24, rule_id=rule_id or f"r-{act}", facts=facts, exhibit=shown, **changes
    )


def notice(evidence_id: str, act: str, number: str, **changes) -> Signal:
    one = said(evidence_id, act, **changes)
    shown = replace(one.exhibit, official=True, kind="regulatory", source_id=f"ministry-{evidence_id}")
    return replace(one, exhibit=shown, facts=replace(one.facts, instrument=number))


def alerts(*signals: Signal) -> list[set[str]]:
    changes, _ = correlate(signals, (), RULES, at(1))
    return sorted(({e.evidence_id for e in change.alert.exhibits} for change in changes), key=sorted)


CONTROL = notice(
    "a-control", "export_control", "MOFCOM 2025/18", facts={"targets": (), "materials": ("gallium",)}
)
LISTED = notice("b-list", "entity_listing", "MOFCOM 2025/21", count="16")


def test_a_report_that_counts_firms_joins_the_list_that_counts_as_many_and_not_the_control_of_that_day():
    report = said("c", "export_control", count="16", hours=2)
    assert alerts(CONTROL, LISTED, report) == [{"a-control"}, {"b-list", "c"}]


def test_a_report_that_counts_firms_joins_the_one_list_that_nobody_counted():
    uncounted = notice("b-list", "entity_listing", "MOFCOM 2025/21")
    assert alerts(CONTROL, uncounted, said("c", "export_control", count="140", hours=2)) == [
        {"a-control"},
        {"b-list", "c"},
    ]


@pytest.mark.parametrize(
    "report",
    [
        said("c", "export_control", count="12", hours=2, facts={"materials": ("gallium",)}),
        said(
            "c", "export_control", count="16", hours=2, facts={"targets": ("JP",), "materials": ("gallium",)}
        ),
        said("c", "export_control", hours=2, facts={"materials": ("gallium",)}),
    ],
    ids=["other count", "other target", "no count"],
)
def test_a_report_of_other_firms_or_of_goods_does_not_join_that_list(report):
    assert alerts(CONTROL, LISTED, report) == [{"a-control", "c"}, {"b-list"}]


def test_two_lists_that_count_alike_are_not_told_apart_by_the_count_alone():
    other = notice("d-list", "entity_listing", "MOFCOM 2025/22", count="16")
    report = said("c", "entity_listing", count="16", hours=2)
    assert sum("c" in told for told in alerts(LISTED, other, report)) == 1


def test_what_another_rule_read_in_a_document_finds_its_alert_before_a_new_one_is_opened():
    draft = said("a", "draft", facts={"materials": ("gallium",)})
    report = [
        said("b", act, hours=1, rule_id=f"r-{act}", facts={"materials": ("gallium",)})
        for act in ("aaa_restriction", "draft")
    ]
    assert alerts(draft, *report) == [{"a", "b"}]


def test_a_law_told_as_a_control_is_one_event():
    assert alerts(said("a", "new_law"), said("b", "export_control", hours=3)) == [{"a", "b"}]


def titled(one: Signal, title: str) -> Signal:
    return replace(one, exhibit=replace(one.exhibit, title=title))


def test_a_watch_list_and_a_ban_list_of_one_day_each_take_their_own_reports():
    ban = titled(notice("a-ban", "entity_listing", "MOFCOM 2026/27", count="20"), "20家实体列入管控名单")
    watch = titled(notice("b-watch", "entity_listing", "MOFCOM 2026/28", count="20"), "20家实体列入关注名单")
    banned = titled(said("c", "entity_listing", count="20", hours=2), "20 firms added to export ban list")
    watched = titled(said("d", "entity_listing", count="20", hours=3), "20 firms put on watch list")
    assert alerts(ban, watch, banned, watched) == [{"a-ban", "c"}, {"b-watch", "d"}]


def test_a_report_on_goods_is_not_of_a_list_that_only_counts_firms():
    draft = said("c", "export_control", hours=20, facts={"targets": (), "materials": ("gallium",)})
    assert alerts(LISTED, draft) == [{"b-list"}, {"c"}]


def test_a_report_joins_the_numbered_act_whose_name_it_repeats():
    one = titled(notice("a", "entity_listing", "MOFCOM 2026/2"), "关于对责任商业联盟采取反制措施的决定")
    other = titled(
        notice("b", "entity_listing", "MOFCOM 2026/3", hours=1), "关于对合规检测公司采取反制措施的决定"
    )
    report = titled(said("c", "entity_listing", hours=2), "商务部对责任商业联盟采取反制措施")
    assert alerts(one, other, report) == [{"a", "c"}, {"b"}]
