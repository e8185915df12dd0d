"""Two services deliver from one PostgreSQL at the same moment: every message arrives, and none arrives twice."""

import asyncio
import sys
from collections import Counter
from datetime import timedelta

import pytest

from tests.adapters import slack_stub
from tests.adapters.delivering_process import NEXT_PROCESS
from tests.adapters.test_delivering_killed import ALERTS, ROOMS, START, _owe
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

DELIVERERS = 2


async def _race(url: str) -> tuple[list[int], list[str], int]:
    async with slack_stub.running(START.timestamp()) as stub:
        now = (START + NEXT_PROCESS).isoformat()
        module = "tests.adapters.delivering_process"
        racers = [
            await asyncio.create_subprocess_exec(sys.executable, "-m", module, url, stub.url, now)
            for _ in range(DELIVERERS)
        ]
        codes = [await racer.wait() for racer in racers]
        said = [m["metadata"]["event_payload"]["delivery_id"] for room in ROOMS for m in stub.roots(room)]
        return codes, said, sum(method == "chat.postMessage" for method, _ in stub.calls)


@pytest.mark.postgres
@pytest.mark.timeout(120)
def test_two_deliverers_on_postgresql_lose_nothing_and_double_nothing(postgres_url):
    engine = open_engine(postgres_url)
    _owe(Repository(engine))
    codes, said, posts = asyncio.run(_race(postgres_url))
    rows = Outbox(engine).rows()
    accounts = Repository(engine).accounts(START, START + timedelta(hours=1), patience=timedelta(minutes=5))
    engine.dispose()
    assert codes == [0] * DELIVERERS
    assert Counter(row.state for row in rows) == {"sent": len(ROOMS) * ALERTS}
    assert len(said) == len(set(said)) == posts == len(ROOMS) * ALERTS
    assert {row.attempts for row in rows} == {1}, "nobody took a row the other one held"
    assert (accounts.gaps, accounts.overdue) == ((), 0)
