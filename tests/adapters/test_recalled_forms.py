"""A version that takes back what was shown, in every form and language: it names the alert, and says nothing of it."""

import json
from dataclasses import replace

import pytest

from tests.adapters.alert_samples import control, graded
from tests.core.build import book, desk
from warning.app.feed_messages import cap_documents, feed_sender
from warning.channels.block_kit import MAX_BLOCKS, json_size, note_payload, slack_payload
from warning.channels.mail_html import html_form
from warning.channels.render import render
from warning.channels.text_form import text_form
from warning.channels.webhook_form import webhook_body
from warning.core.deliveries import OutboxRow
from warning.core.recalls import recalled
from warning.core.vocabulary import Marking

TOLD = graded(control())
GONE = replace(recalled(TOLD, marking=Marking.GREEN, release_to=None), version=2)
ROW = OutboxRow(
    id="d-1", alert_key=GONE.key, alert_version=2, desk_id="kr", channel="slack", address="C1", reason="recall",
    state="sending", attempts=1, next_attempt_at=GONE.updated_at, created_at=GONE.updated_at,
)  # fmt: skip
CLEARED = desk().model_copy(update={"clearance": Marking.AMBER})


def forms(language: str) -> dict[str, str]:
    to = CLEARED.model_copy(update={"language": language})
    message = render(GONE, to, book(), root=TOLD)
    slack = slack_payload(message, ROW)
    assert len(slack["blocks"]) <= MAX_BLOCKS
    assert json_size(slack) < 8_000
    assert not [b for b in slack["blocks"] for e in b.get("elements", ()) if e.get("elements") == []]
    return {
        "slack": json.dumps([slack, note_payload(message, ROW)], ensure_ascii=False),
        "text": text_form(message),
        "html": html_form(message),
        "webhook": webhook_body(message, ROW).decode(),
        "subject": message.subject,
    }


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_no_form_of_a_recall_holds_a_word_of_what_was_told(language):
    facts, shown = TOLD.facts, TOLD.exhibits[0]
    told = render(TOLD, CLEARED.model_copy(update={"language": language}), book())
    secrets = {
        TOLD.title, facts.act, facts.instrument, shown.title, shown.url, shown.publisher, TOLD.rule_id, told.subject,
        *facts.materials,
    } - {"", None}  # fmt: skip
    for name, said in forms(language).items():
        assert GONE.key in said, name
        assert "TLP:GREEN" in said, name
        assert not [secret for secret in secrets if secret in said], name


def test_recall_reads_as_a_sentence_in_english():
    said = forms("en")["text"]
    assert said.startswith(f"[TLP:GREEN] RECALLED · Alert {GONE.key} of ")
    assert "may no longer be shown here" in said
    assert "Key facts" not in said


def test_feed_that_never_showed_it_has_nothing_to_cancel():
    to = CLEARED.model_copy(
        update={"out_feed": CLEARED.out_feed.model_copy(update={"ceiling": Marking.GREEN})}
    )
    assert not list(cap_documents([GONE], to, book(), feed_sender("a <a@example.org>")))
