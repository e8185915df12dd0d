"""What is read in a process of its own comes over as it is, with its errors, and stops with whoever asks."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.core.build import at, press
from tests.core.build import signal as a_signal
from warning.app.reading_apart import can_read_apart, read_apart
from warning.collect.pool_parent import end_with_parent
from warning.core.stories import tellings_of
from warning.errors import EvidenceError

pytestmark = pytest.mark.skipif(not can_read_apart(), reason="this system makes no copies of a process")
LINUX = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="no system to ask for a process's state"
)


def state_of(process: int) -> str:
    """The letter of a process's state, as Linux tells it; empty when there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def test_signals_and_tellings_come_over_as_they_are():
    shown = press("i-00000000000000aa", "wire", title="China puts gallium under control", known_at=at(3))
    one = a_signal(shown.evidence_id, exhibit=shown)
    tellings = tellings_of([one], frozenset({one.rule_id}))
    assert list(read_apart(iter([(one, tellings), None, 5]))) == [(one, tellings), None, 5]


def test_error_of_the_reader_is_raised_where_it_is_waited_for():
    def reading() -> Iterator[int]:
        yield 1
        raise EvidenceError("line 7 is no JSON")

    stream = read_apart(reading())
    assert next(stream) == 1
    with pytest.raises(EvidenceError, match="line 7"):
        next(stream)


def test_reader_that_is_ended_from_outside_is_told_as_such():
    def reading() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(EvidenceError, match=r"was ended by signal 9 \(Killed\), .* out of memory"):
        list(read_apart(reading()))


@LINUX
def test_reader_that_is_killed_in_the_middle_of_a_message_is_told_as_such(tmp_path):
    number = tmp_path / "number"

    def reading() -> Iterator[bytes]:
        number.write_text(str(os.getpid()))
        yield from (b"x" * 5_000_000 for _ in range(5))

    stream = read_apart(reading())
    next(stream)
    reader = int(number.read_text())
    wait_until(lambda: state_of(reader) == "S")  # the first message has come: it waits for room in the second
    os.kill(reader, signal.SIGKILL)
    with pytest.raises(EvidenceError, match="was ended by signal 9"):
        list(stream)


@LINUX
def test_processes_of_a_readers_pool_end_with_it():
    def reading() -> Iterator[list[int]]:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
            yield [os.getpid(), *{pool.submit(os.getpid).result() for _ in range(4)}]
            yield from iter(int, None)

    stream = read_apart(reading())
    reader, *workers = next(stream)
    os.kill(reader, signal.SIGKILL)
    with pytest.raises(EvidenceError):
        list(stream)
    wait_until(lambda: {state_of(worker) for worker in workers} <= {"", "Z"})


def test_reader_runs_ahead_until_so_much_waits(tmp_path):
    made = tmp_path / "made"

    def reading() -> Iterator[bytes]:
        for number in range(1_000):
            made.write_text(str(number))
            yield bytes(100_000)

    stream = read_apart(reading(), ahead_bytes=1_000_000)
    next(stream)
    wait_until(lambda: int(made.read_text() or 0) >= 8)  # a pipe of the system takes less than one
    time.sleep(0.2)
    assert int(made.read_text() or 0) <= 14  # ten wait, and some are on their way
    stream.close()


def test_one_day_larger_than_what_may_wait_comes_over_nonetheless():
    days = [bytes(3_000_000), b"small", bytes(2_000_000)]
    assert list(read_apart(iter(days), ahead_bytes=1_000_000)) == days


def test_what_was_read_before_an_error_is_told_first():
    def reading() -> Iterator[int]:
        yield from range(500)
        raise EvidenceError("line 7 is no JSON")

    stream = read_apart(reading())
    assert [next(stream) for _ in range(500)] == list(range(500))
    with pytest.raises(EvidenceError, match="line 7"):
        next(stream)


@LINUX
def test_reader_ends_when_whoever_asks_is_killed(tmp_path):
    number, ended = tmp_path / "number", tmp_path / "ended"

    def reading() -> Iterator[bytes]:
        number.write_text(str(os.getpid()))
        try:
            while True:
                yield bytes(1_000_000)
        finally:
            ended.touch()

    asking = os.fork()
    if not asking:
        stream = read_apart(reading(), ahead_bytes=4_000_000)
        next(stream)
        signal.pause()
    try:
        wait_until(lambda: number.exists() and number.read_text() != "")
        reader = int(number.read_text())
        wait_until(lambda: state_of(reader) == "S")  # as much waits as may
    finally:
        os.kill(asking, signal.SIGKILL)
        os.waitpid(asking, 0)
    wait_until(ended.exists)
    wait_until(lambda: state_of(reader) in {"", "Z"})
    assert ended.exists()


def test_interrupt_of_the_reader_prints_no_traceback(capfd):
    def reading() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(3_000):  # Python's main thread hears of it soon, whichever thread got it
            time.sleep(0.01)
        yield 2

    # Who is started in the background may ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(EvidenceError, match="was ended"):
            list(read_apart(reading()))
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Traceback" not in capfd.readouterr().err


def test_reader_ends_when_nobody_asks_any_more(tmp_path):
    ended = tmp_path / "ended"

    def reading() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            ended.touch()

    stream = read_apart(reading())
    assert [next(stream), next(stream)] == [0, 1]
    stream.close()
    assert ended.exists()
