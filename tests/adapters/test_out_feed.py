"""The desks' out-feeds: CAP 1.2 messages that the standard's grammar and its conditions hold for, and an Atom feed."""

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.adapters.alert_samples import BOOK, DESKS, NOON, SAMPLES, control, updated
from tests.core.build import exhibit, press, signal
from warning.app.desk_exercise import exercise
from warning.app.feed_messages import cap_documents, feed_sender
from warning.channels.atom import atom_feed
from warning.channels.cap import NAMESPACE, faults
from warning.cli.main import cli
from warning.core.desks import OutFeed
from warning.core.joining import open_alert
from warning.core.signals import WITHDRAWN, Reason
from warning.core.tearlines import with_tearlines
from warning.core.vocabulary import Marking
from warning.errors import ConfigError

GOLDEN = Path(__file__).parent / "golden"
HERE = {"cap": NAMESPACE}
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("cap_1_2.rng")))
SENDER = feed_sender("Early Warning <ews@example.org>")
OFFICIAL = os.environ.get("EWS_CAP_XSD", "")


def issued(*alerts, desk=DESKS["ko"]):
    """Return the messages of some versions, each as parsed XML."""
    return [etree.fromstring(d.body) for d in cap_documents(alerts, desk, BOOK, SENDER)]


def text(root, path: str) -> list[str]:
    return [element.text for element in root.findall(path, HERE)]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("desk", DESKS.values(), ids=str)
def test_cap_holds_the_standards_grammar_and_conditions_for_every_sort_of_alert(sample, desk):
    (root,) = issued(SAMPLES[sample](), desk=desk)
    assert GRAMMAR.validate(root), GRAMMAR.error_log
    assert faults(root) == ()
    assert text(root, "cap:info/cap:language")[0] == {"us": "en-US", "jp": "ja-JP", "kr": "ko-KR"}[desk.id]
    assert sorted(text(root, "cap:info/cap:language")) == ["en-US", "ja-JP", "ko-KR"]


@pytest.mark.skipif(not OFFICIAL, reason="EWS_CAP_XSD does not name the schema published with CAP 1.2")
@pytest.mark.parametrize("sample", SAMPLES)
def test_cap_holds_the_published_schema(sample):
    schema = etree.XMLSchema(etree.parse(OFFICIAL))
    amber = replace(SAMPLES[sample](), marking=Marking.AMBER, release_to=frozenset({"KR", "US"}))
    desk = DESKS["ko"].model_copy(update={"out_feed": OutFeed(ceiling=Marking.AMBER)})
    for root in (*issued(SAMPLES[sample]()), *issued(amber, desk=desk), *issued(control(), updated())):
        assert schema.validate(root), schema.error_log


def test_cap_is_an_alert_then_an_update_that_refers_to_it():
    first, second = issued(control(), updated())
    assert text(first, "cap:msgType") + text(second, "cap:msgType") == ["Alert", "Update"]
    (references,) = text(second, "cap:references")
    assert references == "ews@example.org,a-0123456789abcdef-v1-kr,2023-07-03T10:40:00-00:00"
    assert text(first, "cap:sent") == ["2023-07-03T10:40:00-00:00"]
    assert text(second, "cap:incidents") == ["a-0123456789abcdef"]


def test_cap_cancels_what_a_revised_figure_took_back():
    flow = SAMPLES["flow"]()
    gone = Reason(code=WITHDRAWN, text="taken back", params=())
    taken_back = replace(flow, version=2, why=(gone,), evidence_total=2, updated_at=NOON.replace(day=9))
    assert text(issued(flow, taken_back)[1], "cap:msgType") == ["Cancel"]


def test_cap_that_refers_to_nothing_in_the_feed_is_an_alert_of_its_own():
    (root,) = issued(updated())
    assert text(root, "cap:msgType") == ["Alert"]
    assert text(root, "cap:references") == []


@pytest.mark.parametrize(
    ("marking", "released", "scope", "conditional"),
    [
        (Marking.CLEAR, None, "Public", None),
        (Marking.CLEAR, frozenset({"KR"}), "Restricted", "TLP:CLEAR; REL TO KR"),
        (Marking.AMBER, None, "Restricted", "TLP:AMBER"),
        (Marking.RED, None, "Private", "C0KR desk-ko@example.org"),
    ],
)
def test_cap_scope_follows_the_marking(marking, released, scope, conditional):
    wide = {"clearance": Marking.RED, "out_feed": OutFeed(ceiling=Marking.RED)}
    desk = DESKS["ko"].model_copy(update=wide)
    (root,) = issued(replace(control(), marking=marking, release_to=released), desk=desk)
    assert text(root, "cap:scope") == [scope]
    said = text(root, "cap:restriction") + text(root, "cap:addresses")
    assert said == ([conditional.replace("desk-ko", "desk-kr")] if conditional else [])
    assert GRAMMAR.validate(root), GRAMMAR.error_log


def test_feed_leaves_out_what_is_above_its_ceiling_or_not_released():
    amber = replace(control(), marking=Marking.AMBER)
    assert issued(amber) == []
    assert issued(replace(control(), release_to=frozenset({"US"}))) == []
    assert len(issued(replace(control(), marking=Marking.GREEN))) == 1


def test_feed_gives_a_desk_its_tear_line():
    shown = exhibit("i1", title="open notice", known_at=NOON)
    secret = exhibit("i2", title="mission report canary", marking=Marking.RED, known_at=NOON)
    signals = [signal("i1", exhibit=shown), signal("i2", exhibit=secret, facts={"materials": ("germanium",)})]
    whole = with_tearlines(None, open_alert("a-t", signals, BOOK), signals, BOOK)
    (root,) = issued(whole)
    said = etree.tostring(root, encoding="unicode")
    assert "open notice" in said
    assert "canary" not in said
    assert "germanium" not in said.lower()


def test_drill_is_an_exercise():
    (root,) = issued(exercise(NOON))
    assert text(root, "cap:status") == ["Exercise"]
    assert text(issued(control())[0], "cap:status") == ["Actual"]


@pytest.mark.parametrize(
    ("effective", "urgency"),
    [
        (date(2023, 7, 1), "Immediate"),
        (date(2023, 8, 1), "Expected"),
        (date(2024, 1, 1), "Future"),
        (None, "Unknown"),
    ],
)
def test_cap_urgency_follows_the_day_of_effect(effective, urgency):
    alert = control()
    (root,) = issued(replace(alert, facts=replace(alert.facts, effective=effective)))
    assert set(text(root, "cap:info/cap:urgency")) == {urgency}


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("scope", "Restricted", "Restricted needs restriction"),
        ("scope", "Private", "Private needs addresses"),
        ("msgType", "Update", "Update needs references"),
        ("msgType", "Cancel", "Cancel needs references"),
        ("sent", "2023-07-03T10:40:00Z", "whole seconds and an offset"),
        ("sent", "2023-07-03T10:40:00.5-00:00", "whole seconds and an offset"),
        ("identifier", "a, b", "identifier holds"),
    ],
)
def test_lint_finds_what_the_schema_lets_pass(path, value, fault):
    (root,) = issued(control())
    root.find(f"cap:{path}", HERE).text = value
    assert any(fault in said for said in faults(root))


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("<>&\"'\r\n\u202e\0]]>")), max_size=200)


@settings(deadline=None, max_examples=60)
@given(title=HOSTILE, name=HOSTILE, instrument=HOSTILE, url=HOSTILE)
def test_cap_cannot_be_bent_by_what_sources_write(title, name, instrument, url):
    shown = press("i5", title=title, source_title=name, url=url)
    facts = {"act": "entity_listing", "materials": (), "names": (name,), "instrument": instrument}
    (root,) = issued(open_alert("a-h", [signal("i5", facts=facts, exhibit=shown)], BOOK))
    assert GRAMMAR.validate(root), GRAMMAR.error_log
    assert faults(root) == ()


def test_cap_names_the_admiralty_code_of_each_source_and_stays_valid():
    exhibits = control().exhibits
    judged = replace(exhibits[0], kind="mission", reliability="E", credibility=5)
    (root,) = issued(replace(control(), exhibits=(judged, *exhibits[1:])))
    assert GRAMMAR.validate(root), GRAMMAR.error_log
    assert faults(root) == ()
    path = "cap:info/cap:parameter[cap:valueName='urn:allied-early-warning:admiralty']/cap:value"
    assert [value.partition(":")[0] for value in text(root, path)][:2] == [
        "E5, doubtful",
        exhibits[1].admiralty,
    ]


@pytest.mark.parametrize("language", DESKS)
def test_golden_cap_is_as_it_was(language):
    (document,) = cap_documents([control()], DESKS[language], BOOK, SENDER)
    path = GOLDEN / f"control.{language}.cap.xml"
    if os.environ.get("EWS_GOLDEN") == "write":
        path.write_bytes(document.body)
    assert document.body == path.read_bytes()


def test_feed_asked_for_again_makes_anew_only_what_rests_on_something_else():
    made: dict = {}

    def asked(*alerts, book=BOOK, desk=DESKS["ko"]):
        return list(cap_documents(alerts, desk, book, SENDER, made))

    first, second = asked(control(), updated())
    again = asked(control(), updated())
    assert again[0] is first
    assert again[1] is second
    narrowed = replace(control(), marking=Marking.RED, release_to=frozenset({"US"}))
    (alone,) = asked(narrowed, updated())
    assert alone is not second  # it refers to nothing now
    assert alone.body == next(iter(cap_documents([narrowed, updated()], DESKS["ko"], BOOK, SENDER))).body
    assert len(made) == 1
    assert asked(
        updated(), desk=DESKS["ko"].model_copy(update={"out_feed": OutFeed(ceiling=Marking.CLEAR)})
    ) == [
        d for d in cap_documents([updated()], DESKS["ko"], BOOK, SENDER) if updated().marking <= Marking.CLEAR
    ]
    assert len(made) == 1


def test_atom_lists_the_newest_first_and_links_each_cap_message():
    documents = list(cap_documents([control(), updated()], DESKS["ko"], BOOK, SENDER))
    given = {"feed_id": "urn:x", "title": "KR", "author": "EWS", "empty_at": NOON}
    root = etree.fromstring(
        atom_feed([d.entry for d in documents], base_url="https://ews.example.org/kr/", **given)
    )
    links = root.xpath("//*[local-name()='entry']/*[local-name()='link']/@href")
    assert links == [f"https://ews.example.org/kr/a-0123456789abcdef-v{n}-kr.xml" for n in (2, 1)]
    ids = root.xpath("//*[local-name()='id']/text()")
    assert len(set(ids)) == 3
    empty = etree.fromstring(atom_feed([], base_url="", **given))
    assert empty.xpath("//*[local-name()='updated']/text()") == ["2023-07-03T10:40:00Z"]


def test_feeds_out_writes_the_feed_and_a_drill(tmp_path):
    environment = {"WARNING_HOME": str(tmp_path / "home")}
    words = ["feeds", "out", "--desk", "kr", "--out", str(tmp_path / "out"), "--drill", "--json"]
    result = CliRunner().invoke(cli, words, env=environment)
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["messages"] == 1
    (drill,) = (tmp_path / "out").glob("*.xml")
    assert text(etree.fromstring(drill.read_bytes()), "cap:status") == ["Exercise"]
    assert (tmp_path / "out" / "alerts.atom").is_file()
    refused = CliRunner().invoke(
        cli, ["feeds", "out", "--desk", "kx", "--out", str(tmp_path)], env=environment
    )
    assert isinstance(refused.exception, ConfigError)
