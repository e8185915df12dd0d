"""Cases are compared by what they name, all that name the same at once; what is added to one of them counts from then on."""

from tests.core.build import TERMS, book, exhibit, press, signal
from warning.core.joined_goods import Goods
from warning.core.joining_case import Case, Report
from warning.core.joining_families import Family
from warning.core.same_event import SameEvent

GOODS = Goods(TERMS.materials)
EVENT = SameEvent(GOODS, book().policy.correlation)


def case(name, **facts):
    made = Case(key=name, alert=None)
    made.add(signal(name, facts={"materials": (), "actors": (), **facts}))
    return made


def report(**facts):
    return Report.of(signal("r", days=0.1, facts={"materials": (), "actors": (), **facts}), is_named=True)


def family(*cases):
    found = Family(GOODS)
    for one in cases:
        found.put(one)
    return found


def test_a_report_is_told_in_the_case_with_most_of_its_goods():
    wide, narrow = case("a", materials=("gallium", "germanium")), case("b", materials=("gallium",))
    assert EVENT.most_like(family(wide, narrow), report(materials=("gallium",))) is narrow


def test_a_case_that_another_state_acts_in_is_left_out():
    assert EVENT.most_like(family(case("a", actors=("US",))), report(actors=("CN",))) is None


def test_goods_that_a_case_gained_since_it_was_asked_for_count():
    gains = case("a", materials=("gallium",))
    among = family(gains)
    asked = report(materials=("germanium",))
    assert EVENT.most_like(among, asked) is None
    gains.add(signal("b", facts={"materials": ("germanium",)}))
    among.put(gains)
    assert EVENT.most_like(among, asked) is gains


def test_of_cases_as_like_the_one_told_last_is_taken_and_of_those_the_older_whatever_their_order():
    one, two = case("a", materials=("gallium",)), case("b", materials=("gallium",))
    late = case("c", materials=("gallium",))
    late.add(signal("later", days=0.05, facts={"materials": ("gallium",)}))
    asked = report(materials=("gallium",))
    assert EVENT.most_like(family(one, late, two), asked) is late
    assert EVENT.most_like(family(two, one), asked) is EVENT.most_like(family(one, two), asked) is one


def test_what_a_case_says_is_what_its_signals_say_with_the_first_word_on_a_day():
    made = case("a", materials=("gallium",), counts=(("items", "7"),))
    made.add(signal("b", days=1, facts={"materials": ("germanium",), "counts": (("entities", "28"),)}))
    made.add(signal("c", days=2, facts={"counts": (("entities", "30"),)}))
    assert made.materials == {"gallium", "germanium"}
    assert made.entities == "28"
    assert made.last_at == made.signals[-1].known_at
    assert made.opened_at == made.signals[0].known_at


def test_headlines_of_a_case_are_the_issuers_alone_once_it_spoke():
    made = Case(key="a", alert=None)
    made.add(signal("a", exhibit=press("a", title="A ban is told")))
    assert list(made.titles) == ["A ban is told"]
    made.add(signal("b", exhibit=press("b", title="A ban on technology is told")))
    assert made.kinds == {"know-how"}
    made.add(signal("c"))
    assert list(made.titles) == [made.signals[-1].exhibit.title]
    assert not made.kinds


def test_an_issuer_that_repeats_a_headline_of_the_press_speaks_all_the_same():
    shown = [
        press("a", title="Ban on technology"),
        press("b", title="Export control list"),
        exhibit("c", title="Ban on technology"),
    ]
    asked, unasked = Case(key="a", alert=None), Case(key="b", alert=None)
    for one in shown:
        for made in (asked, unasked):
            made.add(signal(one.evidence_id, exhibit=one))
        assert list(asked.titles)
    assert list(asked.titles) == list(unasked.titles) == ["Ban on technology"]


def test_of_cases_of_no_goods_in_common_the_one_whose_headline_is_shared_is_taken_before_a_later_one():
    named = Case(key="a", alert=None)
    named.add(
        signal(
            "a",
            facts={"materials": (), "actors": ()},
            exhibit=press("a", title="对稀有金属出口管制清单作出调整"),
        )
    )
    later = case("b", counts=())
    later.add(signal("later", days=0.05, facts={"materials": (), "actors": ()}))
    said = press("r", title="商务部:稀有金属出口管制清单作出调整")
    asked = Report.of(
        signal("r", days=0.1, facts={"materials": (), "actors": ()}, exhibit=said), is_named=False
    )
    assert EVENT.most_like(family(named, later), asked) is named
    assert EVENT.most_like(family(later, named), asked) is named
    assert EVENT.most_like(family(case("c"), later), asked) is later


def test_a_headline_added_since_signs_were_asked_for_counts():
    made = Case(key="a", alert=None)
    made.add(signal("a", exhibit=press("a", title="对稀有金属作出调整")))
    assert made.signs >= {"对稀有金属"}
    made.add(signal("b", exhibit=press("b", title="出口管制清单")))
    assert made.signs >= {"对稀有金属", "出口管制清"}
    made.add(signal("c", exhibit=exhibit("c", title="两用物项管制名单")))
    assert made.signs.isdisjoint({"对稀有金属", "出口管制清"})
