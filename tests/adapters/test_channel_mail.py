"""Mail against a real SMTP server: what arrives, and what each failure means."""

import asyncio
import re
import ssl
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.alert_samples import BOOK, DESKS, SAMPLES, control, message, row, updated, with_severity
from tests.adapters.mail_server import running
from tests.core.build import press, signal
from warning.channels.channel import Missing
from warning.channels.mail import MailChannel
from warning.channels.mail_html import MAX_HTML_BYTES, html_form
from warning.channels.mail_mime import MailIdentity, mime
from warning.channels.render import render
from warning.channels.smtp_target import SmtpTarget, smtp_target
from warning.channels.words import LANGUAGES
from warning.core.joining import open_alert
from warning.core.vocabulary import Severity
from warning.errors import DeliveryBarred, DeliveryError, DeliveryRefused, DeliveryUnknown, SettingsError

SENDER = MailIdentity(sender="Early Warning <ews@example.org>")
MAIL_ROW = row(channel="mail")


def parsed(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


def send(mailbox, url="smtp://localhost:{port}?starttls=0", *, said=None, to=MAIL_ROW, root_ref=None):
    channel = MailChannel(smtp_target(url.format(port=mailbox.port)), SENDER, timeout_seconds=5)
    return asyncio.run(channel.send(said or message(), row=to, root_ref=root_ref))


def test_mail_arrives_with_text_first_then_html_and_says_it_is_automatic():
    with running() as mailbox:
        sent = send(mailbox)
    (mail,) = mailbox.mails
    assert mailbox.recipients == ["desk-us@example.org"]
    assert sent.provider_ref == mail["Message-ID"] == f"<{MAIL_ROW.id}@example.org>"
    assert mail["Subject"] == "[TLP:CLEAR] China · Gallium, germanium: Export control (MOFCOM-GACC 2023/23)"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] == "<alerts.us.example.org>"
    assert (mail["Importance"], mail["X-Alert-Severity"]) == ("high", "severe")
    assert mail["In-Reply-To"] is None
    assert message().lead.split(".")[0] in mail.get_body(("plain",)).get_content()


def test_mail_of_a_later_version_joins_the_thread_under_the_same_subject():
    first = parsed(mime(message(), MAIL_ROW, SENDER, root_ref=None))
    said = render(updated(), DESKS["en"], BOOK, root=control())
    later = parsed(mime(said, row(updated(), channel="mail"), SENDER, root_ref=first["Message-ID"]))
    assert later["Subject"] == first["Subject"]
    assert later["In-Reply-To"] == later["References"] == first["Message-ID"]
    assert later["Message-ID"] != first["Message-ID"]


def test_mail_is_the_same_bytes_every_time():
    assert mime(message(), MAIL_ROW, SENDER, root_ref=None) == mime(
        message(), MAIL_ROW, SENDER, root_ref=None
    )


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_subject_survives_its_encoding(sample, language):
    said = replace(
        message(SAMPLES[sample](), language),
        subject="[TLP:GREEN] 중국 · 안티모니, 초경질 소재: 수출통제 " + sample,
    )
    mail = parsed(mime(said, row(language=language, channel="mail"), SENDER, root_ref=None))
    assert mail["Subject"] == said.subject
    said = message(SAMPLES[sample](), language)
    mail = parsed(mime(said, row(language=language, channel="mail"), SENDER, root_ref=None))
    assert mail["Subject"] == said.subject


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_mail_in_japanese_and_korean_is_base64_in_utf8(language):
    mail = parsed(
        mime(message(language=language), row(language=language, channel="mail"), SENDER, root_ref=None)
    )
    for part in mail.iter_parts():
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_content_charset() == "utf-8"
    assert message(language=language).situation in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("450", DeliveryError),
        ("451", DeliveryError),
        ("421", DeliveryError),
        ("rcpt 450", DeliveryError),
        ("550", DeliveryRefused),
        ("554", DeliveryRefused),
        ("rcpt 550", DeliveryRefused),
        ("drop", DeliveryUnknown),
        ("drop-unread", DeliveryUnknown),
    ],
)
def test_mail_failure_is_classified(fault, expected):
    with running() as mailbox:
        mailbox.faults.append(fault)
        with pytest.raises(DeliveryError) as caught:
            send(mailbox)
    assert type(caught.value) is expected
    assert len(mailbox.mails) == (fault == "drop")


def test_mail_sent_again_after_a_lost_answer_carries_the_same_identity():
    with running() as mailbox:
        mailbox.faults.append("drop")
        with pytest.raises(DeliveryUnknown):
            send(mailbox)
        send(mailbox)
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert len({mail.as_bytes() for mail in mailbox.mails}) == 1


def test_mail_cannot_be_asked_whether_it_arrived():
    channel = MailChannel(SmtpTarget(host="localhost", port=1, security="none"), SENDER)
    assert asyncio.run(channel.reconcile(MAIL_ROW, root_ref=None)) is Missing.UNKNOWABLE


def test_mail_server_that_is_down_was_certainly_not_told():
    channel = MailChannel(SmtpTarget(host="127.0.0.1", port=9, security="none"), SENDER, timeout_seconds=2)
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(channel.send(message(), row=MAIL_ROW, root_ref=None))
    assert type(caught.value) is DeliveryError


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def server_tls(authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.mark.parametrize(("security", "scheme"), [("starttls", "smtp"), ("tls", "smtps")])
def test_mail_goes_over_tls_to_a_server_whose_certificate_is_trusted(
    security, scheme, authority, server_tls, tmp_path
):
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    with running(security=security, tls=server_tls) as mailbox:
        send(mailbox, f"{scheme}://localhost:{{port}}?ca_file={trusted}")
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(("security", "scheme"), [("starttls", "smtp"), ("tls", "smtps")])
def test_mail_is_not_sent_to_a_server_whose_certificate_is_not_trusted(security, scheme, server_tls):
    untrusted = pytest.raises(DeliveryError, match="certificate is not trusted")
    with running(security=security, tls=server_tls) as mailbox, untrusted:
        send(mailbox, f"{scheme}://localhost:{{port}}")
    assert mailbox.mails == []


def test_mail_is_not_sent_in_the_clear_when_the_server_offers_no_tls():
    with running() as mailbox, pytest.raises(DeliveryError):
        send(mailbox, "smtp://localhost:{port}")
    assert mailbox.mails == []


def test_mail_signs_in_and_a_wrong_password_is_refused(authority, server_tls, tmp_path):
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    with running(security="starttls", tls=server_tls, password="p@ss") as mailbox:
        send(mailbox, f"smtp://user:p%40ss@localhost:{{port}}?ca_file={trusted}")
        with pytest.raises(DeliveryBarred) as caught:
            send(mailbox, f"smtp://user:wrong@localhost:{{port}}?ca_file={trusted}")
    assert "wrong" not in str(caught.value)
    assert len(mailbox.mails) == 1


def test_mail_lines_that_start_with_a_dot_arrive_whole():
    said = replace(message(), situation=".hidden", next_step=".")
    with running() as mailbox:
        send(mailbox, said=said)
    assert ".hidden" in mailbox.mails[0].get_body(("plain",)).get_content().splitlines()


@pytest.mark.parametrize(
    "url", ["", "http://h", "smtp://", "smtp://h:x", "smtp://h?tls=1", "smtp://h?starttls=maybe"]
)
def test_mail_address_that_cannot_be_read_says_what_would_be_right(url):
    with pytest.raises(SettingsError, match="WARNING_SMTP_URL"):
        smtp_target(url)


def test_mail_password_never_stands_in_what_is_printed():
    assert "secret" not in repr(smtp_target("smtp://user:secret@host"))
    with pytest.raises(SettingsError) as caught:
        smtp_target("smtp://user:secret@host:port")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("severity", list(Severity))
def test_mail_keeps_its_limits_and_says_the_level_in_words(sample, language, severity):
    said = message(with_severity(SAMPLES[sample](), severity), language)
    page = html_form(said)
    assert len(page.encode()) < MAX_HTML_BYTES
    assert said.level in page
    assert f"TLP:{said.marking.value}" in page
    assert "<img" not in page
    assert "http-equiv" not in page


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("<>&\"'\r\n\u202e\0é👩‍💻م")), max_size=300)
TAGS = re.compile(r"</?([a-z0-9]+)")


@settings(deadline=None, max_examples=60)
@given(title=HOSTILE, publisher=HOSTILE, name=HOSTILE, url=HOSTILE)
def test_mail_cannot_be_bent_by_what_sources_write(title, publisher, name, url):
    shown = press("i5", title=f"<script>{title}\r\nBcc: x@y.z", source_title=publisher, url=url)
    facts = {"act": "entity_listing", "materials": (), "names": (name,), "instrument": name}
    alert = open_alert("a-h", [signal("i5", facts=facts, exhibit=shown)], BOOK)
    plain_page = html_form(render(replace(alert, exhibits=()), DESKS["ja"], BOOK))
    said = render(alert, DESKS["ja"], BOOK)
    page = html_form(said)
    assert "<script" not in page
    assert set(TAGS.findall(page)) <= set(TAGS.findall(plain_page)) | {"p", "a", "bdi", "br", "span"}
    mail = parsed(mime(said, row(channel="mail", language="ja"), SENDER, root_ref=None))
    assert mail["Bcc"] is None
    assert len(mail["Subject"]) < 80
    assert mail.defects == []


def test_mail_with_a_headline_of_ten_thousand_characters_stays_small():
    shown = press("i5", title="長" * 10_000, url="https://example.org/" + "a" * 5000)
    alert = open_alert("a-h", [signal("i5", exhibit=shown)], BOOK)
    raw = mime(render(alert, DESKS["ja"], BOOK), row(channel="mail", language="ja"), SENDER, root_ref=None)
    assert len(raw) < 40_000
