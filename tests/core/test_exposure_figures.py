"""Figures of rules/exposure: who may see them, what a small share does to the severity, and when they are due."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from warning.core.exposure import CountryExposure, Cover, Dependence, SupplierCount
from warning.core.exposure_release import PUBLIC, Audience, may_see
from warning.core.exposure_reviews import reviews_counted, reviews_due
from warning.core.severity_table import SeverityTable, grade_for, share_of
from warning.core.signals import Facts
from warning.core.vocabulary import Certainty, Marking, Severity

ROW = {"A": "extreme", "B": "severe", "C": "moderate", "D": "moderate"}
TABLE = SeverityTable(
    by_grade=dict.fromkeys(Severity, ROW),
    no_material=dict.fromkeys(Severity, "moderate"),
    by_share=({"under": 0.01, "steps": -2}, {"under": 0.05, "steps": -1}),
    ceiling_by_certainty={"unlikely": "moderate"},
)


def cover(**changes: object) -> Cover:
    return Cover(**{"days": 30, "year": 2026, "source": "s", "verified": True, **changes})


def entry(grade: str = "A", **changes: object) -> Dependence:
    return Dependence(**{"grade": grade, "source": "s", "verified": True, **changes})


def count(shares: dict[str, float], *, complete: bool = True) -> SupplierCount:
    return SupplierCount(year=2024, source="s", verified=True, complete=complete, shares=shares)


def korea(**materials: Dependence) -> CountryExposure:
    return CountryExposure(country="KR", label={"en": "Korea"}, materials=materials)


def at(country: str | None, ceiling: Marking) -> Audience:
    return Audience(country=country, ceiling=ceiling)


@pytest.mark.parametrize(
    ("figure", "reader", "seen"),
    [
        (cover(), at("KR", Marking.AMBER), True),
        (cover(), at("KR", Marking.GREEN), False),
        (cover(), at("JP", Marking.RED), False),
        (cover(), at(None, Marking.RED), False),
        (cover(release_to=("JP",)), at("JP", Marking.AMBER), True),
        (cover(release_to=("JP",)), at("US", Marking.RED), False),
        (cover(release_to=("JP",), marking="RED"), at("JP", Marking.AMBER), False),
        (cover(release_to="everybody", marking="GREEN"), at(None, Marking.GREEN), True),
        (cover(release_to="everybody", marking="GREEN"), PUBLIC, False),
        (cover(release_to="everybody", marking="CLEAR"), PUBLIC, True),
    ],
)
def test_figure_is_seen_by_its_country_and_whom_it_names_and_only_under_its_marking(figure, reader, seen):
    assert may_see(figure, "KR", reader) is seen


def test_bare_days_of_cover_stay_with_their_country():
    on = entry(days_of_cover="30", year="2026")
    assert on.days_of_cover is not None
    assert (on.days_of_cover.days, on.days_of_cover.marking, on.days_of_cover.release_to) == (30, "AMBER", ())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days_of_cover": "30"}, "year"),
        ({"days_of_cover": {"days": 30, "year": 2026, "source": "s", "verified": True,
                            "release_to": "everybody"}}, "not for everybody"),
        ({"suppliers": {"year": 2024, "source": "s", "verified": True, "shares": {"CN": 0.7, "JP": 0.6}}},
         "add up to 130%"),
    ],
)  # fmt: skip
def test_entry_that_hides_or_counts_wrongly_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        entry(**wrong)


@pytest.mark.parametrize(
    ("shares", "suppliers", "at_most"),
    [
        ({"CN": 0.6, "JP": 0.3}, ("CN",), 0.6),
        ({"CN": 0.6, "JP": 0.3}, ("CN", "JP"), 0.9),
        ({"CN": 0.6, "JP": 0.3}, ("RU",), 0.1),
        ({"CN": 0.6, "JP": 0.05}, ("RU",), 0.05),
        ({"CN": 0.6}, (), None),
    ],
)
def test_share_of_who_is_not_counted_is_bounded_by_what_is_left_and_by_the_least(shares, suppliers, at_most):
    found = share_of(entry(suppliers=count(shares)), suppliers)
    assert found == (None if at_most is None else pytest.approx(at_most))


def test_incomplete_count_says_nothing_of_who_is_not_in_it():
    assert share_of(entry(suppliers=count({"JP": 1.0}, complete=False)), ("CN",)) is None


def graded(country: CountryExposure, certainty: Certainty = Certainty.OBSERVED, **facts: object):
    given = {
        "act": "export_ban",
        "direction": "tightening",
        "materials": ("gallium",),
        "actors": ("CN",),
        **facts,
    }
    return grade_for(Facts(**given), Severity.SEVERE, country, TABLE, None, certainty)


def test_same_act_is_critical_where_it_supplies_all_and_lower_where_it_supplies_next_to_nothing():
    depends = korea(gallium=entry(suppliers=count({"CN": 0.98})))
    does_not = korea(gallium=entry(suppliers=count({"JP": 0.96, "CN": 0.03})))
    assert graded(depends).severity is Severity.EXTREME
    lower = graded(does_not)
    assert (lower.severity, lower.factors, lower.share) == (Severity.SEVERE, ("small_share",), 0.03)


def test_event_that_is_unlikely_ends_at_its_ceiling():
    found = graded(korea(gallium=entry()), Certainty.UNLIKELY)
    assert (found.severity, found.factors) == (Severity.MODERATE, ("ceiling_certainty",))


@given(share=st.floats(0, 1), certainty=st.sampled_from(list(Certainty)))
def test_more_of_the_imports_never_means_less_severity(share, certainty):
    shares = {"JP": 1 - share, "CN": share}
    some, all_of_it = (
        graded(korea(gallium=entry(suppliers=count(s))), certainty).severity for s in (shares, {"CN": 1.0})
    )
    assert some <= all_of_it


def test_reviews_are_due_by_grade_and_by_what_an_entry_asks():
    exposure = korea(
        a=entry("A", reviewed=date(2026, 11, 1)),
        b=entry("B", reviewed=date(2026, 11, 1)),
        d=entry("D", reviewed=date(2026, 11, 1)),
        own=entry("D", reviewed=date(2026, 11, 1), review_every=3),
        never=entry("C"),
    )
    due = reviews_due([exposure], date(2026, 11, 15))
    assert [d.material for d in due] == ["a", "never", "own"]
    assert [d.late_days(date(2026, 11, 15)) for d in due] == [7, None, 11]
    assert reviews_counted(due) == "3 exposure reviews are due (A 1, C 1, D 1), 1 of them never done"
    assert (
        reviews_due([exposure.model_copy(update={"review_every": {"A": 30}})], date(2026, 11, 15))[0].material
        == "never"
    )
