"""What the archive of real polls takes: as fetched, compressed one by one, and packed against each other.

    python bench/archive_room.py

Archives every stored poll of EWS_SHARED_DATA/feeds/news_rss_polls (five feeds over months) in a SQLite store, packs
it, reads every document back, and prints bytes and seconds of processor time.
"""

import tempfile
import time
from datetime import UTC, datetime, timedelta

from loopback import DATA, members

from warning.app.tidying import Tidying
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository

START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/archive.sqlite3"
        migrate.upgrade(url)
        repository = Repository(open_engine(url))
        polls = [
            (name.split("/")[0], raw) for name, raw in members(DATA / "feeds/news_rss_polls.tar.zst") if raw
        ]
        began = time.process_time()
        digests = {
            repository.archive(
                raw, source_id=source, url="u", content_type="x", fetched_at=START + timedelta(minutes=n)
            ): raw
            for n, (source, raw) in enumerate(polls)
        }
        archived = time.process_time() - began
        began = time.process_time()
        packed = Tidying(repository, 0).all(START + timedelta(days=365)).packed
        packing = time.process_time() - began
        assert all(repository.archived(digest) == raw for digest, raw in digests.items())
        repository.close()
    whole = sum(map(len, digests.values()))
    print(f"{len(polls)} polls, {len(digests)} different documents, {whole / 1e6:.1f} MB as fetched")
    print(f"compressed one by one  {packed.bytes_before / 1e6:6.2f} MB, archived in {archived:.1f} s")
    print(
        f"packed                 {packed.bytes_after / 1e6:6.2f} MB, {packed.bytes_before / packed.bytes_after:.1f} times less, packed in {packing:.1f} s, every document read back"
    )


if __name__ == "__main__":
    main()
