"""What reports may add to the facts of an alert, and what they may not."""

from dataclasses import replace
from datetime import date

from tests.core.build import TERMS, at, book, exhibit, names, press, signal
from warning.core.joining import join_signals, open_alert
from warning.core.terms import Material

MINERALS = Material(names=names("critical minerals"), label={"en": "critical minerals"}, is_class=True)
BOOK = book(terms=TERMS.model_copy(update={"materials": {**TERMS.materials, "critical_minerals": MINERALS}}))


def report(name, *, days=1.0, interrupts=True, **facts):
    shown = press(name, publisher=name, known_at=at(days), published_at=at(days))
    return signal(name, days=days, exhibit=shown, interrupts=interrupts, facts=facts)


def test_commentary_adds_no_material_to_a_notice_that_names_none():
    notice = open_alert("k", [signal(facts={"materials": ()})], BOOK)
    feared = report("opinion", interrupts=False, materials=("rare_earths",))
    assert join_signals(notice, [feared], BOOK).facts.materials == ()


def test_a_report_of_the_act_names_the_materials_that_its_notice_leaves_out():
    notice = open_alert("k", [signal(facts={"materials": ()})], BOOK)
    assert join_signals(notice, [report("wire", materials=("germanium",))], BOOK).facts.materials == (
        "germanium",
    )


def test_reports_spell_out_a_class_that_the_notice_names_and_add_nothing_else():
    notice = open_alert("k", [signal(facts={"materials": ("rare_earths",)})], BOOK)
    joined = join_signals(notice, [report("wire", materials=("gallium", "terbium"))], BOOK)
    assert joined.facts.materials == ("rare_earths", "terbium")


def test_a_list_that_the_notice_spells_out_stays_closed():
    notice = open_alert("k", [signal(facts={"materials": ("dysprosium", "rare_earths")})], BOOK)
    joined = join_signals(notice, [report("wire", materials=("terbium",))], BOOK)
    assert joined.facts.materials == ("dysprosium", "rare_earths")


def test_the_word_for_all_minerals_is_not_added_beside_a_name():
    first = open_alert("k", [report("a", days=0, materials=("gallium",))], BOOK)
    joined = join_signals(first, [report("b", materials=("critical_minerals", "germanium"))], BOOK)
    assert joined.facts.materials == ("gallium", "germanium")


def test_an_agency_that_reports_another_states_act_does_not_overrule_earlier_reports():
    first = open_alert("k", [report("a", days=0, actors=("ZW",), effective=date(2023, 7, 3))], BOOK)
    agency = exhibit("j", source_id="jogmec", country="JP", known_at=at(1), published_at=at(1))
    told = signal("j", days=1, exhibit=agency, facts={"actors": ("ZW",), "effective": date(2023, 7, 4)})
    assert join_signals(first, [told], BOOK).facts.effective == date(2023, 7, 3)


def test_at_once_in_a_report_of_a_later_day_gives_no_day_of_effect():
    first = open_alert("k", [report("a", days=0)], BOOK)
    late = report("b", days=2, effective=at(2).date())
    assert join_signals(first, [late], BOOK).facts.effective is None
    dated = replace(late, facts=replace(late.facts, announced=at(2).date()))
    assert join_signals(first, [dated], BOOK).facts.effective == at(2).date()


def test_figures_that_bear_an_act_out_leave_whom_it_is_aimed_at():
    act = signal("i1", facts={"targets": ("US",)}, exhibit=exhibit("i1"))
    fall = signal(
        "o1",
        days=60,
        story="flow:gallium",
        facts={"act": "export_fall", "targets": ("KR", "JP")},
        exhibit=exhibit("o1", kind="customs"),
    )
    joined = join_signals(open_alert("a-1", [act], BOOK), [fall], BOOK)
    assert joined.facts.targets == ("US",)
    assert open_alert("a-1", [act, fall], BOOK).facts.targets == ("US",)
    assert join_signals(joined, [replace(fall, id="s-later")], BOOK).facts.targets == ("US",)


def test_a_list_names_whom_an_act_is_aimed_at():
    act = signal("i1", facts={"targets": ("CN",), "act": "entity_listing"}, exhibit=exhibit("i1"))
    names_them = signal(
        "l1",
        story="listing:us-entity-list:1:added",
        facts={"targets": ("KR",), "act": "entity_listing"},
        exhibit=exhibit("l1", kind="regulatory"),
    )
    assert set(join_signals(open_alert("a-1", [act], BOOK), [names_them], BOOK).facts.targets) == {"CN", "KR"}


def test_one_publisher_gives_an_allys_rule_no_target_and_two_do():
    rule = open_alert("k", [signal(facts={"actors": ("US",)}, exhibit=exhibit(country="US"))], BOOK)
    fears = [report(name, actors=("US",), targets=("KR",)) for name in ("wire", "wire", "paper")]
    twice = join_signals(join_signals(rule, fears[:1], BOOK), fears[1:2], BOOK)
    assert twice.facts.targets == ()
    assert join_signals(twice, fears[2:], BOOK).facts.targets == ("KR",)
    assert join_signals(rule, fears, BOOK).facts.targets == ("KR",)


def test_one_publisher_names_whom_an_act_of_the_pressing_state_hits_but_not_whom_its_controls_do():
    listing = open_alert("k", [signal(facts={"act": "entity_listing"})], BOOK)
    assert join_signals(listing, [report("wire", targets=("KR",))], BOOK).facts.targets == ("KR",)
    control = open_alert("k", [signal()], BOOK)
    assert join_signals(control, [report("wire", targets=("KR",))], BOOK).facts.targets == ()
