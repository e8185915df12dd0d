"""Main text of real pages nobody described, measured against what their publishers say it is."""

import json
import re
from pathlib import PurePath

import pytest

from tests.adapters.parse_samples import document, members
from warning.collect.html_list import parse_detail
from warning.core.formats import HtmlListFormat


def grams(text: str) -> set[str]:
    bare = re.sub(r"\W", "", text)
    return {bare[i : i + 4] for i in range(len(bare) - 3)}


def words(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(map(words, value.values()))
    return "\n".join(map(words, value)) if isinstance(value, list) else str(value)


@pytest.mark.shared_data
def test_main_text_of_asian_newspapers_is_most_of_the_article_and_little_else():
    pages = dict(members("feeds/news_article_pages.tar.zst"))
    shares = []
    for name, body in pages.items():
        path = PurePath(name)
        if path.suffix != ".html":
            continue
        expected = json.loads(pages[str(path.with_name(path.name.split("_")[0] + ".json"))])
        (said,) = [grams(words(one["body"])) for one in expected.values() if "body" in one][-1:]
        text, _ = parse_detail(document(body), HtmlListFormat(format="html_list", item="li"))
        found = grams(text)
        shares.append((len(found & said) / len(found), len(found & said) / len(said)))
    assert len(shares) == 9
    assert sum(precision for precision, _ in shares) / 9 > 0.85
    assert sum(recall for _, recall in shares) / 9 > 0.95


def test_a_page_without_an_article_gives_what_it_has():
    text, _ = parse_detail(
        document("<html><body><div id=main>公告第23号</div></body></html>"),
        HtmlListFormat(format="html_list", item="li"),
    )
    assert text == "公告第23号"
