"""A mail whose attachment ends its reader: its own words are kept, and what was not read is named."""

import pytest

from tests.adapters.imap_server import imap_server
from tests.adapters.mail_desk import EVER, Desk, mail
from tests.adapters.mortal_parser import OPENED_KILLS


@pytest.fixture
def small_desk(sqlite_url):
    with imap_server() as box:
        desk = Desk(box, sqlite_url)
        yield desk
        desk.repository.engine.dispose()


def test_a_mail_whose_attachment_ends_its_reader_keeps_its_own_words(small_desk):
    small_desk.in_processes = True
    for raw in (mail(1), mail(2, OPENED_KILLS), mail(3)):
        small_desk.box.add(raw)
    assert small_desk.poll().items_new == 3
    assert small_desk.titles() == ["report 1", "report 2", "report 3"]
    assert "text" in next(i.body for i in small_desk.repository.items_between(*EVER) if i.title == "report 2")
    (left,) = small_desk.state.left_out
    assert left.endswith(
        'UTC what is attached to the mail "report 2" <2@m>: the document ended the process that read it (too much memory?)'
    )
    assert small_desk.state.condition == "partial"
