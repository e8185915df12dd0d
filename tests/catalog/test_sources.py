import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.catalog.source_fields import fill_places, parse_duration, places_in, show_duration
from warning.catalog.sources import GROUPS, SourceSpec, load_sources, read_sources
from warning.collect.parse import parse
from warning.core.documents import Document
from warning.core.evidence import compare_listings
from warning.errors import CatalogError

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
GOOD = """\
id: kr-example
title: An example
url: https://example.org/feed?key={key}&month={month}
kind: regulatory
country: KR
language: ko
publisher: example
publisher_title: Example
official: yes
reliability: A
licence: public domain
every: 15m
needs_key: example
parse: {format: rss}
expect:
  rows: {min: 3}
  newest_within_days: 10
verified: never
"""


def written(tmp_path: Path, text: str = GOOD, place: str = "regulatory/kr-example.yaml") -> Path:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def problems_of(feeds: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        load_sources(feeds)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def catalogue() -> dict[str, SourceSpec]:
    return {spec.id: spec for spec in load_sources(ROOT / "feeds")}


def test_a_source_is_read_with_its_defaults(tmp_path):
    (spec,) = load_sources(written(tmp_path))
    assert spec.every == timedelta(minutes=15)
    assert spec.spread == timedelta(minutes=1.5)
    assert spec.official is True
    assert spec.verified is None
    assert spec.key_setting == "WARNING_KEY_EXAMPLE"
    assert spec.profile.publisher == "example"
    assert spec.profile.release_to is None


def test_every_mistake_of_every_file_is_told_with_its_place(tmp_path):
    feeds = written(tmp_path, GOOD.replace("every: 15m", "every: soon\nevry: 1h"))
    written(feeds, GOOD.replace("id: kr-example", "id: other"), "news/second.yaml")
    told = problems_of(feeds)
    assert any("regulatory/kr-example.yaml:12:" in line and "not a duration" in line for line in told)
    assert any("'evry'" in line and "did you mean every" in line for line in told)
    assert any("news/second.yaml:1:" in line and "id is other" in line for line in told)
    assert any("news/second.yaml:4:" in line and "kind is regulatory" in line for line in told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("needs_key: example\n", ""), "needs_key has to name"),
        (("key={key}&", ""), "neither in url"),
        (("url: https", "url: file"), "https://"),
        (("every: 15m", "every: 15s"), "every"),
        (("every: 15m", "every: 15m\nmethod: POST"), "belong together"),
        (("every: 15m", "every: 15m\nheaders: {Accept: 정책}"), "outside ASCII"),
        (
            ("every: 15m", "every: 15m\nheaders: {host: other.example}"),
            "the header host follows from the address",
        ),
        (("every: 15m", "every: 15m\nheaders: {Content-Length: '5'}"), "leave it out"),
        (("every: 15m", "every: 15m\nheaders: {Transfer-Encoding: chunked}"), "leave it out"),
        (("every: 15m", "every: 15m\nheaders: {Accept: a, accept: b}"), "named twice"),
        (("{min: 3}", "{min: 3, max: 2}"), "above max"),
        (("verified: never", "verified: yes"), "verified"),
        (("country: KR", "country: korea"), "country"),
        (("every: 15m", "every: 15m\ntimeout: 1s"), "idle_timeout is longer"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(tmp_path, change, words):
    told = problems_of(written(tmp_path, GOOD.replace(*change)))
    assert any(words in line for line in told), told


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("url: https://", "url: gopher://", 3),
        ("every: 15m", "every: 15m\nburst: 20m", 13),
        ("parse: {format: rss}", "parse: {format: rss}\nbody: x", 15),
        ("verified: never", "verified: 2025-02-30", 18),
    ],
)
def test_a_contradiction_is_told_at_the_key_that_makes_it(tmp_path, before, after, line):
    (said,) = problems_of(written(tmp_path, GOOD.replace(before, after)))
    assert f"kr-example.yaml:{line}:" in said
    assert ("there is no such day; a mapping: {on: …, how: …}" in said) is (line == 18)


def test_a_file_in_no_group_is_a_problem_and_two_sources_of_one_id_are_too(tmp_path):
    feeds = written(tmp_path, GOOD, "regulatory/deep/kr-example.yaml")
    written(feeds)
    written(feeds, GOOD.replace("kind: regulatory", "kind: news"), "news/kr-example.yaml")
    told = "\n".join(problems_of(feeds))
    assert "EW161" in told
    assert "EW164" in told


def test_good_sources_are_read_beside_bad_ones(tmp_path):
    feeds = written(tmp_path)
    written(feeds, "id: broken\n", "news/broken.yaml")
    specs, problems = read_sources(feeds)
    assert [spec.id for spec in specs] == ["kr-example"]
    assert problems


@given(st.integers(1, 10_000), st.sampled_from("smhdw"))
def test_a_duration_survives_being_shown(number, unit):
    span = parse_duration(f"{number}{unit}")
    assert parse_duration(show_duration(span)) == span


@pytest.mark.parametrize("text", ["", "15", "m", "-5m", "5x", "1h 30", "∞"])
def test_other_text_is_no_duration(text):
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_months_are_the_latest_whose_figures_are_out():
    fill = lambda text, lag: fill_places(text, now=NOW, key="k", publication_lag_days=lag)  # noqa: E731
    assert fill("{month} {iso_month-1} {months:3}", 0) == "202602 2026-01 202512,202601,202602"
    assert fill("{month}", 24) == "202602"
    assert fill("{month}", 25) == "202601"
    assert fill("{day-25} {year} {year-1}", 0) == "2026-02-28 2026 2025"


def test_braces_that_are_no_place_stay():
    text = 'paramJson={"pageNo":1,"pageSize":15}&k={key}&{other}'
    assert fill_places(text, now=NOW, key="K", publication_lag_days=0) == text.replace("{key}", "K")
    assert places_in(text) == {"key"}


# The shipped catalogue


def test_the_shipped_catalogue_is_read_without_a_problem(catalogue):
    assert read_sources(ROOT / "feeds")[1] == ()
    assert len(catalogue) >= 30


def test_the_shipped_catalogue_covers_every_group_and_jurisdiction(catalogue):
    for kind in GROUPS.values():
        assert any(spec.kind == kind for spec in catalogue.values()), kind
    regulators = {spec.country for spec in catalogue.values() if spec.kind == "regulatory"}
    assert {"US", "JP", "KR", "CN", "EU", "GB", "CA"} <= regulators
    assert {spec.language for spec in catalogue.values()} >= {"en", "zh", "ja", "ko", "fr", "es"}


def test_no_shipped_source_claims_to_have_been_seen_live(catalogue):
    assert [spec.id for spec in catalogue.values() if spec.verified is not None] == []


def test_dead_addresses_are_not_shipped(catalogue):
    dead = ("bis.gov/rss.xml", "argusmedia.com", "feeds.reuters.com", "chinadaily.com")
    assert [spec.id for spec in catalogue.values() for name in dead if name in spec.url] == []


def test_every_shipped_source_says_what_normal_is(catalogue):
    silent = [s.id for s in catalogue.values() if not (s.expect.rows or s.expect.newest_within_days)]
    assert silent == []


def test_gdelt_is_paced_as_it_asks(catalogue):
    paced = [spec for spec in catalogue.values() if "api.gdeltproject.org" in spec.url]
    assert paced
    assert all(spec.spacing >= timedelta(seconds=6.5) for spec in paced)


def test_news_queries_cover_four_languages_and_are_one_publisher_family(catalogue):
    queries = [spec for spec in catalogue.values() if spec.id.startswith("google-news-")]
    assert {spec.language for spec in queries} == {"en", "zh", "ja", "ko"}
    assert {spec.publisher for spec in queries} == {"google-news"}


def test_the_documentation_names_every_field_of_a_source():
    text = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    missing = [name for name in SourceSpec.model_fields if f"`{name}`" not in text]
    assert missing == []


# Real documents


def shared(name: str) -> bytes:
    path = Path(os.environ.get("EWS_SHARED_DATA", ROOT.parent / "shared" / "data")) / name
    if not path.exists():
        pytest.skip("the real data set is not here; EWS_SHARED_DATA names its directory")
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data
    import zstandard  # noqa: PLC0415 - for real documents only

    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def read(spec: SourceSpec, body: bytes):
    document = Document(
        source_id=spec.id, url=spec.url, body=body, fetched_at=datetime(2026, 8, 20, tzinfo=UTC)
    )
    return parse(document, spec.parse, spec.profile)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("source", "document", "records"),
    [
        ("jp-meti-press", "feeds/jp_ministries/meti.html", 20),
        ("jp-maff-press", "feeds/jp_ministries/maff.html", 46),
        ("jp-mof-news", "feeds/jp_ministries/mof.xml", 100),
        ("jp-kantei-news", "feeds/jp_ministries/kantei.xml", 25),
        ("us-regulations-gov-bis", "feeds/regulations_gov_api_documents.json", 25),
        ("kr-komis-minor-metals", "prices/komis_daily.json", 1037),
        ("us-consolidated-screening-list", "lists/us_consolidated_screening_list_sample_2019-12.csv", 115),
        ("us-bis-denied-persons", "lists/bis_denied_persons_2019-06.tsv", 543),
        ("us-entity-list", "lists/ecfr_15cfr744_2026-03-25.xml.zst", 3415),
    ],
)
def test_a_shipped_source_reads_the_real_document(catalogue, source, document, records):
    parsed = read(catalogue[source], shared(document))
    assert parsed.records == records
    for item in parsed.items:
        assert item.title
        assert item.published_at is not None
    linked = sum(item.url.startswith("https://") for item in parsed.items)
    assert linked >= len(parsed.items) * 0.9


@pytest.mark.shared_data
def test_two_editions_of_the_entity_list_that_differ_in_punctuation_hold_no_change(catalogue):
    spec = catalogue["us-entity-list"]
    before = read(spec, shared("lists/ecfr_15cfr744_2026-03-25.xml.zst"))
    after = read(spec, shared("lists/ecfr_15cfr744_2026-07-18.xml.zst"))
    assert compare_listings(before.listing, after.listing) == ()
