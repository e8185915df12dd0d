"""Replay 3,325 real RSS documents in the order they were polled, through the whole path to the outbox.

    python bench/replay_rss_polls.py [--limit N]

The virtual clock is the poll's own time. Prints alerts a week, each alert with its first headline, and how
often one item was stored or told twice (never, or the run ends with exit code 1).
"""

import argparse
import asyncio
import csv
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from catalogue_entry import spec
from loopback import DATA, Publisher, members, publishing

from warning.app.compose import compose
from warning.app.live import assess_new, collect_round
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.settings import Settings

PUBLISHERS = {"wsj_world": "dow-jones", "wsj_econ": "dow-jones", "ft-home": "ft", "nyt_econ": "nyt"}


def polls() -> list[tuple[datetime, str, bytes]]:
    """(poll time, feed, document), oldest first."""
    found = []
    for name, raw in members(DATA / "feeds/news_rss_polls.tar.zst"):
        feed, file = name.split("/")
        at = datetime.strptime(file.split("_")[0] + "+0000", "%Y%m%dT%H%M%SZ%z")
        found.append((at, feed, raw))
    return sorted(found, key=lambda poll: poll[:2])


async def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--limit", type=int, default=None)
    everything = polls()[: arguments.parse_args().limit]
    feeds = sorted({feed for _, feed, _ in everything})
    by_time: dict[datetime, dict[str, bytes]] = defaultdict(dict)
    for at, feed, raw in everything:
        by_time[at][feed] = raw
    clock = {"now": everything[0][0]}
    with tempfile.TemporaryDirectory() as home:
        system = compose(Settings(home=Path(home)), clock=lambda: clock["now"])
        async with publishing(Publisher()) as publisher:
            sources = tuple(
                spec(f.replace("_", "-"), publisher.url(f), {"format": "rss"}, every="1m", jitter="0s",
                     publisher=PUBLISHERS.get(f, f), reliability="B")
                for f in feeds
            )  # fmt: skip
            object.__setattr__(system, "sources", sources)
            opened, weekly = await replay(system, publisher, by_time, clock)
        code = tell(system, len(everything), opened, weekly)
        system.close()
    return code


async def replay(system, publisher, by_time, clock):
    opened, weekly = [], Counter()
    known: set[str] = set()
    host = f"127.0.0.1:{publisher.port}"
    politeness = Politeness(per_host=8)
    async with Fetcher(lambda: clock["now"], allow_private_hosts=(host,), politeness=politeness) as fetcher:
        for at in sorted(by_time):
            clock["now"] = at
            publisher.served.update(by_time[at])
            await collect_round(system, fetcher)
            assess_new(system)
            for alert in system.repository.alerts():
                if alert.key not in known:
                    known.add(alert.key)
                    opened.append((at, alert.key))
                    weekly[(at.strftime("%G-W%V"), alert.interrupts)] += 1
    return opened, weekly


def tell(system, documents: int, opened, weekly) -> int:
    repository = system.repository
    print(f"{documents} documents; in store: {repository.counts()}")
    final = {alert.key: alert for alert in repository.alerts()}
    labels = load_labels()
    told = Counter()
    for at, key in opened:
        alert = final[key]
        deliveries = repository.deliveries_of(key)
        told.update((d.alert_key, d.alert_version, d.desk_id, d.channel, d.address) for d in deliveries)
        if not alert.interrupts:
            continue
        real = {labels.get(e.title, "not in the label file") for e in alert.exhibits}
        print(f"{at:%Y-%m-%d %H:%M} v{alert.version} {alert.title}  [{', '.join(sorted(real))}]")
        for exhibit in alert.exhibits[:4]:
            print(f"                     {exhibit.publisher}: {exhibit.title}")
    weeks = sorted({week for week, _ in weekly})
    per_week = [weekly[(week, True)] for week in weeks]
    interrupting = sum(per_week)
    context = sum(weekly[(week, False)] for week in weeks)
    print(f"{interrupting} interrupting alerts, {context} background; {len(weeks)} weeks with any")
    print("interrupting a week:", {w: weekly[(w, True)] for w in weeks if weekly[(w, True)]})
    twice = {k: n for k, n in told.items() if n > 1}
    print("deliveries owed:", sum(told.values()), "owed twice:", len(twice))
    return 1 if twice else 0


def load_labels() -> dict[str, str]:
    with (DATA / "feeds/news_rss_polls_matches.csv").open(encoding="utf-8", newline="") as rows:
        return {row["title"]: row["label"] for row in csv.DictReader(rows)}


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
