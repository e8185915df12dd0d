"""A mailbox by IMAP, against a server: TLS, what is new by UID and UIDVALIDITY, and a server that misbehaves."""

import asyncio
import ssl
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.adapters.imap_server import MailServer, imap_server
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import FetchRequest, Validators
from warning.collect.mail_bundle import unbundled
from warning.collect.mailbox_place import place_of
from warning.collect.mailbox_session import MOST_MAILS
from warning.errors import FetchError, FetchRefused

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def mail(number: int) -> bytes:
    return f"Subject: report {number}\r\nMessage-ID: <{number}@m>\r\n\r\ntext {number}\r\n".encode()


@pytest.fixture
def server():
    with imap_server() as box:
        yield box


def poll(server: MailServer, mark: str = "", *, allowed=("127.0.0.1",), tls=True, **changes):
    request = FetchRequest(
        source_id="mission-mail", url=changes.pop("url", server.url), since=datetime(2026, 10, 23, tzinfo=UTC),
        validators=Validators(url="x", etag=mark), secrets=(server.password,), **({"total_seconds": 5.0, "idle_seconds": 2.0} | changes),
    )  # fmt: skip

    async def once():
        context = server.tls if tls else None
        async with Fetcher(lambda: NOW, allow_private_hosts=allowed, tls=context) as fetcher:
            return await fetcher.fetch(request)

    return asyncio.run(once())


def subjects(fetched) -> list[str]:
    return [raw.split(b"\r\n")[0].decode() for raw in unbundled(fetched.document.body)]


def test_a_mailbox_gives_its_mails_once_and_then_what_is_new(server):
    server.add(mail(1))
    first = poll(server)
    assert (subjects(first), first.validators.etag) == (["Subject: report 1"], "1:101")
    assert poll(server, first.validators.etag).status == "not_modified"
    server.add(mail(2))
    second = poll(server, first.validators.etag)
    assert (subjects(second), second.validators.etag) == (["Subject: report 2"], "1:102")


def test_a_mailbox_that_was_numbered_anew_is_read_again(server):
    server.add(mail(1))
    mark = poll(server).validators.etag
    server.validity = 2
    assert subjects(poll(server, mark)) == ["Subject: report 1"]


def test_an_empty_mailbox_remembers_where_it_stood(server):
    fetched = poll(server)
    assert (fetched.status, fetched.validators.etag) == ("not_modified", "1:100")


def test_a_poll_takes_so_many_mails_and_says_how_many_follow(server):
    for number in range(MOST_MAILS + 3):
        server.add(mail(number))
    first = poll(server)
    assert len(subjects(first)) == MOST_MAILS
    assert first.notes == ("3 more mails follow at the next poll",)
    second = poll(server, first.validators.etag)
    assert subjects(second) == [f"Subject: report {MOST_MAILS + n}" for n in range(3)]


def test_nothing_is_marked_as_read(server):
    server.add(mail(1))
    poll(server)
    assert any(command.startswith("EXAMINE") for command in server.said)
    assert not [
        c for c in server.said if c.startswith(("SELECT", "UID STORE")) or ("BODY[" in c and "PEEK" not in c)
    ]


def test_a_mail_too_large_is_read_by_its_head(server):
    server.add(mail(1) + b"x" * 5_000)
    fetched = poll(server, max_bytes=4_000)
    assert subjects(fetched) == ["Subject: report 1"]
    assert fetched.notes == ("1 mail is too large: its head was read",)


def test_the_password_stands_nowhere_in_what_is_kept(server):
    server.add(mail(1))
    fetched = poll(server)
    assert fetched.document.url == f"imaps://desk@127.0.0.1:{server.port}/INBOX"
    assert server.password not in repr(fetched)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("login", "user and password are refused .*AUTHENTICATIONFAILED.*expired"), ("hang", "no end after"), ("flood", "more than the source's max_size"),
        ("garbage", "imaps:"), ("cut", "imaps:"), ("no-validity", "UIDVALIDITY"), ("drip-greeting", "no end after"),
        ("chatter", "more than the source's max_size"),
    ],
)  # fmt: skip
def test_a_server_that_misbehaves_is_a_failure_in_words_within_its_time(server, fault, words):
    server.add(mail(1))
    server.fault = fault
    with pytest.raises(FetchError, match=words) as caught:
        poll(server, total_seconds=1.0 if fault != "chatter" else 20.0)
    assert server.password not in str(caught.value)


def test_a_greeting_that_drips_keeps_no_thread_once_its_time_is_over(server):
    server.fault = "drip-greeting"
    with pytest.raises(FetchError, match="no end after"):
        poll(server, total_seconds=0.5, idle_seconds=30.0)
    assert server.hung_up.wait(5), "the thread that read it would go on for as long as the server likes"


def test_a_mailbox_on_a_private_address_has_to_be_opened(server):
    with pytest.raises(FetchRefused, match="WARNING_ALLOW_PRIVATE_HOSTS"):
        poll(server, allowed=())
    assert server.said == []


def test_a_certificate_that_does_not_hold_gets_no_password(server):
    with pytest.raises(FetchError, match="certificate"):
        poll(server, tls=False)
    assert server.said == []


def test_a_mailbox_without_encryption_gets_no_password(server):
    with pytest.raises(FetchError):
        poll(server, url=server.url.replace("imaps:", "imap:"), total_seconds=1.0)
    assert server.said == []


@pytest.mark.parametrize(
    "written",
    [
        "imaps://host/INBOX",
        "imaps://user:pw@host/",
        "imaps://user@host/INBOX",
        "imaps://",
        "imaps://user:pw@host:99999/INBOX",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(written):
    with pytest.raises(FetchRefused, match="a mailbox is written") as caught:
        place_of(written)
    assert "pw" not in str(caught.value)


def test_a_password_may_hold_any_sign():
    place = place_of("imaps://a%40b:p%40%3A%2Fx@mail.example:1993/News%20letters")
    assert (place.user, place.password, place.port, place.folder) == ("a@b", "p@:/x", 1993, "News letters")


def in_folder(server, folder: str) -> str:
    place = place_of(server.url)
    return f"imaps://{place.user}:{quote(server.password)}@{place.host}:{place.port}/{quote(folder, safe='')}"


def test_a_password_and_a_folder_beyond_ascii_are_said_as_servers_know_them(server):
    server.password = "암호-пароль"
    server.add(mail(1))
    assert subjects(poll(server, url=in_folder(server, "보고/내부 & 기타"))) == ["Subject: report 1"]
    assert 'EXAMINE "&vPSs4A-/&sLS9gA- &- &rjDQwA-"' in server.said


@pytest.mark.parametrize("folder", ["&vPSs4A-", "Q&-A", "INBOX/&sLS9gA- 2"])
def test_a_folder_written_as_servers_know_it_is_asked_for_as_it_stands(server, folder):
    server.add(mail(1))
    poll(server, url=in_folder(server, folder))
    assert f'EXAMINE "{folder}"' in server.said


@pytest.mark.parametrize(("folder", "asked"), [("R&D", "R&-D"), ("&x-", "&-x-"), ("A & B-", "A &- B-")])
def test_a_folder_with_an_and_that_says_nothing_in_utf_7_is_written_so(server, folder, asked):
    server.add(mail(1))
    poll(server, url=in_folder(server, folder))
    assert f'EXAMINE "{asked}"' in server.said


def test_the_authorities_of_this_machine_are_read_once_for_all_polls(server, monkeypatch):
    server.add(mail(1))
    poll(server, mark="1:100")
    loaded, load = [], ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda *a, **k: loaded.append(1) or load(*a, **k))
    for _ in range(3):
        with pytest.raises(FetchError, match="its certificate does not hold"):
            poll(server, tls=False)
    assert len(loaded) <= 1
