"""What a poll of a mailbox remembers for the next: no mail that did not come is forgotten untold."""

from hypothesis import given
from hypothesis import strategies as st

from warning.collect.mailbox_mark import MOST_FAILED_POLLS, MOST_OWED, Gathered, Mark, mark_of

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


@given(st.data())
def test_every_mail_comes_or_is_told_or_is_asked_for_again_whatever_fails(data):
    """Polls in which any mail may fail, or end the poll: in the end each one came, was told, or stands to be asked for."""
    uids = list(range(1, data.draw(st.integers(1, 2 * MOST_OWED + 20)) + 1))
    fails = data.draw(st.sets(st.sampled_from(uids)))
    mark, came, told = Mark(validity=1, last=0), set(), set()
    for _ in range(MOST_FAILED_POLLS + 2):
        gathered = Gathered(mark, [uid for uid in uids if uid > mark.last], room=1_000)
        ends = data.draw(st.integers(0, 2 * len(uids)))
        for uid in gathered.order[:ends]:
            if uid in fails:
                gathered.fail(uid, "no")
            else:
                gathered.came(uid, b"m", is_whole=True)
        if gathered.blocked():
            continue
        mails = gathered.mails()
        came |= {uid for uid, _ in mails.messages}
        told |= {uid for uid, _ in mails.refused}
        mark = mark_of(mails.mark, 1)
        assert len(mark.owed) <= MOST_OWED
        ahead = {uid for uid in uids if uid > mark.last}
        assert came | told | mark.owed.keys() | ahead == set(uids)
        assert not told & came
        assert told <= fails


def test_a_mail_is_told_at_its_third_failure_and_not_before_a_later_one_came():
    mark = Mark(validity=1, last=4, owed={3: 2, 5: 2})
    gathered = Gathered(mark, [5], room=1_000)
    assert gathered.order == [3, 5]
    for uid in gathered.order:
        gathered.fail(uid, f"no {uid}")
    assert gathered.blocked() == "no 5"
    assert gathered.mails().refused == [(3, "no 3")]
    assert mark_of(gathered.mails().mark, 1).owed == {5: 3}
