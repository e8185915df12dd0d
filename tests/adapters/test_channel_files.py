"""A first run without accounts: messages on the console and as files that other programs can open."""

import asyncio
import json
from email import message_from_bytes, policy

from tests.adapters.alert_samples import control, message, row, updated
from warning.channels.build import build_channels
from warning.channels.channel import Missing


def files(directory, printed: list[str]):
    return build_channels(outbox_dir=directory, write=printed.append)


def send(channel, said, to, root_ref=None):
    return asyncio.run(channel.send(said, row=to, root_ref=root_ref))


def test_slack_without_a_token_prints_the_message_and_leaves_its_payload(tmp_path):
    printed: list[str] = []
    send(files(tmp_path / "outbox", printed)["slack"], message(), row())
    (path,) = (tmp_path / "outbox").iterdir()
    payload = json.loads(path.read_text(encoding="utf-8"))
    assert payload["channel"] == "C0US"
    assert payload["blocks"][0]["type"] == "header"
    assert message().title in printed[0]
    assert "us · slack · C0US" in printed[0]


def test_mail_without_a_server_is_an_eml_file_that_threads(tmp_path):
    channel = files(tmp_path, [])["mail"]
    first = send(channel, message(language="ja"), row(language="ja", channel="mail"))
    later = row(updated(), "ja", "mail")
    send(channel, message(updated(), "ja"), later, first.provider_ref)
    mails = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in sorted(tmp_path.iterdir())]
    assert [mail["In-Reply-To"] for mail in mails] == [None, first.provider_ref]


def test_second_attempt_replaces_the_file_of_the_first(tmp_path):
    channel = files(tmp_path, [])["mail"]
    assert asyncio.run(channel.reconcile(row(channel="mail"), root_ref=None)) is Missing.ABSENT
    for _ in range(2):
        send(channel, message(), row(channel="mail"))
    assert len(list(tmp_path.iterdir())) == 1


def test_console_prints_what_the_desk_reads(tmp_path):
    printed: list[str] = []
    to = row(control(), "ko", address="seoul")
    send(files(tmp_path, printed)["console"], message(language="ko"), to)
    assert "수출통제" in printed[0]
    assert list(tmp_path.iterdir()) == []


def test_digest_mail_is_posted_as_a_file_under_its_name(tmp_path):
    channel = files(tmp_path, [])["mail"]
    path = asyncio.run(
        channel.post(b"Subject: week\r\n\r\n", recipient="a@example.org", name="digest-2026-W47-kr")
    )
    assert path == str(tmp_path / "digest-2026-W47-kr.eml")
