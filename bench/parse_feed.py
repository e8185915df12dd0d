"""One changed feed: our incremental parse beside plain feedparser, in one process, on the same bytes.

A feed of 50 entries and about 86 KB is polled again with one new entry. Printed are CPU milliseconds (the best
of several rounds) and their ratio; LIBRARIES figures to hold: at most 0.12 of the first parse.
"""

import argparse
import io
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

import feedparser

from warning.collect.parse import parse
from warning.core.documents import Document
from warning.core.formats import RssFormat
from warning.core.sources import unknown_source

WORDS = [
    "export",
    "control",
    "gallium",
    "germanium",
    "antimony",
    "license",
    "ministry",
    "notice",
    "prices",
    "magnets",
    "supply",
    "graphite",
    "rare",
    "earth",
]
CJK = "商务部海关总署公告关于对镓锗相关物项实施出口管制的决定自年月日起正式施行"
FORMAT = RssFormat(format="rss")
PROFILE = unknown_source("bench", "news", "CN", "zh")


def feed(first: int, count: int) -> bytes:
    entries = "".join(entry(number) for number in range(first + count - 1, first - 1, -1))
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>bench</title>{entries}</channel></rss>'.encode()


def entry(number: int) -> str:
    source = random.Random(number)
    words = " ".join(source.choices(WORDS, k=60))
    chinese = "".join(source.choices(CJK, k=120))
    paragraphs = "".join(
        f"&lt;p&gt;{words} &lt;a href=&quot;/x/{n}&quot;&gt;{chinese[:40]}&lt;/a&gt;&lt;/p&gt;"
        for n in range(2)
    )
    return (
        f"<item><title>{chinese[:30]} {number}</title><link>https://gov.example/n/{number}</link><guid>{number}</guid>"
        f"<pubDate>Mon, 03 Jul 2023 {number % 24:02d}:30:00 +0800</pubDate><description>{paragraphs}{chinese}</description></item>"
    )


def best_ms(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times) * 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=50)
    options.add_argument("--rounds", type=int, default=15)
    asked = options.parse_args()
    before, after = feed(0, asked.entries), feed(1, asked.entries)

    def ours(body: bytes, known: frozenset[str] = frozenset()):
        document = Document(
            source_id="bench",
            url="https://gov.example/",
            body=body,
            fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        )
        return parse(document, FORMAT, PROFILE, known=known)

    known = ours(before).entry_hashes
    changed = ours(after, known)
    whole = {item.id: item for item in ours(after).items}
    assert len(changed.items) == 1
    assert all(whole[item.id] == item for item in changed.items), (
        "the incremental parse differs from the whole"
    )

    plain = best_ms(lambda: feedparser.parse(io.BytesIO(after)), asked.rounds)
    bare = best_ms(
        lambda: feedparser.parse(io.BytesIO(after), sanitize_html=False, resolve_relative_uris=False),
        asked.rounds,
    )
    first = best_ms(lambda: ours(after), asked.rounds)
    again = best_ms(lambda: ours(after, known), asked.rounds)
    same = best_ms(lambda: ours(before, known), asked.rounds)
    print(f"{asked.entries} entries, {len(after) / 1000:.0f} KB, 1 new entry; CPU ms")
    print(f"feedparser, as it comes              {plain:7.2f}")
    print(f"feedparser, no sanitising, no links  {bare:7.2f}")
    print(f"ours, first parse                    {first:7.2f}")
    print(
        f"ours, one new entry                  {again:7.2f}   {again / plain:.3f} of feedparser, {again / first:.3f} of our first parse"
    )
    print(f"ours, nothing new                    {same:7.2f}   {same / plain:.3f} of feedparser")


if __name__ == "__main__":
    main()
