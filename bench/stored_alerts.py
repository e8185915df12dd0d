"""How long a round takes with many alerts in store: read the state, assess one new notice, deliver, remind, audit.

    python -m bench.stored_alerts [--recent 1000 10000] [--old 0 100000]

`recent` alerts have their last evidence within the 400 days in which an instrument number still joins, `old` ones
before. Every alert has two versions' worth of outbox rows at three desks, all of them sent.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.history_records import FEEDS
from bench.near_duplicates import TOKEN, rules_without_register
from bench.one_event import NOTICE_TEXT, NOTICE_TITLE
from tests.adapters import slack_stub
from tests.adapters.alert_samples import control, graded
from warning.app.assessing import assess_new
from warning.app.auditing import audit_deliveries
from warning.app.compose import System, compose
from warning.app.delivering import deliver_due
from warning.app.live import watch_desks
from warning.core.alerts import Alert
from warning.core.evidence import Item
from warning.settings import Settings
from warning.store.engine import writing
from warning.store.rows import to_json
from warning.store.schema import alert_versions, alerts, outbox

NOW = datetime(2026, 7, 6, 1, tzinfo=UTC)
RECENT = timedelta(days=400)
OLD = timedelta(days=4000)
BATCH = 2000
PLACES = tuple(
    (country.lower(), channel, address.format(country=country))
    for country in ("JP", "KR", "US")
    for channel, address in (("slack", "C0{country}EARLYWARNING"), ("mail", "desk-{country}@example.org"))
)


def fill(system: System, recent: int, old: int) -> None:
    """Store alerts as earlier assessments left them, the one as old as the other within its span."""
    for first, count, begin, span in (
        ("o", old, NOW - OLD, OLD - RECENT),
        ("r", recent, NOW - RECENT, RECENT),
    ):
        numbers = range(count)
        for start in range(0, count, BATCH):
            part = [
                _alert(f"a-{first}{n:07d}", n, begin + span * (n / count))
                for n in numbers[start : start + BATCH]
            ]
            with writing(system.repository.engine) as connection:
                connection.execute(alerts.insert(), [_row(alert) for alert in part])
                connection.execute(alert_versions.insert(), [_version(alert) for alert in part])
                connection.execute(outbox.insert(), [row for alert in part for row in _sent(alert)])


SAMPLE = graded(control())


def _alert(key: str, number: int, at: datetime) -> Alert:
    facts = replace(SAMPLE.facts, instrument=f"MOFCOM {1990 + number // 900 % 30}/{number % 900}")
    return replace(
        SAMPLE, key=key, facts=facts, opened_at=at, updated_at=at, last_evidence_at=at, signal_ids=(f"s-{key}",)
    )  # fmt: skip


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key, "version": alert.version, "state": "open", "rule_id": alert.rule_id,
        "act": alert.facts.act, "direction": alert.facts.direction, "instrument": alert.facts.instrument,
        "severity": alert.severity.value, "interrupts": True, "opened_at": alert.opened_at,
        "updated_at": alert.updated_at, "last_evidence_at": alert.last_evidence_at,
    }  # fmt: skip


def _version(alert: Alert) -> dict[str, Any]:
    content = to_json(Alert, alert)
    return {
        "alert_key": alert.key,
        "version": alert.version,
        "created_at": alert.updated_at,
        "content": content,
    }


def _sent(alert: Alert) -> Iterator[dict[str, Any]]:
    at = alert.updated_at
    for desk, channel, address in PLACES:
        yield {
            "id": f"{alert.key}-{desk}-{channel}", "alert_key": alert.key, "alert_version": alert.version,
            "desk_id": desk, "channel": channel, "address": address, "reason": "first", "severity": "severe",
            "state": "sent", "attempts": 1, "next_attempt_at": at, "created_at": at, "updated_at": at,
            "sent_at": at, "provider_ref": "C:1.1", "error": "", "step": 0, "hold_reason": "",
        }  # fmt: skip


def timed(name: str, part: Callable[[], Any]) -> str:
    begun = time.perf_counter()
    part()
    return f"{name} {time.perf_counter() - begun:.3f} s"


async def rounds(recent: int, old: int, rules: Path) -> None:
    home = Path(tempfile.mkdtemp())
    try:
        async with slack_stub.running(NOW.timestamp()) as stub:
            settings = Settings(
                home=home, rules_dir=rules, feeds_dir=FEEDS, slack_bot_token=TOKEN, slack_base_url=stub.url
            )
            system = compose(settings, clock=lambda: NOW)
            system.book()
            fill(system, recent, old)
            print(f"{recent} recent and {old} old alerts")
            for n in range(2):
                system.repository.add_items([_notice(n)])
                said = [
                    timed("assess", lambda: assess_new(system)),
                    timed("remind", lambda: watch_desks(system)),
                    timed("audit", lambda: audit_deliveries(system)),
                ]
                begun = time.perf_counter()
                done = await deliver_due(
                    system.outbox, system.repository, system.channels, system.book(), system.clock
                )
                said.append(f"deliver {done.sent} {time.perf_counter() - begun:.3f} s")
                print("  " + ", ".join(said), flush=True)
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
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        rules = rules_without_register(Path(place))
        for recent in wanted.recent:
            for old in wanted.old:
                asyncio.run(rounds(recent, old, rules))


if __name__ == "__main__":
    main()
