"""What feedparser's own tests expect of titles, texts, links, ids and times holds for the items we would store."""

from collections import Counter

import pytest

from bench.feed_corpus import Compared, compared, documents
from tests.adapters.parse_samples import shared

# Differences that are meant: ids are kept as written, pictures are no title.
MEANT = {"title: only a picture or markup, no words": 12, "id: kept as written, not made absolute": 2}


@pytest.mark.shared_data
def test_the_words_feedparser_expects_are_the_words_we_store() -> None:
    archive = shared("feeds/parser_corpus.tar.zst")
    results: list[Compared] = [c for name, body in documents(archive) for c in compared(name, body)]
    assert len(results) == 356
    assert Counter(c.cause for c in results if not c.says_the_same) == MEANT
