"""What a desk reads of an answer, a control borne out, and evidence overdue, in its own language."""

import pytest

from tests.core.sequence_samples import event, rule
from tests.core.test_absences import LAST, date, recalled, report
from tests.core.test_absences import asked as asked_absence
from tests.core.test_absences import rule as absence_rule
from tests.core.test_sequence_alerts import CN, US, Rounds
from warning.channels.naming import naming
from warning.channels.render_lead import next_step, what_happened
from warning.channels.render_why import reasons
from warning.channels.when import day
from warning.core.joining import open_alert

LANGUAGES = ("en", "ja", "ko")


def answered() -> tuple:
    rounds = Rounds(rule("a", "b"))
    rounds.round(event("b", 3, facts={**CN, "instrument": "MOFCOM 2024/46"}))
    changes = rounds.round(event("a", 0, known=5, facts={**US, "instrument": "89 FR 96830"}))
    return next(c.alert for c in changes if c.alert.rule_id == "b"), rounds.book


@pytest.mark.parametrize("language", LANGUAGES)
def test_answer_names_both_events_and_the_days_between_in_the_desks_language(language: str):
    alert, book = answered()
    said = reasons(alert, naming(language, book))[1]
    for words in (
        "89 FR 96830",
        naming(language, book).number("MOFCOM 2024/46"),
        day(date(2024, 12, 1), language),
        day(date(2024, 12, 4), language),
        "3",
    ):
        assert words in said
    assert ("answers" in said) is (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_overdue_evidence_is_no_move_of_figures(language: str):
    of = absence_rule()
    today = date(2025, 3, 14)
    (signal,), _, _ = asked_absence(of, today, recalled(of, LAST, report(today)))
    rounds = Rounds()
    alert = open_alert("a-1", [signal], rounds.book)
    words = naming(language, rounds.book)
    assert what_happened(alert, words) == words.say("lead.evidence_overdue_bare")
    assert next_step(alert, words) == words.say("next.overdue", what=words.say("what.concerned"))
    assert day(date(2025, 3, 11), language) in reasons(alert, words)[1]
