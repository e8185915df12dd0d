"""Sessions that end in the middle of a mail: nothing is lost, nothing doubled, and no mail holds up those behind it for ever."""

import itertools
import os
import shutil
import signal
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.adapters import dovecot as dovecots
from tests.adapters.mail_desk import Desk, mail

LARGE = b"x" * 76 + b"\r\n"


def test_a_session_cut_once_goes_on_behind_the_cut_in_the_same_poll(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[2]: 1}
    assert desk.poll().condition == "ok"
    assert desk.titles() == [f"report {number}" for number in range(5)]


def test_a_mail_that_ends_every_session_is_set_aside_and_those_around_it_are_read(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[2]: 1_000}
    assert desk.poll().condition == "ok"
    assert desk.titles() == ["report 0", "report 1", "report 3", "report 4"]
    assert desk.state.cause == "1 mail did not come and is asked for again"
    desk.restart()
    assert (desk.poll().condition, desk.state.left_out) == ("not_modified", ())
    assert desk.poll().condition == "partial", "three polls"
    (line,) = desk.state.left_out
    assert line.endswith("the connection ended, or hung, in the middle of it")
    asked = len(desk.box.said)
    assert desk.poll().condition != "failing"
    assert not [said for said in desk.box.said[asked:] if "FETCH" in said], "nobody asks for it again"


def test_a_good_mail_whose_session_ended_twice_comes_at_the_next_poll(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[2]: 2}
    desk.poll()
    assert "report 2" not in desk.titles()
    desk.restart()
    desk.poll()
    assert desk.titles() == [f"report {number}" for number in range(5)]
    assert (desk.state.left_out, desk.state.etag) == ((), f"1:{uids[-1]}")


def test_a_large_mail_that_ends_every_session_costs_the_others_none_of_their_room(desk):
    desk.spec = desk.spec.model_copy(update={"max_size": 4 * 1024 * 1024})
    for number in range(2):
        desk.box.add(mail(number) + LARGE * 12_800)
    bad = desk.box.add(mail(2) + LARGE * 24_300)
    desk.box.add(mail(3))
    desk.box.cuts = {bad: 1_000}
    assert desk.poll().condition == "ok"
    assert desk.titles() == ["report 0", "report 1", "report 3"]


def test_a_mail_that_announces_far_more_than_its_size_holds_up_nobody(desk):
    for number in range(3):
        desk.box.add(mail(number))
    desk.box.floods = {101, 102}
    for _ in range(5):
        desk.poll()
    assert desk.titles() == ["report 2"]
    assert all("more than the source's max_size" in line for line in desk.state.left_out)
    assert len(desk.state.left_out) == 2


def test_two_mails_at_which_the_server_hangs_hold_up_nobody(desk):
    desk.spec = desk.spec.model_copy(
        update={"timeout": timedelta(seconds=3), "idle_timeout": timedelta(seconds=0.5)}
    )
    desk.box.hangs = {desk.box.add(mail(number)) for number in range(2)}
    desk.box.add(mail(2))
    for _ in range(2):
        desk.poll()
    assert desk.titles() == ["report 2"]
    desk.box.hangs = set()
    desk.poll()
    assert desk.titles() == ["report 0", "report 1", "report 2"]


def test_a_login_refused_on_connecting_again_costs_no_mail_in_hand_and_none_behind_it(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[3]: 1_000}
    desk.box.logins = itertools.cycle((True, False))
    assert desk.poll().condition == "ok"
    assert desk.titles() == ["report 0", "report 1", "report 2"]
    assert desk.poll().condition == "ok"
    assert desk.titles() == ["report 0", "report 1", "report 2", "report 4"]
    desk.poll()
    assert "takes no login now ([LIMIT] too many connections)" in " ".join(desk.state.left_out)


def test_a_first_mail_over_which_the_session_ends_for_good_is_asked_for_behind_a_later_one(desk):
    desk.box.cuts = {desk.box.add(mail(0)): 1_000}
    desk.box.logins = itertools.cycle((True, False))
    assert desk.poll().condition == "not_modified"
    assert desk.poll().condition == "failing", "there is no other mail to show that its server is well"
    assert "takes no login now" in desk.state.cause
    desk.box.add(mail(1))
    desk.poll()
    assert desk.titles() == ["report 1"]


def test_five_mails_in_a_row_that_end_every_session_do_not_stop_those_behind_them(desk):
    desk.box.cuts = dict.fromkeys([desk.box.add(mail(number)) for number in range(5)], 1_000)
    desk.box.add(mail(5))
    for _ in range(8):
        desk.poll()
    assert desk.titles() == ["report 5"]
    assert len(desk.state.left_out) == 5


def test_a_server_that_ends_every_session_keeps_what_came_before_and_loses_nothing(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = dict.fromkeys(uids[2:], 1_000)
    desk.poll()
    assert desk.titles() == ["report 0", "report 1"]
    desk.box.cuts = {}
    desk.poll()
    assert desk.titles() == [f"report {number}" for number in range(5)]


def test_a_dovecot_killed_again_and_again_during_fetch_loses_and_doubles_nothing(sqlite_url):
    if dovecots.BINARY is None:
        pytest.skip("no Dovecot on this system (Debian: dovecot-imapd)")
    home = Path(tempfile.mkdtemp(prefix="dv"))
    try:
        with dovecots.dovecot(home) as box:
            for number in range(8):
                box.add(mail(number) + LARGE * 20_000)
            desk = Desk(box, sqlite_url)
            killed = kill_sessions(home, lambda: [desk.poll() for _ in range(2)])
            desk.poll()
            desk.restart()
            desk.poll()
            assert killed, "no session was met"
            assert desk.titles() == sorted(f"report {number}" for number in range(8))
            desk.repository.engine.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def kill_sessions(home: Path, work) -> int:
    """Kill what serves a session of this Dovecot, every few hundredths of a second while `work` is done; return how many."""
    done, killed = threading.Event(), []

    def kill() -> None:
        while not done.wait(0.04):
            for pid in sessions_of(home):
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        work()
    finally:
        done.set()
        thread.join()
    return len(killed)


def sessions_of(home: Path) -> list[int]:
    """Processes `imap` that have this folder as their home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "comm").read_text().strip() == "imap" and str(home) in str(
                    (entry / "cwd").readlink()
                ):
                    found.append(int(entry.name))
    return found


def test_a_mail_whose_file_is_shorter_than_its_name_says_makes_dovecot_hang_up_and_is_set_aside(sqlite_url):
    if dovecots.BINARY is None:
        pytest.skip("no Dovecot on this system (Debian: dovecot-imapd)")
    home = Path(tempfile.mkdtemp(prefix="dv"))
    try:
        with dovecots.dovecot(home) as box:
            box.add(mail(0))
            (home / "mail" / "new" / "1700000005.M5P1.test,S=90000").write_bytes(mail(5))
            box.delivered = 8
            box.add(mail(9))
            desk = Desk(box, sqlite_url)
            for _ in range(3):
                desk.poll()
            assert {"report 0", "report 9"} <= set(desk.titles())
            desk.repository.engine.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)
