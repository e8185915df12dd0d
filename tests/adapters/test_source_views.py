"""What the catalogue says that each source can bring: an index of the whole world trade is no look-out for gallium."""

import pytest

from warning.app.source_views import materials_of
from warning.catalog.sources import SourceSpec
from warning.core.terms import Terms

TERMS = Terms.model_validate(
    {"materials": {"gallium": {"names": {"en": ["gallium"], "zh": ["镓"]}, "label": {"en": "Gallium"}}}}
)


def spec(parse, url="https://stats.example.org/rows.csv") -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "id": "stats",
            "title": "Figures",
            "url": url,
            "kind": "price",
            "country": "WLD",
            "language": "en",
            "publisher": "stats",
            "publisher_title": "Statistics",
            "official": "true",
            "reliability": "A",
            "licence": "none",
            "every": "1d",
            "publication_lag_days": "5",
            "parse": parse,
            "verified": "never",
        }
    )


def table(**more):
    values = {"Index": {"measure": "index", "unit": "points"}}
    return {"format": "table", "period": "Date", "frequency": "M", "reporter": "WLD", "values": values} | more


@pytest.mark.parametrize(
    ("parse", "expected"),
    [
        (table(), frozenset()),
        (table(material="gallium"), {"gallium"}),
        (table(material="column:Metal", materials={"Ga": "gallium"}), {"gallium"}),
        (table(material="column:Metal"), None),
        (table(hs_code="column:HS"), None),
    ],
)
def test_a_table_brings_the_materials_it_names_and_any_only_where_rows_say_which(parse, expected):
    assert materials_of(spec(parse), TERMS) == expected


def test_a_query_brings_what_it_asks_for():
    asked = spec({"format": "rss"}, "https://news.example.org/search?q=%E9%95%93")
    assert materials_of(asked, TERMS) == {"gallium"}
