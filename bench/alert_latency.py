"""From stored evidence to the accepted Slack request, through the service's own jobs at their own intervals.

    python -m bench.alert_latency [--rates 1 100] [--seconds 60]

Each second brings one new notice, at higher rates also copies of it in other registers and news about other things.
Prints p50 and p99 over every (notice, desk), measured from the commit of the evidence until the stub of Slack has it.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.history_records import FEEDS
from bench.near_duplicates import TOKEN, rules_without_register
from bench.one_event import NOTICE_TEXT, NOTICE_TITLE, REGISTERS, SOURCES
from tests.adapters import slack_stub
from warning.app.assessing import assess_new
from warning.app.compose import compose, system_clock
from warning.app.live import deliver_round
from warning.app.system import System
from warning.cli.run import EVERY_SECONDS, PATIENCE_SECONDS, woken_by
from warning.core.evidence import Item
from warning.schedule import Job, Service
from warning.settings import Settings

DESKS = 3
PATIENCE = 60.0
TALK = {
    "en": "Quarterly results of a retailer beat forecasts ({n})",
    "ja": "週末は各地で晴れ、気温が上がる見込み（{n}）",
    "ko": "주말 전국 맑고 기온 올라 ({n})",
    "zh": "今年旅游旺季游客人数上升（{n}）",
}


class TimedCalls(list[tuple[str, dict[str, Any]]]):
    """The stub's list of calls, which also notes when each alert was first posted to each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[tuple[str, str], float] = {}

    def append(self, call: tuple[str, dict[str, Any]]) -> None:
        method, arguments = call
        if method == "chat.postMessage" and "thread_ts" not in arguments:
            key = arguments["metadata"]["event_payload"]["alert_key"]
            self.posted.setdefault((key, arguments["channel"]), time.perf_counter())
        super().append(call)


def second(number: int, rate: int) -> Iterator[Item]:
    """What comes in one second: the notice, its copies, and other news."""
    title = NOTICE_TITLE.replace("71", str(100 + number))
    for place in range(rate):
        if place < len(REGISTERS):
            yield _item(REGISTERS[place], "regulatory", "zh", title, f"{number}-{place}")
        else:
            language = ("en", "ja", "ko", "zh")[place % 4]
            source = SOURCES[language][place % len(SOURCES[language])]
            yield _item(
                source, "news", language, TALK[language].format(n=number * rate + place), f"{number}-{place}"
            )


def _item(source_id: str, kind: Any, language: str, title: str, name: str) -> Item:
    now = system_clock()
    return Item(
        id=f"{source_id}-{name}", source_id=source_id, kind=kind, country="CN", language=language, title=title,
        body=NOTICE_TEXT if kind == "regulatory" else "", known_at=now, published_at=now,
    )  # fmt: skip


async def feed(system: System, rate: int, seconds: int) -> dict[str, float]:
    """Store the evidence, a second's worth a second. Returns when each notice was committed, by its number."""
    stored: dict[str, float] = {}
    begun = time.perf_counter()
    for number in range(seconds):
        await asyncio.sleep(max(0.0, begun + number - time.perf_counter()))
        await asyncio.to_thread(system.repository.add_items, list(second(number, rate)))
        stored[f"MOFCOM-GACC 2026/{100 + number}"] = time.perf_counter()
    return stored


async def measured(rate: int, seconds: int, rules: Path, home: Path) -> str:
    async with slack_stub.running(time.time()) as stub:
        stub.calls = calls = TimedCalls()
        settings = Settings(
            home=home, rules_dir=rules, feeds_dir=FEEDS, slack_bot_token=TOKEN, slack_base_url=stub.url
        )
        system = compose(settings)
        system.book()
        actions = {
            "assess": lambda: asyncio.to_thread(assess_new, system),
            "deliver": lambda: deliver_round(system, patience_seconds=PATIENCE_SECONDS),
        }
        bells = woken_by(system)
        jobs = [
            Job(name=n, every_seconds=EVERY_SECONDS[n], action=a, woken=bells[n]) for n, a in actions.items()
        ]
        service = Service(jobs)
        running = asyncio.create_task(service.run())
        stored = await feed(system, rate, seconds)
        end = time.perf_counter() + PATIENCE
        while len(calls.posted) < DESKS * seconds and time.perf_counter() < end:  # noqa: ASYNC110 - waits on a list
            await asyncio.sleep(0.5)
        service.stop()
        await running
        numbers = {alert.key: alert.facts.instrument or "" for alert in system.repository.alerts()}
        left = system.repository.counts()["unassessed"]
        system.close()
    waits = [at - stored[numbers[key]] for (key, _), at in calls.posted.items() if numbers[key] in stored]
    cut = quantiles(waits, n=100)
    return (
        f"{rate} items/s for {seconds} s: {len(waits)} of {DESKS * seconds} messages, "
        f"p50 {median(waits):.2f} s, p99 {cut[98]:.2f} s, longest {max(waits):.2f} s, {left} pieces unassessed"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--seconds", type=int, default=60)
    wanted = parser.parse_args()
    print("jobs every", {name: EVERY_SECONDS[name] for name in ("assess", "deliver")}, "s")
    with tempfile.TemporaryDirectory() as place:
        rules = rules_without_register(Path(place))
        for rate in wanted.rates:
            home = Path(place) / f"home-{rate}"
            print(asyncio.run(measured(rate, wanted.seconds, rules, home)), flush=True)


if __name__ == "__main__":
    main()
