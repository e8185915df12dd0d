"""What is read in a process of its own comes over as it is, with its errors, and stops with whoever asks."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.core.build import at, press
from tests.core.build import signal as a_signal
from warning.app.reading_apart import can_read_apart, read_apart
from warning.core.stories import tellings_of
from warning.errors import EvidenceError

pytestmark = pytest.mark.skipif(not can_read_apart(), reason="this system makes no copies of a process")


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

    with pytest.raises(EvidenceError, match="was ended"):
        list(read_apart(reading()))


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
