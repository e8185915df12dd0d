from datetime import UTC, date, datetime

import pytest

from warning.core.evidence import Item
from warning.core.measures import Measure
from warning.core.signals import Facts
from warning.core.text.reading import Reading
from warning.core.text.set_aside import with_set_aside

REGISTER = tuple(
    Measure(
        id=f"cn-{number.replace('/', '-')}",
        title=number,
        issuer="Ministry of Commerce",
        actor="CN",
        instrument=f"{body} {number}",
        act="export_control",
        direction="tightening",
        announced=date(2025, 10, 9),
        verified=False,
        unverified=("announced",),
        materials=materials,
    )
    for body, number, materials in (
        ("MOFCOM-GACC", "2025/55", ("superhard",)),
        ("MOFCOM-GACC", "2025/58", ("batteries", "graphite")),
        ("MOFCOM", "2025/61", ("rare_earths",)),
        ("MOFCOM", "2024/46", ("gallium",)),
        ("MOFCOM Order", "2025/62", ("helium",)),
    )
)


def facts(
    title: str, *, direction: str = "easing", official: bool = True, instrument: str = "MOFCOM-GACC 2025/70"
):
    item = Item(
        id="i", source_id="mofcom", kind="regulatory", country="CN", language="zh", title=title, url="",
        known_at=datetime(2025, 11, 7, tzinfo=UTC),
    )  # fmt: skip
    told = Facts(act="suspension", direction=direction, actors=("CN",), instrument=instrument, materials=())
    return with_set_aside(told, Reading(item), REGISTER, official=official).materials


@pytest.mark.parametrize(
    ("title", "materials"),
    [
        ("公告2025年第70号 决定暂停实施第55号、58号及商务部公告2025年第61号", ("batteries", "graphite", "rare_earths", "superhard")),
        ("暂停实施商务部公告2025年第55、57、58号", ("batteries", "graphite", "superhard")),
        ("自即日起至2026年11月27日，暂停实施商务部公告2024年第46号第二款", ("gallium",)),
        ("Suspension of Announcements No. 55 and 61 of 2025", ("rare_earths", "superhard")),
        ("暂停实施商务部公告2025年第62号", ()),
        ("商务部公告2025年第55号", ()),
    ],
)  # fmt: skip
def test_an_official_suspension_takes_the_goods_of_the_acts_it_sets_aside(title, materials):
    assert facts(title) == materials


def test_goods_are_not_taken_over_where_nothing_is_eased_or_the_press_speaks():
    title = "暂停实施商务部公告2025年第55号"
    assert facts(title, direction="tightening") == ()
    assert facts(title, official=False) == ()


def test_an_act_is_not_set_aside_by_its_own_number():
    assert facts("暂停实施商务部公告2025年第55号", instrument="MOFCOM-GACC 2025/55") == ()
