"""What a poll of a mailbox remembers for the next: no mail that did not come is forgotten untold."""

from hypothesis import given
from hypothesis import strategies as st

from warning.collect.mailbox_mark import MOST_OWED, Gathered, Mark, mark_of

MARKS = st.builds(
    Mark,
    validity=st.integers(1, 2**32),
    last=st.integers(0, 2**32),
    owed=st.dictionaries(st.integers(1, 2**32), st.integers(1, 9), max_size=5),
)


@given(MARKS)
def test_a_mark_is_read_as_it_was_written(mark):
    assert mark_of(mark.written(), mark.validity) == mark
    assert mark_of(mark.written(), mark.validity + 1) is None


def test_a_mark_from_before_there_were_mails_owed_is_read():
    assert mark_of("7:104", 7) == Mark(validity=7, last=104)
    assert mark_of("W/nonsense", 7) is None


def third_failure() -> Gathered:
    gathered = Gathered(Mark(validity=1, last=5, owed={3: 2, 5: 2}), [], room=1_000)
    assert gathered.again == [3, 5]
    for uid in gathered.again:
        gathered.fail(uid, f"no {uid}")
    return gathered


def test_a_poll_in_which_no_mail_came_is_none_of_the_three_where_the_server_may_be_at_fault():
    gathered = third_failure()
    assert gathered.is_unproven()
    assert gathered.blocked() == "no 5"
    assert gathered.mails().refused == []
    assert mark_of(gathered.mails().mark, 1).owed == {3: 2, 5: 2}


def test_a_mail_is_told_at_its_third_failure_where_the_server_gives_others():
    gathered = third_failure()
    gathered.prove()
    assert gathered.blocked() == ""
    assert gathered.mails().refused == [(3, "no 3"), (5, "no 5")]
    assert mark_of(gathered.mails().mark, 1) == Mark(validity=1, last=5)


def test_a_mark_of_an_earlier_release_that_owes_mails_behind_its_last_gives_them_up_too():
    gathered = Gathered(Mark(validity=1, last=4, owed={5: 2}), [5, 6], room=1_000)
    gathered.came(6, b"m", is_whole=True)
    gathered.fail(5, "no")
    assert (gathered.mails().refused, gathered.mails().mark) == ([(5, "no")], "1:6")


def test_the_mark_goes_no_further_than_the_mails_it_can_remember():
    gathered = Gathered(Mark(validity=1, last=0), range(1, 200), room=1_000)
    for uid in gathered.fresh:
        gathered.fail(uid, "no")
        if gathered.is_full:
            break
    gathered.prove()
    mails = gathered.mails()
    assert (mark_of(mails.mark, 1).last, mails.owed, mails.waiting) == (MOST_OWED, MOST_OWED, 99)
    assert mails.refused == []
