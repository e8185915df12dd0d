"""Block Kit: inside Slack's limits and our budget, and never a word of a source read as markup."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.alert_samples import (
    BOOK,
    DESKS,
    HASH,
    SAMPLES,
    control,
    message,
    row,
    updated,
    with_severity,
)
from tests.core.build import press, signal
from warning.channels.block_kit import MAX_BLOCKS, MAX_JSON, escape, json_size, note_payload, slack_payload
from warning.channels.render import render
from warning.channels.slack_answers import Line
from warning.channels.words import LANGUAGES
from warning.core.joining import open_alert
from warning.core.shares import Share
from warning.core.vocabulary import Severity


def elements(value):
    """Yield every object of a payload, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from elements(part)


def assert_within_limits(payload):
    assert json_size(payload) <= MAX_JSON
    assert 1 <= len(payload["blocks"]) <= MAX_BLOCKS
    assert 0 < len(payload["text"]) <= 4000
    ids = [block["block_id"] for block in payload["blocks"]]
    assert len(set(ids)) == len(ids)
    for part in elements(payload["blocks"]):
        kind = part.get("type")
        assert kind != "mrkdwn"
        if kind == "header":
            assert 0 < len(part["text"]["text"]) <= 150
        if kind == "context":
            assert 0 < len(part["elements"]) <= 10
        if kind in {"plain_text", "text"}:
            assert 0 < len(part["text"]) <= 2000
        if kind == "link":
            assert part["url"].startswith(("http://", "https://"))
            assert part["text"]
        if kind == "rich_text_list":
            assert part["elements"]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("severity", list(Severity))
def test_block_kit_keeps_every_limit_for_every_sort_of_alert(sample, language, severity):
    alert = with_severity(SAMPLES[sample](), severity)
    assert_within_limits(slack_payload(message(alert, language), row(alert, language)))
    assert_within_limits(note_payload(message(alert, language), row(alert, language)))


def test_block_kit_gives_the_parts_in_the_order_an_officer_reads():
    blocks = slack_payload(message(updated(), "ko"), row(updated(), "ko"))["blocks"]
    assert [b["block_id"] for b in blocks] == [
        f"{part}-v2"
        for part in ("title", "changes", "lead", "next", "fields", "why", "evidence", "actions", "context")
    ]
    assert blocks[-1]["elements"][0]["text"] == "TLP:CLEAR"


def test_block_kit_links_the_original_title_and_names_the_archived_copy():
    payload = slack_payload(message(), row())
    link = next(part for part in elements(payload) if part.get("type") == "link")
    assert link == {"type": "link", "url": "https://example.org/1", "text": message().sources[0].title}
    assert f"SHA-256 {HASH[:12]}" in json.dumps(payload, ensure_ascii=False)


def test_block_kit_with_a_flood_of_long_evidence_drops_evidence_not_facts():
    shown = [
        press(f"i{n}", f"p{n}", title="見出し" * 400, url="https://example.org/" + "a" * 900)
        for n in range(30)
    ]
    alert = open_alert(
        "a-flood", [signal(e.evidence_id, exhibit=e, rule_title="規則" * 50) for e in shown], BOOK
    )
    said = render(alert, DESKS["ja"], BOOK)
    payload = slack_payload(said, row(language="ja"))
    assert_within_limits(payload)
    assert all(field.value[:40] in json.dumps(payload, ensure_ascii=False) for field in said.fields)


def test_escaping_shows_markup_instead_of_obeying_it():
    assert escape("<!channel> & <https://x|y>") == "&lt;!channel&gt; &amp; &lt;https://x|y&gt;"


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("<>&*_`~|!@#\r\n\u202e\0é👩‍💻م")), max_size=400)
MARKUP = ("<!channel>", "<@U1>", "<https://evil.example|bank>", "&lt;!here&gt;", "*b*", ":x:")


@settings(deadline=None, max_examples=80)
@given(title=HOSTILE, name=HOSTILE, url=HOSTILE, markup=st.sampled_from(MARKUP))
def test_block_kit_cannot_be_bent_by_what_sources_write(title, name, url, markup):
    shown = press("i5", title=markup + title, source_title=markup, url=url)
    facts = {"act": "entity_listing", "materials": (), "names": (markup + name,), "instrument": markup}
    alert = open_alert("a-h", [signal("i5", facts=facts, exhibit=shown, rule_title=markup)], BOOK)
    payload = slack_payload(render(alert, DESKS["en"], BOOK), row())
    assert_within_limits(payload)
    assert "<" not in payload["text"]
    assert payload["text"].count("&") == sum(payload["text"].count(e) for e in ("&amp;", "&lt;", "&gt;"))


def test_block_kit_message_is_the_same_every_time():
    assert slack_payload(message(control()), row()) == slack_payload(message(control()), row())


@pytest.mark.parametrize("language", LANGUAGES)
def test_reminder_says_that_nobody_has_acknowledged_in_the_message_and_in_the_thread(language):
    reminded = render(updated(), DESKS[language], BOOK, reminder=2)
    assert "2" in reminded.reminder
    row_ = row(updated(), language, step=2, reason="reminder")
    whole, note = slack_payload(reminded, row_), note_payload(reminded, row_)
    assert_within_limits(whole)
    assert_within_limits(note)
    assert reminded.reminder in json.dumps(whole, ensure_ascii=False)
    assert note["text"].startswith(escape(reminded.reminder.rstrip(".。")))
    assert reminded.sentence.startswith(f"{reminded.title}. {reminded.reminder}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_fullest_message_with_mentions_a_reminder_and_a_share_keeps_every_limit(sample, language):
    alert = SAMPLES[sample]()
    share = Share(
        alert_key=alert.key,
        alert_version=alert.version,
        from_desk="kr",
        to_desk="us",
        marking=alert.marking,
        actor="slack:U0KIM 김",
        reason="<!channel> " + "재고를 가진 회사가 있습니다 " * 40,
        asked_at=alert.updated_at,
        confirmed_by="S. Park",
    )
    said = render(alert, DESKS[language], BOOK, reminder=2, share=share)
    said = replace(said, mention=tuple(f"U0{n:09d}" for n in range(10)))
    payload = slack_payload(said, row(alert, language), calls=True)
    assert_within_limits(payload)
    assert_within_limits(note_payload(said, row(alert, language), calls=True))
    assert said.shared[:150] in json.dumps(payload, ensure_ascii=False)
    assert "slack:U0KIM" not in said.shared
    assert "<!channel>" not in payload["text"]


def test_people_are_called_on_the_first_message_and_not_on_quiet_updates():
    said = replace(message(updated(), "ko"), mention=("U0123", "S0456"))
    calls = {part.get("user_id") or part.get("usergroup_id") for part in elements(_first(said))} - {None}
    assert calls == {"U0123", "S0456"}
    quiet = json.dumps([slack_payload(said, row(updated(), "ko")), note_payload(said, row(updated(), "ko"))])
    assert "U0123" not in quiet


def _first(said):
    return slack_payload(said, row(updated(), "ko"), calls=True)["blocks"]


def test_message_has_no_buttons_where_nobody_listens():
    assert "alert_ack" not in json.dumps(slack_payload(message(), row(), can_act=False))


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(HOSTILE, min_size=1, max_size=3), markup=st.sampled_from(MARKUP))
def test_answers_cannot_be_bent_by_what_people_write(texts, markup):
    line = Line(texts=(markup, *texts, "@U0PARK"), calls=("U0PARK",))
    payload = line.payload()
    assert "<" not in payload["text"]
    called = [part for part in elements(payload["blocks"]) if part.get("type") in {"user", "usergroup"}]
    assert {part["user_id"] for part in called} <= {"U0PARK"}
    assert all(part.get("type") != "mrkdwn" for part in elements(payload["blocks"]))
