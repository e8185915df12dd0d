"""Is one document one item? Real feeds through the store, as published and in disguises publishers use.

    python -m bench.one_document ../shared/data/feeds/json_feeds

Each feed is read as its source would be and stored; then each article comes again (at most `--articles` a feed) with another
date and address, under another id, at another spelling of its address, with an edited title, and as an old article with a
new date. Printed are the pairs put together of those that should be, the pairs of different articles put together, and what
each feed itself repeats.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warning.collect.parse import parse
from warning.core.documents import Document
from warning.core.evidence import Item, item_id
from warning.core.formats import RssFormat
from warning.core.identity import LEAST_REPUBLISHED_TEXT, numbers_of
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking
from warning.store.engine import open_engine
from warning.store.migrate import upgrade_engine
from warning.store.repository import Repository

READ_AT = datetime(2026, 2, 2, 12, tzinfo=UTC)
Disguise = Callable[[Item], Item]


def renumbered(item: Item) -> Item:
    return replace(
        item,
        id=item_id(item.source_id, f"again-{item.id}", item.url, item.title),
        known_at=item.known_at + timedelta(hours=6),
    )


def elsewhere(item: Item) -> Item:
    address = (
        item.url.replace("https://www.", "http://m.").rstrip("/") + "/?utm_source=rss&utm_campaign=x#top"
    )
    return replace(renumbered(item), url=address)


def edited(item: Item) -> Item:
    """The headline mended: its last word goes, or two signs of a script without blanks."""
    words = item.title.split()
    shorter = " ".join(words[:-1]) if len(words) > 4 else item.title[:-2]
    return replace(renumbered(item), title=shorter)


def redated(item: Item) -> Item:
    later = timedelta(days=20)
    when = item.published_at and item.published_at + later
    return replace(renumbered(item), published_at=when, known_at=item.known_at + later)


def revived(item: Item) -> Item:
    """The article three days on, its date new and its address another."""
    later = timedelta(days=3)
    when = item.published_at and item.published_at + later
    address = f"https://{item.source_id}.example/revived/{item.id}.html"
    name = item_id(item.source_id, f"revived-{item.id}", address, item.title)
    return replace(item, id=name, url=address, published_at=when, known_at=item.known_at + later)


DISGUISES: Mapping[str, Disguise] = {
    "another id": renumbered,
    "another address": elsewhere,
    "revived after 3 days": revived,  # here: one that is not joined answers for the text from then on, and an edit changes it
    "an edited title": edited,
    "a new date after 20 days": redated,
}


def articles(path: Path) -> Iterator[Item]:
    profile = SourceProfile(
        id=path.stem, title=path.stem, publisher=path.stem, kind="news", country="WLD", language="en",
        reliability="B", official=False, marking=Marking.CLEAR,
    )  # fmt: skip
    document = Document(
        source_id=path.stem,
        url=f"https://{path.stem}.example/feed.json",
        body=path.read_bytes(),
        fetched_at=READ_AT,
    )
    yield from parse(document, RssFormat(format="rss"), profile).items


def stored(repository: Repository) -> int:
    return len(repository.items_between(READ_AT - timedelta(days=9_000), READ_AT + timedelta(days=900)))


def measured(path: Path, most: int) -> tuple[Counter[str], Counter[str]]:
    """Pairs by what they are, and those put together; `different` are articles with neither title nor address in common."""
    pairs: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as home:
        engine = open_engine(f"sqlite:///{home}/store.sqlite3")
        upgrade_engine(engine)
        repository = Repository(engine)
        whole = list(articles(path))
        distinct = list({item.title: item for item in {item.url: item for item in whole}.values()}.values())
        repository.add_items(whole)
        kept = stored(repository)
        pairs["different"], joined["different"] = len(distinct), max(len(distinct) - kept, 0)
        pairs["repeated in the feed"], joined["repeated in the feed"] = (
            len(whole) - len(distinct),
            len(whole) - kept,
        )
        for name, disguise in DISGUISES.items():
            for item in distinct[:most]:
                if disguise is revived and len(item.summary) + len(item.body) < LEAST_REPUBLISHED_TEXT:
                    continue  # next week's report may say the same
                told = kind_of(name, item, disguise(item))
                pairs[told] += 1
                joined[told] += stored_again(repository, disguise(item))
        engine.dispose()
    return pairs, joined


def kind_of(name: str, item: Item, again: Item) -> str:
    """An edit is told by what it leaves to be known by: a headline alone, or one whose number went, is no sure edit."""
    if name != "an edited title":
        return name
    if numbers_of(item.title) != numbers_of(again.title):
        return "a title without its number"
    return name if item.summary or item.body else "an edited headline without text"


def stored_again(repository: Repository, item: Item) -> bool:
    """Whether the store knows it as one it has."""
    return not repository.add_items([item]).new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=100)
    asked = parser.parse_args()
    pairs: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    for path in sorted(asked.folder.glob("*.json")):
        there, found = measured(path, asked.articles)
        pairs, joined = pairs + there, joined + found
        line = ", ".join(f"{name} {found[name]}/{there[name]}" for name in there)
        print(f"{path.stem:16} {line}")
    for name in pairs:
        print(f"{name:32} {joined[name]:5} of {pairs[name]:5} put together")


if __name__ == "__main__":
    main()
