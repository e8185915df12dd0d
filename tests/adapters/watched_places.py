"""Five official pages of four countries in a catalogue of their own, beside the shipped rules, and what they say at a time."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from warning import resources

NOW = datetime(2026, 2, 2, 0, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
PLACES = {
    "cn-a": ("CN", "zh"),
    "cn-b": ("CN", "zh"),
    "jp-a": ("JP", "ja"),
    "kr-a": ("KR", "ko"),
    "gb-a": ("GB", "en"),
}
GALLIUM_AT = 2


def feed(name: str, now: datetime, state: str) -> bytes:
    dated = now if state != "frozen" else NOW - timedelta(days=40)
    titles = [
        f"{name} {now:%H} notice {n}"
        for n in range(0 if state == "empty" else 1 if state == "drifted" else 4)
    ]
    if name == "cn-a" and now >= NOW + GALLIUM_AT * HOUR and titles:
        titles[0] = "商务部公告2026年第7号 公布对镓相关物项实施出口管制"
    items = "".join(
        f"<item><title>{title}</title><guid>{name}-{title}</guid><link>https://{name}.example/{abs(hash(title))}</link>"
        f"<pubDate>{format_datetime(dated)}</pubDate></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


def catalogue(tmp_path, base: str):
    place = tmp_path / "feeds" / "regulatory"
    place.mkdir(parents=True)
    for name, (country, language) in PLACES.items():
        source = {
            "id": name, "title": name, "url": f"{base}/{name}", "kind": "regulatory", "country": country, "language": language,
            "publisher": name, "publisher_title": name, "official": "true", "reliability": "A", "licence": "none",
            "every": "10m", "jitter": "0s", "spacing": "0s", "verified": "never", "parse": {"format": "rss"},
            "expect": {"rows": {"min": "2"}, "newest_within_days": "10"},
        }  # fmt: skip
        (place / f"{name}.yaml").write_text(json.dumps(source))
    rules = tmp_path / "rules"
    shutil.copytree(resources.tree("rules"), rules, ignore=shutil.ignore_patterns("measures", "tests"))
    return tmp_path / "feeds", rules
