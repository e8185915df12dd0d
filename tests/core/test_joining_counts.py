"""Two acts of one issuer are told apart by how many firms headlines put on a list; sums, parts and round numbers are not."""

import pytest

from tests.core.build import at, press, signal
from tests.core.test_joining_classes import RULES, alerts
from warning.core.correlate import correlate
from warning.core.joining_counts import firms_told, list_told, parts_told
from warning.core.signals import Signal
from warning.core.text.counts import counts_in


def report(
    evidence_id: str, title: str, *, hours: float = 0.0, targets: tuple[str, ...] = ("US",), **changes
) -> Signal:
    """A report that counts what its headline counts, read as a listing."""
    shown = press(
        evidence_id,
        f"wire-{evidence_id}",
        known_at=at(hours / 24),
        title=title,
        story=changes.pop("story", ""),
    )
    said = {
        "materials": (),
        "targets": targets,
        "counts": counts_in((title,)),
        "act": "entity_listing",
        **changes,
    }
    return signal(evidence_id, days=hours / 24, rule_id="r-listing", facts=said, exhibit=shown)


THIRTEEN = {
    "en": "China adds 13 US firms to its unreliable entity list",
    "zh": "十三家美国企业被列入不可靠实体清单",
    "ja": "中国、米企業13社を信頼できないエンティティーリストに追加",
    "ko": "중국, 미국 13개 기업 신뢰할 수 없는 기업 명단에 추가",
}
TWENTY = {
    "en": "China adds 20 US firms to export control list",
    "zh": "商务部将20家美国实体列入出口管制管控名单",
    "ja": "中国、米企業20社を輸出規制リストに追加",
    "ko": "중국, 미국 20개 기업 수출통제 명단에 추가",
}


@pytest.mark.parametrize("language", THIRTEEN)
@pytest.mark.parametrize("story", ["", "near words"])
def test_two_lists_of_one_day_that_count_other_firms_are_two_acts(language, story):
    first = report("a", THIRTEEN[language], story=story)
    second = report("b", TWENTY[language], hours=4, story=story)
    assert alerts(first, second) == [{"a"}, {"b"}]


def test_reports_in_four_languages_each_go_to_the_act_that_counts_as_many():
    first = [report(f"a-{name}", title, hours=n) for n, (name, title) in enumerate(THIRTEEN.items())]
    second = [report(f"b-{name}", title, hours=n + 2.5) for n, (name, title) in enumerate(TWENTY.items())]
    assert alerts(*first, *second) == [{s.exhibit.evidence_id for s in one} for one in (first, second)]


def test_an_act_that_was_stored_is_told_apart_by_the_counts_of_its_alert():
    (opened,), _ = correlate([report("a", THIRTEEN["en"])], (), RULES, at(1))
    later = [report("b", TWENTY["zh"], hours=30), report("c", THIRTEEN["ko"], hours=31)]
    changes, _ = correlate(later, (opened.alert,), RULES, at(2))
    told = {change.kind: {e.evidence_id for e in change.alert.exhibits} for change in changes}
    assert told == {"opened": {"b"}, "joined": {"a", "c"}}


@pytest.mark.parametrize(
    "title",
    [
        "China adds another 12 US entities to export control list",
        "China sanctions 12 US firms",
        "中国商务部制裁十二家美国企业",
    ],
)
def test_firms_counted_otherwise_days_later_are_another_act(title):
    april = report("a", "China adds 16 US entities to export control list")
    assert alerts(april, report("b", title, hours=60)) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    "title",
    [
        "China blacklists 33 US firms",
        "中国商务部制裁33家美国企业",
        "China puts 33 US firms on control and unreliable entity lists",
        "China adds US firms to unreliable entity list",
        "China adds a dozen US firms to export control list",
        "China adds nearly 20 US firms to export control list",
        "约20家美国实体被列入管控名单",
        "20余家美国实体被列入管控名单",
        "中国、米企業20社以上を輸出規制リストに追加",
        "중국, 미국 20여 개 기업 수출통제 명단에 추가",
        "China adds Skydio, 12 other US firms to unreliable entity list",
        "Correction: China adds 14 US firms to its unreliable entity list",
        "중국, 美 기업 20곳 제재…13곳은 수출통제 명단에",
    ],
)
def test_a_sum_a_round_number_no_number_and_a_correction_stay_with_the_act_of_that_day(title):
    assert alerts(report("a", THIRTEEN["en"]), report("b", title, hours=5)) == [{"a", "b"}]


def test_a_sum_that_was_told_first_takes_the_acts_that_make_it():
    assert alerts(report("a", "China blacklists 33 US firms"), report("b", THIRTEEN["en"], hours=2)) == [
        {"a", "b"}
    ]


def test_a_round_number_that_was_told_first_takes_the_exact_one():
    first = report("a", "China adds a dozen US firms to export control list")
    assert alerts(first, report("b", THIRTEEN["en"], hours=2)) == [{"a", "b"}]


def test_a_count_that_is_not_in_the_headline_tells_no_two_acts_apart():
    said = {"counts": (("entities", "7"),)}
    later = report("b", "China adds US firms to export control list", hours=30, **said)
    assert alerts(report("a", THIRTEEN["en"]), later) == [{"a", "b"}]


@pytest.mark.parametrize(
    ("whole", "hours", "is_one", "is_one_backwards"),
    [
        ("32", 2, True, True),
        ("32", 50, True, False),
        ("19", 2, True, True),
        ("19", 50, False, False),
    ],
)
def test_firms_of_one_state_may_be_some_of_a_longer_list_and_days_later_of_no_earlier_one(
    whole, hours, is_one, is_one_backwards
):
    part = report("a", "US adds 23 Chinese firms to Entity List", targets=("CN",))
    every = report("b", f"US adds {whole} entities to Entity List", hours=hours, targets=("CN", "SG"))
    assert alerts(part, every) == ([{"a", "b"}] if is_one else [{"a"}, {"b"}])
    assert alerts(
        report("c", every.exhibit.title, targets=()),
        report("d", part.exhibit.title, hours=hours, targets=("CN",)),
    ) == ([{"c", "d"}] if is_one_backwards else [{"c"}, {"d"}])


LATER = [
    (
        "China puts 20 Japanese firms on export control list",
        "China restricts dual-use exports to 40 Japanese companies",
    ),
    ("中国、日本企業20社を輸出規制リストに追加", "中国、日本企業40社への軍民両用品輸出を規制"),
    (
        "China adds 15 US firms to export control list",
        "China puts three US drone makers on export control list",
    ),
]


ANOTHER_DAY = [
    ("China puts 4 US firms on unreliable entity list", "China adds 15 US firms to unreliable entity list"),
    ("China adds 28 US firms to export control list", "China adds 3 US firms to export control list"),
    ("China's commerce ministry sanctions 20 US firms", "China adds 12 US firms to export control list"),
    ("商务部制裁28家美国企业", "商务部将11家美国企业列入不可靠实体清单"),
]


@pytest.mark.parametrize("titles", ANOTHER_DAY)
def test_other_numbers_days_later_are_another_act_however_few_and_whatever_they_name(titles):
    first, second = titles
    assert alerts(report("a", first), report("b", second, hours=49)) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    "other", ["US adds 12 Chinese firms to SDN list", "美国财政部将12家中国企业列入制裁清单"]
)
def test_lists_of_two_offices_of_one_day_are_two_acts(other):
    first = report("a", "US adds 37 Chinese firms to Entity List", targets=("CN",))
    assert alerts(first, report("b", other, hours=3, targets=("CN",))) == [{"a"}, {"b"}]


@pytest.mark.parametrize("hours", [2, 60])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "China adds three US firms to unreliable entity list",
            "China puts three US firms on export control list",
        ),
        ("三家美国企业被列入不可靠实体清单", "商务部将3家美国实体列入出口管制管控名单"),
        (
            "US adds 80 entities to entity list, 50 Chinese",
            "US adds 50 Chinese entities to military end-user list",
        ),
        ("US adds 37 firms to entity list", "US adds 12 Chinese firms to unverified list"),
        ("US adds 12 Chinese firms to unverified list", "US adds 37 firms to entity list"),
    ],
)
def test_as_many_firms_or_some_of_them_on_another_list_are_another_act(first, second, hours):
    assert alerts(report("a", first), report("b", second, hours=hours)) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    "second",
    [
        "China adds three US firms to entity list",
        "China puts three US firms on blacklist",
        "중국, 미국 3개사 제재 명단에",
    ],
)
def test_a_list_that_the_press_calls_by_another_name_is_the_same_one(second):
    first = report("a", "China adds three US firms to unreliable entity list")
    assert alerts(first, report("b", second, hours=3)) == [{"a", "b"}]


def test_what_firms_a_list_names_is_no_other_list():
    first = report("a", "US adds 12 Chinese military firms to entity list", targets=("CN",))
    second = report("b", "US puts 13 Chinese companies on Entity List", hours=3, targets=("CN",))
    assert alerts(first, second) == [{"a", "b"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("US adds 33 Chinese firms to unverified list", "米、中国33社を輸出規制リストに追加"),
        ("US adds 33 Chinese firms to military end-user list", "미국, 중국 기업 33곳 수출통제 명단에 추가"),
    ],
)
def test_a_list_of_an_export_office_is_also_called_one_of_export_controls(first, second):
    one, other = report("a", first), report("b", second, hours=3)
    assert alerts(one, other) == [{"a", "b"}]


@pytest.mark.parametrize("titles", [*LATER, *(pair[::-1] for pair in LATER[:2])])
def test_a_sum_without_a_list_and_a_few_of_those_listed_stay_with_their_act_for_days(titles):
    assert alerts(
        *(report(f"{hours}", title, hours=hours) for hours, title in zip((0, 30), titles, strict=True))
    ) == [{"0", "30"}]


@pytest.mark.parametrize(
    "title",
    [
        "US adds 80 Chinese companies to Entity List",
        "US puts 12 Chinese firms on entity list over AI chips",
        "美国将80家中国企业列入实体清单",
    ],
)
def test_outlets_that_count_one_list_of_a_day_otherwise_tell_one_act(title):
    first = report("a", "US adds 54 Chinese companies to Entity List", targets=("CN",))
    assert alerts(first, report("b", title, hours=5, targets=("CN",))) == [{"a", "b"}]


WHOLE = {
    "en": "US adds 37 firms to entity list, 25 Chinese",
    "zh": "美国将37家实体列入实体清单 其中25家中国企业",
    "ja": "米、37社をエンティティーリストに追加　うち中国25社",
    "ko": "美, 37곳 수출통제 명단 추가…中 25곳",
}
PART = {
    "en": "US adds 25 Chinese firms to entity list",
    "zh": "美国将二十五家中国企业列入实体清单",
    "ja": "米、中国企業25社をエンティティーリストに追加",
    "ko": "美, 중국 기업 25곳 수출통제 명단에 추가",
}


@pytest.mark.parametrize("language", WHOLE)
@pytest.mark.parametrize("part_first", [False, True])
def test_a_headline_that_counts_those_of_one_state_is_of_the_act_whose_total_names_them(language, part_first):
    said = [("a", WHOLE[language]), ("b", PART[language])]
    told = [
        report(name, title, hours=2 * n, targets=("CN",))
        for n, (name, title) in enumerate(reversed(said) if part_first else said)
    ]
    assert alerts(*told) == [{"a", "b"}]


@pytest.mark.parametrize("title", [WHOLE["en"], WHOLE["zh"]])
def test_the_part_that_a_stored_act_named_takes_a_report_of_it_and_of_no_other_number(title):
    (opened,), _ = correlate([report("a", title, targets=("CN",))], (), RULES, at(1))
    for count, kind in (("25", "joined"), ("24", "opened")):
        later = report("b", f"US adds {count} Chinese firms to entity list", hours=30, targets=("CN",))
        changes, _ = correlate([later], (opened.alert,), RULES, at(2))
        assert [change.kind for change in changes] == [kind]


def test_as_many_firms_of_a_state_that_the_total_does_not_name_are_another_act():
    whole = report("a", WHOLE["en"], targets=("CN",))
    assert alerts(
        whole, report("b", "US adds 25 Russian firms to entity list", hours=2, targets=("RU",))
    ) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    "title",
    [
        "China adds 13 US firms to control list, 6 US firms to entity list",
        "China adds 20 US firms to export control list, bans 6 US drone makers",
        "US adds 37 firms to entity list, 25 March",
        "US adds 37 firms to entity list, 25 Chinese ships",
        "12家美国实体列入管控名单，6家美国企业列入不可靠实体清单",
    ],
)
def test_a_second_list_a_day_and_other_things_counted_are_no_part_of_the_firms(title):
    assert parts_told(title) == frozenset()


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("中国、米企業十三社を信頼できないエンティティーリストに追加", "13"),
        ("米、二十一社を禁輸リストに追加", "21"),
        ("美国企业十三家被列入不可靠实体清单", "13"),
        ("十三家中企被美国列入实体清单", "13"),
        ("중국, 미국 기업 열세 곳 수출통제 명단에 추가", "13"),
        ("중국, 미 방산업체 스무 곳 제재", "20"),
        ("중국, 미국 기업 스물한 개사 제재", "21"),
    ],
)
def test_firms_counted_in_the_numerals_of_a_language_are_counted(title, count):
    assert dict(counts_in((title,))) == {"entities": count}
    assert firms_told(title) == {count}


@pytest.mark.parametrize(
    "title",
    [
        "三社祭が始まる",
        "化学二社長が会談",
        "中国、数十社を調査",
        "중국, 희토류 광산 두 곳 폐쇄",
        "중국 기업 한 곳 제재",
    ],
)
def test_numerals_that_count_no_firms_count_none(title):
    assert counts_in((title,)) == ()


@pytest.mark.parametrize(
    "title",
    ["米、十社以上を禁輸リストに追加", "중국, 미국 기업 열 곳 이상 명단에 추가", "約二十社をリストに追加"],
)
def test_a_round_number_in_the_numerals_of_a_language_is_no_exact_one(title):
    assert firms_told(title) == frozenset()


def test_a_report_on_goods_counts_some_of_the_firms():
    part = report("b", "美国两家稀土企业被列入管控名单", hours=2, materials=("gallium",))
    assert alerts(report("a", TWENTY["zh"], materials=("gallium",)), part) == [{"a", "b"}]


def test_one_number_joins_a_report_that_corrects_the_count():
    one = report("a", "商务部公告 将13家美国实体列入管控名单", instrument="MOFCOM 2026/9")
    corrected = report("b", "商务部公告 将14家美国实体列入管控名单", hours=60, instrument="MOFCOM 2026/9")
    after = report("c", "China adds 14 US firms to export control list", hours=62)
    assert alerts(one, corrected, after) == [{"a", "b", "c"}]


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("US adds 24 toolmakers and 116 other firms to entity list", "140"),
        ("On March 4 Boeing and 2 other firms were listed", "3"),
    ],
)
def test_others_are_counted_with_those_they_stand_beside(title, count):
    assert dict(counts_in((title,))) == {"entities": count}


def test_headlines_are_counted_clause_by_clause():
    assert firms_told("12家美国实体列入管控名单，6家企业列入不可靠实体清单") == {"12", "6"}
    assert firms_told("Boeing unit and two other US defence firms put on list") == {"3"}
    assert not list_told("12家美国实体列入管控名单，6家企业列入不可靠实体清单")
    assert not list_told("美国6家企业被列入黑名单")
