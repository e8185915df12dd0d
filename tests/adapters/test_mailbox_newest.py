"""A newest mail that its server never gives, and no later one comes: told once, set aside with its cause, and the source goes on."""

from datetime import timedelta

from tests.adapters.mail_desk import mail

LONGEST_PAUSE = timedelta(days=1)


def test_a_newest_mail_that_never_comes_is_set_aside_while_earlier_ones_are_given(desk):
    desk.box.add(mail(0))
    desk.poll()
    bad = desk.box.add(mail(1))
    desk.box.withheld = {bad}
    assert desk.poll().condition == "not_modified"
    assert desk.state.cause == "1 mail did not come and is asked for again"
    assert desk.poll().condition == "not_modified"
    assert desk.poll().condition == "partial", "three polls"
    (line,) = desk.state.left_out
    assert f"the mail of UID {bad}: the server would not give it" in line
    assert "the message is damaged" in line
    asked = len(desk.box.said)
    assert desk.poll().condition == "partial"
    assert not [said for said in desk.box.said[asked:] if f"FETCH {bad}" in said], "nobody asks for it again"
    desk.box.add(mail(2))
    assert (desk.poll().items_new, desk.state.condition) == (1, "ok")
    assert desk.titles() == ["report 0", "report 2"]


def test_a_newest_mail_over_which_the_server_hangs_up_is_set_aside_too(desk):
    desk.box.add(mail(0))
    desk.poll()
    desk.box.cuts = {desk.box.add(mail(1)): 1_000}
    assert [desk.poll().condition for _ in range(4)][-1] == "partial"
    assert len(desk.state.left_out) == 1


def test_a_server_that_gives_no_mail_at_all_is_failing_and_gives_up_none(desk):
    first = desk.box.add(mail(0))
    desk.poll()
    late = [desk.box.add(mail(number)) for number in (1, 2)]
    desk.box.withheld = {first, *late}
    for _ in range(5):
        assert desk.poll().condition == "failing"
        desk.now += LONGEST_PAUSE
    desk.box.withheld = set()
    desk.poll()
    assert desk.titles() == ["report 0", "report 1", "report 2"]
    assert desk.state.left_out == ()


def test_a_server_that_stops_giving_mails_while_one_is_owed_uses_up_none_of_its_tries(desk):
    first = desk.box.add(mail(0))
    desk.poll()
    bad = desk.box.add(mail(1))
    desk.box.withheld = {bad}
    desk.poll()
    desk.box.withheld = {first, bad}
    for _ in range(5):
        assert desk.poll().condition == "failing"
        desk.now += LONGEST_PAUSE
    assert desk.state.left_out == ()
    desk.box.withheld = set()
    desk.poll()
    assert desk.titles() == ["report 0", "report 1"]


def test_the_only_mail_of_a_mailbox_is_set_aside_where_its_server_gives_at_least_its_head(desk):
    desk.box.damaged = {desk.box.add(mail(0))}
    assert [desk.poll().condition for _ in range(3)] == ["not_modified", "not_modified", "partial"]
