"""The queue of sources whose stored items are relabelled, in a real event loop."""

import asyncio
from datetime import UTC, datetime

import pytest

from warning.app.mend_queue import MendQueue
from warning.app.stored_labels import Relabelling


def relabelling(name: str) -> Relabelling:
    return Relabelling(source_id=name, labels=(("news", "CN", "zh"),), since=datetime(2026, 1, 1, tzinfo=UTC))


async def steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("later", range(4))
def test_a_source_added_in_whatever_step_the_queue_ends_is_relabelled(later):
    done = []

    async def work(relabels):
        done.append(relabels.source_id)

    async def body():
        queue = MendQueue()

        async def add_later():
            await steps(later)
            queue.add(relabelling("second"), work)

        queue.add(relabelling("first"), work)
        await asyncio.create_task(add_later())
        await queue.over()

    asyncio.run(body())
    assert done == ["first", "second"]


def test_what_waits_in_a_queue_that_is_cancelled_is_left_to_the_next_polls():
    done = []

    async def work(relabels):
        done.append(relabels.source_id)
        await asyncio.Event().wait()

    async def body():
        queue = MendQueue()
        queue.add(relabelling("first"), work)
        queue.add(relabelling("second"), work)
        await steps(2)
        await queue.cancel()
        await queue.over()

    asyncio.run(body())
    assert done == ["first"]
