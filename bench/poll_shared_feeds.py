"""Poll every stored feed document twice over HTTP, through the real collectors into a real store.

    python bench/poll_shared_feeds.py

Serves EWS_SHARED_DATA/feeds (default ../shared/data/feeds) on loopback: half of the documents with an ETag, the
other half without any validator. Prints documents, items, failures with their causes, and what the second
round fetched and stored.
"""

import asyncio
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from catalogue_entry import spec
from loopback import DATA, Publisher, members, publishing

from warning.app.collecting import Memory, collect_due
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.settings import Settings
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository

START = datetime(2026, 11, 22, tzinfo=UTC)
FEED = {"format": "rss"}
API = {
    "format": "json", "entries": "data", "id": "id",
    "title": "attributes.title", "date": "attributes.postedDate", "url": "links.self",
}  # fmt: skip
LISTS = {
    "maff": {"format": "html_list", "item": "dl dd", "title": "a", "link": "a"},
    "meti": {"format": "html_list", "item": "dl dd", "title": "a", "link": "a"},
}


def documents() -> dict[str, tuple[bytes, dict]]:
    """Source id -> (document, how to read it)."""
    feeds = DATA / "feeds"
    found: dict[str, tuple[bytes, dict]] = {}
    for name, raw in members(feeds / "parser_corpus.tar.zst"):
        found[f"corpus-{sha256(name.encode()).hexdigest()[:12]}"] = raw, FEED
    for path in sorted((feeds / "json_feeds").glob("*.json")):
        found[f"json-{path.stem}"] = path.read_bytes(), FEED
    for path in sorted((feeds / "jp_ministries").iterdir()):
        found[f"jp-{path.stem}"] = path.read_bytes(), LISTS.get(path.stem, FEED)
    latest = {name.split("/")[0]: raw for name, raw in members(feeds / "news_rss_polls.tar.zst")}
    found.update({f"news-{name.replace('_', '-')}": (raw, FEED) for name, raw in latest.items()})
    found["regulations-gov"] = (feeds / "regulations_gov_api_documents.json").read_bytes(), API
    return found


async def main() -> None:
    found = documents()
    clock = {"now": START}
    async with publishing(Publisher()) as publisher:
        publisher.served = {name: raw for name, (raw, _) in found.items()}
        sources = [spec(n, publisher.url(n), parse) for n, (_, parse) in found.items()]
        with tempfile.TemporaryDirectory() as home:
            url = f"sqlite:///{home}/warning.sqlite3"
            migrate.upgrade(url)
            repository = Repository(open_engine(url))
            settings, memory = Settings(home=Path(home)), Memory()
            async with Fetcher(
                lambda: clock["now"],
                allow_private_hosts=(f"127.0.0.1:{publisher.port}",),
                politeness=Politeness(per_host=32),
            ) as fetcher:
                for turn in (1, 2):
                    before = sum(publisher.whole.values()), publisher.not_modified
                    began = asyncio.get_running_loop().time()
                    report = await collect_due(
                        sources, repository, fetcher, lambda: clock["now"],
                        settings=settings, memory=memory, force=True,
                    )  # fmt: skip
                    took = asyncio.get_running_loop().time() - began
                    after = sum(publisher.whole.values()), publisher.not_modified
                    tell(turn, report.outcomes, after[0] - before[0], after[1] - before[1], took)
                    clock["now"] += timedelta(hours=1)
            print("in store:", repository.counts())
            repository.engine.dispose()


def tell(turn, outcomes, whole: int, unmodified: int, took: float) -> None:
    print(
        f"round {turn}: {len(outcomes)} documents in {took:.1f} s; {whole} sent whole, {unmodified} not modified"
    )
    print("  answers   ", dict(Counter(o.answer for o in outcomes)))
    print("  conditions", dict(Counter(o.condition for o in outcomes)))
    print(
        "  items new ", sum(o.items_new for o in outcomes), "revised", sum(o.items_revised for o in outcomes)
    )
    causes = Counter(o.cause[:100] for o in outcomes if o.condition not in {"ok", "not_modified"})
    for cause, count in causes.most_common(15):
        print(f"  {count:5} {cause}")


if __name__ == "__main__":
    asyncio.run(main())
