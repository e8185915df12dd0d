"""Whatever a mail server does: no fine mail is lost, and one that never comes holds up no other for ever."""

from contextlib import suppress
from imaplib import IMAP4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.faulty_mailbox import FaultyBox
from warning.collect.mailbox_mark import MOST_FAILED_POLLS, MOST_OWED, mark_of
from warning.errors import FetchError

FAULTS = st.sampled_from(["no", "cut", "hang"])
MOST_KILLERS = 8
ENOUGH_POLLS = 60


def poll(box: FaultyBox, **how):
    """What a poll brings; None where it failed."""
    box.logins = how.pop("logins", 100)
    with suppress(IMAP4.error, OSError, FetchError):
        return box.poll(**how)
    return None


@st.composite
def ill_mails(draw, uids):
    """Runs of mails that are refused, and a few mails over which the server hangs up: for each it connects again, six times a poll."""
    ills = {}
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.sampled_from(uids))
        ills |= dict.fromkeys([uid for uid in uids if start <= uid < start + draw(st.integers(1, 130))], "no")
    return ills | draw(
        st.dictionaries(st.sampled_from(uids), st.sampled_from(["cut", "hang"]), max_size=MOST_KILLERS)
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_fine_mail_is_lost_and_none_that_never_comes_blocks_whatever_a_server_does(data):
    """Outages of any length, and up to two polls in which only some mails come: then the server is well again."""
    uids = list(range(1, data.draw(st.integers(1, 330)) + 1))
    ills = data.draw(ill_mails(uids))
    fine = set(uids) - ills.keys()
    box, came, told = FaultyBox(uids=[], ills=ills), [], set()

    def note(mails):
        if mails is not None:
            came.extend(uid for uid, _ in mails.messages)
            told.update(uid for uid, _ in mails.refused)
            assert len(mark_of(mails.mark, 1).owed) <= MOST_OWED

    partial_polls = 0
    for _ in range(data.draw(st.integers(0, 8))):
        known = len(box.uids)
        box.uids = uids[: data.draw(st.integers(len(box.uids), len(uids)))]
        kind = data.draw(st.sampled_from(["well", "partial", "out", "hurried"]))
        box.outage = data.draw(FAULTS) if kind == "out" else ""
        if kind == "partial" and partial_polls < MOST_FAILED_POLLS - 1:
            partial_polls += 1
            first = data.draw(st.integers(1, 330) | st.just(known + 1))
            last = data.draw(st.integers(1, 330) | st.just(331))
            box.passing = dict.fromkeys(range(first, last), data.draw(FAULTS))
        logins = data.draw(st.integers(0, 3)) if kind in {"out", "partial"} else 100
        note(poll(box, is_hurried=kind == "hurried", logins=logins))
        box.passing, box.outage = {}, ""
    box.uids = uids
    for _ in range(ENOUGH_POLLS):
        note(poll(box))
    assert sorted(came) == sorted(fine), "each came, and once"
    for later in range(1000, 1000 + 10 * MOST_FAILED_POLLS):
        box.uids = [*box.uids, later]
        note(poll(box))
        assert came[-1] == later
    assert told == ills.keys()


@pytest.mark.parametrize("count", [30, 150, 400])
@pytest.mark.parametrize("fault", ["no", "hang"])
def test_one_poll_in_which_every_new_mail_fails_and_an_old_one_comes_loses_none(count, fault):
    box = FaultyBox(uids=[1, 2, 3])
    poll(box)
    box.uids = list(range(1, 4 + count))
    box.passing = dict.fromkeys(range(4, 4 + count), fault)
    assert poll(box).refused == []
    box.passing, came = {}, set()
    for _ in range(count // 50 + 3):
        mails = poll(box)
        assert mails.refused == []
        came |= {uid for uid, _ in mails.messages}
    assert came == set(range(4, 4 + count))


def test_polls_in_which_a_server_gives_nothing_use_up_no_mails_tries_also_where_it_hangs_up_for_good():
    box = FaultyBox(uids=[1])
    poll(box)
    box.uids, box.passing = [1, 2, 3], {2: "no"}
    poll(box)
    assert box.mark == "1:3 2x1"
    box.passing, box.outage = {}, "cut"
    for _ in range(5):
        assert poll(box, logins=1) is None
        assert box.mark == "1:3 2x1"
    box.outage = ""
    assert [uid for uid, _ in poll(box).messages] == [2]


def test_mails_beyond_those_that_can_be_owed_stay_new_and_none_is_given_up_before_its_third_try():
    bad = range(2, 252)
    box = FaultyBox(uids=[1], ills=dict.fromkeys(bad, "no"))
    poll(box)
    box.uids = list(range(1, 254))
    tries, told = [], []
    while len(told) < len(bad):
        mails = poll(box)
        tries.append(len(mails.refused))
        told += [uid for uid, _ in mails.refused]
    assert tries[:2] == [0, 0]
    assert sorted(told) == list(bad)
    assert len(tries) <= 3 * MOST_FAILED_POLLS
    assert mark_of(box.mark, 1).last == 253
