"""Work is begun when it comes in, not when the clock next looks."""

import asyncio

from tests.adapters.judged import document, fired, judge, waiting
from warning.core.assess import State
from warning.schedule import Job, Service
from warning.store.bell import Bell
from warning.store.repository import Repository


async def heard(bell: Bell) -> bool:
    try:
        await asyncio.wait_for(bell.heard(), 0.05)
    except TimeoutError:
        return False
    return True


def test_bell_is_heard_once_however_often_it_rang_before():
    async def run() -> list[bool]:
        bell = Bell()
        bell.ring()
        bell.ring()
        return [await heard(bell), await heard(bell)]

    assert asyncio.run(run()) == [True, False]


def test_bell_rung_in_a_thread_wakes_whoever_waits():
    async def run() -> list[bool]:
        bell = Bell()
        hearing = asyncio.create_task(bell.heard())
        await asyncio.sleep(0)
        found = [hearing.done()]
        await asyncio.to_thread(bell.ring)
        await asyncio.wait_for(hearing, 10)
        return [*found, hearing.done()]

    assert asyncio.run(run()) == [False, True]


def test_store_rings_for_evidence_and_for_what_is_owed(repository: Repository):
    async def run() -> list[bool]:
        found = [await heard(repository.evidence)]
        repository.add_items([document()])
        found += [await heard(repository.evidence), await heard(repository.owed)]
        repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
        return [*found, await heard(repository.owed)]

    assert asyncio.run(run()) == [False, True, False, True]


def test_job_runs_when_it_is_woken_and_never_twice_at_a_time():
    async def run() -> tuple[int, int]:
        bell, stop = Bell(), asyncio.Event()
        runs, at_once, most = 0, 0, 0

        async def work() -> None:
            nonlocal runs, at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1
            runs += 1
            if runs < 3:
                bell.ring()
            else:
                stop.set()

        job = Job(name="assess", every_seconds=3600, action=work, woken=bell.heard)
        await asyncio.wait_for(Service([job]).run(stop), 20)
        return runs, most

    assert asyncio.run(run()) == (3, 1)
