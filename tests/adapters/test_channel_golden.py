"""Golden messages: one alert as each desk reads it by each channel. `EWS_GOLDEN=write` renews the files."""

import json
import os
from pathlib import Path

import pytest

from tests.adapters.alert_samples import SAMPLES, message, row
from warning.channels.block_kit import slack_payload
from warning.channels.mail_html import html_form
from warning.channels.mail_mime import MailIdentity, mime
from warning.channels.text_form import text_form
from warning.channels.words import LANGUAGES

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


@pytest.mark.parametrize(("sample", "form", "language"), CASES)
def test_golden_message_is_as_it_was(sample, form, language):
    path = GOLDEN / f"{sample}.{language}.{form}"
    said = FORMS[form](SAMPLES[sample](), language).rstrip() + "\n"
    if os.environ.get("EWS_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")
