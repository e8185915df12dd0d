from dataclasses import replace
from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at, book, exhibit, press, signal, text_rule
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.ids import instrument_key
from warning.core.vocabulary import Certainty, Marking, Severity

BOOK = book()
NOTICE = {"instrument": "MOFCOM-GACC 2023/23"}


def alerts(signals, open_alerts=(), as_of=None):
    changes, _ = correlate(signals, open_alerts, BOOK, as_of or max(s.known_at for s in signals))
    return [grade(change, BOOK) for change in changes]


def test_copies_of_one_notice_under_several_addresses_are_one_alert():
    copies = [signal(f"i{n}", days=n / 10, facts=NOTICE) for n in range(4)]
    (change,) = alerts(copies)
    assert change.kind == "opened"
    assert change.alert.evidence_total == 4
    assert change.alert.facts.instrument == "MOFCOM-GACC 2023/23"


def test_joint_notice_and_its_short_form_in_the_press_share_a_key():
    assert instrument_key("MOFCOM-GACC 2025/18") == instrument_key("MOFCOM 2025/18")
    assert instrument_key("MOFCOM 2025/18") != instrument_key("MOFCOM 2025/61")


def test_two_instruments_of_one_day_on_one_material_are_two_alerts():
    one = signal("i1", facts={"instrument": "MOFCOM 2025/61"})
    other = signal("i2", facts={"instrument": "MOFCOM 2025/62"})
    assert len(alerts([one, other])) == 2


def test_suspension_that_cites_the_control_does_not_join_the_control():
    control = alerts([signal("i1", facts=NOTICE)])[0].alert
    easing = signal("i2", days=3, facts={**NOTICE, "act": "suspension", "direction": "easing"})
    (change,) = alerts([easing], [control])
    assert change.kind == "opened"
    assert change.alert.key != control.key


def test_press_before_the_notice_gains_its_instrument_and_tells_the_desks():
    early = alerts([signal("n1", exhibit=press("n1"))])[0].alert
    assert early.certainty is Certainty.POSSIBLE
    (change,) = alerts([signal("i1", days=0.2, facts=NOTICE)], [early])
    assert change.kind == "updated"
    assert change.alert.version == 2
    assert {d.code for d in change.alert.differences} >= {"instrument", "certainty"}
    assert change.alert.certainty is Certainty.OBSERVED


def test_four_hundred_articles_after_the_notice_make_no_new_version():
    notice = alerts([signal("i1", facts=NOTICE)])[0].alert
    articles = [signal(f"n{n}", days=n / 100, exhibit=press(f"n{n}", f"house{n % 7}")) for n in range(400)]
    (change,) = alerts(articles, [notice])
    assert change.kind == "joined"
    assert change.alert.version == 1
    assert change.alert.evidence_total == 401
    assert len(change.alert.publishers) == 8
    assert len(change.alert.exhibits) == 40
    assert change.alert.exhibits[0].official


def test_evidence_beyond_what_is_shown_is_counted_once_when_seen_again():
    articles = [signal(f"n{n:03}", exhibit=press(f"n{n:03}", f"house{n % 7}")) for n in range(60)]
    first = alerts(articles)[0].alert
    (again,) = alerts(articles, [first])
    assert again.kind == "joined"
    assert again.alert.evidence_total == first.evidence_total == 60


def test_edited_document_beyond_what_is_shown_is_counted_once_when_another_rule_fires_on_it():
    articles = [signal(f"n{n:03}", exhibit=press(f"n{n:03}")) for n in range(60)]
    first = alerts(articles)[0].alert
    two_rules = book(rules=(text_rule(), text_rule("prc-bans")))
    edited = signal("n059", rule_id="prc-bans", exhibit=press("n059"))
    (change,), _ = correlate([edited], [first], two_rules, edited.known_at)
    assert change.alert.key == first.key
    assert change.alert.evidence_total == 60


def test_edited_document_that_adds_the_effective_date_makes_a_version():
    first = alerts([signal("i1", facts=NOTICE)])[0].alert
    edited = signal("i1", days=0.1, facts={**NOTICE, "effective": date(2023, 8, 1)})
    (change,) = alerts([edited], [first])
    assert change.kind == "updated"
    assert [d.code for d in change.alert.differences] == ["effective"]


def test_press_naming_one_more_rare_earth_is_not_news():
    notice = alerts([signal("n1", exhibit=press("n1"), facts={"materials": ("dysprosium",)})])[0].alert
    (change,) = alerts(
        [signal("n2", days=1, exhibit=press("n2"), facts={"materials": ("terbium",)})], [notice]
    )
    assert change.kind == "joined"


def test_report_on_another_material_opens_its_own_alert():
    notice = alerts([signal("i1", facts=NOTICE)])[0].alert
    other = signal("n2", days=1, exhibit=press("n2"), facts={"materials": ("dysprosium",)})
    (change,) = alerts([other], [notice])
    assert change.kind == "opened"


def test_report_on_the_same_material_after_the_gap_opens_a_new_alert():
    notice = alerts([signal("i1", facts=NOTICE)])[0].alert
    (change,) = alerts([signal("n2", days=30, exhibit=press("n2", known_at=at(30)))], [notice])
    assert change.kind == "opened"


def test_old_article_seen_for_the_first_time_is_suppressed_with_a_reason():
    old = replace(signal("n1", days=200), occurred_at=at(0))
    changes, traces = correlate([old], (), BOOK, at(200))
    assert changes == ()
    assert [(t.rule_id, t.outcome) for t in traces] == [("prc-controls", "suppressed")]


def test_alert_carries_the_most_restrictive_marking_and_the_narrowest_release():
    open_one = signal("i1", facts=NOTICE)
    closed = exhibit("i2", marking=Marking.AMBER, release_to=frozenset({"JP", "KR"}))
    (change,) = alerts([open_one, signal("i2", facts=NOTICE, exhibit=closed)])
    assert change.alert.marking is Marking.AMBER
    assert change.alert.release_to == frozenset({"JP", "KR"})


def test_rise_for_one_country_alone_makes_a_version():
    first = alerts([signal("i1", facts=NOTICE, severity=Severity.MODERATE)])[0].alert
    (change,) = alerts([signal("i2", days=1, facts=NOTICE)], [first])
    assert change.kind == "updated"
    assert "KR:extreme" in {d.after for d in change.alert.differences}


def test_context_never_joins_an_alert_that_interrupts():
    notice = alerts([signal("i1", facts=NOTICE)])[0].alert
    talk = signal("n1", days=1, exhibit=press("n1"), interrupts=False, rule_id="talk")
    (change,) = alerts([talk], [notice])
    assert change.alert.key != notice.key
    assert not change.alert.interrupts


def test_notice_whose_number_only_background_coverage_named_is_news_of_its_own():
    shown = press("n1")
    talk = signal("n1", exhibit=shown, interrupts=False, rule_id="talk", facts=NOTICE)
    background = alerts([talk])[0].alert
    later = signal("i1", days=1, facts=NOTICE)
    for changes in (
        alerts([later], [background]),
        alerts([talk, later]),
        alerts([talk, signal("i1", facts=NOTICE)]),
    ):
        assert [c.alert.key for c in changes if c.alert.interrupts] != [background.key]
        assert [c.alert.interrupts for c in changes if c.alert.key != background.key] == [True]


def test_ban_and_control_of_one_family_are_one_event():
    control = alerts([signal("i1", facts=NOTICE)])[0].alert
    (change,) = alerts([signal("n1", days=1, exhibit=press("n1"), facts={"act": "export_ban"})], [control])
    assert change.alert.key == control.key


def test_easing_is_one_event_whatever_act_is_named():
    eased = {"act": "suspension", "direction": "easing"}
    first = alerts([signal("n1", exhibit=press("n1"), facts=eased)])[0].alert
    relaxed = {"act": "export_control", "direction": "easing"}
    (change,) = alerts([signal("n2", days=1, exhibit=press("n2"), facts=relaxed)], [first])
    assert change.alert.key == first.key


def test_two_rules_on_one_document_are_one_alert_led_by_the_gravest():
    one = press("n1")
    grave = signal("n1", exhibit=one, rule_id="prc-controls", facts={"act": "export_ban"})
    lesser = signal(
        "n1",
        exhibit=one,
        rule_id="other",
        severity=Severity.MINOR,
        facts={"act": "stockpiling", "actors": ()},
    )
    (change,) = alerts([lesser, grave])
    assert change.alert.rule_id == "prc-controls"
    assert change.alert.evidence_total == 1


def test_document_told_by_an_interrupting_rule_is_not_background_as_well():
    one = press("n1")
    talk = signal("n1", exhibit=one, rule_id="talk", interrupts=False, facts={"act": "mention"})
    changes, traces = correlate([talk, signal("n1", exhibit=one)], (), BOOK, at(0))
    assert [c.alert.interrupts for c in changes] == [True]
    assert [t.rule_id for t in traces] == ["talk"]


LISTED = {"act": "entity_listing", "materials": (), "targets": ("JP",), "instrument": "MOFCOM 2026/11"}
CURBS = {"act": "export_control", "materials": (), "targets": ("JP",)}


def test_report_of_curbs_joins_the_list_of_the_day_before_that_shares_actor_and_target():
    listed = alerts([signal("i1", facts=LISTED)])[0].alert
    (change,) = alerts([signal("n1", days=1, exhibit=press("n1"), facts=CURBS)], [listed])
    assert change.alert.key == listed.key


def test_report_of_curbs_on_another_country_or_a_week_later_stays_apart_from_the_list():
    listed = alerts([signal("i1", facts=LISTED)])[0].alert
    elsewhere = signal("n1", days=1, exhibit=press("n1"), facts={**CURBS, "targets": ("US",)})
    later = signal("n2", days=7, exhibit=press("n2"), facts=CURBS)
    assert listed.key not in {c.alert.key for c in alerts([elsewhere, later], [listed])}


def test_report_that_counts_firms_stays_apart_from_a_draft_on_goods_of_the_same_day():
    drafted = alerts([signal("n0", exhibit=press("n0"), facts={"act": "export_control", "targets": (), "materials": ("lithium",)})])[0].alert  # fmt: skip
    bare = {**CURBS, "materials": (), "targets": ("US",)}
    counted = signal("n1", exhibit=press("n1"), facts={**bare, "counts": (("entities", "28"),)})
    assert drafted.key not in {c.alert.key for c in alerts([counted], [drafted])}
    (vague,) = alerts([signal("n2", exhibit=press("n2"), facts=bare)], [drafted])
    assert vague.alert.key == drafted.key


FALL = {"act": "export_fall", "materials": ("gallium",)}


def test_press_on_a_fall_of_exports_and_the_customs_figure_are_one_event():
    report = alerts([signal("n1", exhibit=press("n1"), facts=FALL)])[0].alert
    figure = signal("o1", days=1, facts=FALL, story="export_fall:gallium:CN", rule_id="flow")
    (change,) = alerts([figure], [report])
    assert change.alert.key == report.key
    assert change.alert.certainty is Certainty.OBSERVED


def test_falls_of_two_stories_stay_two_alerts_and_a_story_finds_its_own_again():
    one = signal("o1", facts=FALL, story="export_fall:gallium:CN")
    other = signal("o2", facts=FALL, story="export_fall:gallium:RU")
    first, second = (c.alert for c in alerts([one, other]))
    later = signal("o3", days=31, facts=FALL, story=first.story)
    (change,) = alerts([later], [first, second])
    assert change.alert.key == first.key


def gist(change):
    a = change.alert
    return a.facts, a.evidence_total, a.publishers, a.certainty, a.marking, a.gradings


@given(st.permutations(range(5)))
def test_the_same_evidence_in_any_order_gives_the_same_alerts(order):
    signals = [
        signal("i1", facts=NOTICE),
        signal("n1", days=0.5, exhibit=press("n1", known_at=at(0.5))),
        signal("n2", days=1, exhibit=press("n2", "other", known_at=at(1))),
        signal("i9", days=1, facts={"materials": ("dysprosium",), "instrument": "MOFCOM 2023/99"}),
        signal("n3", days=2, exhibit=press("n3", known_at=at(2)), facts={"materials": ("terbium",)}),
    ]
    assert alerts([signals[n] for n in order]) == alerts(signals)


def test_batches_and_single_steps_end_in_the_same_alerts():
    signals = [
        signal("i1", facts=NOTICE),
        signal("n1", days=0.5, exhibit=press("n1", known_at=at(0.5))),
        signal("n2", days=1, exhibit=press("n2", "other", known_at=at(1))),
    ]
    whole = [gist(c) for c in alerts(signals)]
    for order in permutations(signals):
        known = {}
        for one in sorted(order, key=lambda s: s.known_at):
            for change in alerts([one], list(known.values())):
                known[change.alert.key] = change.alert
        assert [gist(c) for c in [type("C", (), {"alert": a}) for a in known.values()]] == whole


def _alerts(*signals, of=BOOK):
    """Alert by alert what the signals end in, each assessed on its own, in order of time."""
    alerts = {}
    for one in sorted(signals, key=lambda s: s.known_at):
        changes, _ = correlate([one], tuple(alerts.values()), of, one.known_at)
        alerts |= {change.alert.key: change.alert for change in changes}
    return list(alerts.values())


def test_report_of_the_day_of_effect_joins_the_act_however_old():
    notice = signal("i1", facts={"instrument": "MOFCOM 2023/39", "effective": at(40).date()})
    in_force = signal("p1", days=40.2, exhibit=press("p1", known_at=at(40.2)))
    assert len(_alerts(notice, in_force)) == 1
    much_later = signal("p2", days=55, exhibit=press("p2", known_at=at(55)))
    assert len(_alerts(notice, much_later)) == 2


def test_report_without_goods_joins_soon_or_not_at_all():
    notice = signal("i1", facts={"instrument": "MOFCOM 2023/23"})
    soon, late = (
        signal(f"p{days}", days=days, facts={"materials": ()}, exhibit=press(f"p{days}", known_at=at(days)))
        for days in (2, 6)
    )
    assert len(_alerts(notice, soon)) == 1
    assert len(_alerts(notice, late)) == 2


def test_second_official_document_of_a_source_is_an_event_of_its_own_unless_it_names_the_goods():
    first = signal("i1", facts={"instrument": "MOFCOM 2025/72"})
    bare = signal("i2", days=1, facts={"materials": ()})
    naming = signal("i3", days=1)
    assert len(_alerts(first, bare)) == 2
    assert len(_alerts(first, naming)) == 1


def related(**windows):
    correlation = BOOK.policy.correlation.model_copy(update=windows)
    return replace(BOOK, policy=BOOK.policy.model_copy(update={"correlation": correlation}))


def test_bare_report_of_firms_under_an_export_ban_is_the_listing_of_that_day():
    of = related(related_families=("control", "listing"))
    listing = signal(
        "i1",
        facts={"act": "entity_listing", "instrument": "MOFCOM 2026/11", "materials": (), "targets": ("JP",)},
    )
    bare = {"materials": (), "targets": ()}
    same_day, later = (
        signal(f"p{days}", days=days, facts=bare, exhibit=press(f"p{days}", known_at=at(days)))
        for days in (0.3, 2.0)
    )
    assert len(_alerts(listing, same_day, of=of)) == 1
    assert len(_alerts(listing, later, of=of)) == 2


def test_families_that_share_goods_only_are_one_event_when_both_name_them():
    of = related(related_families=(), same_goods_families=(("control", "listing"),))
    control = signal("i1", facts={"materials": ("gallium",)})
    listed = [
        signal(
            f"p{number}",
            days=0.5,
            facts={"act": "entity_listing", "materials": materials},
            exhibit=press(f"p{number}", known_at=at(0.5)),
        )
        for number, materials in enumerate([("gallium",), ("germanium",), ()])
    ]
    assert [len(_alerts(control, one, of=of)) for one in listed] == [1, 2, 2]


def of_one_document(*, firm_interrupts=True, **second):
    """What is told of a document on which a firm rule and a fallback fire, with another act each."""
    rules = book(rules=(text_rule(), text_rule("wide", fallback=True)))
    firm = signal("n1", exhibit=press("n1"), interrupts=firm_interrupts)
    facts = {"act": "suspension", "direction": "easing"}
    wide = signal("n1", rule_id="wide", exhibit=press(second.get("document", "n1")), facts=facts)
    changes, traces = correlate([firm, wide], (), rules, wide.known_at)
    return sorted(c.alert.facts.act for c in changes), [t.rule_id for t in traces]


def test_fallback_is_silent_on_a_document_that_a_firm_rule_tells_of():
    assert of_one_document() == (["export_control"], ["wide"])


def test_fallback_speaks_on_a_document_of_its_own():
    acts, suppressed = of_one_document(document="n2")
    assert (acts, suppressed) == (["export_control", "suspension"], [])


def test_fallback_speaks_where_the_firm_rule_is_background():
    acts, suppressed = of_one_document(firm_interrupts=False)
    assert (acts, suppressed) == (["suspension"], ["prc-controls"])
