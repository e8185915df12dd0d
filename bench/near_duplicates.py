"""Send near duplicates of one event through store, assessment, outbox and a stub of Slack; print what desks got.

    python -m bench.near_duplicates [--articles 2000] [--shuffles 3] [--batch 20]

Prints for each shuffle: alerts, versions with their differences, and interrupting messages per desk. The shipped
rules run without the register of measures, whose dates would count down by themselves.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.history_records import FEEDS, ROOT
from bench.one_event import articles, shuffled, tally
from tests.adapters import slack_stub
from warning.app.assessing import assess_new
from warning.app.compose import compose
from warning.app.delivering import deliver_due
from warning.app.system import System
from warning.core.alerts import Alert
from warning.core.deliveries import OutboxRow
from warning.core.evidence import Item
from warning.settings import Settings
from warning.store.accounts import Accounts

TOKEN = "xoxb-of-a-stub"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one shuffle came to. `said` counts the messages of the stub by channel address."""

    alerts: tuple[Alert, ...]
    versions: tuple[tuple[Alert, ...], ...]
    rows: tuple[OutboxRow, ...]
    accounts: Accounts
    said: Counter[str]
    seconds: float

    @property
    def interrupting(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.interrupts]


def rules_without_register(place: Path) -> Path:
    """Copy the shipped rules without measures into `place`."""
    tree = place / "rules"
    shutil.copytree(ROOT / "rules", tree, ignore=shutil.ignore_patterns("measures", "tests"))
    return tree


def run(pieces: Sequence[Item], rules: Path, *, batch: int) -> Outcome:
    """Store the pieces in the order of their times, `batch` at a time, assess and deliver after each."""
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(_run(pieces, rules, Path(home), batch))


async def _run(pieces: Sequence[Item], rules: Path, home: Path, batch: int) -> Outcome:
    now = [pieces[0].known_at]
    async with slack_stub.running(now[0].timestamp()) as stub:
        settings = Settings(
            home=home, rules_dir=rules, feeds_dir=FEEDS, slack_bot_token=TOKEN, slack_base_url=stub.url
        )
        system = compose(settings, clock=lambda: now[0])
        begun = time.perf_counter()
        for first in range(0, len(pieces), batch):
            part = pieces[first : first + batch]
            now[0] = part[-1].known_at + MINUTE
            await asyncio.to_thread(system.repository.add_items, part)
            await asyncio.to_thread(assess_new, system)
            await _deliver(system)
        now[0] += timedelta(days=1)  # whatever a cooldown held goes out
        await _deliver(system)
        said = Counter({room: len(messages) for room, messages in stub.channels.items()})
        found = _outcome(system, pieces[0].known_at, now[0], said, time.perf_counter() - begun)
        system.close()
    return found


async def _deliver(system: System) -> None:
    while True:
        done = await deliver_due(
            system.outbox, system.repository, system.channels, system.book(), system.clock
        )
        if not done.claimed:
            return


def _outcome(system: System, since: datetime, now: datetime, said: Counter[str], seconds: float) -> Outcome:
    alerts = system.repository.alerts()
    return Outcome(
        alerts=alerts,
        versions=tuple(system.repository.alert_versions(alert.key) for alert in alerts),
        rows=system.outbox.rows(),
        accounts=system.repository.accounts(since - MINUTE, now, patience=timedelta(minutes=30)),
        said=said,
        seconds=seconds,
    )


def changes_told(outcome: Outcome) -> dict[str, int]:
    """By desk: the greatest number of messages that one version of one alert made at one destination (1 is right)."""
    found: Counter[tuple[str, ...]] = Counter(
        (row.desk_id, row.channel, row.address, row.alert_key, str(row.alert_version)) for row in outcome.rows
    )
    most: dict[str, int] = {}
    for (desk, *_), n in found.items():
        most[desk] = max(n, most.get(desk, 0))
    return most


def report(outcome: Outcome) -> None:
    print(
        f"  {len(outcome.interrupting)} interrupting alerts, {len(outcome.alerts)} in all, {outcome.seconds:.0f} s"
    )
    for versions in outcome.versions:
        last = versions[-1]
        word = "interrupts" if last.interrupts else "context"
        print(
            f"  {word}: {last.title} [{last.facts.instrument}] {last.evidence_total} pieces, rule {last.rule_id}"
        )
        for one in versions:
            print(
                f"    version {one.version}: "
                + "; ".join(f"{d.code} {d.before}>{d.after}" for d in one.differences)
            )
    by_desk = Counter((row.desk_id, row.channel, row.state) for row in outcome.rows)
    print("  deliveries", {" ".join(key): n for key, n in sorted(by_desk.items())})
    print("  messages in Slack", dict(outcome.said), "most for one version", changes_told(outcome))
    print("  accounts", dict(outcome.accounts.states), "withheld", outcome.accounts.withheld,
          "gaps", len(outcome.accounts.gaps))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--shuffles", type=int, default=3)
    parser.add_argument("--batch", type=int, default=20)
    wanted = parser.parse_args()
    pieces = articles(wanted.articles)
    print(f"{len(pieces)} pieces: {tally(pieces)}")
    with tempfile.TemporaryDirectory() as place:
        rules = rules_without_register(Path(place))
        for shuffle in range(wanted.shuffles):
            print(f"shuffle {shuffle}")
            report(run(list(shuffled(pieces, shuffle)), rules, batch=wanted.batch))


if __name__ == "__main__":
    main()
