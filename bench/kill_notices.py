"""Kill the way of digests, roll-ups and words to the operators between every two of its writes; count what arrived.

    python -m bench.kill_notices [--kills 200] [--postgresql]

A round owes one notice of each kind to a room in Slack and to a mailbox, and delivers. A victim dies at the round's place, a
second one at another place of the recovery, a third finishes. Prints what `bench/kill_deliveries.py` prints.
"""

import argparse
import asyncio
import itertools
import sys
from collections import Counter
from datetime import timedelta

from bench.kill_deliveries import NEXT_PROCESS, START, Killer, Tally, coprime, database, silent
from bench.killed_notices import KINDS, ROOM
from tests.adapters import mail_server, slack_stub
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository


async def kill_all_along(database_url: str, kills: int) -> Tally:
    """Kill at least so many processes, at every place in turn. The stores and servers are this call's own."""
    async with slack_stub.running(START.timestamp()) as stub:
        with mail_server.running() as mailbox:
            smtp = f"smtp://localhost:{mailbox.port}?starttls=0"
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.killed_notices", database_url, stub.url, smtp,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            killer = Killer(process, stub)
            rounds, places = await _rounds(killer, kills)
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            return _tally(database_url, stub, mailbox, killer, rounds, places)


async def _rounds(killer: Killer, kills: int) -> tuple[int, int]:
    """The first round is left in peace and counts the places; the others die at strides through all of them."""
    places = await killer.walk(1, killer.now, 0)
    stride = next(n for n in itertools.count(max(1, 2 * places // kills)) if coprime(n, places))
    rounds = 1
    while killer.kills < kills:
        rounds += 1
        at = killer.now + timedelta(minutes=1)
        place = rounds * stride % places + 1
        await killer.walk(rounds, at, place)
        await killer.walk(rounds, at, (places - place) // 2 + 1)
        await killer.walk(rounds, at, 0)
    return rounds, places


def _tally(
    database_url: str,
    stub: slack_stub.SlackStub,
    mailbox: mail_server.Mailbox,
    killer: Killer,
    rounds: int,
    places: int,
) -> Tally:
    engine = open_engine(database_url)
    owed = Outbox(engine).rows()
    accounts = Repository(engine).accounts(START - NEXT_PROCESS, killer.now, patience=timedelta(minutes=5))
    engine.dispose()
    told = [said for said in stub.channels[ROOM] if "thread_ts" not in said]
    slack = Counter(said["metadata"]["event_payload"]["delivery_id"] for said in told)
    mails = Counter(str(mail["Message-ID"]) for mail in mailbox.mails)
    wanted = rounds * len(KINDS)
    with_file = {said["thread_ts"] for said in stub.channels[ROOM] if said.get("files")}
    return Tally(
        rounds=rounds,
        kills=killer.kills,
        places=places,
        places_died_at=len(killer.died_at),
        lost={
            "slack": wanted - len(slack),
            "mail": wanted - len(mails),
            "outbox": 2 * wanted - len(owed),
            "files": rounds - len(with_file),
        },
        doubled={"slack": slack.total() - len(slack), "mail": mails.total() - len(mails)},
        silent=silent(accounts),
        states=dict(Counter(str(row.state) for row in owed)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--postgresql", action="store_true", help="a throw-away server instead of SQLite")
    wanted = parser.parse_args()
    with database(postgresql=wanted.postgresql) as url:
        print(asyncio.run(kill_all_along(url, wanted.kills)))


if __name__ == "__main__":
    main()
