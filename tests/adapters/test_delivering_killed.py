"""`kill -9` in the middle of delivering: every owed message arrives, and none arrives twice."""

import asyncio
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.adapters import slack_stub
from tests.adapters.alert_samples import BOOK, control
from tests.adapters.delivering_process import NEXT_PROCESS
from warning.core.alerts import AlertChange
from warning.core.assess import Assessment
from warning.core.evidence import Window
from warning.core.routing import route
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

START = datetime(2026, 11, 22, 7, tzinfo=UTC)
ALERTS, KILLS = 16, 4
ROOMS = ("C0JP", "C0KR", "C0US")


def _owe(repository: Repository) -> None:
    desks = tuple(desk.model_copy(update={"destinations": desk.destinations[:1]}) for desk in BOOK.desks)
    for number in range(ALERTS):
        change = AlertChange(kind="opened", alert=control(key=f"a-{number:04d}"))
        owed, withheld = route([change], replace(BOOK, desks=desks).desks, {})
        assessment = Assessment(
            as_of=START + timedelta(seconds=number),
            signals=(),
            changes=(change,),
            deliveries=owed,
            withheld=withheld,
            traces=(),
        )
        assert repository.commit_assessment(assessment, Window(), book_version="b-1")


async def _deliver_and_kill(
    url: str, stub: slack_stub.SlackStub, now: datetime, after_calls: int | None
) -> bool:
    """Run one process, killed after so many calls to Slack (None: never). True when it was killed."""
    module = "tests.adapters.delivering_process"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, url, stub.url, now.isoformat()
    )
    seen = len(stub.calls)
    while after_calls is not None and process.returncode is None and len(stub.calls) < seen + after_calls:  # noqa: ASYNC110 - waits on another process
        await asyncio.sleep(0.001)
    if after_calls is not None and process.returncode is None:
        process.kill()
    return await process.wait() != 0


def test_killed_processes_lose_nothing_and_double_nothing(sqlite_url):
    engine = open_engine(sqlite_url)
    _owe(Repository(engine))
    dice = random.Random(11)

    async def scenario() -> tuple[int, list[str]]:
        async with slack_stub.running(START.timestamp()) as stub:
            now, kills = START + NEXT_PROCESS, 0
            for _ in range(KILLS):
                kills += await _deliver_and_kill(sqlite_url, stub, now, dice.randint(1, 7))
                now += NEXT_PROCESS
            assert not await _deliver_and_kill(sqlite_url, stub, now, None)
            said = [m["metadata"]["event_payload"]["delivery_id"] for room in ROOMS for m in stub.roots(room)]
            return kills, said

    kills, said = asyncio.run(scenario())
    states = Counter(row.state for row in Outbox(engine).rows())
    engine.dispose()
    assert kills >= 2
    assert states == {"sent": 3 * ALERTS}
    assert len(said) == len(set(said)) == 3 * ALERTS
