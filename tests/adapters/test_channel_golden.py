"""Golden messages: one alert as each desk reads it by each channel. `EWS_GOLDEN=write` renews the files."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.alert_samples import BOOK, NOON, SAMPLES, message, row
from warning.channels.block_kit import MAX_BLOCKS, MAX_JSON, json_size, slack_payload
from warning.channels.mail_html import html_form
from warning.channels.mail_mime import MailIdentity, mime
from warning.channels.render_standing import standing_line
from warning.channels.text_form import text_form
from warning.channels.words import LANGUAGES
from warning.core.review import REVIEW_STATES, Review

GOLDEN = Path(__file__).parent / "golden"
SENDER = MailIdentity(sender="Early Warning <ews@example.org>")


def _slack(alert, language: str) -> str:
    return json.dumps(
        slack_payload(message(alert, language), row(alert, language)), ensure_ascii=False, indent=1
    )


def _headers(alert, language: str) -> str:
    mail = mime(message(alert, language), row(alert, language, "mail"), SENDER, root_ref=None)
    return mail.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")


FORMS = {
    "txt": lambda alert, language: text_form(message(alert, language)),
    "html": lambda alert, language: html_form(message(alert, language)),
    "slack.json": _slack,
    "headers": _headers,
}
CASES = [("control", form, language) for form in FORMS for language in LANGUAGES]
CASES += [("flow", "txt", language) for language in LANGUAGES] + [
    ("updated", "txt", "ko"),
    ("listing", "txt", "ja"),
]


def _standing(language: str) -> str:
    """What each state of a desk's review reads like on its message."""
    desk = next(desk for desk in BOOK.desks if desk.language == language)
    review = Review(actor="slack:U0KIM kim", since=NOON, until=NOON.replace(day=20), verdict="false_positive")
    return "\n".join(standing_line(replace(review, state=state), desk) for state in REVIEW_STATES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_golden_line_says_who_of_the_desk_has_it_in_hand(language):
    path = GOLDEN / f"standing.{language}.txt"
    said = _standing(language).strip() + "\n"
    if os.environ.get("EWS_GOLDEN") == "write":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_message_within_its_budget_shows_who_has_it_in_hand_beside_reminder_and_share(language):
    alert = SAMPLES["control"]()
    said = replace(message(alert, language), standing="In hand.", reminder="Again.", shared="Given.")
    payload = slack_payload(said, row(alert, language), calls=True)
    assert "In hand." in json.dumps(payload["blocks"])
    assert len(payload["blocks"]) <= MAX_BLOCKS
    assert json_size(payload) <= MAX_JSON


@pytest.mark.parametrize(("sample", "form", "language"), CASES)
def test_golden_message_is_as_it_was(sample, form, language):
    path = GOLDEN / f"{sample}.{language}.{form}"
    said = FORMS[form](SAMPLES[sample](), language).rstrip() + "\n"
    if os.environ.get("EWS_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")
