"""Publishers that misbehave, collectors killed with SIGKILL, a full disk, a held database: nothing lost or doubled."""

import asyncio
import sys

import pytest

from bench.fault_hour import Hour, judge
from bench.fault_publishers import MOODS, Publishers


@pytest.mark.skipif(sys.platform != "linux", reason="it needs a loopback address for each publisher")
@pytest.mark.timeout(180)
def test_hour_of_faults_loses_nothing_and_doubles_nothing(database_url: str) -> None:
    publishers = Publishers(count=len(MOODS), every_minutes=2)
    hour = Hour(url=database_url, publishers=publishers, minutes=4, kills=2, killed_within_seconds=0.8)
    asyncio.run(hour.run())
    outcome = judge(hour)
    assert outcome.is_right, outcome
    assert outcome.stored == outcome.published > 2 * len(MOODS)
    assert hour.did["killed"] == 2
    assert hour.did["full disk"] >= 1
    assert hour.did["held"] >= 1
    assert len(publishers.seen) == len(MOODS), "every way to misbehave was tried"
    assert publishers.inside == 0
