"""A gate: so many at once, the others in order, and a place is neither lost nor given twice."""

import asyncio

from warning.collect.gates import Gate


async def entered(gate, inside, name):
    await gate.enter()
    inside.append(name)


def test_those_who_wait_are_let_in_in_order_as_places_are_left():
    async def body():
        gate, inside = Gate(2), []
        tasks = [asyncio.create_task(entered(gate, inside, n)) for n in range(4)]
        await asyncio.sleep(0)
        at_once = list(inside)
        gate.leave()
        await asyncio.sleep(0)
        after_one = list(inside)
        gate.leave()
        await asyncio.gather(*tasks)
        return at_once, after_one, inside, gate.free

    assert asyncio.run(body()) == ([0, 1], [0, 1, 2], [0, 1, 2, 3], 0)


def test_a_place_that_goes_to_one_who_waits_is_not_taken_by_one_who_comes():
    async def body():
        gate, inside = Gate(1), []
        gate.enter_now()
        waiting = asyncio.create_task(entered(gate, inside, "waits"))
        await asyncio.sleep(0)
        gate.leave()
        came = gate.enter_now()
        await waiting
        return came, inside

    assert asyncio.run(body()) == (False, ["waits"])


def test_one_who_is_cancelled_as_it_waits_or_as_it_is_let_in_leaves_its_place():
    async def body():
        gate, inside = Gate(1), []
        gate.enter_now()
        waits, is_let_in, last = (asyncio.create_task(entered(gate, inside, n)) for n in range(3))
        await asyncio.sleep(0)
        waits.cancel()
        gate.leave()
        is_let_in.cancel()
        await asyncio.gather(waits, is_let_in, return_exceptions=True)
        await last
        gate.leave()
        return inside, gate.free

    assert asyncio.run(body()) == ([2], 1)
