"""The register of legal acts, asked for a day."""

from datetime import date

from warning.app.measure_register import measures_in, turns_ahead
from warning.core.measures import Clause, Measure

BAN = Measure(
    id="cn-2024-ban", title="Ban", issuer="Ministry", actor="CN", instrument="MOFCOM 2024/46", act="export_ban",
    direction="tightening", announced=date(2024, 12, 3), effective=date(2024, 12, 3),
    suspended_from=date(2025, 11, 9), suspended_until=date(2026, 11, 27), verified=False,
    clauses=(
        Clause(part="1", what="military users", effective=date(2024, 12, 3)),
        Clause(part="2", what="the States", effective=date(2024, 12, 5)),
    ),
)  # fmt: skip


def test_register_lists_a_measure_as_suspended_only_while_it_is():
    assert measures_in([BAN], "suspended", date(2026, 1, 1)) == (BAN,)
    assert measures_in([BAN], "suspended", date(2025, 11, 8)) == ()
    assert measures_in([BAN], "in_force", date(2026, 11, 28)) == ()
    assert measures_in([BAN], "suspension_lapsed", date(2026, 11, 28)) == (BAN,)
    again = BAN.model_copy(update={"resumed": date(2026, 11, 28)})
    assert measures_in([again], "in_force", date(2026, 11, 28)) == (again,)


def test_calendar_tells_the_day_on_which_comments_on_a_draft_end():
    draft = Measure(
        id="draft", title="Draft", issuer="Ministry", actor="CN", act="export_control", direction="tightening",
        announced=date(2025, 1, 2), draft=True, comments_until=date(2025, 2, 1), verified=False,
    )  # fmt: skip
    assert [(t.day, t.what) for t in turns_ahead([draft], date(2025, 1, 15), 30)] == [
        (date(2025, 2, 1), "comment ends")
    ]


def test_calendar_tells_the_end_of_a_suspension_on_its_day_and_within_the_days_asked_for():
    told = turns_ahead([BAN], date(2026, 8, 29), 90)
    assert [(t.day, t.what, t.clause) for t in told] == [(date(2026, 11, 27), "suspension ends", "")]
    assert turns_ahead([BAN], date(2026, 8, 28), 90) == ()
    assert turns_ahead([BAN], date(2026, 11, 28), 90) == ()


def test_calendar_tells_a_clause_only_where_its_date_differs_from_the_act():
    told = turns_ahead([BAN], date(2024, 12, 3), 5)
    assert [(t.day, t.clause) for t in told] == [(date(2024, 12, 3), ""), (date(2024, 12, 5), "2")]


def test_register_lists_an_act_as_suspended_when_one_of_its_clauses_is():
    clause = Clause(
        part="2", what="the States", suspended_from=date(2025, 11, 9), suspended_until=date(2026, 11, 27)
    )
    partly = BAN.model_copy(update={"suspended_from": None, "suspended_until": None, "clauses": (clause,)})
    assert measures_in([partly], "suspended", date(2026, 11, 27)) == (partly,)
    assert measures_in([partly], "suspended", date(2026, 11, 28)) == ()
    assert measures_in([partly], "suspension_lapsed", date(2026, 11, 28)) == (partly,)
    assert measures_in([partly], "in_force", date(2026, 11, 27)) == (partly,)
