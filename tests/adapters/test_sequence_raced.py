"""Two processes that hold one half of a sequence each: whoever commits last sees the other half."""

import asyncio
import sys

import pytest
from sqlalchemy import select

from tests.core.build import START
from warning.core.evidence import Item
from warning.store.schema import signals


def document(item_id: str, title: str) -> Item:
    return Item(
        id=item_id, source_id="wire", kind="news", country="US", language="en", title=title, known_at=START
    )


async def both_commit_at_once(url: str) -> None:
    module = "tests.adapters.assessing_process"
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", module, url, name, stdin=pipe, stdout=pipe)
        for name in ("first", "second")
    ]
    for process in processes:
        assert await process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"go\n")
    await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0, 0]


@pytest.mark.timeout(120)
def test_sequence_is_seen_when_both_halves_are_committed_at_once(repository, database_url):
    repository.add_items([document("first", "New export control"), document("second", "New tariff")])

    asyncio.run(both_commit_at_once(database_url))

    with repository.engine.connect() as connection:
        rules = connection.execute(select(signals.c.rule_id)).scalars().all()
    assert sorted(rules) == ["a", "answer", "b"]
