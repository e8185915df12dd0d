"""Near-duplicate texts form one story; an old article told again is known as one, and a new notice in old words is not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import START, at, book, press, signal
from warning.app.backtesting import carry
from warning.core.assess import Sensed, State, decide
from warning.core.evidence import Item
from warning.core.signals import Signal
from warning.core.stories import STORY_SPAN, Stories, stories_by_publisher, tell
from warning.core.text_prints import is_one_text, print_of
from warning.core.vocabulary import Marking

RULES = frozenset({"prc-controls", "prc-licences"})
TITLE = "China puts gallium and germanium under export control, effective next month"
NEAR = "China puts gallium and germanium under export controls, effective next month"
TEXT = (
    "The commerce ministry said on Monday that exporters of gallium and germanium must apply for licences, and that "
    "applications would be reviewed case by case. Makers of chips abroad said they held stocks for some weeks. "
)


def told(evidence_id: str, title: str = TITLE, *, days: float = 0.0, text: str = "", **changes) -> Signal:
    publisher = changes.pop("publisher", f"wire-{evidence_id}")
    facts, rule_id = changes.pop("facts", {}), changes.pop("rule_id", "prc-controls")
    shown = press(evidence_id, publisher, title=title, known_at=at(days), published_at=at(days), **changes)
    shown = replace(shown, text_print=printed(title, text, days))
    return signal(evidence_id, days=days, exhibit=shown, facts=facts, rule_id=rule_id, occurred_at=at(days))


def printed(title: str, text: str, days: float) -> str:
    return print_of(
        Item(
            id="i", source_id="s", kind="news", country="US", language="en", title=title, body=text,
            known_at=at(days), published_at=at(days),
        )
    )  # fmt: skip


def stories_of(*signals: Signal) -> dict[str, str]:
    marked, _ = tell(signals, Stories(), RULES)
    return {s.exhibit.evidence_id: s.exhibit.story for s in marked}


def told_one_by_one(*signals: Signal) -> dict[str, Signal]:
    known, found = Stories(), {}
    for one in signals:
        (marked,), new = tell((one,), known, RULES)
        known = known.plus(new, {marked.exhibit.evidence_id: marked.exhibit.story}, one.known_at)
        found[marked.exhibit.evidence_id] = marked
    return found


def test_near_headlines_of_any_source_are_one_story_named_after_the_first():
    found = stories_of(told("a"), told("b", NEAR, days=1), told("c", f"{TITLE} - Metals Courier", days=2))
    assert len(set(found.values())) == 1
    assert found["a"] == stories_of(told("a"))["a"]


@pytest.mark.parametrize(
    "other",
    [
        told("b", TITLE.replace("gallium and germanium", "antimony and germanium"), facts={"materials": ("antimony",)}),
        told("b", f"{TITLE} (2)"),
        told("b", facts={"targets": ("JP",)}),
        told("b", facts={"direction": "easing"}),
        told("b", facts={"instrument": "MOFCOM 2023/24"}),
        told("b", "Malaysia bans exports of raw rare earths to keep processing at home"),
        told("b", days=STORY_SPAN.days + 1, text="Beijing renewed its curbs, as officials had hinted in the spring. " * 4),
    ],
    ids=["material", "number", "target", "direction", "instrument", "words", "month"],
)  # fmt: skip
def test_what_tells_two_events_apart_keeps_stories_apart(other):
    first = told("a", text=TEXT, facts={"targets": ("US",), "instrument": "MOFCOM 2023/23"})
    found = stories_of(first, other)
    assert found["a"] != found["b"]


def test_two_official_notices_that_differ_by_a_letter_are_two_stories_whatever_the_press_says_between():
    gallium, antimony = "关于对镓相关物项实施出口管制的公告", "关于对锑相关物项实施出口管制的公告"
    between = "关于对锑、镓相关物项实施出口管制的公告"
    official = {"official": True, "kind": "regulatory", "facts": {"materials": ()}}
    found = stories_of(
        told("a", gallium, **official),
        told("p", between, days=1, facts={"materials": ()}),
        told("b", antimony, days=2, **official),
        told("c", gallium, days=3, **official),
    )
    assert found["a"] != found["b"]
    assert found["c"] == found["a"]


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_stories_of_one_assessment_are_the_same_in_any_order(names):
    pieces = {
        "a": told("a"), "b": told("b", NEAR, days=1), "c": told("c", days=2),
        "d": told("d", "中国对镓、锗相关物项实施出口管制", days=1), "e": told("e", "中国宣布对镓、锗相关物项实施出口管制", days=2),
    }  # fmt: skip
    assert stories_of(*(pieces[name] for name in names)) == stories_of(*pieces.values())


def test_stories_told_in_steps_are_those_told_at_once():
    pieces = [
        told(str(n), title, days=n / 2) for n, title in enumerate([TITLE, NEAR, TITLE + " at last", NEAR])
    ]
    steps = {name: one.exhibit.story for name, one in told_one_by_one(*pieces).items()}
    assert steps == stories_of(*pieces)


def test_an_edited_text_stays_with_its_story():
    first, edited = told("a"), told("a", "Another title altogether about metals", days=1)
    assert told_one_by_one(first, edited)["a"].exhibit.story == stories_of(first)["a"]


@pytest.mark.parametrize(
    ("title", "text"),
    [(TITLE, TEXT), ("China puts 7 medium and heavy rare earths under export control", "")],
    ids=["text", "headline with a figure"],
)
def test_an_old_article_of_another_source_and_address_is_told_again(title, text):
    first = told("a", title, text=text)
    again = told("b", f"{title} - Chip Gazette", days=90, text=text)
    found = told_one_by_one(first, again)
    assert found["b"].exhibit.first_seen_at == START
    assert found["b"].exhibit.story == found["a"].exhibit.story


def test_an_old_article_under_a_new_date_line_is_told_again():
    found = told_one_by_one(
        told("a", text="BEIJING, July 3, 2023. " + TEXT),
        told("b", days=90, text=f"BEIJING, {at(90):%B} {at(90).day}, {at(90).year}. " + TEXT),
    )
    assert found["b"].exhibit.first_seen_at == START


@pytest.mark.parametrize("text", [("", ""), (TEXT, ""), ("", TEXT)], ids=["neither", "the old", "the new"])
def test_a_headline_without_a_figure_alone_is_news_again_a_season_later(text):
    old, new = text
    found = told_one_by_one(told("a", text=old), told("b", days=90, text=new))
    assert found["b"].exhibit.first_seen_at is None


@pytest.mark.parametrize(
    "new",
    [
        told("b", days=90, text=TEXT, official=True, kind="regulatory"),
        told("b", TITLE + ", again", days=90, text=TEXT.replace("Monday", "Tuesday 14 November")),
        told("b", TITLE.replace("puts", "extends curbs on"), days=90, text=TEXT),
        told("b", days=90, text=TEXT + "The licences of 2023 end on 30 November 2026."),
        told("b", days=90, text="Beijing renewed its curbs, as officials had hinted in the spring. " * 4),
        told("b", days=90, text=TEXT, facts={"instrument": "MOFCOM 2023/99"}),
        told("b", days=90, text=TEXT, facts={"act": "export_ban"}),
        told("b", days=20, text=TEXT),
    ],
    ids=["official", "date", "extension", "number", "text", "instrument", "act", "soon"],
)
def test_a_new_notice_in_old_words_is_not_told_again(new):
    first = told("a", text=TEXT, facts={"instrument": "MOFCOM 2023/23"})
    assert told_one_by_one(first, new)["b"].exhibit.first_seen_at is None


def test_a_list_of_every_year_is_not_told_again():
    first = told("a", "China publishes its 2025 list of firms with rare earth quotas", text=TEXT + "2025")
    new = told(
        "b", "China publishes its 2026 list of firms with rare earth quotas", days=360, text=TEXT + "2026"
    )
    assert told_one_by_one(first, new)["b"].exhibit.first_seen_at is None


def test_what_only_some_may_see_dates_nothing_that_others_see():
    first = told("a", text=TEXT, marking=Marking.AMBER)
    assert told_one_by_one(first, told("b", days=90, text=TEXT))["b"].exhibit.first_seen_at is None
    first = told("a", text=TEXT, release_to=frozenset({"US"}))
    assert told_one_by_one(first, told("b", days=90, text=TEXT))["b"].exhibit.first_seen_at is None


def judged(state: State, *signals: Signal):
    known, new = tell(signals, state.stories, RULES)
    as_of = max(s.known_at for s in signals)
    done = decide(book(), Sensed(signals=known, traces=(), tellings=new), state, as_of)
    return done, carry(state, done)


def test_an_old_article_opens_no_alert_and_a_new_notice_in_its_words_does():
    _, state = judged(State(), told("a", text=TEXT))
    done, state = judged(state, told("b", days=90, text=TEXT))
    assert done.changes == ()
    assert any(trace.outcome == "suppressed" for trace in done.traces)
    done, _ = judged(state, told("n", days=91, text=TEXT, official=True, kind="regulatory"))
    assert [change.kind for change in done.changes] == ["opened"]


def test_near_words_join_an_alert_though_another_rule_reads_another_act():
    _, state = judged(State(), told("a"))
    other = told("b", NEAR, days=1, facts={"act": "inspection", "materials": ("gallium",)})
    done, _ = judged(state, other)
    assert [change.kind for change in done.changes] != ["opened"]
    apart = replace(other, exhibit=replace(other.exhibit, title="Inspections of gallium begin at the ports"))
    assert [change.kind for change in judged(state, apart)[0].changes] == ["opened"]


def test_publishers_are_counted_by_story_and_family():
    marked, _ = tell(
        (told("a", publisher="bbc"), told("b", days=1, publisher="bbc"), told("c", NEAR, days=2, publisher="nhk")),
        Stories(), RULES,
    )  # fmt: skip
    assert list(stories_by_publisher(s.exhibit for s in marked).values()) == [("bbc", "nhk")]


@given(st.integers(0, 400))
def test_prints_of_a_text_cut_a_little_are_one_and_of_others_are_not(cut):
    words = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)} said" for n in range(120)]
    whole, other = " ".join(words), " ".join(reversed([word[::-1] for word in words]))
    one = printed("t", whole, 0)
    assert is_one_text(one, printed("t", " ".join(words[: len(words) - cut % 4]), 0))
    assert not is_one_text(one, printed("t", other, 0))


def test_memory_keeps_what_is_told_in_layers_and_lets_go_of_what_is_too_old():
    known = Stories()
    for n in range(40):
        one = told(str(n), f"Report {n} about gallium licences in its own words", days=n * 60)
        (marked,), new = tell((one,), known, RULES)
        known = known.plus(new, {marked.exhibit.evidence_id: marked.exhibit.story}, one.known_at)
    assert len(known.layers) < 7
    held = {t.evidence_id for layer in known.layers for some in layer.by_band.values() for t in some}
    assert "39" in held
    assert "0" not in held
    assert timedelta(days=40 * 60) > timedelta(days=1_100)
