"""Lists: one event a version and kind of change, a partial page is no mercy, amendments field by field."""

from dataclasses import replace
from datetime import UTC, date, datetime

from pydantic import TypeAdapter

from tests.core.build import TABLE, exhibit, signal
from warning.core.detect.listing import detect_listing, explain_listing
from warning.core.evidence import Entry, Listing, ListingChange, Window, compare_listings
from warning.core.measures import Measure
from warning.core.policy import Policy
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.rules import ListingRule, Rule
from warning.core.signals import Signal, Trace
from warning.core.terms import Actor, Terms

MONDAY = datetime(2024, 12, 2, 16, tzinfo=UTC)
TUESDAY = datetime(2024, 12, 3, 16, tzinfo=UTC)
POLICY = Policy(severity=TABLE)
TERMS = Terms(actors={"CN": Actor(label={"en": "China"}, names={"en": ("China",)})})


def rule(**fields: object) -> ListingRule:
    base = {
        "id": "r", "kind": "listing", "title": "A rule", "severity": "minor", "owner": "o", "rationale": "r",
        "examples": [{"fires": True, "change": "added", "name": "x"}, {"fires": False, "change": "added", "name": "x"}],
    }  # fmt: skip
    made = TypeAdapter(Rule).validate_python({**base, **fields})
    assert isinstance(made, ListingRule)
    return made


def listing(*entries: Entry, source: str = "us-entity-list", version: str = "v1") -> Listing:
    at = MONDAY if version == "v1" else TUESDAY
    return Listing(id=f"{source}-{version}", source_id=source, known_at=at, entries=entries)


def firm(number: int, **fields: str) -> Entry:
    country = fields.pop("country", "CN")
    return Entry(key=f"k{number}", name=f"Firm {number}", country=country, fields=tuple(fields.items()))


def compare(before: Listing, after: Listing, *rules: ListingRule) -> tuple[list[Signal], list[Trace]]:
    window = Window(listing_changes=compare_listings(before, after), fresh=frozenset({after.id}))
    book = Rulebook(rules=rules, policy=POLICY, terms=TERMS)
    return detect_listing(book, window.as_known(TUESDAY), TUESDAY)


def test_twenty_additions_by_one_notice_are_one_signal_with_the_list_as_evidence():
    before, after = listing(), listing(*(firm(i) for i in range(25)), version="v2")
    (signal,), (trace,) = compare(before, after, rule())
    assert signal.exhibit.evidence_id == after.id
    assert len(signal.facts.names) == 20
    assert dict(signal.why[0].params)["count"] == "25"
    assert "and 5 more" in signal.why[0].text
    assert (trace.considered, trace.fired) == (25, 1)


def test_each_kind_of_change_is_its_own_signal_with_its_own_direction():
    before = listing(firm(1), firm(2, licence="all items"))
    after = listing(firm(2, licence="some items"), firm(3), version="v2")
    signals, _ = compare(before, after, rule(changes=["added", "amended", "removed"]))
    found = {s.facts.direction: s.facts.act for s in signals}
    assert found == {
        "tightening": "entity_listing",
        "neutral": "entity_listing",
        "easing": "entity_delisting",
    }


def test_amendment_tells_the_field_before_and_after():
    before, after = listing(firm(1, licence="all")), listing(firm(1, licence="some"), version="v2")
    (signal,), _ = compare(before, after, rule(changes=["amended"]))
    assert signal.why[-1].text == "Firm 1: licence: all → some"


def test_editorial_differences_are_no_amendment():
    before, after = (
        listing(firm(1, licence="All items.")),
        listing(firm(1, licence="all  items"), version="v2"),
    )
    signals, _ = compare(before, after, rule(changes=["added", "amended", "removed"]))
    assert not signals


def test_a_version_that_lost_half_its_list_is_a_partial_page_and_the_trace_says_so():
    before = listing(*(firm(i) for i in range(30)))
    after = listing(*(firm(i) for i in range(10)), version="v2")
    signals, (trace,) = compare(before, after, rule(changes=["removed"]))
    assert not signals
    assert trace.outcome == "suppressed"
    assert "looks like a partial page" in trace.detail


def test_a_few_removals_fire():
    before = listing(*(firm(i) for i in range(30)))
    after = listing(*(firm(i) for i in range(2, 30)), version="v2")
    (signal,), _ = compare(before, after, rule(changes=["removed"]))
    assert signal.facts.names == ("Firm 0", "Firm 1")


def test_rule_for_one_country_takes_only_its_entries():
    after = listing(firm(1, country="CN"), firm(2, country="IR"), version="v2")
    (signal,), _ = compare(listing(), after, rule(entry_countries=["CN"]))
    assert signal.facts.names == ("Firm 1",)
    assert signal.facts.targets == ("CN",)


def test_rule_with_phrases_reads_names_and_fields():
    after = listing(firm(1, reason="Quantum computing"), firm(2), version="v2")
    (signal,), _ = compare(listing(), after, rule(entry_phrases=["quantum"]))
    assert signal.facts.names == ("Firm 1",)


def test_one_cited_notice_becomes_the_instrument_and_several_do_not():
    one = listing(*(firm(i, federal_register="89 FR 96830") for i in (1, 2)), version="v2")
    two = listing(firm(1, federal_register="89 FR 96830"), firm(2, federal_register="x"), version="v2")
    assert compare(listing(), one, rule())[0][0].facts.instrument == "89 FR 96830"
    assert compare(listing(), two, rule())[0][0].facts.instrument is None


def test_a_list_nobody_declared_belongs_to_the_country_its_id_begins_with():
    made = rule(where={"countries": ["CN"]})
    before = listing(source="cn-unreliable-entity-list")
    after = listing(firm(1), source="cn-unreliable-entity-list", version="v2")
    (signal,), _ = compare(before, after, made)
    assert signal.facts.actors == ("CN",)
    assert not compare(listing(), listing(firm(1), version="v2"), made)[0]


def test_changes_assessed_before_are_not_told_again():
    window = Window(listing_changes=compare_listings(listing(), listing(firm(1), version="v2")))
    book = Rulebook(rules=(rule(),), policy=POLICY)
    signals, (trace,) = detect_listing(book, window.as_known(TUESDAY), TUESDAY)
    assert not signals
    assert trace.outcome == "no_evidence"


def test_explanation_names_the_condition_that_failed():
    (change,) = compare_listings(listing(), listing(firm(1, country="IR"), version="v2"))
    node = explain_listing(rule(entry_countries=["CN"]), change, Rulebook(policy=POLICY))
    assert node.passed is False
    assert [child.label for child in node.children if not child.passed] == ["country"]


def test_additions_tell_the_day_of_the_notice_apart_from_the_day_of_effect():
    entries = [firm(i, date_added="2026-02-24", effective_date="2026-03-01") for i in range(3)]
    (signal,), _ = compare(listing(), listing(*entries, version="v2"), rule())
    assert signal.facts.announced == date(2026, 2, 24)
    assert signal.facts.effective == date(2026, 3, 1)


def test_additions_of_several_days_tell_no_day():
    entries = [firm(1, date_added="2026-02-24"), firm(2, date_added="2026-06-29")]
    (signal,), _ = compare(listing(), listing(*entries, version="v2"), rule())
    assert signal.facts.announced is None


def test_removal_is_not_dated_by_the_old_listing():
    before = listing(firm(1, date_added="2024-05-20"), firm(2))
    (signal,), _ = compare(before, listing(firm(2), version="v2"), rule(changes=["removed"]))
    assert signal.facts.announced is None


def shrank(count: int) -> list[ListingChange]:
    changes = compare_listings(listing(*(firm(i) for i in range(count))), listing(firm(99), version="v2"))
    return [replace(c, change="shrank") for c in changes if c.change == "removed"]


def fired(changes: list[ListingChange], *rules: ListingRule) -> list[Signal]:
    window = Window(listing_changes=tuple(changes), fresh=frozenset(c.id for c in changes))
    return detect_listing(Rulebook(rules=rules, policy=POLICY), window.as_known(TUESDAY), TUESDAY)[0]


def missing_firm(*signals: Signal, measures: tuple[Measure, ...] = ()) -> Signal:
    """What is told when Firm Alpha is gone from the list, with these signals and acts known."""
    alpha = Entry(key="a", name="Firm Alpha", country="CN", fields=())
    before, after = listing(alpha, firm(2)), listing(firm(2), version="v2")
    window = Window(
        listing_changes=compare_listings(before, after),
        fresh=frozenset({after.id}),
        recalled=Recalled(signals=signals),
    )
    us = Actor(label={"en": "US"}, names={"en": ("United States",)})
    book = Rulebook(
        rules=(rule(changes=["removed"]),), policy=POLICY, terms=Terms(actors={"US": us}), measures=measures
    )
    (told,), _ = detect_listing(book, window.as_known(TUESDAY), TUESDAY)
    return told


def notice(title: str, direction: str = "easing", **facts: object) -> Signal:
    shown = exhibit("n", title=title, known_at=MONDAY)
    said = {"act": "entity_listing", "direction": direction, "actors": ("US",), **facts}
    return signal("n", exhibit=shown, known_at=MONDAY, occurred_at=MONDAY, facts=said)


def test_missing_entry_names_the_notice_that_removes_it():
    told = missing_firm(notice("BIS removes Firm Alpha from the Entity List"))
    assert told.why[0].code == "listing.lifted"
    assert "removed by BIS removes Firm Alpha" in told.why[0].text
    assert "seen in a notice read" in told.why[0].text


def test_missing_entry_names_a_notice_about_others_as_no_more_than_possible():
    told = missing_firm(notice("BIS removes 27 firms from the Entity List"))
    assert told.why[0].code == "listing.lifted_perhaps"


def test_missing_entry_is_not_explained_by_an_act_that_tightens_or_of_another_issuer():
    tightens = notice("BIS adds Firm Alpha to the Entity List", "tightening")
    other = notice("Japan removes Firm Alpha", actors=("JP",))
    assert missing_firm(tightens, other).why[0].code == "listing.missing"


def test_missing_entry_names_the_act_of_the_register():
    act = Measure(
        id="x", title="Removal of Firm Alpha", issuer="BIS", actor="US", instrument="89 FR 1", act="entity_listing",
        direction="easing", announced=date(2024, 11, 29), verified=False,
    )  # fmt: skip
    told = missing_firm(notice("BIS removes 27 firms"), measures=(act,))
    assert "removed by 89 FR 1 of 2024-11-29, seen in the register" in told.why[0].text


def test_list_that_shrank_is_one_neutral_doubt_whatever_the_rule_says_of_removals():
    removals = rule(changes=["removed"], act="entity_delisting", direction="easing")
    (signal,) = fired(shrank(40), removals)
    assert (signal.facts.act, signal.facts.direction) == ("list_shrank", "neutral")
    assert "shrank from 40 to 1 entries" in signal.why[0].text
    assert "to be confirmed" in signal.exhibit.title
    assert not fired(shrank(40), rule(changes=["added"]))


def test_missing_entry_is_told_as_missing_since_a_day_with_no_act_seen():
    (signal,), _ = compare(
        listing(firm(1), firm(2)), listing(firm(2), version="v2"), rule(changes=["removed"])
    )
    assert signal.why[0].code == "listing.missing"
    assert "no act that removes them has been seen: Firm 1" in signal.why[0].text
    assert dict(signal.why[0].params)["day"] == "2024-12-01"


def test_explanation_of_a_missing_entry_says_when_it_is_told():
    (change,) = compare_listings(listing(firm(1)), listing(version="v2"))
    node = explain_listing(rule(changes=["removed"]), change, Rulebook(policy=POLICY))
    assert "told on 2024-12-03 16:00 UTC, unless the entry is back before" in node.children[-1].detail
