"""A mailbox through the collect loop: IMAP, parse processes, store. One bad mail costs itself, a restart doubles nothing."""

import asyncio
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.adapters import dovecot as dovecots
from tests.adapters.collected_specs import spec_of
from tests.adapters.imap_server import imap_server
from tests.adapters.mail_desk import EVER, NOW, Desk, mail
from tests.adapters.mortal_parser import HANGS, KILLS
from tests.adapters.parse_samples import document, profile
from tests.core.build import TABLE
from warning.app import mail_reading
from warning.app.mail_reading import read_mails
from warning.app.source_states import stood_still
from warning.app.why_missed import why_missed
from warning.collect.fetch_values import Fetched, Validators
from warning.collect.mail_bundle import bundled, unbundled
from warning.collect.mailbox_session import MOST_MAILS
from warning.collect.parse import parse
from warning.core.documents import Document, LeftOut, Parsed
from warning.core.formats import MailFormat
from warning.core.health import SourceState
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.errors import ParseError, StoreError

BOOK = Rulebook(policy=Policy(severity=TABLE))
NEWSLETTER = (
    b"From: Metals Daily <news@press.example>\r\nSubject: =?utf-8?B?6ZWTIGdhbGxpdW0=?= licences tightened\r\n"
    b"Message-ID: <n-1@press.example>\r\nDate: Fri, 20 Nov 2026 18:30:00 +0800\r\n"
    b"Content-Type: text/html; charset=gb2312\r\n\r\n<p>\xc9\xcc\xce\xf1\xb2\xbf\xef\xd8\xb3\xf6\xbf\xda</p>\r\n"
)
MISSION = (
    b"From: mission@gov.example\r\nSubject: Tianjin: urea cargoes held\r\nMessage-ID: <m-2@gov.example>\r\n"
    b"Date: Sat, 21 Nov 2026 09:00:00 +0900\r\n\r\nTwo forwarders say that customs hold up clearance.\r\n"
)


@pytest.fixture(params=["a small server", "dovecot"])
def mailbox(request):
    """Two servers that share what these tests need: `add`, `port`, `tls`, `password`."""
    if request.param == "a small server":
        with imap_server() as box:
            yield box
        return
    if dovecots.BINARY is None:
        pytest.skip("no Dovecot on this system (Debian: dovecot-imapd); the small server stands in")
    home = Path(tempfile.mkdtemp(prefix="dv"))
    try:
        with dovecots.dovecot(home) as box:
            yield box
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def small():
    with imap_server() as box:
        yield box


@pytest.fixture
def desk(mailbox, sqlite_url):
    made = Desk(mailbox, sqlite_url)
    yield made
    made.repository.engine.dispose()


@pytest.fixture
def small_desk(small, sqlite_url):
    made = Desk(small, sqlite_url)
    yield made
    made.repository.engine.dispose()


def test_newsletters_and_mission_reports_become_items_once_also_over_a_restart(desk):
    desk.box.add(NEWSLETTER)
    desk.box.add(MISSION)
    assert (desk.poll().items_new, desk.state.condition) == (2, "ok")
    assert desk.titles() == ["Tianjin: urea cargoes held", "镓 gallium licences tightened"]
    newsletter = next(i for i in desk.repository.items_between(*EVER) if "gallium" in i.title)
    assert "商务部" in newsletter.body
    assert newsletter.published_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    desk.restart()
    assert desk.poll().answer == "not_modified"
    desk.box.add(mail(3))
    assert desk.poll().items_new == 1
    assert len(desk.titles()) == 3


def test_a_mail_that_ends_or_hangs_its_reader_is_set_aside_and_those_around_it_are_read(desk):
    desk.in_processes = True
    for raw in (mail(1), mail(2, KILLS), mail(3), mail(4, HANGS), mail(5)):
        desk.box.add(raw)
    assert desk.poll().items_new == 3
    assert desk.titles() == ["report 1", "report 3", "report 5"]
    killed, hung = desk.state.left_out
    assert killed.endswith(
        'UTC the mail "report 2" <2@m>: the document ended the process that read it (too much memory?)'
    )
    assert hung.endswith('the mail "report 4" <4@m>: reading took longer than 0.3 seconds: given up')
    assert desk.state.condition == "partial"
    desk.restart()
    assert desk.poll().answer == "not_modified"
    desk.box.add(mail(6))
    assert desk.poll().items_new == 1
    assert desk.state.condition == "ok"
    assert len(desk.state.left_out) == 2, "what was set aside stays listed when the source is well again"


def test_a_poll_that_was_not_stored_is_asked_for_again(small_desk):
    class Full:
        """A store that takes nothing more, and reads as the real one does."""

        def __init__(self, inner) -> None:
            self._inner = inner

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def together(self, _works):
            raise StoreError("the disk is full")

    small_desk.box.add(mail(1))
    with pytest.raises(StoreError):
        small_desk.poll(Full(small_desk.repository))
    small_desk.restart()
    assert small_desk.poll().items_new == 1
    assert small_desk.titles() == ["report 1"]


def test_a_mailbox_numbered_anew_doubles_nothing(small_desk):
    small_desk.box.add(mail(1))
    small_desk.poll()
    small_desk.box.validity = 2
    outcome = small_desk.poll()
    assert (outcome.seen, outcome.items_new) == (1, 0)


def test_mails_that_share_a_message_id_are_both_kept_in_one_poll_and_in_two(small_desk):
    for subject in (b"report 1", b"all is well"):
        small_desk.box.add(mail(1).replace(b"report 1", subject))
    small_desk.poll()
    assert small_desk.titles() == ["all is well", "report 1"]
    assert "2 mails have the Message-ID <1@m>" in small_desk.state.cause
    assert small_desk.state.condition == "ok", "both are stored: nothing is unread, and no rule is blind"
    small_desk.box.add(mail(1).replace(b"report 1", b"nothing at all"))
    small_desk.box.add(mail(2))
    small_desk.poll()
    assert small_desk.titles() == ["all is well", "nothing at all", "report 1", "report 2"]
    assert small_desk.state.condition == "ok"
    assert small_desk.state.cause == "; ".join(
        f'the Message-ID <1@m> of "nothing at all" stands on a mail stored before, "{before}"; they differ in subject, '
        "sender or text, and each is kept"
        for before in ("report 1", "all is well")
    )


@pytest.mark.parametrize(("slow_seconds", "tries"), [(0.0, 1), (60.0, 2)])
def test_a_mail_that_took_long_in_its_bundle_and_alone_is_not_waited_for_again(
    monkeypatch, slow_seconds, tries
):
    """All mails of a bundle are stored together: a good one waited four minutes for one that hung its reader."""
    monkeypatch.setattr(mail_reading, "SLOW_SECONDS", slow_seconds)
    asked: list[int] = []

    async def read(mails: Document) -> Parsed:
        asked.append(len(unbundled(mails.body)))
        if b"hangs" in mails.body:
            raise ParseError("reading the document took longer than 60 s")
        return parse(mails, MailFormat(format="mail"), profile())

    both = bundled(list(enumerate([mail(1), mail(2).replace(b"report 2", b"hangs")])))
    parsed, _ = asyncio.run(read_mails(document(both), read, read, lambda: None))
    assert [item.title for item in parsed.items] == ["report 1"]
    assert asked == [2, 1, *[1] * tries, 1], (
        "together, the good one, the other, and that without what is attached"
    )
    assert len(parsed.left_out) == 1


def test_a_mail_that_comes_again_and_one_stored_under_its_bare_id_are_no_others(small_desk):
    small_desk.box.add(mail(1))
    small_desk.poll()
    (known,) = small_desk.repository.items_between(*EVER)
    bare = replace(known, id="i-old", external_id="<2@m>", title="report 2", url="https://x.example/2")
    small_desk.repository.add_items([bare])
    small_desk.box.validity = 2
    small_desk.box.add(mail(2))
    small_desk.poll()
    assert (small_desk.titles(), small_desk.state.cause) == (["report 1", "report 2"], "")


def test_mails_read_one_by_one_that_share_a_message_id_are_both_kept_and_told():
    raws = [mail(1), mail(1).replace(b"report 1", b"all is well")]

    async def read(mails: Document) -> Parsed:
        if len(unbundled(mails.body)) > 1:
            raise RuntimeError("a fault of ours")
        return parse(mails, MailFormat(format="mail"), profile())

    both = bundled(list(enumerate(raws)))
    parsed, unread = asyncio.run(read_mails(document(both), read, read, lambda: None))
    assert not unread
    assert {item.title for item in parsed.items} == {"report 1", "all is well"}
    assert parsed.unread == ()
    (told,) = parsed.remarks
    assert told.startswith("2 mails have the Message-ID <1@m>")


def test_a_mail_the_server_would_not_give_is_set_aside_once_a_later_one_came(small_desk):
    box = small_desk.box
    box.add(mail(1))
    box.withheld.add(box.add(mail(2)))
    assert small_desk.poll().items_new == 1
    assert small_desk.state.left_out == ()
    assert small_desk.poll().condition == "not_modified", "an earlier mail still comes"
    assert small_desk.state.left_out == (), "it is asked for in three polls"
    box.add(mail(3))
    assert small_desk.poll().items_new == 1
    assert small_desk.state.condition == "partial"
    (line,) = small_desk.state.left_out
    assert line.endswith(
        "the mail of UID 102: the server would not give it: [SERVERBUG] the message is damaged"
    )


@pytest.mark.parametrize("is_bare", [False, True])
def test_a_message_id_with_a_space_in_it_does_not_silence_the_mailbox(small_desk, is_bare):
    """It may be written as another mail's whole name, and a mail stored under its bare id may have one."""
    box = small_desk.box
    box.add(mail(1))
    small_desk.poll()
    (known,) = small_desk.repository.items_between(*EVER)
    name = known.external_id
    if is_bare:
        name = "<2@m> (added by postmaster@m)"
        bare = replace(known, id="i-old", external_id=name, title="report 2", url="https://x.example/2")
        small_desk.repository.add_items([bare])
        box.validity = 2
    box.add(mail(2).replace(b"<2@m>", name.encode()))
    small_desk.poll()
    assert (set(small_desk.titles()), small_desk.state.condition) == ({"report 1", "report 2"}, "ok")
    box.add(mail(3))
    small_desk.poll()
    assert "report 3" in small_desk.titles()


def test_a_mailbox_that_has_long_been_silent_says_that_a_mail_of_it_was_set_aside():
    """Else the silence would be told: with the one mail in it that nobody has read."""
    spec = spec_of(
        "imaps://desk@mail.example/INBOX", parse={"format": "mail"}, expect={"newest_within_days": 7}
    )
    before = SourceState(source_id="s", condition="frozen", newest_at=NOW - timedelta(days=30), read_as="x")
    refused = LeftOut(name="the mail of UID 102", reason="the server would not give it")
    answers = [
        Fetched(status="not_modified", document=None, validators=Validators(), left_out=left)
        for left in ((), (refused,))
    ]
    (silent, _), (after, outcome) = (
        stood_still(spec, before, answer, NOW, asked_at=NOW) for answer in answers
    )
    assert (silent.condition, silent.left_out) == ("frozen", ())
    assert (after.condition, outcome.condition) == ("partial", "partial")
    assert after.cause == "the mail of UID 102 was set aside: the server would not give it"
    assert len(after.left_out) == 1


def test_a_long_run_of_mails_the_server_would_not_give_does_not_stop_those_behind_it(small_desk):
    box = small_desk.box
    for number in range(MOST_MAILS + 5):
        box.withheld.add(box.add(mail(number)))
    box.add(mail(99))
    assert small_desk.poll().items_new == 1
    assert small_desk.titles() == ["report 99"]


def test_a_mail_that_is_gone_since_the_search_sets_nothing_aside(small_desk):
    box = small_desk.box
    box.add(mail(1))
    assert small_desk.poll().items_new == 1
    held = box.add(mail(2))
    box.withheld.add(held)
    box.mails[box.add(mail(3))] = None
    small_desk.poll()
    box.withheld.clear()
    small_desk.poll()
    assert small_desk.titles() == ["report 1", "report 2"]
    assert small_desk.state.left_out == ()


def test_why_says_that_it_came_and_was_set_aside(small_desk):
    small_desk.in_processes = True
    small_desk.box.add(mail(7, KILLS))
    small_desk.poll()
    answer = why_missed("Report 7", small_desk.repository, [small_desk.spec], BOOK, small_desk.now, on=None)
    assert answer.because.startswith(
        "it came to mission-mailbox and was set aside, unread: 2026-11-22 05:00 UTC"
    )
