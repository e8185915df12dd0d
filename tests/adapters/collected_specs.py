"""Sources to collect from, and the day on which they are."""

from datetime import UTC, datetime

from warning.catalog.sources import SourceSpec

NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
RSS = {"format": "rss"}
LIST = {"format": "html_list", "item": "ul.list li", "date": "span"}
DETAIL = {**LIST, "detail": "#text"}


def spec_of(url: str, id: str = "s", **more) -> SourceSpec:  # noqa: A002 - the catalogue's word
    fields = {
        "id": id, "title": id, "url": url, "kind": "regulatory", "country": "CN", "language": "zh", "publisher": "p",
        "publisher_title": "P", "official": "yes", "reliability": "A", "licence": "none", "every": "15m",
        "spacing": "0s", "timeout": "2s", "idle_timeout": "2s", "verified": "never", "parse": RSS,
    }  # fmt: skip
    return SourceSpec.model_validate({**fields, **more})
