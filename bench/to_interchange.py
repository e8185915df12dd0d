"""Write the real documents of EWS_SHARED_DATA as evidence interchange lines, one file each: `to_interchange.py OUT_DIR`."""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feed_documents
import zstandard

SHARED = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data"))
TAG = re.compile(r"<[^>]+>")
HAN = re.compile(r"[\u4e00-\u9fff]{2}")


def text_of(path: Path) -> str:
    with path.open("rb") as raw:
        if path.suffix != ".zst":
            return raw.read().decode("utf-8-sig")
        reader = zstandard.ZstdDecompressor(max_window_size=1 << 28).stream_reader(raw)
        return reader.read().decode("utf-8-sig", "replace")


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(SHARED / name).splitlines() if line.strip()]


def item(
    number: int, source: str, kind: str, country: str, language: str, title: str, **more: Any
) -> dict[str, Any]:
    date = re.match(r"\d{4}-\d{2}-\d{2}(T[\d:]+(?:[+-]\d\d:\d\d|Z))?", more.pop("date", "") or "")
    made = {
        "type": "item",
        "id": str(number),
        "source_id": source,
        "kind": kind,
        "country": country,
        "language": language,
        "title": title or "",
    }
    made |= {key: value for key, value in more.items() if value}
    if date:
        made["published_at"] = date.group() if date.group(1) else f"{date.group()}T00:00:00+00:00"
        made["known_at"] = made["published_at"]
    return made


def asia() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/asia_news_items.jsonl.zst")):
        country = {"ko": "KR", "ja": "JP", "fr": "FR"}.get(d["lang"], "HK")
        yield item(
            n,
            d["source"],
            "news",
            country,
            d["lang"],
            d["title"],
            summary=d.get("summary"),
            url=d["url"],
            date=d["date"],
        )


def cctv() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/cctv_news_zh.jsonl.zst")):
        yield item(n, "cctv", "news", "CN", "zh", d["title"], body=d["text"], date=d["date"])


def federal_register() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/federal_register_documents.jsonl.zst")):
        yield item(
            n,
            "federal-register",
            "regulatory",
            "US",
            "en",
            d["title"],
            summary=d.get("abstract"),
            url=d["url"],
            date=d["date"],
        )


def mofcom() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/mofcom_export_control_documents.jsonl.zst")):
        yield item(
            n,
            "mofcom",
            "regulatory",
            "CN",
            "zh",
            d["title"],
            summary=d.get("summary"),
            body=d.get("key_provisions"),
            url=d["url"],
            date=d["date"],
        )


def korea() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/korea_government_press_releases.jsonl.zst")):
        yield item(
            n,
            "korea-kr",
            "regulatory",
            "KR",
            "ko",
            d["title"],
            summary=d["summary"],
            body=d["text"],
            url=d["url"],
            date=d["date"],
        )


def rare_earth() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/rare_earth_headlines.jsonl.zst")):
        yield item(
            n,
            d["source"],
            "news",
            "KR" if d["lang"] == "ko" else "US",
            d["lang"],
            d["title"],
            date=d["pub_date"],
        )


def agnews() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/headlines_en_agnews.jsonl.zst")):
        yield item(n, "ag", "news", "US", "en", d["title"], summary=d["description"])


def world() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/headlines_en_world.jsonl.zst")):
        yield item(n, d["domain"], "news", "US", "en", d["title"])


def agency() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(records("news/agency_feed_items_en.jsonl.zst")):
        yield item(
            n, d["source"], "news", "US", "en", d["title"], summary=d["summary"], url=d["url"], date=d["date"]
        )


def thucnews() -> Iterator[dict[str, Any]]:
    for n, line in enumerate(text_of(SHARED / "news/headlines_zh_thucnews.tsv.zst").splitlines()):
        yield item(n, "thucnews", "news", "CN", "zh", line.split("\t")[-1])


def software() -> Iterator[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(text_of(SHARED / "negatives/software_names.tsv")), delimiter="\t")
    for n, row in enumerate(rows):
        yield item(n, "software", "news", "US", "en", f"{row['name']} {row['summary']}")


def gta() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(
        json.loads(text_of(SHARED / "policy/gta_mineral_interventions.json"))["interventions"]
    ):
        yield item(n, "gta", "regulatory", "CH", "en", d["title"], body=d["description"], date=d["dateISO"])


def gta_subsidies() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(
        csv.DictReader(io.StringIO(text_of(SHARED / "policy/gta_subsidy_interventions.csv.zst")))
    ):
        yield item(n, "gta", "regulatory", "CH", "en", next(v for k, v in d.items() if "title" in k.lower()))


def iea() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(
        csv.DictReader(io.StringIO(text_of(SHARED / "policy/iea_critical_minerals_policies.csv.zst")))
    ):
        yield item(n, "iea", "regulatory", "FR", "en", d["title"], body=TAG.sub(" ", d["description"]))


def pib() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(
        csv.DictReader(io.StringIO(text_of(SHARED / "policy/india_pib_critical_minerals.csv")))
    ):
        yield item(
            n,
            "pib",
            "regulatory",
            "IN",
            "en",
            " ".join(v for k, v in d.items() if v and "title" in k.lower())
            or " ".join(v for v in d.values() if v)[:300],
        )


def rss_matches() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(csv.DictReader(io.StringIO(text_of(SHARED / "feeds/news_rss_polls_matches.csv")))):
        yield item(n, d["feed"], "news", "GB", "en", d["title"])


def jp_ministries() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(feed_documents.jp_ministries()):
        yield item(n, d.pop("source"), "regulatory", "JP", "ja", d.pop("title"), **d)


def rss_polls() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(feed_documents.rss_polls()):
        yield item(n, d.pop("source"), "news", "GB", "en", d.pop("title"), **d)


CHINESE_FEEDS = ("36kr", "caixin", "cctv", "people", "wallstreetcn", "xwlb")


def json_feeds() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(feed_documents.publishers()):
        source = d.pop("source")
        country, language = ("CN", "zh") if source.startswith(CHINESE_FEEDS) else ("GB", "en")
        yield item(n, source, "news", country, language, d.pop("title"), **d)


def article_pages() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(feed_documents.article_pages()):
        country, language = d.pop("country"), d.pop("language")
        yield item(n, d.pop("source"), "news", country, language, d.pop("title"), **d)


def aggregator() -> Iterator[dict[str, Any]]:
    for n, d in enumerate(feed_documents.aggregator()):
        title = d.pop("title")
        language = "zh" if HAN.search(title) else "en"
        yield item(n, d.pop("source"), "news", "GB", language, title, **d)


FILES = {f.__name__: f for f in (
    asia, cctv, federal_register, mofcom, korea, rare_earth, agnews, world, agency, thucnews, software, gta,
    gta_subsidies, iea, pib, rss_matches, jp_ministries, rss_polls, json_feeds, article_pages, aggregator,
)}  # fmt: skip


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        lines = [json.dumps(record, ensure_ascii=False) for record in make()]
        (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        print(name, len(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
