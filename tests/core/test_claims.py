"""Who says what, and where they contradict each other: shown side by side, the official word followed."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at, book, exhibit, press, signal
from warning.core.alert_news import alert_conflicts
from warning.core.claims import conflicts_of, joined_claims
from warning.core.corrections import replacements
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.text.counts import counts_in

BOOK = book()
AUGUST, SEPTEMBER = date(2023, 8, 1), date(2023, 9, 1)


def story(*groups):
    """The versions of the one alert that these signals make, an assessment a group."""
    alert, changes = None, []
    for group in groups:
        found, _ = correlate(group, (alert,) if alert else (), BOOK, max(s.known_at for s in group))
        (change,) = (grade(one, BOOK) for one in found)
        alert = change.alert
        changes.append(change)
    return changes


def report(evidence_id, publisher, days=0.0, **facts):
    shown = press(evidence_id, publisher, known_at=at(days))
    return signal(evidence_id, days=days, exhibit=shown, facts=facts)


def test_official_date_is_followed_and_the_other_one_is_shown_with_who_says_it():
    notice = signal("o1", facts={"effective": AUGUST})
    change = story([notice, report("n1", "wire", effective=SEPTEMBER)])[-1]
    (conflict,) = alert_conflicts(change.alert, BOOK)
    assert conflict.fact == "effective"
    assert [(p.value, p.is_followed) for p in conflict.positions] == [
        ("2023-08-01", True),
        ("2023-09-01", False),
    ]
    assert [(c.publisher, c.reliability) for c in conflict.positions[1].sayers] == [("wire", "B")]


def test_press_that_contradicts_the_official_date_makes_no_version():
    changes = story(
        [signal("o1", facts={"effective": AUGUST})], [report("n1", "wire", 0.1, effective=SEPTEMBER)]
    )
    assert changes[-1].kind == "joined"
    assert alert_conflicts(changes[-1].alert, BOOK)


def test_two_publishers_against_two_are_a_dispute_that_is_told_and_the_notice_settles_it():
    august = [report(f"a{n}", f"wire-{n}", effective=AUGUST) for n in range(2)]
    september = [report(f"s{n}", f"daily-{n}", 0.1, effective=SEPTEMBER) for n in range(2)]
    notice = [signal("o1", days=0.2, facts={"effective": SEPTEMBER})]
    _, disputed, settled = story(august, september, notice)
    assert {d.code for d in disputed.alert.differences} == {"disputed"}
    told = {d.code: d for d in settled.alert.differences}
    assert (told["effective"].before, told["effective"].after) == ("2023-08-01", "2023-09-01")
    assert told["settled"].after == "effective"


def test_publisher_that_corrects_itself_contradicts_nobody_any_more():
    first = [signal("o1", facts={"effective": AUGUST}), report("n1", "wire", effective=SEPTEMBER)]
    changes = story(first, [report("n2", "wire", 0.1, effective=AUGUST)])
    assert alert_conflicts(changes[0].alert, BOOK)
    assert not alert_conflicts(changes[1].alert, BOOK)


def test_edited_page_says_only_what_it_says_now():
    page = report("n1", "wire", effective=SEPTEMBER)
    edited = replace(page, known_at=at(0.1), facts=replace(page.facts, effective=AUGUST))
    changes = story([signal("o1", facts={"effective": AUGUST}), page], [edited])
    assert not alert_conflicts(changes[1].alert, BOOK)


def test_element_that_another_source_names_is_shown():
    number = {"instrument": "MOFCOM-GACC 2023/23"}
    notice = signal("o1", facts={**number, "materials": ("germanium",)})
    change = story([notice, report("n1", "wire", **number, materials=("gallium",))])[-1]
    (conflict,) = alert_conflicts(change.alert, BOOK)
    assert (conflict.fact, conflict.followed.value) == ("materials", "germanium")


def test_naming_fewer_goods_or_their_group_is_no_contradiction():
    notice = signal("o1", facts={"materials": ("gallium", "germanium")})
    fewer = report("n1", "wire", materials=("gallium",))
    assert not alert_conflicts(story([notice, fewer])[-1].alert, BOOK)


def test_counts_that_differ_are_shown():
    notice = signal("o1", facts={"counts": (("entities", "28"),)})
    change = story([notice, report("n1", "wire", counts=(("entities", "20"),))])[-1]
    (conflict,) = alert_conflicts(change.alert, BOOK)
    assert (conflict.fact, conflict.followed.value) == ("entities", "28")


def test_counts_are_read_in_four_languages():
    said = {
        "China adds 28 US entities to its export control list": (("entities", "28"),),
        "将20家日本实体列入出口管制管控名单": (("entities", "20"),),
        "対象は日本企業20社": (("entities", "20"),),
        "미국 15개 기업 통제 명단에": (("entities", "15"),),
        "China sanctions Boeing unit and two other US defence firms": (("entities", "3"),),
        "China blacklists Skydio and 2 other companies": (("entities", "3"),),
        "中国制裁波音和另外两家美国企业": (("entities", "3"),),
        "中国制裁美国十三家企业": (("entities", "13"),),
        "中国制裁美国二十家企业": (("entities", "20"),),
        "中国制裁波音和另外十二家美国企业": (("entities", "13"),),
        "China sanctions thirteen US firms": (("entities", "13"),),
        "China sanctions a dozen US firms": (("entities", "12"),),
        "China sanctions US firm Skydio and twelve others": (("entities", "13"),),
        "China sanctions 13 US arms makers": (("entities", "13"),),
        "Trump and two others meet firms on China": (),
        "Skydio and two other people at firms": (),
        "中国、ボーイングほか2社を指定": (("entities", "3"),),
        "중국, 보잉 외 2개사 제재": (("entities", "3"),),
        "중국, 미국 3개사 제재": (("entities", "3"),),
        "将波音防务、空间与安全集团，通用原子航空系统公司，通用动力陆地系统公司列入不可靠实体清单": (
            ("entities", "3"),
        ),
        "将波音公司等列入不可靠实体清单": (),
        "China lists Boeing, Skydio and two other firms": (),
        "Japan and two other countries protest": (),
        "curbs on seven medium and heavy rare earths": (("items", "7"),),
        "对7类中重稀土相关物项实施出口管制": (("items", "7"),),
        "7種類のレアアース": (("items", "7"),),
        "중희토류 7종 통제, 7종 희토류": (("items", "7"),),
        "exports fell 28.5% to 2,000 tonnes in 2023": (),
    }
    assert {text: counts_in([text]) for text in said} == said


DAYS = st.sampled_from([AUGUST, SEPTEMBER, date(2023, 10, 1), None])


@st.composite
def statements(draw):
    number = draw(st.integers(0, 30))
    house = draw(st.sampled_from(["wire", "daily", "times", "mofcom"]))
    shown = exhibit if house == "mofcom" else press
    facts = {"effective": draw(DAYS), "expires": draw(DAYS)}
    evidence = f"{house}-{number:02d}"
    days = draw(st.integers(0, 3)) / 10
    made = (
        shown(evidence, known_at=at(days)) if house == "mofcom" else press(evidence, house, known_at=at(days))
    )
    return signal(evidence, days=days, exhibit=made, facts=facts)


@given(st.lists(statements(), max_size=12, unique_by=lambda s: s.id), st.randoms(use_true_random=False))
def test_claims_are_the_same_in_any_order_and_split(told, dice):
    shuffled = dice.sample(told, len(told))
    one_by_one = ()
    for one in shuffled:
        one_by_one = joined_claims(one_by_one, [one])
    assert one_by_one == joined_claims((), told)


@given(st.lists(statements(), min_size=1, max_size=12, unique_by=lambda s: s.id))
def test_every_conflict_has_two_sides_and_follows_one(told):
    claims = joined_claims((), told)
    for conflict in conflicts_of(claims, told[0].facts, BOOK.terms.materials):
        assert len({p.value for p in conflict.positions}) == len(conflict.positions) > 1
        assert [p.is_followed for p in conflict.positions] == [True] + [False] * (len(conflict.positions) - 1)


def official(evidence_id, days=0.0, title="公告", source="mofcom", country="CN", **facts):
    shown = exhibit(
        evidence_id, known_at=at(days), title=title, source_id=source, publisher=source, country=country
    )
    return signal(evidence_id, days=days, exhibit=shown, facts=facts)


NUMBER = "MOFCOM 2023/23"


def test_official_correction_replaces_the_date_and_the_older_one_is_no_conflict():
    notice = official("o1", effective=AUGUST, instrument=NUMBER)
    retold = report("n1", "wire", 0.1, effective=AUGUST)
    correction = official("o2", 2, title="更正：公告", source="gacc", effective=SEPTEMBER)
    change = story([notice, retold], [correction])[-1]
    assert ("effective", "2023-08-01", "2023-09-01") in {
        (d.code, d.before, d.after) for d in change.alert.differences
    }
    assert alert_conflicts(change.alert, BOOK) == ()
    (one,) = replacements(change.alert.claims)
    assert (one.fact, one.old.evidence_id, one.by.evidence_id) == ("effective", "o1", "o2")


def test_later_document_of_the_same_body_on_the_same_number_is_its_last_word():
    first = official("o1", effective=AUGUST, instrument=NUMBER)
    second = official("o2", 3, effective=SEPTEMBER, instrument=NUMBER)
    assert story([first], [second])[-1].alert.facts.effective == SEPTEMBER
    elsewhere = official("o2", 3, source="gacc", effective=SEPTEMBER, instrument=NUMBER)
    change = story([first], [elsewhere])[-1]
    assert change.alert.facts.effective == AUGUST
    assert [c.fact for c in alert_conflicts(change.alert, BOOK)] == ["effective"]


def test_press_and_other_states_correct_no_official_date():
    first = official("o1", effective=AUGUST, instrument=NUMBER)
    wire = signal(
        "n1",
        days=1,
        exhibit=press("n1", known_at=at(1), title="Correction: x"),
        facts={"effective": SEPTEMBER},
    )
    abroad = official("o2", 1, title="Correction: x", source="bis", country="US", effective=SEPTEMBER)
    for later in (wire, abroad):
        assert story([first], [later])[-1].alert.facts.effective == AUGUST


def test_word_that_a_report_repeats_after_the_correction_contradicts_it():
    notice, correction = (
        official("o1", effective=AUGUST),
        official("o2", 2, "Correction: x", effective=SEPTEMBER),
    )
    change = story([notice], [correction], [report("n1", "wire", 3, effective=AUGUST)])[-1]
    (conflict,) = alert_conflicts(change.alert, BOOK)
    assert conflict.followed.value == "2023-09-01"


@given(dice=st.randoms(use_true_random=False), cut=st.integers(0, 4))
def test_last_official_word_is_followed_in_whatever_order_documents_come(dice, cut):
    told = [
        official("o1", 0, effective=AUGUST, instrument=NUMBER),
        official("o2", 1, title="更正：公告", source="gacc", effective=SEPTEMBER, instrument=NUMBER),
        official("o3", 2, title="更正：公告", effective=date(2023, 10, 1), instrument=NUMBER),
        report("n1", "wire", 0.5, effective=AUGUST),
    ]
    shuffled = dice.sample(told, len(told))
    alert = story(*(part for part in (shuffled[:cut], shuffled[cut:]) if part))[-1].alert
    assert alert.facts.effective == date(2023, 10, 1)
    assert [(r.old.evidence_id, r.by.evidence_id) for r in replacements(alert.claims)] == [
        ("o1", "o3"),
        ("o2", "o3"),
    ]
