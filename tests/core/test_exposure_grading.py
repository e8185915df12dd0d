"""What an act means to one country, and where a measure of the register stands on a day."""

from datetime import date

import pytest
from pydantic import ValidationError

from warning.core.exposure import CountryExposure, Dependence
from warning.core.measures import Clause, Measure
from warning.core.severity_table import SeverityTable, grade_for
from warning.core.signals import Facts
from warning.core.terms import Material
from warning.core.vocabulary import Severity

D_IS_MINOR = {"A": "extreme", "B": "severe", "C": "moderate", "D": "minor"}
TABLE = SeverityTable(
    by_grade=dict.fromkeys(Severity, D_IS_MINOR),
    no_material=dict.fromkeys(Severity, "moderate"),
    ceiling_by_direction={"easing": Severity.MODERATE},
)
KOREA = CountryExposure(
    country="KR",
    label={"en": "Korea"},
    materials={
        "gallium": Dependence(grade="A", source="s", verified=True),
        "nickel": Dependence(grade="C", source="s", verified=True),
    },
)


def graded(**facts: object) -> Severity:
    return grade_for(
        Facts(**{"act": "export_ban", "direction": "tightening", **facts}), Severity.SEVERE, KOREA, TABLE
    ).severity


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"materials": ("gallium",)}, Severity.EXTREME),
        ({"materials": ("nickel",)}, Severity.MODERATE),
        ({"materials": ("nickel", "gallium")}, Severity.EXTREME),
        ({"materials": ("unknown",)}, Severity.MINOR),
        ({}, Severity.MODERATE),
        ({"materials": ("nickel",), "targets": ("KR",)}, Severity.SEVERE),
        ({"materials": ("nickel",), "targets": ("US",)}, Severity.MINOR),
        ({"materials": ("nickel",), "targets": ("US",), "act": "price_spike"}, Severity.MODERATE),
        ({"materials": ("nickel",), "actors": ("KR",), "targets": ("JP",)}, Severity.MINOR),
        ({"materials": ("gallium",), "direction": "easing"}, Severity.MODERATE),
    ],
)
def test_severity_follows_exposure_then_target_then_ceiling(facts: dict, severity: Severity):
    assert graded(**facts) is severity


def test_a_material_without_a_line_takes_the_grade_of_its_nearest_group():
    materials = {
        "gallium_arsenide": Material(names={}, label={"en": "GaAs"}, parent="gallium"),
        "lost": Material(names={}, label={"en": "Lost"}, parent="nowhere"),
    }

    def grade(material: str) -> str:
        facts = Facts(act="export_ban", direction="tightening", materials=(material,))
        return grade_for(facts, Severity.SEVERE, KOREA, TABLE, materials).grade

    assert [grade("gallium_arsenide"), grade("lost")] == ["A", "D"]


def measure(**fields: object) -> Measure:
    base = {
        "id": "m", "title": "A measure", "issuer": "i", "actor": "CN", "act": "export_ban",
        "direction": "tightening", "verified": False,
    }  # fmt: skip
    return Measure(**{**base, **fields})


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2025, 10, 8), "unknown"),
        (date(2025, 10, 9), "announced"),
        (date(2025, 11, 8), "in_force"),
        (date(2025, 12, 1), "suspended"),
        (date(2026, 2, 1), "suspension_lapsed"),
        (date(2026, 3, 1), "in_force"),
        (date(2027, 1, 1), "ended"),
    ],
)
def test_measure_stands_where_its_dates_say(day: date, standing: str):
    act = measure(
        announced=date(2025, 10, 9), effective=date(2025, 11, 8), suspended_from=date(2025, 11, 20),
        suspended_until=date(2026, 1, 31), resumed=date(2026, 3, 1), expires=date(2026, 12, 31),
    )  # fmt: skip
    assert act.standing(day) == standing


def test_a_suspension_is_over_from_the_day_on_which_the_act_is_resumed_before_its_time():
    days = {
        "suspended_from": date(2025, 2, 1), "suspended_until": date(2025, 11, 10), "resumed": date(2025, 6, 1)
    }  # fmt: skip
    act = measure(announced=date(2024, 10, 9), effective=date(2024, 11, 8), **days)
    clause = Clause(part="2", what="the States", **days)
    for day, suspended in ((date(2025, 5, 31), True), (date(2025, 6, 1), False), (date(2025, 11, 11), False)):
        assert act.standing(day) == ("suspended" if suspended else "in_force")
        assert clause.suspended(day) is suspended


def test_an_act_is_not_resumed_before_it_is_suspended():
    days = {"suspended_from": date(2025, 2, 1), "resumed": date(2025, 1, 31)}
    for make in (
        lambda: measure(announced=date(2024, 10, 9), **days),
        lambda: Clause(part="2", what="x", **days),
    ):
        with pytest.raises(ValidationError, match="resumed 2025-01-31 lies before suspended_from 2025-02-01"):
            make()


def test_an_act_that_suspends_others_is_not_told_as_ended_before_somebody_has_looked():
    act = measure(act="suspension", announced=date(2025, 11, 7), expires=date(2026, 11, 10))
    assert act.standing(date(2026, 11, 10)) == "in_force"
    assert act.standing(date(2026, 11, 11)) == "suspension_lapsed"
    known = act.model_copy(update={"resumed": date(2026, 11, 11)})
    assert known.standing(date(2026, 11, 11)) == "ended"


def test_a_draft_is_never_in_force():
    draft = measure(draft=True, announced=date(2025, 1, 2), comments_until=date(2025, 2, 1))
    assert [draft.standing(day) for day in (date(2025, 1, 2), date(2026, 11, 23))] == ["draft", "draft"]
    with pytest.raises(ValidationError, match="a draft takes no effect"):
        measure(draft=True, effective=date(2025, 2, 1))
    with pytest.raises(ValidationError, match="draft: true"):
        measure(comments_until=date(2025, 2, 1))


def test_measure_without_dates_stands_nowhere():
    assert measure().standing(date(2026, 1, 1)) == "unknown"


def test_measure_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="before effective"):
        measure(effective=date(2026, 1, 1), expires=date(2025, 1, 1))


def test_verified_measure_without_a_source_is_refused():
    with pytest.raises(ValidationError, match="at least one source"):
        measure(verified=True)


def test_table_with_a_hole_is_refused_and_names_it():
    rows = {**dict.fromkeys(Severity, D_IS_MINOR), Severity.MINOR: {"A": "minor"}}
    with pytest.raises(ValueError, match=r"lacks by_grade\.minor\.B"):
        SeverityTable(by_grade=rows, no_material=dict.fromkeys(Severity, "minor"))
