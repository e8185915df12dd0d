"""What followed similar measures: counted, with its range, and never from the future."""

from datetime import date

import pytest
from pydantic import ValidationError

from tests.core.build import TERMS
from warning.core.measures import Aftermath, Measure
from warning.core.precedents import precedents
from warning.core.signals import Facts

NOW = date(2025, 4, 4)
ACT = Facts(act="export_control", direction="tightening", materials=("gallium",), actors=("CN",))


def measure(number: int, day: date, *aftermath: Aftermath, **changes) -> Measure:
    values = {
        "id": f"cn-{number}",
        "title": f"Act {number}",
        "issuer": "Ministry",
        "actor": "CN",
        "instrument": f"MOFCOM 2023/{number}",
        "act": "export_control",
        "direction": "tightening",
        "announced": day,
        "materials": ("gallium",),
        "aftermath": aftermath,
        "verified": False,
        **changes,
    }
    return Measure(**values)


def share(ratio: float, month: str, known: date, *, verified: bool = False) -> Aftermath:
    return Aftermath(
        what="flow_share", ratio=ratio, month=month, known=known, source="customs", verified=verified
    )


def outcomes(measures, facts=ACT, today=NOW):
    found = precedents(facts, measures, TERMS, today)
    return {o.kind: o for o in found.outcomes} if found else {}


def test_days_to_effect_are_counted_with_their_middle_and_range():
    acts = [
        measure(n, date(2023, 7, 3), effective=date(2023, 7, 3 + days)) for n, days in enumerate((0, 10, 20))
    ]
    found = outcomes(acts)["effect_days"]
    assert (found.count, found.low, found.middle, found.high) == (3, 0, 10, 20)


def test_month_of_nought_counts_the_month_of_effect_as_the_first():
    act = measure(1, date(2023, 7, 3), share(0, "2023-08", date(2023, 9, 20)), effective=date(2023, 8, 1))
    assert outcomes([act])["month_of_nought"].values == (1,)


def test_what_became_known_later_is_no_precedent_yet():
    act = measure(1, date(2023, 7, 3), share(0, "2023-08", date(2023, 9, 20)))
    assert "flow_share" not in outcomes([act], today=date(2023, 9, 19))
    assert "flow_share" in outcomes([act], today=date(2023, 9, 20))


def test_act_is_no_precedent_of_itself_with_or_without_its_number():
    act = measure(1, date(2023, 7, 3), share(0, "2023-08", date(2023, 9, 20)))
    numbered = Facts(
        act="export_control", direction="tightening", actors=("CN",), instrument="MOFCOM-GACC 2023/1"
    )
    unnumbered = Facts(
        act="export_control", direction="tightening", actors=("CN",), announced=date(2023, 7, 4)
    )
    assert outcomes([act], numbered) == outcomes([act], unnumbered) == {}


def test_other_states_other_families_and_relief_are_no_precedents():
    day = date(2023, 7, 3)
    others = [
        measure(1, day, effective=day, actor="US"),
        measure(2, day, effective=day, act="entity_listing"),
        measure(3, day, effective=day, direction="easing"),
    ]
    assert outcomes(others) == {}


def test_enough_acts_on_the_same_goods_leave_the_others_out():
    known = date(2024, 1, 1)
    same = [measure(n, date(2023, 7, n + 1), share(0.1, "2023-09", known)) for n in range(3)]
    other = measure(9, date(2023, 8, 1), share(0.9, "2023-09", known), materials=("dysprosium",))
    found = precedents(ACT, [*same, other], TERMS, NOW)
    assert found is not None
    assert (found.same_goods, found.considered) == (True, 3)
    few = precedents(ACT, [*same[:2], other], TERMS, NOW)
    assert few is not None
    assert (few.same_goods, few.considered) == (False, 3)


def test_several_figures_of_one_act_are_one_case_and_the_farthest_counts():
    known = date(2024, 1, 1)
    prices = [
        Aftermath(what="price_outside", ratio=ratio, days=days, known=known)
        for ratio, days in ((0.5, 90), (2.5, 200))
    ]
    found = outcomes([measure(1, date(2023, 7, 3), *prices)])["price_outside"]
    assert found.values == (2.5,)


def test_what_nobody_has_read_at_its_source_is_counted():
    acts = [
        measure(1, date(2023, 7, 3), share(0.1, "2023-09", date(2024, 1, 1), verified=True)),
        measure(2, date(2023, 8, 3), share(0.2, "2023-09", date(2024, 1, 1))),
    ]
    assert outcomes(acts)["flow_share"].unverified == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "flow_share", "ratio": 0.5},
        {"what": "first_licences", "on": NOW, "ratio": 0.5},
        {"what": "suspended", "on": NOW, "verified": True},
        {"what": "flow_share", "ratio": -0.5, "month": "2023-08"},
    ],
)
def test_aftermath_that_says_too_little_or_too_much_is_refused(wrong):
    with pytest.raises(ValidationError):
        Aftermath(known=NOW, **wrong)
