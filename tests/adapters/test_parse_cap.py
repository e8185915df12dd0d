"""CAP alerts in: our own out-feed read by an ally comes through whole, and no marking gets wider on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.alert_samples import BOOK, DESKS, SAMPLES, control, updated
from tests.adapters.parse_samples import document, profile
from warning.app.feed_messages import cap_documents, feed_sender
from warning.channels.atom import atom_feed
from warning.collect.cap_alerts import restriction_of
from warning.collect.parse import parse
from warning.core.desks import OutFeed
from warning.core.formats import CapFormat
from warning.core.vocabulary import Marking
from warning.errors import ParseError

CAP = CapFormat(format="cap")
SENDER = feed_sender("Early Warning <ews@example.org>")
WIDE = {"clearance": Marking.RED, "out_feed": OutFeed(ceiling=Marking.RED)}


def issued(*alerts, desk=DESKS["en"]):
    return tuple(cap_documents(alerts, desk.model_copy(update=WIDE), BOOK, SENDER))


def read(body, source=None):
    return parse(document(body), CAP, source or replace(profile("US"), language="en", marking=Marking.CLEAR))


def alert(inside: str, scope: str = "Public", **said: str) -> str:
    head = {"identifier": "m1", "sender": "a@b", "sent": "2026-07-10T09:00:00-00:00", "status": "Actual", "msgType": "Alert"} | said  # fmt: skip
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in head.items())
    return f"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>{elements}<scope>{scope}</scope>{inside}</alert>"


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_alert_we_issue_is_read_with_its_facts(sample):
    (message,) = issued(SAMPLES[sample]())
    (item,) = read(message.body).items
    assert item.title == message.entry.message.title[:160]
    assert item.published_at == message.entry.message.updated_at.replace(microsecond=0)
    for material in message.entry.message.alert.facts.materials:
        assert f"material: {material}" in item.body


@pytest.mark.parametrize("marking", Marking)
@pytest.mark.parametrize("released", [None, frozenset({"JP", "US"})])
def test_marking_and_release_list_come_through_the_round_trip(marking, released):
    seen = replace(control(), marking=marking, release_to=released)
    (message,) = issued(seen)
    (item,) = read(message.body).items
    assert item.marking == marking
    if marking is not Marking.RED:  # a private message names its addressees instead of a list
        assert item.release_to == released


def test_the_source_may_narrow_what_an_alert_allows_and_never_widens_it():
    (message,) = issued(replace(control(), marking=Marking.GREEN, release_to=frozenset({"JP", "US", "KR"})))
    narrow = replace(profile("US"), marking=Marking.AMBER, release_to=frozenset({"KR", "AU"}))
    (item,) = read(message.body, narrow).items
    assert (item.marking, item.release_to) == (Marking.AMBER, frozenset({"KR"}))


def test_an_update_and_its_alert_are_one_item_with_another_text():
    first, second = (read(message.body).items[0] for message in issued(control(), updated()))
    assert first.id == second.id
    assert first.content_hash != second.content_hash


def test_messages_in_any_order_give_the_same_identity():
    chain = [
        alert("", identifier="m1"),
        alert("", identifier="m2", msgType="Update", references="a@b,m1,2026-07-10T09:00:00-00:00"),
        alert("", identifier="m3", msgType="Cancel", references="a@b,m1,2026-07-10T09:00:00-00:00 a@b,m2,x"),
    ]
    for order in permutations(chain):
        assert len({read(one).items[0].id for one in order}) == 1


def test_a_feed_gives_an_entry_an_alert_with_its_marking_and_its_address():
    messages = issued(control(), SAMPLES["flow"]())
    atom = atom_feed(
        [m.entry for m in messages], feed_id="urn:x", title="x", author="y", base_url="", empty_at=control().opened_at
    )  # fmt: skip
    parsed = read(atom)
    assert {item.url for item in parsed.items} == {
        f"https://gov.example/list/{message.name}.xml" for message in messages
    }
    assert {item.marking for item in parsed.items} == {control().marking}


@pytest.mark.parametrize("status", ["Exercise", "Test", "Draft", "System"])
def test_what_is_no_actual_alert_is_no_evidence(status):
    parsed = read(alert("", status=status))
    assert (parsed.items, parsed.seen, parsed.problems) == ((), 1, ())


def test_our_own_alert_that_comes_back_is_no_evidence():
    (message,) = issued(control())
    own = CapFormat(format="cap", own_senders=("ews@example.org",))
    assert parse(document(message.body), own, profile("US")).items == ()


@pytest.mark.parametrize(
    ("scope", "said", "expected"),
    [
        ("Public", "", None),
        ("Restricted", "TLP:GREEN", (Marking.GREEN, None)),
        ("Restricted", "TLP:AMBER+STRICT; REL TO KR, US", (Marking.AMBER_STRICT, frozenset({"KR", "US"}))),
        ("Restricted", "TLP:GREEN TLP:AMBER", (Marking.AMBER, None)),
        ("Restricted", "for internal use of the ministry", (Marking.RED, None)),
        ("Restricted", "TLP:GREEN but not to ministers", (Marking.RED, None)),
        ("Restricted", "", (Marking.RED, None)),
        ("", "", (Marking.RED, None)),
        ("Private", "", (Marking.RED, None)),
    ],
)
def test_restrictions_bind_and_what_is_not_understood_is_red(scope, said, expected):
    restriction = f"<restriction>{said}</restriction>" if said else ""
    source = replace(profile("US"), marking=Marking.CLEAR)
    (item,) = read(alert(restriction, scope), source).items
    assert (item.marking, item.release_to) == (expected or (Marking.CLEAR, None))


def test_the_info_in_the_sources_language_leads_and_every_language_is_read():
    infos = "".join(
        f"<info><language>{code}</language><event>e</event><headline>{text}</headline></info>"
        for code, text in (("ja-JP", "輸出規制"), ("ko-KR", "수출통제"))
    )
    korean = replace(profile("KR"), language="ko")
    (item,) = read(alert(infos), korean).items
    assert item.title == "수출통제"
    assert "輸出規制" in item.body


def test_what_is_no_cap_is_refused():
    with pytest.raises(ParseError, match="neither a CAP alert"):
        read("<list/>")
    assert read("<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>").problems


@given(st.text(max_size=60))
def test_no_words_around_a_marking_make_it_wider(words):
    marking, _, understood = restriction_of(f"{words} TLP:AMBER")
    assert marking >= Marking.AMBER
    assert understood or marking is Marking.RED


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=10))
def test_alerts_mangled_anyhow_give_evidence_or_a_refusal(place, length, noise):
    (message,) = issued(replace(control(), marking=Marking.AMBER))
    at = int(place * len(message.body))
    try:
        parsed = read(message.body[:at] + noise + message.body[at + length :])
    except ParseError:
        return
    assert all(item.title for item in parsed.items)


def test_two_alerts_of_an_ally_on_one_notice_stay_two_and_keep_their_markings(repository):
    texts = [
        alert(
            f"<restriction>TLP:{marking}</restriction>{INFO.format(material=material)}",
            scope="Restricted", identifier=f"m-{material}",
        )
        for marking, material in (("AMBER", "gallium"), ("CLEAR", "germanium"))
    ]  # fmt: skip
    for hours, text in enumerate(texts):
        items = read(text.encode()).items
        repository.add_items([replace(i, known_at=i.known_at + timedelta(hours=hours)) for i in items])
    found = repository.items_between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert [(i.external_id, i.marking) for i in found] == [
        ("a@b m-gallium", Marking.AMBER),
        ("a@b m-germanium", Marking.CLEAR),
    ]


def test_a_marking_that_an_ally_narrows_without_another_word_is_narrowed(repository):
    def said(restriction: str, hours: int):
        text = alert(
            f"<restriction>{restriction}</restriction>{INFO.format(material='gallium')}", scope="Restricted"
        )
        (item,) = read(text.encode()).items
        return replace(item, known_at=item.known_at + timedelta(hours=hours))

    repository.add_items([said("TLP:GREEN", 0)])
    narrowed = repository.add_items([said("TLP:AMBER; REL TO JP, US", 1)])
    assert [i.marking for i in narrowed.revised] == [Marking.AMBER]
    assert repository.add_items([said("TLP:GREEN", 2)]).unchanged == 1
    (found,) = repository.items_between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert (found.marking, found.release_to) == (Marking.AMBER, frozenset({"JP", "US"}))


INFO = (
    "<info><headline>China · {material}: export control</headline><description>A control on {material} was announced."
    "</description><web>https://ministry.example/notice</web></info>"
)
