"""A process that delivers until nothing is due: the victim of the killing test. Arguments: database, Slack, minutes."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from tests.adapters.alert_samples import BOOK
from warning.app.delivering import deliver_due
from warning.channels.slack import SlackChannel
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository

# Leases of a killed process run out after five minutes; whoever starts the next one moves its clock by six.
NEXT_PROCESS = timedelta(minutes=6)


def main(url: str, api: str, now: str) -> None:
    engine = open_engine(url)
    offset = datetime.fromisoformat(now) - datetime.now(UTC)
    channels = {"slack": SlackChannel("xoxb-test", api)}

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    async def until_done() -> None:
        claimed = 1
        while claimed:
            done = await deliver_due(Outbox(engine), Repository(engine), channels, BOOK, clock, limit=20)
            claimed = done.claimed

    asyncio.run(until_done())
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
