from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.detect.text import detect_text, explain_text
from warning.core.evidence import Item, Window
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import ContextRule, TextRule
from warning.core.severity_table import SeverityTable
from warning.core.terms import Terms
from warning.core.text.engine import MOST_CHARACTERS, TextEngine
from warning.core.text.screen import Screen

NOW = datetime(2025, 10, 9, 12, tzinfo=UTC)
TERMS = Terms.model_validate({
    "materials": {
        "gallium": {"label": {"en": "Gallium"}, "names": {"en": ["gallium"], "zh": ["镓"]}},
        "helium": {"label": {"en": "Helium"}, "names": {"en": ["helium"], "zh": ["氦"]}},
    },
    "acts": {"export_control": {"label": {"en": "export control"}, "direction": "tightening", "phrases": {"en": ["export control"], "zh": ["出口管制"]}}},
    "actors": {"CN": {"label": {"en": "China"}, "names": {"en": ["China"], "zh": ["中国"]}, "issuers": {"zh": ["商务部"]}}, "US": {"label": {"en": "US"}, "names": {"en": ["US"], "zh": ["美国"]}}},
    "cues": {"talk": {"phrases": {"en": ["urge*", "could"]}}, "ease": {"phrases": {"en": ["ease", "suspends"], "zh": ["暂停"]}}},
})  # fmt: skip


def policy() -> Policy:
    levels = ("unknown", "minor", "moderate", "severe", "extreme")
    row = dict.fromkeys("ABCD", "moderate")
    table = {
        "by_grade": dict.fromkeys(levels, row),
        "no_material": dict.fromkeys(levels, "minor"),
        "named_as_target_steps": 0,
        "others_are_target_steps": 0,
        "own_act_steps": 0,
        "ceiling_by_direction": {},
    }
    known = {k: v for k, v in table.items() if k in SeverityTable.model_fields}
    return Policy(severity=SeverityTable.model_validate(known))


def rule(rule_id: str, match: dict, cls: type[TextRule] = TextRule, **more) -> TextRule:
    kind = "context" if cls is ContextRule else "text"
    examples = [{"fires": True, "title": "a"}, {"fires": False, "title": "b"}]
    return cls.model_validate({
        "id": rule_id, "kind": kind, "title": rule_id, "severity": "severe", "owner": "o", "rationale": "r",
        "match": match, "examples": examples, **more,
    })  # fmt: skip


CONTROL = rule(
    "control",
    {
        "near": [
            {
                "of": [{"actor": ["CN"]}, {"act": ["export_control"]}, {"material": ["any"]}],
                "none": [{"cue": ["talk"]}],
            }
        ]
    },
)
MENTION = rule("mention", {"any": [{"material": ["any"]}]}, ContextRule)


def book(*rules: TextRule) -> Rulebook:
    return Rulebook(rules=rules, terms=TERMS, policy=policy())


def item(title: str, number: int = 0, **more) -> Item:
    given_ = {"summary": "", "kind": "news", "country": "US", "language": "en"} | more
    return Item(id=f"i{number}", source_id="s", title=title, published_at=NOW, known_at=NOW, **given_)


def fired(rules: tuple[TextRule, ...], *items: Item, fresh: frozenset[str] | None = None):
    ids = frozenset(i.id for i in items) if fresh is None else fresh
    window = Window(items=items, observations=(), listing_changes=(), fresh=ids)
    return detect_text(book(*rules), window.as_known(NOW), NOW)


def test_rule_fires_when_its_groups_share_a_sentence():
    signals, traces = fired((CONTROL,), item("China puts gallium under export control"))
    assert [(s.rule_id, s.facts.materials, s.facts.act) for s in signals] == [
        ("control", ("gallium",), "export_control")
    ]
    assert signals[0].why[0].params[0] == ("field", "title")
    assert [(t.outcome, t.considered, t.fired) for t in traces] == [("fired", 1, 1)]


class Counted:
    """A screen that remembers how much it looked at together."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.looks = screen, []

    def of(self, pages):
        self.looks.append((len(pages), sum(len(page[0]) for page in pages)))
        return self.screen.of(pages)


@pytest.mark.parametrize(("words", "looks"), [(1, 1), (2_000, 5)])
def test_texts_are_screened_in_batches_of_so_much_text_with_the_same_answers(words, looks):
    engine = TextEngine(book(CONTROL, MENTION))
    engine.screen = counted = Counted(engine.screen)
    items = [
        item("Gallium is rare" if number % 7 else "A quiet day", number, summary="ore " * words)
        for number in range(300)
    ]
    met = [(one.id, [rule.rule.id for rule, _ in found]) for one, _, found in engine.judge_all(items)]
    assert met == [(one.id, ["mention"]) for one in items if "Gallium" in one.title]
    assert len(counted.looks) == looks
    assert max(characters for _, characters in counted.looks) < MOST_CHARACTERS * 1.1
    assert sum(count for count, _ in counted.looks) == 300


def test_rule_stays_quiet_when_its_groups_stand_in_different_sentences():
    signals, traces = fired((CONTROL,), item("China grows. Gallium is rare. Export control is hard."))
    assert signals == []
    assert traces[0].outcome == "no_match"


def test_talk_in_the_same_sentence_silences_a_rule_and_in_another_does_not():
    assert fired((CONTROL,), item("EU urges China to end gallium export control"))[0] == []
    title = "China puts gallium under export control. EU urges calm."
    assert len(fired((CONTROL,), item(title))[0]) == 1


def test_context_rule_never_interrupts():
    signals, _ = fired((MENTION,), item("Gallium prices"))
    assert [s.interrupts for s in signals] == [False]


def test_easing_words_turn_the_direction():
    signals, _ = fired((CONTROL,), item("China suspends export control on gallium"))
    assert signals[0].facts.direction == "easing"


def test_only_fresh_items_are_judged():
    told = item("China puts gallium under export control", 1)
    signals, traces = fired((CONTROL,), told, fresh=frozenset())
    assert signals == []
    assert traces[0].outcome == "no_evidence"


def test_where_keeps_other_kinds_out():
    official = rule("official", {"all": [{"material": ["any"]}]}, where={"official": True})
    assert fired((official,), item("gallium"))[0] == []
    assert len(fired((official,), item("gallium", kind="regulatory"))[0]) == 1


def test_near_in_characters_counts_the_distance():
    near = rule("near", {"near": [{"of": [{"actor": ["CN"]}, {"material": ["any"]}], "within": 20}]})
    assert len(fired((near,), item("China and gallium"))[0]) == 1
    assert fired((near,), item("China " + "x " * 20 + "gallium"))[0] == []


def test_at_least_counts_groups():
    two = rule(
        "two", {"at_least": {"n": 2, "of": [{"actor": ["CN"]}, {"actor": ["US"]}, {"material": ["gallium"]}]}}
    )
    assert len(fired((two,), item("China sells gallium"))[0]) == 1
    assert fired((two,), item("gallium"))[0] == []


def test_group_looks_only_into_its_fields():
    title_only = rule("title", {"all": [{"material": ["any"], "in": ["title"]}]})
    assert fired((title_only,), item("news", summary="gallium"))[0] == []


def test_explanation_says_what_was_missing_and_agrees_with_the_verdict():
    quiet = explain_text(CONTROL, item("Gallium prices"), book(CONTROL))
    assert quiet.passed is False
    assert any("not found" in line for line in quiet.lines())
    loud = explain_text(CONTROL, item("China puts gallium under export control"), book(CONTROL))
    assert loud.passed is True


def test_markup_and_escaped_entities_do_not_hide_words():
    assert len(fired((CONTROL,), item("China &amp;amp; <b>gallium</b> export&nbsp;control"))[0]) == 1


WORDS = st.sampled_from(
    [
        "China",
        "gallium",
        "氦",
        "export control",
        "urges",
        "could",
        ". ",
        "商务部",
        "出口管制",
        "\n",
        "US",
        "talks",
    ]
)
TITLES = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=5)


@given(TITLES, st.randoms(use_true_random=False))
def test_firing_depends_neither_on_order_nor_on_other_rules(titles, random):
    items = [item(title, n) for n, title in enumerate(titles)]
    mixed = items[:]
    random.shuffle(mixed)
    alone = {(s.rule_id, s.exhibit.evidence_id) for s in fired((CONTROL,), *items)[0]}
    together = {(s.rule_id, s.exhibit.evidence_id) for s in fired((CONTROL, MENTION), *mixed)[0]}
    one_by_one = {(s.rule_id, s.exhibit.evidence_id) for i in items for s in fired((CONTROL,), i)[0]}
    assert alone == {pair for pair in together if pair[0] == "control"} == one_by_one


LISTS = Terms.model_validate({
    "materials": {
        "gallium": {"label": {"en": "Gallium"}, "names": {"zh": ["镓"]}},
        "germanium": {"label": {"en": "Germanium"}, "names": {"zh": ["锗"]}},
        "rare_earths": {"label": {"en": "Rare earths"}, "names": {"zh": ["稀土"], "en": ["rare earth"]}},
        "terbium": {"label": {"en": "Terbium"}, "names": {"zh": ["铽"], "en": ["terbium"]}, "parent": "rare_earths"},
        "neodymium": {"label": {"en": "Neodymium"}, "names": {"zh": ["钕"], "ja": ["ネオジム"], "ko": ["네오디뮴"], "en": ["neodymium"]}, "parent": "rare_earths"},
        "magnets": {"label": {"en": "Magnets"}, "names": {"zh": ["钕铁硼"], "ja": ["ネオジム磁石"], "ko": ["네오디뮴 자석"], "en": ["neodymium magnet"]}, "parent": "rare_earths"},
    },
    "acts": {"export_control": {"label": {"en": "export control"}, "direction": "tightening", "phrases": {"en": ["export control"], "zh": ["出口管制", "不予许可"], "ja": ["輸出規制"], "ko": ["수출 통제"]}}},
    "actors": {"CN": {"label": {"en": "China"}, "names": {"en": ["China"], "zh": ["中国"]}, "issuers": {"zh": ["商务部"]}}},
})  # fmt: skip
ACT = rule("act", {"all": [{"act": ["export_control"]}]}, actors=["CN"])


def materials(title: str, body: str = "", **more) -> tuple[str, ...]:
    given_ = {"kind": "regulatory", "country": "CN", "language": "zh"} | more
    one = Item(id="i", source_id="s", title=title, body=body, published_at=NOW, known_at=NOW, **given_)
    window = Window(items=(one,), observations=(), listing_changes=(), fresh=frozenset({"i"}))
    signals, _ = detect_text(Rulebook(rules=(ACT,), terms=LISTS, policy=policy()), window.as_known(NOW), NOW)
    return signals[0].facts.materials


def test_every_member_of_a_chinese_list_is_named_before_the_related_items():
    body = "原则上不予许可镓、锗、铽相关两用物项出口。"
    assert materials("商务部关于加强出口管制的公告", body) == (
        "gallium",
        "germanium",
        "rare_earths",
        "terbium",
    )


def test_a_class_in_the_title_does_not_hide_its_members():
    body = "决定对铽、钕等7类中重稀土相关物项实施出口管制。"
    assert materials("商务部对稀土实施出口管制的决定", body) == ("neodymium", "rare_earths", "terbium")
    assert materials("China: export control on rare earths", kind="news", country="US", language="en", summary="China's export control covers terbium.") == ("rare_earths", "terbium")  # fmt: skip


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh", "对钕铁硼实施出口管制"),
        ("ja", "ネオジム磁石の輸出規制"),
        ("ko", "네오디뮴 자석 수출 통제"),
        ("en", "export control on neodymium magnets"),
    ],
)
def test_a_magnet_named_after_an_element_is_no_control_of_the_element(language, title):
    assert materials(title, language=language, kind="news") == ("magnets", "rare_earths")
