"""Sessions that end in the middle of a mail: nothing is lost, nothing doubled, and no mail holds up those behind it for ever."""

import os
import shutil
import signal
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.adapters import dovecot as dovecots
from tests.adapters.imap_server import imap_server
from tests.adapters.mail_desk import Desk, mail

LARGE = b"x" * 76 + b"\r\n"


@pytest.fixture
def desk(sqlite_url):
    with imap_server() as box:
        made = Desk(box, sqlite_url)
        yield made
        made.repository.engine.dispose()


def test_a_session_cut_once_goes_on_behind_the_cut_in_the_same_poll(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[2]: 1}
    assert desk.poll().condition == "ok"
    assert desk.titles() == [f"report {number}" for number in range(5)]


def test_a_mail_that_ends_every_session_is_set_aside_and_those_around_it_are_read(desk):
    uids = [desk.box.add(mail(number)) for number in range(5)]
    desk.box.cuts = {uids[2]: 1_000}
    outcome = desk.poll()
    assert desk.titles() == ["report 0", "report 1", "report 3", "report 4"]
    assert outcome.condition == "partial"
    assert "the connection ended in the middle of it, twice" in " ".join(desk.state.left_out)
    assert desk.poll().condition != "failing", "nobody asks for it again"


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
