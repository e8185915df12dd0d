"""The weekly digest on its way: owed once on the first working day, kept, sent by the outbox, tried again, adopted."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from pdfminer.high_level import extract_text

from tests.adapters.slack_stub import running
from warning.app.compose import compose
from warning.app.digests import digest_id, find_desk, owe_digest, owe_due_digests, write_digest
from warning.app.live import deliver_round
from warning.channels.slack import SlackChannel
from warning.core.desks import Destination
from warning.core.health import SourceReport
from warning.core.vocabulary import Marking
from warning.errors import DeliveryError, DeliveryUnknown
from warning.settings import Settings
from warning.store.notices import Notices

MONDAY_NINE_IN_SEOUL = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # a public holiday in Japan
WEEK = "2026-W47"
WANTED = {digest_id(desk, WEEK) for desk in ("jp", "kr", "us")}


class Postbox:
    """A mail channel that keeps what it is given; `broken` addresses cannot be reached, at `unsure` ones the line breaks."""

    def __init__(self):
        self.posted, self.broken, self.unsure = [], set(), set()

    async def post(self, mail, *, recipient, name):
        if recipient in self.broken:
            raise DeliveryError("the mail server cannot be reached")
        self.posted.append((recipient, name, mail))
        if recipient in self.unsure:
            raise DeliveryUnknown("the line broke")
        return f"<{name}>"


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def system(tmp_path, postbox):
    def at(now, **parts):
        return replace(composed, clock=lambda: now, **{"channels": {"mail": postbox}, **parts})

    composed = compose(Settings(home=tmp_path / "ews"), clock=lambda: MONDAY_NINE_IN_SEOUL)
    composed.repository.add_reports([asked(datetime(2026, 11, 2, tzinfo=UTC))])
    yield at
    composed.close()


def asked(at: datetime) -> SourceReport:
    return SourceReport(id="h1", source_id="mofcom", condition="ok", since=at, known_at=at)


def test_an_installation_of_this_week_owes_no_digest_of_the_last(tmp_path):
    composed = compose(Settings(home=tmp_path / "new"), clock=lambda: MONDAY_NINE_IN_SEOUL)
    try:
        assert owe_due_digests(composed) == 0
        composed.repository.add_reports([asked(MONDAY_NINE_IN_SEOUL - timedelta(hours=1))])
        assert owe_due_digests(composed) == 0
    finally:
        composed.close()


def owe_earlier_weeks(system) -> None:
    """In Washington it is still Sunday: there last week's digest is due as well, when nobody sent it."""
    owe_due_digests(system(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    earlier = system(datetime(2026, 11, 20, 12, tzinfo=UTC))
    for row in earlier.outbox.rows():
        earlier.outbox.sent(row.id, now=earlier.clock())


def owed(system) -> list[tuple[str, str]]:
    return [(row.desk_id, row.state) for row in system.outbox.rows() if row.alert_key in WANTED]


def test_due_digests_are_owed_from_eight_on_the_first_working_day_in_the_desks_own_zone(system):
    owe_earlier_weeks(system)
    assert owe_due_digests(system(datetime(2026, 11, 22, 22, 59, tzinfo=UTC))) == 0
    assert owe_due_digests(system(MONDAY_NINE_IN_SEOUL)) == 1
    assert owed(system(MONDAY_NINE_IN_SEOUL)) == [("kr", "pending")]
    assert owe_due_digests(system(MONDAY_NINE_IN_SEOUL + timedelta(hours=22, minutes=59))) == 1, "Washington"
    tuesday = system(MONDAY_NINE_IN_SEOUL + timedelta(hours=23, minutes=1))
    assert owe_due_digests(tuesday) == 1
    assert sorted(owed(tuesday)) == [("jp", "pending"), ("kr", "pending"), ("us", "pending")]


def test_due_digests_are_owed_and_sent_once(system, postbox):
    owe_earlier_weeks(system)
    for hours in (0, 1, 3):
        seoul = system(MONDAY_NINE_IN_SEOUL + timedelta(hours=hours))
        owe_due_digests(seoul)
        asyncio.run(deliver_round(seoul))
    assert [(to, name) for to, name, _ in postbox.posted] == [("desk-kr@example.org", f"digest-{WEEK}-kr")]
    assert owed(seoul) == [("kr", "sent")]


def test_due_digests_try_again_what_failed_and_nothing_else(system, postbox):
    owe_earlier_weeks(system)
    postbox.broken = {"desk-kr@example.org"}
    seoul = system(MONDAY_NINE_IN_SEOUL)
    owe_due_digests(seoul)
    asyncio.run(deliver_round(seoul))
    assert owed(seoul) == [("kr", "pending")]
    postbox.broken = set()
    asyncio.run(deliver_round(system(MONDAY_NINE_IN_SEOUL + timedelta(minutes=5))))
    assert owed(seoul) == [("kr", "sent")]


def test_digest_that_may_have_arrived_goes_again_under_the_same_message_id(system, postbox):
    owe_earlier_weeks(system)
    postbox.unsure = {"desk-kr@example.org"}
    seoul = system(MONDAY_NINE_IN_SEOUL)
    owe_due_digests(seoul)
    asyncio.run(deliver_round(seoul))
    assert owed(seoul) == [("kr", "unknown")]
    postbox.unsure = set()
    asyncio.run(deliver_round(system(MONDAY_NINE_IN_SEOUL + timedelta(minutes=5))))
    assert owed(seoul) == [("kr", "sent")]
    first, second = (message_from_bytes(mail) for _, _, mail in postbox.posted)
    assert first["Message-ID"] == second["Message-ID"]


def test_sent_digest_carries_its_pdf_and_is_kept_in_every_format(system, postbox):
    owe_earlier_weeks(system)
    seoul = system(MONDAY_NINE_IN_SEOUL)
    owe_due_digests(seoul)
    asyncio.run(deliver_round(seoul))
    kept = {d.format: d.content for d in seoul.repository.digests(desk_id="kr", week=WEEK)}
    assert set(kept) == {"html", "text", "pdf", "json"}
    mail = message_from_bytes(postbox.posted[0][2], policy=policy.default)
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (f"digest-{WEEK}-kr.pdf", kept["pdf"])
    assert mail.get_body().get_content_type() == "text/html"
    assert "TLP:" in extract_text(BytesIO(kept["pdf"]))


def test_digest_above_a_destinations_ceiling_is_withheld(system, postbox):
    seoul = system(MONDAY_NINE_IN_SEOUL)
    document = write_digest(
        seoul.repository, seoul.book(), seoul.sources, "kr", week=WEEK, now=MONDAY_NINE_IN_SEOUL
    )
    owe_digest(seoul, replace(document, marking=Marking.RED))
    asyncio.run(deliver_round(seoul))
    (row,) = seoul.outbox.rows("dead")
    assert "marking_exceeds_ceiling" in row.error
    assert postbox.posted == []


def test_digest_is_uploaded_to_slack_and_found_again_when_the_process_was_cut_short(system):
    def at_slack(book):
        desk = find_desk(book, "kr")
        slack = Destination(channel="slack", to=("C0KR",))
        return replace(book, desks=(desk.model_copy(update={"digest_to": (slack,)}),))

    async def run():
        async with running(now=MONDAY_NINE_IN_SEOUL.timestamp()) as stub:
            seoul = system(MONDAY_NINE_IN_SEOUL, channels={"slack": SlackChannel("xoxb-1", stub.url)})
            book = at_slack(seoul.book())
            object.__setattr__(seoul.rulebooks, "current", lambda: book)
            assert owe_due_digests(seoul) == 1
            stub.faults.extend(
                ["", "500-after"]
            )  # the message is posted, the upload is taken and not answered
            await deliver_round(seoul)
            assert owed(seoul) == [("kr", "unknown")]
            later = replace(seoul, clock=lambda: MONDAY_NINE_IN_SEOUL + timedelta(minutes=5))
            await deliver_round(later)
            assert owed(seoul) == [("kr", "sent")]
            (root,), (note,) = stub.roots("C0KR"), stub.notes("C0KR")
            assert root["metadata"]["event_payload"]["delivery_id"] == digest_id("kr", WEEK)
            assert [one["title"] for one in note["files"]] == [f"digest-{WEEK}-kr.pdf"]
            assert stub.uploads[note["files"][0]["id"]].startswith(b"%PDF-")
            notice = Notices(seoul.repository.engine).notice(digest_id("kr", WEEK))
            assert notice is not None

    asyncio.run(run())
