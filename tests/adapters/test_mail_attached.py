"""A mail whose attachment ends its reader: its own words are kept, and what was not read is named."""

from tests.adapters.mail_desk import EVER, mail
from tests.adapters.mortal_parser import OPENED_KILLS


def test_a_mail_whose_attachment_ends_its_reader_keeps_its_own_words(desk):
    desk.in_processes = True
    for raw in (mail(1), mail(2, OPENED_KILLS), mail(3)):
        desk.box.add(raw)
    assert desk.poll().items_new == 3
    assert desk.titles() == ["report 1", "report 2", "report 3"]
    assert "text" in next(i.body for i in desk.repository.items_between(*EVER) if i.title == "report 2")
    (left,) = desk.state.left_out
    assert left.endswith(
        'UTC what is attached to the mail "report 2" <2@m>: the document ended the process that read it (too much memory?)'
    )
    assert desk.state.condition == "partial"
