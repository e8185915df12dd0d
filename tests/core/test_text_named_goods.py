import pytest

from warning.core.object_kinds import kinds_differ, kinds_of
from warning.core.text.named_goods import answered_goods, weighed_goods


@pytest.mark.parametrize(
    ("language", "title", "answered"),
    [
        ("en", "Beijing halts gallium sales hours after chip curbs", "hours after chip curbs"),
        ("ja", "半導体規制を受け、中国がガリウムの輸出を禁止", "半導体規制を受け、"),
        ("zh", "美国芯片管制升级后，中国禁止镓出口", "美国芯片管制升级后，"),
        ("ko", "반도체 규제에 맞서, 중국이 갈륨 수출 금지", "반도체 규제에 맞서,"),
        ("en", "Beijing halts gallium and chip sales", ""),
        ("zh", "中国禁止镓出口 报复美国芯片管制", "报复美国芯片管制"),
        ("zh", "中国对稀土实施出口管制 反制措施包括禁止镓出口", ""),
        ("zh", "中国将石墨列入出口管制 报复美国并禁止锑出口", ""),
    ],
)
def test_goods_of_the_act_that_is_answered_stand_in_its_own_clause(language, title, answered):
    assert "".join(title[start:end] for start, end in answered_goods(title, language)) == answered


def test_urea_is_told_by_tonnes_and_an_element_is_not():
    assert weighed_goods("중국, 한국 계약분 요소 1만8천700톤 수출") == {"urea"}
    assert weighed_goods("희토류 17개 요소 수출 통제") == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("China puts rare earth technology under licence", "中国 海外で作られた製品も規制対象に"),
        ("公布将20家日本实体列入关注名单", "China adds 20 Japanese entities to dual-use export ban list"),
        ("중국, 일본 20곳 '관심 명단' 등재", "20家日本实体被列入出口管制管控名单"),
    ],
)
def test_two_acts_of_one_day_differ_by_what_they_are_about(one, other):
    assert kinds_differ(kinds_of(one), kinds_of(other))


def test_headlines_that_name_no_kind_may_be_of_either_act():
    assert not kinds_differ(
        kinds_of("China tightens rare earth rules"), kinds_of("China puts know-how under licence")
    )
