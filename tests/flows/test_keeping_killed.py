"""`kill -9` anywhere while raw documents are packed and forgotten, or the history is kept: nothing is lost or doubled."""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from warning.core.evidence import Item
from warning.store.engine import writing
from warning.store.schema import signals

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TITLES = ("China bans exports of gallium and germanium", "A quiet day at the port")


def tries(*arguments: str) -> list:
    """What stood after each death, and after the try that nobody killed."""
    program = [sys.executable, str(ROOT / "tests" / "flows" / "killed_keeping.py"), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def polls(repository, count: int, *, days_ago: float, seed: int) -> list[str]:
    """Raw documents of a feed polled hourly, each much like the one before; return their digests."""
    dice = random.Random(seed)
    entries = [
        f"<item><title>{dice.random()} {dice.random()} notice</title></item>" for _ in range(count + 40)
    ]
    return [
        repository.archive(
            "".join(entries[number : number + 40]).encode(), source_id="feed", url="https://a.example",
            content_type="text/xml", fetched_at=NOW - timedelta(days=days_ago, hours=-number),
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.timeout(300)
def test_store_tidied_under_kills_keeps_what_it_must_and_forgets_the_rest(repository, database_url):
    old = polls(repository, 30, days_ago=800, seed=1)
    late = polls(repository, 20, days_ago=3, seed=2)
    told = {
        "id": "s1", "rule_id": "r", "evidence_id": "i1", "source_id": "feed", "content": "{}",
        "known_at": NOW - timedelta(days=800, hours=-10),
    }  # fmt: skip
    with writing(repository.engine) as connection:
        connection.execute(insert(signals), [told])
    found = tries("tidy", database_url)
    assert len(found) > 15
    for after in found:
        assert (after["broken"], after["unfetched"], after["lost"]) == ([], [], [])
        assert {*old[9:12], *late} <= {*after["held"]} <= {*old, *late}
    last = found[-1]
    assert last["packed"] == len(last["held"])
    # Behind the signal are three; of the rest stays what others are written against, whichever the deaths made of it.
    assert {*last["held"]} - {*late} - {*old[9:12]} <= {*last["bases"]}
    assert len(last["bases"]) < 5
    assert len({len(after["held"]) for after in found}) > 2  # they died between the steps, too


@pytest.mark.timeout(300)
def test_history_kept_under_kills_is_always_whole(repository, database_url, tmp_path):
    begin = datetime(2026, 8, 30, 21, tzinfo=UTC)
    repository.add_items(
        Item(
            id=f"n{number}", source_id=f"s{number % 3}", kind="news", country="US", language="en",
            title=f"{TITLES[number % 2]} {number}", external_id=str(number), published_at=known, known_at=known,
        )
        for number in range(40)
        if (known := begin + timedelta(hours=9 * number))
    )  # fmt: skip
    found = tries("index", database_url, str(tmp_path / "history"))
    assert len(found) > 3
    whole = [held for held in found if held is not None]
    assert found[0] is None
    assert whole
    assert all(len(held) == len({*held}) == 40 for held in whole)
    more = begin + timedelta(hours=9 * 40)
    repository.add_items(
        [
            Item(
                id="late", source_id="s1", kind="news", country="US", language="en", title="Late", known_at=more,
                published_at=more,
            )
        ]
    )  # fmt: skip
    again = tries("index", database_url, str(tmp_path / "history"))
    assert {len(held) for held in again} == {40, 41}
    assert len(again[-1]) == len({*again[-1]}) == 41
