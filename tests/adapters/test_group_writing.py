"""Polls share transactions: what says only that nothing is new waits a moment for its like, all else is written at once."""

import asyncio
import itertools

import pytest

from warning.app import group_writing
from warning.app.group_writing import MOST_TOGETHER, GroupWriter


class Store:
    """Counts transactions; does the works given to it with nothing to write into."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.done: list[int] = []

    def together(self, works):
        works = list(works)
        self.groups.append(len(works))
        answers = [work(None) for work in works]
        self.done += answers
        return answers


def written(*may_wait: bool, linger_seconds: float, monkeypatch) -> list[int]:
    """The sizes of the transactions of works that come one turn of the loop after the other."""
    monkeypatch.setattr(group_writing, "LINGER_SECONDS", linger_seconds)
    store = Store()

    async def body():
        writer, tasks = GroupWriter(store), []
        for number, waits in enumerate(may_wait):
            tasks.append(asyncio.create_task(writer.write(lambda _, n=number: n, may_wait=waits)))
            for _ in range(10):
                await asyncio.sleep(0)
        assert await asyncio.gather(*tasks) == list(range(len(may_wait)))

    asyncio.run(asyncio.wait_for(body(), 60))
    assert store.done == list(range(len(may_wait))), "in the order in which they came"
    return store.groups


def test_works_that_may_wait_go_together_although_they_come_apart(monkeypatch):
    assert written(*[True] * 7, linger_seconds=0.2, monkeypatch=monkeypatch) == [7]


def test_a_work_that_may_not_wait_takes_those_before_it_along_at_once(monkeypatch):
    assert written(True, True, False, linger_seconds=3600, monkeypatch=monkeypatch) == [3]


def test_a_full_transaction_waits_for_no_more(monkeypatch):
    assert written(*[True] * MOST_TOGETHER, linger_seconds=3600, monkeypatch=monkeypatch) == [MOST_TOGETHER]


def test_every_work_is_done_in_the_order_in_which_it_came(monkeypatch):
    mixed = list(itertools.islice(itertools.cycle([True, False, True, True]), 3 * MOST_TOGETHER))
    sizes = written(*mixed, linger_seconds=0.01, monkeypatch=monkeypatch)
    assert sum(sizes) == len(mixed)


@pytest.mark.parametrize("may_wait", [True, False])
def test_work_that_was_given_is_done_though_the_loop_ends(may_wait):
    store = Store()

    async def body():
        task = asyncio.create_task(GroupWriter(store).write(lambda _: 1, may_wait=may_wait))
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(body())
    assert store.done == [1]
