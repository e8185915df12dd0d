"""Polls begin by turns: few at a time, and none that hangs, or has many of its host before it, keeps the others waiting."""

import asyncio
from functools import partial

from tests.adapters.collected_specs import NOW, spec_of
from warning.app.collecting import Memory, collect_due
from warning.app.due_sources import READ_TOGETHER
from warning.app.poll_turns import PollTurns, host_of
from warning.collect.fetch_values import Fetched, Validators
from warning.errors import StoreError
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository


class Begun:
    """Polls by name, which begin when it is their turn and go on until `end`."""

    def __init__(self, turns: PollTurns) -> None:
        self.turns = turns
        self.names: list[str] = []

    async def ask(self, *polls: tuple[str, str]) -> list[str]:
        for name, host in polls:
            self.turns.begin(name, host, partial(self.names.append, name))
        return await self.settled()

    async def end(self, name: str) -> list[str]:
        self.turns.end(name)
        return await self.settled()

    async def all_of(self, *names: str) -> None:
        async with asyncio.timeout(30):
            while not {*names} <= {*self.names}:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)

    async def settled(self) -> list[str]:
        for _ in range(3):
            await asyncio.sleep(0)
        return self.names


def polls(count: int, host: str = "") -> list[tuple[str, str]]:
    return [(f"{host}{n}", host or f"h{n}") for n in range(count)]


def test_as_many_polls_begin_as_there_are_places_and_each_end_lets_the_next_in():
    async def body():
        begun = Begun(PollTurns(3))
        first = list(await begun.ask(*polls(5)))
        return first, list(await begun.end("0")), list(await begun.end("2"))

    first, second, third = asyncio.run(body())
    assert (first, second, third) == (["0", "1", "2"], ["0", "1", "2", "3"], ["0", "1", "2", "3", "4"])


def test_many_polls_of_one_host_leave_the_places_to_others():
    async def body():
        begun = Begun(PollTurns(4, most_of_host=2))
        first = list(await begun.ask(*polls(10, "a"), *polls(2, "b")))
        return first, list(await begun.end("a0"))

    first, second = asyncio.run(body())
    assert first == ["a0", "a1", "b0", "b1"]
    assert second == [*first, "a2"]


def test_a_poll_whose_source_turns_out_to_be_slow_counts_no_longer():
    async def body():
        begun = Begun(PollTurns(1))
        await begun.ask(("slow", "a"), ("next", "b"))
        begun.turns.learn("slow", late=True)
        return list(await begun.settled())

    assert asyncio.run(body()) == ["slow", "next"]


def test_a_source_known_to_be_slow_waits_for_nobody_until_it_answers_in_time_again():
    async def body():
        begun = Begun(PollTurns(1))
        begun.turns.learn("slow", late=True)
        first = list(await begun.ask(("one", "a"), ("slow", "a")))
        begun.turns.end("slow")
        begun.turns.learn("slow", late=False)
        return first, list(await begun.ask(("slow", "a")))

    assert asyncio.run(body()) == (["one", "slow"], ["one", "slow"])


def test_a_poll_that_waits_for_whatever_reason_counts_for_the_patience_only():
    async def body():
        begun = Begun(PollTurns(2, patience_seconds=0.02))
        await begun.ask(*polls(6))
        await begun.all_of(*"012345")
        return begun.names

    assert asyncio.run(body()) == ["0", "1", "2", "3", "4", "5"]


def test_polls_given_up_while_they_wait_take_no_places():
    async def body():
        turns = PollTurns(2, most_of_host=1)
        begun = Begun(turns)
        await begun.ask(("a0", "a"), ("b0", "b"), ("a1", "a"), ("c0", "c"), ("d0", "d"), ("c1", "c"))
        for name in ("a1", "c0", "d0", "never there"):
            turns.give_up(name)
        turns.end("a0")
        seen = list(begun.names)
        for name in ("b0", "c1"):
            await begun.end(name)
        return seen, turns.counting, turns._of_host, turns._ready, turns._behind, turns._waiting

    seen, counting, of_host, ready, behind, waiting = asyncio.run(body())
    assert seen == ["a0", "b0", "c1"]
    assert (counting, of_host, list(ready), behind, waiting) == (0, {}, [], {}, {})


def test_one_timer_watches_over_patience_however_often_it_ends():
    async def body():
        turns = PollTurns(256, patience_seconds=0.01)
        begun = Begun(turns)
        await begun.ask(*polls(100, "a"))
        await asyncio.sleep(0.2)
        watching = [
            h
            for h in asyncio.get_running_loop()._scheduled
            if not h.cancelled() and "_end_patience" in repr(h)
        ]
        return len(begun.names) > 20, len(watching)

    assert asyncio.run(body()) == (True, 1)


def test_addresses_are_kept_apart_by_host_and_folders_by_themselves():
    assert [
        host_of(url) for url in ("https://a.example/x?y=//z", "imaps://u:p@m.example/INBOX", "file:drop/a")
    ] == [
        "a.example",
        "u:p@m.example",
        "file:drop/a",
    ]


class Hanging:
    """A fetcher whose host `hangs` answers nobody; it counts the requests that stand before it."""

    def __init__(self) -> None:
        self.waiting = self.most_waiting = 0

    async def fetch(self, request):
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        try:
            await asyncio.sleep(600 if "hangs" in request.url else 0.001)
        finally:
            self.waiting -= 1
        return Fetched(status="not_modified", document=None, validators=Validators(url=request.url))


def test_a_round_of_many_sources_asks_few_at_a_time_and_those_of_a_host_that_hangs_hold_up_nobody(sqlite_url):
    async def body():
        fetcher, memory = Hanging(), Memory(turns=PollTurns(20, most_of_host=4))
        hanging = [spec_of(f"https://hangs.example/{n}", f"a-{n:03}") for n in range(100)]
        others = [spec_of(f"https://h{n}.example/", f"b-{n:03}") for n in range(200)]
        engine = open_engine(sqlite_url)
        round_ = collect_due(
            [*hanging, *others], Repository(engine), fetcher, lambda: NOW,
            settings=Settings(), memory=memory, patience_seconds=0.0,
        )  # fmt: skip
        await round_
        async with asyncio.timeout(30):
            while not memory.running.keys().isdisjoint(spec.id for spec in others):  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.01)
        left = set(memory.running)
        await memory.drain(0.0)
        engine.dispose()
        return left == {spec.id for spec in hanging}, fetcher.most_waiting <= 20, memory.turns.counting

    assert asyncio.run(body()) == (True, True, 0)


def test_a_round_cancelled_as_its_polls_are_made_gives_their_turns_back(sqlite_url):
    async def body():
        memory, engine = Memory(turns=PollTurns(2)), open_engine(sqlite_url)
        specs = [spec_of(f"https://hangs{n}.example/", f"a-{n}") for n in range(5)]
        round_ = asyncio.create_task(
            collect_due(specs, Repository(engine), Hanging(), lambda: NOW, settings=Settings(), memory=memory)
        )
        while not memory.running:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0)
        round_.cancel()
        await asyncio.gather(round_, return_exceptions=True)
        engine.dispose()
        return memory.running, memory.turns.counting, memory.turns._waiting, memory.turns._of_host

    assert asyncio.run(body()) == ({}, 0, {}, {})


class LosesAPart(Repository):
    """A store that cannot read the states of its second part of sources."""

    def source_states_of(self, source_ids):
        if "z" in source_ids:
            raise StoreError("the state of z cannot be read")
        return super().source_states_of(source_ids)


def test_a_round_that_cannot_read_all_states_asks_nobody_over_and_over(sqlite_url):
    async def body():
        fetcher, memory, engine = Hanging(), Memory(), open_engine(sqlite_url)
        specs = [spec_of(f"https://h{n}.example/", f"b-{n:03}") for n in range(READ_TOGETHER)]
        specs.append(spec_of("https://z.example/", "z"))
        asked, told = [], []
        fetch = fetcher.fetch
        fetcher.fetch = lambda request: asked.append(request.source_id) or fetch(request)
        for _ in range(3):
            try:
                await collect_due(
                    specs, LosesAPart(engine), fetcher, lambda: NOW, settings=Settings(), memory=memory
                )
            except StoreError as failure:
                told.append(str(failure))
            await asyncio.gather(*(one.over() for one in set(memory.running.values())))
        engine.dispose()
        return told, sorted(asked) == sorted(spec.id for spec in specs[:-1]), dict(memory.running)

    assert asyncio.run(body()) == (["the state of z cannot be read"] * 3, True, {})
