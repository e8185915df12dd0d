"""Reports in several languages meet by what they count, and by all that rules read in one document."""

from dataclasses import replace
from datetime import date

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


DAY = date(2026, 12, 1)


def told(evidence_id: str, title: str, *, hours: float = 0.0, **facts) -> Signal:
    """A report of goods in common, in near words of the others."""
    one = said(evidence_id, "export_control", hours=hours, facts={"materials": ("gallium",), **facts})
    return replace(one, exhibit=replace(one.exhibit, title=title, story="near words"))


def from_meti(evidence_id: str, **facts) -> Signal:
    one = said(evidence_id, "export_control", facts={"targets": ("RU",), "effective": DAY, **facts})
    shown = replace(
        one.exhibit, official=True, kind="regulatory", source_id="meti", title=f"Notice {evidence_id}"
    )
    return replace(one, exhibit=shown)


def test_two_notices_of_one_source_stay_two_though_they_take_effect_on_one_day_against_one_state():
    assert alerts(from_meti("a"), from_meti("b")) == [{"a"}, {"b"}]


def test_goods_told_days_after_a_count_of_firms_are_another_act_though_of_one_day_of_effect():
    counted = said("a", "export_control", count="20", facts={"effective": DAY})
    goods = said("b", "export_control", hours=90, facts={"materials": ("gallium",), "effective": DAY})
    assert alerts(counted, goods) == [{"a"}, {"b"}]


def test_a_day_of_effect_and_a_target_in_common_join_a_report_that_comes_late():
    first = said("a", "export_control", facts={"effective": DAY})
    late = {"materials": ("gallium",)}
    assert alerts(first, said("b", "export_control", hours=90, facts={"effective": DAY, **late})) == [
        {"a", "b"}
    ]
    assert alerts(first, said("b", "export_control", hours=90, facts=late)) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "US tightens chip technology export controls on China",
            "US extends chip export controls on China to foreign-made products",
        ),
        (
            "China halts gallium exports to Japan pending testing of cargoes",
            "China halts gallium exports to Japan, industry association told",
        ),
        ("China bars Micron Technology chips", "China bans foreign products such as Micron chips"),
    ],
)
def test_the_press_tells_one_act_in_many_words(one, other):
    assert alerts(told("a", one), told("b", other, hours=1)) == [{"a", "b"}]


@pytest.mark.parametrize("materials", [(), ("gallium",)])
def test_two_lists_that_the_press_names_are_two_acts_though_told_in_near_words(materials):
    control = told("a", "China adds 20 Japanese firms to export control list", materials=materials)
    watch = told(
        "b", "China puts 20 Japanese firms on export control watch list", hours=1, materials=materials
    )
    assert alerts(control, watch) == [{"a"}, {"b"}]
    listed = replace(watch, facts=replace(watch.facts, act="entity_listing"))
    assert alerts(control, listed) == [{"a"}, {"b"}]


def test_know_how_carried_abroad_is_not_what_was_made_abroad():
    abroad = titled(CONTROL, "公布对境外相关稀土物项实施出口管制的决定")
    know_how = titled(
        notice("b", "export_control", "MOFCOM 2025/62", facts={"targets": (), "materials": ("gallium",)}),
        "公布对稀土相关技术实施出口管制的决定",
    )
    report = told("c", "商务部：禁止擅自向境外转移稀土冶炼分离工艺", hours=2)
    assert alerts(abroad, know_how, report) == [{"a-control"}, {"b", "c"}]
