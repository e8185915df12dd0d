"""Polls whose documents are slow to read, by real readers or by a clock moved with each document."""

from datetime import timedelta

import pytest

from warning.app import reading_budget
from warning.app.collecting import Memory
from warning.app.parse_pool import ParsePool
from warning.collect.parse import parse

AT_ONCE = 1e-9
"""Used up by whatever is read first: every document is a slow one."""


def slow(pool: ParsePool, **options) -> Memory:
    return Memory(parser=pool.parse, elsewhere=pool.run, reading_seconds=AT_ONCE, **options)


@pytest.fixture
def polled(run):
    """Poll with real readers, for which every document is a slow one; `memory` makes what the service remembers."""

    def go(body, memory=slow):
        async def with_pool(bench):
            async with ParsePool(workers=1) as pool:
                bench.memory = memory(pool)
                return await body(bench)

        return run(with_pool)

    return go


async def poll_of(bench, spec):
    bench.now += timedelta(hours=1)
    (outcome,) = (await bench.collect(spec, force=True)).outcomes
    return outcome


@pytest.fixture
def slow_reader(monkeypatch):
    """A reader that takes 1.5 s for each document, where a poll has 1 s; nothing else takes any."""
    clock = [0.0]
    monkeypatch.setattr(reading_budget, "monotonic", lambda: clock[0])

    async def parser(*what, spending):
        with spending():
            clock[0] += 1.5
        return parse(*what[:3], known=what[3])

    return lambda _: Memory(parser=parser, reading_seconds=1.0)
