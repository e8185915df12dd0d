"""An entry of the catalogue as benches make it. Apart from their server: who is measured loads none."""

from warning.catalog.sources import SourceSpec


def spec(source_id: str, url: str, parse: dict, **changes) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "id": source_id, "title": source_id, "url": url, "kind": "news", "country": "WLD",
            "language": "en", "publisher": source_id, "publisher_title": source_id, "official": False,
            "reliability": "C", "licence": "test", "every": "15m", "spacing": "0s", "parse": parse,
            "verified": "never", **changes,
        }
    )  # fmt: skip
