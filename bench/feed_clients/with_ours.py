"""Our collectors, as the service runs them: parse processes, evidence store, source states, and for many sources a
process that asks (`OURS_ASKS=here` keeps the asking in the service, to compare).

The store is there already, made by a process of its own: a service that starts again loads nothing to make one.
"""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from measured import asked, rounds
from sqlalchemy import func, select

from warning.app.asking_apart import AskingApart, is_worth_it
from warning.app.asking_line import Manner
from warning.app.collecting import Memory, collect_due
from warning.app.long_life import settle_for_long
from warning.app.parse_nursery import Forked, nursery
from warning.app.parse_pool import ParsePool
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.evidence_repository import EvidenceRepository
from warning.store.schema import items

sys.path.append(str(Path(__file__).parents[1]))
from catalogue_entry import spec

FEED = {"format": "rss"}


def here(clock, hosts: tuple[str, ...], memory: Memory):
    from warning.collect.fetch import Fetcher  # noqa: PLC0415 - who asks in another process loads it there

    room, large, late = memory.bodies.opened, memory.bodies.large, memory.turns.learn
    return Fetcher(clock, allow_private_hosts=hosts, room=room, large=large, tell_late=late)


def apart(born_in, hosts: tuple[str, ...], memory: Memory) -> AskingApart:
    return AskingApart(born_in, Manner(allow_private_hosts=hosts), memory.bodies, turns=memory.turns)


def main() -> None:
    home, urls = asked()
    database = f"sqlite:///{home}/ours.sqlite3"
    made = "import sys; from warning.store import migrate; migrate.upgrade(sys.argv[1])"
    subprocess.run([sys.executable, "-c", made, database], check=True)
    repository = EvidenceRepository(open_engine(database))
    sources = [spec(f"feed-{number}", url, FEED) for number, url in enumerate(urls)]
    settings = Settings(home=home)
    loop = asyncio.new_event_loop()
    hosts = tuple(sorted({url.split("/")[2] for url in urls}))

    def clock() -> datetime:
        return datetime.now(UTC)

    memory = Memory()
    is_apart = is_worth_it(len(urls)) and os.environ.get("OURS_ASKS") != "here"
    formats = {one.parse.format for one in sources}
    born_in = Forked(formats=formats, asks=True) if is_apart else nursery(formats)
    fetcher = apart(born_in, hosts, memory) if is_apart else here(clock, hosts, memory)
    pool = ParsePool(born_in=born_in)

    async def enter() -> None:
        await fetcher.__aenter__()
        await pool.__aenter__()
        memory.parser, memory.elsewhere = pool.parse, pool.run

    loop.run_until_complete(enter())

    def one_round() -> int:
        report = loop.run_until_complete(
            collect_due(sources, repository, fetcher, clock, settings=settings, memory=memory, force=True)
        )
        assert not report.failed, next(o for o in report.outcomes if o.answer == "failed")
        with repository.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(items)).scalar_one()

    settle_for_long()
    rounds(one_round)
    loop.run_until_complete(pool.__aexit__(None, None, None))
    loop.run_until_complete(fetcher.__aexit__(None, None, None))


if __name__ == "__main__":
    main()
