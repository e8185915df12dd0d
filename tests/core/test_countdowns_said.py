"""What a countdown says before its day, on it and after it, in every language, with the number of its act."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.core.deadline_samples import CONTROL, SUSPENSION, book, measure
from warning.channels.naming import naming
from warning.channels.render_lead import lead, next_step, title_line
from warning.core.alerts import Alert
from warning.core.assess import State, assess
from warning.core.evidence import Window
from warning.core.rulebook import Rulebook

LAPSE = {"dates": ["suspension_lapsed"], "before_days": {0: "severe"}}
END = date(2026, 11, 27)
DRAFT = {
    **{k: v for k, v in CONTROL.items() if k != "effective"},
    "draft": True,
    "comments_until": "2026-11-27",
}
NUMBERS = {"en": "MOFCOM 2025/72", "ja": "商務部公告2025年第72号", "ko": "상무부 공고 2025년 제72호"}


def opened(of: Rulebook, on: date) -> Alert:
    as_of = datetime.combine(on, time(), tzinfo=UTC)
    (change,) = assess(of, Window(), State(), as_of).changes
    return change.alert


def later(alert: Alert, days: int) -> Alert:
    return replace(alert, updated_at=alert.updated_at + timedelta(days=days))


def said(of: Rulebook, on: date, language: str = "en") -> str:
    words, alert = naming(language, of), opened(of, on)
    return f"{lead(alert, words, 'JP')} {next_step(alert, words)}"


@pytest.mark.parametrize(
    ("language", "one_day", "thirteen"),
    [
        ("en", "lapsed 1 day ago, on Fri, Nov 27, 2026", "lapsed 13 days ago, on Fri, Nov 27, 2026"),
        ("ja", "2026年11月27日（金）に期限を迎え、1日が過ぎ", "2026年11月27日（金）に期限を迎え、13日が過ぎ"),
        ("ko", "2026년 11월 27일(금)에 끝나 1일이 지났으나", "2026년 11월 27일(금)에 끝나 13일이 지났으나"),
    ],
)
def test_lapsed_suspension_says_how_many_days_ago_and_by_which_act(
    language: str, one_day: str, thirteen: str
):
    for materials in (["gallium"], []):
        of = book(measure(SUSPENSION, materials=materials), **LAPSE)
        for days, wanted in ((1, one_day), (13, thirteen)):
            text = said(of, END + timedelta(days=days), language)
            assert wanted in text
            assert NUMBERS[language] in text
            for today in ("This is the day", "本日が期日", "오늘이 기한", "It ends on"):
                assert today not in text


@pytest.mark.parametrize(
    ("language", "suspension", "restriction"),
    [
        ("en", "unless the suspension (MOFCOM 2025/72) is", "Restrictions (MOFCOM 2025/72)"),
        ("ja", "停止（商務部公告2025年第72号）が", "規制（商務部公告2025年第72号）"),
        ("ko", "유예(상무부 공고 2025년 제72호)가", "규제(상무부 공고 2025년 제72호)"),
    ],
)
def test_number_of_an_act_stands_beside_the_suspension_it_makes_or_the_restriction_it_is(
    language: str, suspension: str, restriction: str
):
    itself = {**CONTROL, "instrument": SUSPENSION["instrument"], "suspended_from": "2025-11-10"}
    for materials in (["gallium"], []):
        by_another = book(measure(SUSPENSION, materials=materials))
        text = said(by_another, END, language)
        assert suspension in text
        assert restriction not in text
        late = said(
            book(measure(SUSPENSION, materials=materials), **LAPSE), END + timedelta(days=1), language
        )
        assert restriction not in late
        its_own = measure(itself, materials=materials, suspended_until=END)
        for of, on in ((book(its_own), END), (book(its_own, **LAPSE), END + timedelta(days=1))):
            text = said(of, on, language)
            assert suspension not in text
            assert restriction.lower() in text.lower()


@pytest.mark.parametrize(
    ("language", "suspension", "comments", "ended", "wrong"),
    [
        (
            "en",
            "The suspension runs to Fri, Nov 27, 2026.",
            "Comments are due by Fri, Nov 27, 2026.",
            "The time to comment on a draft (MOFCOM-GACC 2023/39) of China{} ended 1 day ago, on Fri, Nov 27, 2026.",
            ("It ends on", "It ended on", "measure"),
        ),
        (
            "ja",
            "停止の期限は2026年11月27日（金）です。",
            "意見募集の締切は2026年11月27日（金）です。",
            "案（商務部・税関総署公告2023年第39号）の意見募集は2026年11月27日（金）に締め切られ、1日が過ぎました。",
            ("適用期限", "措置（"),
        ),
        (
            "ko",
            "유예 기한은 2026년 11월 27일(금)입니다.",
            "의견 제출 마감일은 2026년 11월 27일(금)입니다.",
            "초안(상무부·해관총서 공고 2023년 제39호)에 대한 의견 수렴이 2026년 11월 27일(금)에 마감되어 1일이 지났습니다.",
            ("적용 기한", "조치("),
        ),
    ],
)
def test_end_of_a_suspension_or_of_comments_is_said_as_such_and_not_as_the_end_of_the_act(
    language: str, suspension: str, comments: str, ended: str, wrong: tuple[str, ...]
):
    for materials, on_what in ((["gallium"], " on gallium"), ([], "")):
        of = book(measure(SUSPENSION, materials=materials), before_days={1: "severe", 0: "severe"})
        drafted = measure(DRAFT, materials=materials)
        draft = book(drafted, dates=["comment_end"], before_days={1: "severe", 0: "severe"})
        for day in (END - timedelta(days=1), END):
            for text, wanted in (
                (said(of, day, language), suspension),
                (said(draft, day, language), comments),
            ):
                assert wanted in text
                assert not [phrase for phrase in wrong if phrase in text]

        late = later(opened(draft, END), 1)
        text = lead(late, naming(language, draft), "JP")
        assert ended.format(on_what) in text
        assert text.count("2026") == 1
        assert not [phrase for phrase in wrong if phrase in text]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("entry_into_force", {**CONTROL, "effective": "2026-11-27"}),
        ("expiry", {**CONTROL, "expires": "2026-11-27"}),
        ("comment_end", DRAFT),
    ],
)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("soon", "tomorrow", "today")),
        ("ja", ("間もなく", "明日", "本日")),
        ("ko", ("곧", "내일", "오늘")),
    ],
)
def test_date_is_soon_two_days_ahead_then_tomorrow_then_today(
    kind: str, act: dict, language: str, words: tuple[str, ...]
):
    of = book(measure(act), dates=[kind], before_days={2: "severe"})
    alert = opened(of, END - timedelta(days=2))
    for days, wanted in enumerate(words):
        text = lead(later(alert, days), naming(language, of), "JP")
        assert [word for word in words if word in text] == [wanted]


@pytest.mark.parametrize(
    ("language", "before", "on"),
    [
        ("en", "apply again soon unless", "apply again tomorrow unless"),
        ("ja", "延長されなければ間もなく再び", "延長されなければ明日再び"),
        ("ko", "연장되지 않으면 곧 다시", "연장되지 않으면 내일 다시"),
    ],
)
def test_end_of_a_suspension_is_soon_before_its_day_and_over_tomorrow_on_it(
    language: str, before: str, on: str
):
    of = book(measure(SUSPENSION), before_days={1: "severe", 0: "severe"})
    assert before in said(of, END - timedelta(days=1), language)
    assert on in said(of, END, language)
    assert NUMBERS[language] in said(of, END, language)


def test_countdown_that_is_told_again_after_its_day_says_that_it_has_passed():
    for kind, act, wanted in (
        ("suspension_end", SUSPENSION, "lapsed 3 days ago"),
        ("expiry", {**CONTROL, "expires": "2026-11-27"}, "passed 3 days ago"),
        ("entry_into_force", {**CONTROL, "effective": "2026-11-27"}, "have taken effect."),
    ):
        of = book(measure(act), dates=[kind], before_days={1: "severe"})
        alert = opened(of, END - timedelta(days=1))

        late = later(alert, 4)
        words = naming("en", of)
        assert wanted in lead(late, words, "JP"), kind
        assert next_step(late, words).startswith("The day was Fri, Nov 27, 2026, 3 days ago:")


def test_title_of_a_countdown_names_its_act_where_it_fits():
    of = book(measure(SUSPENSION))
    assert title_line(opened(of, date(2026, 11, 26)), naming("en", of), "US").endswith("(MOFCOM 2025/72)")


def test_two_rules_on_one_lapsed_suspension_are_one_alert_and_no_days_left():
    first = book(measure(SUSPENSION), **LAPSE)
    on = datetime.combine(END + timedelta(days=2), time(), tzinfo=UTC)
    alert = opened(first, END + timedelta(days=1))
    second = book(measure(SUSPENSION), **LAPSE, id="other-dates")
    changes = assess(second, Window(), State(open_alerts=(alert,)), on).changes
    assert all(difference.code != "deadline" for change in changes for difference in change.alert.differences)
