"""The register of legal acts, asked for a day."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from warning.app.measure_register import measures_in, turns_ahead
from warning.cli.measures import command
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


HOLD = Measure(
    id="cn-hold", title="Hold", issuer="Customs", actor="CN", act="customs_hold", direction="tightening",
    announced=date(2023, 11, 30), effective=date(2023, 11, 30), verified=False,
)  # fmt: skip


def test_conduct_without_an_act_is_in_force_only_so_long_as_a_source_confirms_it():
    assert HOLD.standing(date(2024, 5, 28)) == "in_force"
    assert HOLD.standing(date(2024, 5, 29)) == "not_confirmed"
    assert measures_in([HOLD], "in_force", date(2026, 11, 23)) == ()
    seen = HOLD.model_copy(update={"last_confirmed": date(2026, 6, 1)})
    assert seen.standing(date(2026, 11, 23)) == "in_force"
    assert seen.standing(date(2024, 5, 29)) == "not_confirmed"  # what is confirmed later was not known then
    assert HOLD.model_copy(update={"expires": date(2024, 3, 1)}).standing(date(2024, 6, 1)) == "ended"


def test_act_in_law_without_a_number_stays_in_force_until_its_end():
    law = HOLD.model_copy(update={"act": "export_control"})
    assert law.standing(date(2026, 11, 23)) == "in_force"
    numbered = HOLD.model_copy(update={"instrument": "GACC 2023/1"})
    assert numbered.standing(date(2026, 11, 23)) == "in_force"


def test_last_confirmed_of_an_act_in_law_is_refused():
    with pytest.raises(ValidationError, match="last_confirmed is for what has no act"):
        Measure.model_validate({**BAN.model_dump(), "last_confirmed": date(2026, 1, 1)})


def test_operators_own_conduct_is_listed_as_last_confirmed(tmp_path: Path):
    own = tmp_path / "overlay" / "measures"
    own.mkdir(parents=True)
    (own / "own.yaml").write_text(
        "measures: [{id: own-hold, title: Own hold, issuer: Customs, actor: CN, act: customs_hold, direction: tightening,"
        " announced: 2023-11-30, last_confirmed: 2024-02-01, verified: false}]\n",
        encoding="utf-8",
    )
    env = {"WARNING_OVERLAY_DIR": str(tmp_path / "overlay"), "WARNING_HOME": str(tmp_path / "home")}
    asked = ["list", "--standing", "not_confirmed", "--as-of", "2026-11-23"]
    row = next(
        line
        for line in CliRunner().invoke(command, asked, env=env).stdout.splitlines()
        if line.startswith("own-hold ")
    )
    assert "informal, last confirmed 2024-02-01" in row
    document = json.loads(CliRunner().invoke(command, ["show", "own-hold", "--json"], env=env).stdout)
    assert document["measure"]["last_confirmed"] == "2024-02-01"
