"""Kill the path from evidence to desks between every two of its writes, and count what desks got.

    python -m bench.kill_deliveries [--kills 320] [--postgresql]

One event a round: a victim dies at the round's place, a second one at another place of the recovery, a third
finishes; 320 kills come by every place. Prints kills, places, messages lost, messages nobody accounts for, and duplicates by channel. A mail server
cannot be asked what it took: a copy of a mail (of the same Message-ID) after such a death is counted, not forbidden.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import conftest
from tests.adapters import mail_server, slack_stub
from warning.store import migrate
from warning.store.accounts import Accounts
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

START = datetime(2026, 11, 22, 7, tzinfo=UTC)
# Leases of a killed process run out after five minutes.
NEXT_PROCESS = timedelta(minutes=6)
ROOMS = ("C0JP", "C0KR", "C0US")
DESKS, VERSIONS = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What desks have after all. `lost` and `doubled` count messages, `silent` versions nobody accounts for."""

    rounds: int
    kills: int
    places: int
    places_died_at: int
    lost: dict[str, int]
    doubled: dict[str, int]
    silent: int
    states: dict[str, int]


class Killer:
    """Errands for one process that forks its victims."""

    def __init__(self, process: asyncio.subprocess.Process, stub: slack_stub.SlackStub) -> None:
        self._process = process
        self._stub = stub
        self.now = START
        self.kills = 0
        self.died_at: set[int] = set()

    async def walk(self, event: int, evidence_at: datetime, die_at: int) -> int:
        """Send one process along the path, six minutes after the one before. Returns the places it passed."""
        self.now += NEXT_PROCESS
        self._stub._clock = itertools.count(int(self.now.timestamp()))  # noqa: SLF001 - its Slack lives in our time
        errand = {
            "event": event,
            "die_at": die_at,
            "now": self.now.isoformat(),
            "evidence_at": evidence_at.isoformat(),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(errand).encode() + b"\n")
        answer = json.loads(await self._process.stdout.readline())
        if answer["ended"] not in {0, -9}:
            raise RuntimeError(f"the path broke off by itself: {errand}")
        if answer["ended"] == -9:
            self.kills += 1
            self.died_at.add(die_at)
        return int(answer["passed"])


async def kill_all_along(database: str, kills: int) -> Tally:
    """Kill at least so many processes, at every place in turn. The stores and servers are this call's own."""
    async with slack_stub.running(START.timestamp()) as stub:
        with mail_server.running() as mailbox:
            smtp = f"smtp://localhost:{mailbox.port}?starttls=0"
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.killed_path", database, stub.url, smtp,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            killer = Killer(process, stub)
            rounds, places = await _rounds(killer, kills)
            await killer.walk(rounds, killer.now, 0)
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            return _tally(database, stub, mailbox, killer, rounds, places)


async def _rounds(killer: Killer, kills: int) -> tuple[int, int]:
    """The first round is left in peace and counts the places; the others die at strides through all of them."""
    places = await killer.walk(1, killer.now, 0)
    # Every place comes once in any run of `places` rounds; a short run is spread over all of them.
    stride = max(1, 2 * places // kills)
    stride = next(n for n in itertools.count(stride) if coprime(n, places))
    rounds = 1
    while killer.kills < kills:
        rounds += 1
        at = killer.now + timedelta(minutes=1)
        place = rounds * stride % places + 1
        await killer.walk(rounds, at, place)
        await killer.walk(rounds, at, (places - place) // 2 + 1)
        await killer.walk(rounds, at, 0)
    return rounds, places


def coprime(one: int, other: int) -> bool:
    while other:
        one, other = other, one % other
    return one == 1


def _tally(
    database: str,
    stub: slack_stub.SlackStub,
    mailbox: mail_server.Mailbox,
    killer: Killer,
    rounds: int,
    places: int,
) -> Tally:
    engine = open_engine(database)
    owed = {(row.id, row.channel) for row in Outbox(engine).rows()}
    accounts = Repository(engine).accounts(START - NEXT_PROCESS, killer.now, patience=timedelta(minutes=5))
    engine.dispose()
    slack = _said_in_slack(stub)
    mails = Counter(str(mail["Message-ID"]) for mail in mailbox.mails)
    wanted = rounds * DESKS * VERSIONS
    lost = {"slack": wanted - len(slack), "mail": wanted - len(mails), "outbox": 2 * wanted - len(owed)}
    return Tally(
        rounds=rounds,
        kills=killer.kills,
        places=places,
        places_died_at=len(killer.died_at),
        lost=lost,
        doubled={"slack": slack.total() - len(slack), "mail": mails.total() - len(mails)},
        silent=silent(accounts),
        states={str(state): n for state, n in accounts.states.items()},
    )


def _said_in_slack(stub: slack_stub.SlackStub) -> Counter[tuple[str, str, str]]:
    """One entry a message somebody was shown: the root of an alert in a room, and the note of its second version."""
    found: Counter[tuple[str, str, str]] = Counter()
    for room in ROOMS:
        for said in stub.channels[room]:
            told = said["metadata"]["event_payload"]
            sort = "note" if "thread_ts" in said else "root"
            found[room, sort, told["alert_key"]] += 1
    return found


def silent(accounts: Accounts) -> int:
    not_ended = sum(accounts.states.get(state, 0) for state in ("pending", "sending", "unknown"))
    return len(accounts.gaps) + accounts.overdue + not_ended


@contextmanager
def database(*, postgresql: bool) -> Iterator[str]:
    """A new, migrated database that goes when the block ends."""
    if not postgresql:
        with tempfile.TemporaryDirectory() as place:
            url = f"sqlite:///{Path(place) / 'store.sqlite3'}"
            migrate.upgrade(url)
            yield url
        return
    binaries = conftest._postgres_binaries()  # noqa: SLF001 - the tests' own throw-away server
    if binaries is None:
        raise SystemExit(conftest.ABSENT)
    server = conftest.PostgresServer(binaries)
    try:
        server.start()
        url = server.url(server.create_database())
        migrate.upgrade(url)
        yield url
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=320)
    parser.add_argument("--postgresql", action="store_true", help="a throw-away server instead of SQLite")
    wanted = parser.parse_args()
    with database(postgresql=wanted.postgresql) as url:
        print(asyncio.run(kill_all_along(url, wanted.kills)))


if __name__ == "__main__":
    main()
