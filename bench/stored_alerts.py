"""How long a round takes with many alerts in store: read the state, assess one new notice, deliver, remind, audit.

    python -m bench.stored_alerts [--recent 1000 10000] [--old 0 100000]

`recent` alerts have their last evidence within the 400 days in which an instrument number still joins, `old` ones
before. What is new was sent to six destinations, what is old to one; without evidence for 90 days it has expired.
"""

import argparse
import asyncio
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from bench.history_records import FEEDS
from bench.near_duplicates import TOKEN, rules_without_register
from bench.one_event import NOTICE_TEXT, NOTICE_TITLE
from tests.adapters import slack_stub
from tests.adapters.alert_samples import control, graded
from warning.app.assessing import assess_new
from warning.app.auditing import audit_deliveries
from warning.app.compose import System, compose
from warning.app.delivering import deliver_due
from warning.app.listing_alerts import Listed, listed_alerts
from warning.app.live import watch_desks
from warning.app.triage import desk_called
from warning.core.alerts import Alert
from warning.core.evidence import Item
from warning.core.ids import instrument_key
from warning.core.lifecycle import Lifecycle
from warning.settings import Settings
from warning.store.rows import to_json
from warning.store.schema import alert_versions, alerts, outbox, signals

NOW = datetime(2026, 7, 6, 1, tzinfo=UTC)
RECENT = timedelta(days=400)
OLD = timedelta(days=4000)
BATCH = 5000
FILLED = (alerts, alert_versions, signals, outbox)
PLACES = tuple(
    (country.lower(), channel, address.format(country=country))
    for country in ("JP", "KR", "US")
    for channel, address in (("slack", "C0{country}EARLYWARNING"), ("mail", "desk-{country}@example.org"))
)


def fill(system: System, recent: int, old: int) -> None:
    """Store alerts as earlier assessments left them, the one as old as the other within its span."""
    with loosened(system.repository.engine) as engine:
        _fill(engine, recent, old)
    with system.repository.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def loosened(engine: Engine) -> Iterator[Engine]:
    """Let go of what makes a file safe, and of the indexes, while it is filled; on SQLite alone."""
    if engine.dialect.name != "sqlite":
        yield engine
        return
    engine.dispose()
    loose = create_engine(engine.url, poolclass=NullPool)

    @event.listens_for(loose, "connect")
    def _hurry(raw: Any, _: Any) -> None:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-300000"):
            raw.execute(f"PRAGMA {pragma}")

    indexes = [index for table in FILLED for index in table.indexes]
    with loose.begin() as connection:
        for index in indexes:
            index.drop(connection)
    yield loose
    with loose.begin() as connection:
        for index in indexes:
            index.create(connection)
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    loose.dispose()


def _fill(engine: Engine, recent: int, old: int) -> None:
    for first, count, begin, span in (
        ("o", old, NOW - OLD, OLD - RECENT),
        ("r", recent, NOW - RECENT, RECENT),
    ):
        for start in range(0, count, BATCH):
            part = [
                (f"a-{first}{n:07d}", n, begin + span * (n / count))
                for n in range(start, min(start + BATCH, count))
            ]
            with engine.begin() as connection:
                connection.execute(alerts.insert(), [_row(*one) for one in part])
                connection.execute(alert_versions.insert(), [_version(*one) for one in part])
                connection.execute(signals.insert(), [_signal(*one) for one in part])
                connection.execute(outbox.insert(), [row for one in part for row in _sent(*one)])


SAMPLE = graded(control())
CONTENT = to_json(Alert, SAMPLE)
TIMES = sorted({SAMPLE.opened_at, SAMPLE.updated_at, SAMPLE.last_evidence_at})


def _number(number: int) -> str:
    return f"MOFCOM {1990 + number // 900 % 30}/{number % 900}"


def _row(key: str, number: int, at: datetime) -> dict[str, Any]:
    facts = SAMPLE.facts
    ended = at < NOW - timedelta(days=Lifecycle().expire_after_days)
    return {
        "key": key, "version": 1, "state": "expired" if ended else "open", "rule_id": SAMPLE.rule_id,
        "act": facts.act, "direction": facts.direction, "instrument": _number(number),
        "severity": SAMPLE.severity.value, "interrupts": True, "opened_at": at,
        "updated_at": at, "last_evidence_at": at, "instrument_key": instrument_key(_number(number)),
        "story": "", "effective": None, "expires": None, "digest": key,
        "ended_at": at if ended else None, "ended_because": "",
    }  # fmt: skip


def _version(key: str, number: int, at: datetime) -> dict[str, Any]:
    content = CONTENT.replace(SAMPLE.key, key)
    if SAMPLE.facts.instrument:
        content = content.replace(SAMPLE.facts.instrument, _number(number))
    for known in TIMES:
        content = content.replace(f'"{known:%Y-%m-%dT%H:%M:%S}Z"', f'"{at:%Y-%m-%dT%H:%M:%S}Z"')
    return {"alert_key": key, "version": 1, "created_at": at, "content": content}


def _signal(key: str, _: int, at: datetime) -> dict[str, Any]:
    return {
        "id": f"s-{key}", "rule_id": SAMPLE.rule_id, "evidence_id": f"i-{key}", "source_id": "x",
        "alert_key": key, "known_at": at, "content": '{"facts": {"materials": ["gallium"]}}',
    }  # fmt: skip


def _sent(key: str, _: int, at: datetime) -> Iterator[dict[str, Any]]:
    """What is new at all six destinations, what is old at one: it is the number of alerts that is tried here."""
    for desk, channel, address in PLACES if at > NOW - RECENT else PLACES[:1]:
        yield {
            "id": f"{key}-{desk}-{channel}", "alert_key": key, "alert_version": 1,
            "desk_id": desk, "channel": channel, "address": address, "reason": "first", "severity": "severe",
            "state": "sent", "attempts": 1, "next_attempt_at": at, "created_at": at, "updated_at": at,
            "sent_at": at, "provider_ref": "C:1.1", "error": "", "step": 0, "hold_reason": "",
        }  # fmt: skip


def timed(name: str, part: Callable[[], Any]) -> str:
    begun = time.perf_counter()
    part()
    return f"{name} {time.perf_counter() - begun:.3f} s"


async def rounds(recent: int, old: int, rules: Path, database: str) -> None:
    home = Path(tempfile.mkdtemp())
    try:
        async with slack_stub.running(NOW.timestamp()) as stub:
            settings = Settings(
                home=home, rules_dir=rules, feeds_dir=FEEDS, slack_bot_token=TOKEN, slack_base_url=stub.url,
                **({"database_url": database} if database else {}),
            )  # fmt: skip
            system = compose(settings, clock=lambda: NOW)
            desk = desk_called(system.book(), "kr")
            begun = time.perf_counter()
            fill(system, recent, old)
            print(f"{recent} recent and {old} old alerts, stored in {time.perf_counter() - begun:.0f} s")
            for n in range(3):
                system.repository.add_items([_notice(n)])
                said = [
                    timed("assess", lambda: assess_new(system)),
                    timed("watch", lambda: watch_desks(system)),
                    timed("audit", lambda: audit_deliveries(system)),
                    timed("list", lambda: listed_alerts(system, None, Listed())),
                    timed("list at a desk", lambda: listed_alerts(system, desk, Listed(state="open"))),
                ]
                begun = time.perf_counter()
                done = await deliver_due(
                    system.outbox, system.repository, system.channels, system.book(), system.clock, limit=20
                )
                said.append(f"deliver {done.sent} in {time.perf_counter() - begun:.3f} s")
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print("  " + ", ".join(said), f"{memory} MB at most", flush=True)
            system.close()
    finally:
        shutil.rmtree(home)


def _notice(number: int) -> Item:
    title = NOTICE_TITLE.replace("71", str(171 + number))
    return Item(
        id=f"i-{number}", source_id="cn-mofcom-announcements", kind="regulatory", country="CN", language="zh",
        title=title, body=NOTICE_TEXT, known_at=NOW, published_at=NOW,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recent", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--old", type=int, nargs="+", default=[0, 100_000])
    parser.add_argument("--database", default="", help="an empty database; SQLite in a new directory without")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        rules = rules_without_register(Path(place))
        for recent in wanted.recent:
            for old in wanted.old:
                asyncio.run(rounds(recent, old, rules, wanted.database))


if __name__ == "__main__":
    main()
