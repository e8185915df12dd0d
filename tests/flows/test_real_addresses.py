"""Canonical addresses of real publishers: forms of one page meet, and no two pages do. Skipped without the real data."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
import zstandard

from warning.core.addresses import canonical_address

SHARED = Path(os.environ.get("EWS_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real documents are not at hand: set EWS_SHARED_DATA"),
]
NEWS = ("asia_news_items", "korea_government_press_releases", "agency_feed_items_en", "cctv_news_zh")


def titled_addresses() -> set[tuple[str, str]]:
    found = set()
    for name in NEWS:
        with (SHARED / "news" / f"{name}.jsonl.zst").open("rb") as raw:
            text = zstandard.ZstdDecompressor(max_window_size=1 << 28).stream_reader(raw).read().decode()
        found |= {(record["url"] or "", record["title"]) for record in map(json.loads, text.splitlines())}
    for path in sorted((SHARED / "feeds" / "json_feeds").glob("*.json")):
        found |= {
            (entry.get("url") or "", entry["title"]) for entry in json.loads(path.read_bytes())["items"]
        }
    return found


def test_pages_of_real_publishers_never_share_a_canonical_address():
    addresses = defaultdict(set)
    for url, _ in titled_addresses():
        addresses[canonical_address(url)].add(url)
    addresses.pop("")
    assert len(addresses) > 30_000
    assert {found: urls for found, urls in addresses.items() if len(urls) > 1} == {}


@pytest.mark.parametrize(
    ("published", "page"),
    [
        ("https://www.bbc.co.uk/news/articles/cly0l5d5xn7o?at_medium=RSS&at_campaign=rss", "bbc.co.uk/news/articles/cly0l5d5xn7o"),
        ("https://36kr.com/p/3662187?f=rss", "36kr.com/p/3662187"),
        ("https://www.wsj.com/articles/nikkei-may-rise-776a8056?mod=rss_markets_main", "wsj.com/articles/nikkei-may-rise-776a8056"),
        ("http://www.nytimes.com/pages/index.html?partner=rss&emc=rss", "nytimes.com/pages"),
        ("http://biorxiv.org/cgi/content/short/2023.12.16.571984v1?rss=1", "biorxiv.org/cgi/content/short/2023.12.16.571984v1"),
        ("https://www.asahi.com/articles/AST1F4445T1FUTIL02SM.html?iref=ogimage_rek", "asahi.com/articles/AST1F4445T1FUTIL02SM.html"),
        ("https://www.korea.kr/briefing/pressReleaseView.do?newsId=156554864", "korea.kr/briefing/pressReleaseView.do?newsId=156554864"),
        ("https://elaw.klri.re.kr/eng_mobile/viewer.do?hseq=46235&type=part&key=39", "elaw.klri.re.kr/eng_mobile/viewer.do?hseq=46235&key=39&type=part"),
        ("https://www.legislation.gov.au/view?source=reader.com", "legislation.gov.au/view?source=reader.com"),
    ],
)  # fmt: skip
def test_a_real_address_loses_its_tracking_and_keeps_what_names_the_page(published, page):
    assert canonical_address(published) == page
