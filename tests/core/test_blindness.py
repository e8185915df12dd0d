"""What rules see: sources by their filters, places without a source, and quiet told from blind."""

from datetime import UTC, datetime

import pytest

from tests.core.build import book as any_book
from warning.core.blindness import dark_source, sight, told_together
from warning.core.coverage import coverage, top_materials
from warning.core.health import SourceReport, Vitals, report_id
from warning.core.rule_languages import languages_of_match
from warning.core.rulebook import Rulebook
from warning.core.rules import (
    AbsenceRule,
    ContextRule,
    DeadlineRule,
    ListingRule,
    SequenceRule,
    SeriesRule,
    TextRule,
)
from warning.core.source_needs import WatchedSource, needs_of
from warning.core.sources import unknown_source
from warning.core.terms import Terms

NOW = datetime(2026, 3, 10, tzinfo=UTC)
TERMS = Terms.model_validate(
    {
        "materials": {
            "gallium": {"names": {"en": ["gallium"]}, "label": {"en": "Gallium"}},
            "rare_earths": {"names": {"en": ["rare earths"]}, "label": {"en": "Rare earths"}},
            "dysprosium": {
                "names": {"en": ["dysprosium"]},
                "label": {"en": "Dysprosium"},
                "parent": "rare_earths",
            },
            "critical": {
                "names": {"en": ["critical minerals"]},
                "label": {"en": "Critical"},
                "is_class": "true",
            },
        }
    }
)
NAMED = TERMS.model_copy(
    update={
        "materials": TERMS.materials
        | {
            "gallium": TERMS.materials["gallium"].model_copy(
                update={"names": {"en": ["gallium"], "zh": ["镓"], "ja": ["ガリウム"]}}
            )
        }
    }
)
BOOK = Rulebook(policy=any_book().policy, terms=TERMS)


def source(
    name, kind="regulatory", country="CN", language="zh", yields="items", materials=None
) -> WatchedSource:
    profile = unknown_source(name, kind, country, language)
    return WatchedSource(profile=profile, yields=yields, materials=materials and frozenset(materials))


def by_id(*sources: WatchedSource) -> dict[str, WatchedSource]:
    return {s.id: s for s in sources}


SOURCES = by_id(
    source("mofcom"),
    source("gacc"),
    source("meti", country="JP", language="ja"),
    source("wire-en", "news", "US", "en"),
    source("query-gallium", "news", "US", "en", materials=["gallium"]),
    source("query-dysprosium", "news", "US", "en", materials=["dysprosium"]),
    source("entity-list", country="US", language="en", yields="list"),
    source("comtrade", "customs", "CN", "en", "figures", ["gallium"]),
    source("prices", "price", "WLD", "en", "figures"),
)


def vitals(condition: str, cause: str = "", since: datetime = NOW, read: bool = True) -> Vitals:
    report = SourceReport(
        id=report_id("s", condition, NOW),
        source_id="s",
        condition=condition,
        cause=cause,
        since=since,
        known_at=NOW,
    )
    return Vitals(read_at=NOW if read else None, report=report)


def health(**conditions: str) -> dict[str, Vitals]:
    named = {name.replace("_", "-"): condition for name, condition in conditions.items()}
    return {name: vitals(named.get(name, "ok")) for name in SOURCES}


HEAD = {"id": "r", "title": "r", "severity": "severe", "owner": "o", "rationale": "x"}
EXAMPLES = [{"fires": "true", "title": "a"}, {"fires": "false", "title": "b"}]


def text(where=None, match=None, cls=TextRule, kind="text") -> TextRule:
    return cls.model_validate(
        {
            **HEAD, "kind": kind, "where": where or {}, "match": match or {"all": [{"act": ["a"]}]}, "examples": EXAMPLES,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"countries": ["CN"], "kinds": ["regulatory"]}, "gacc mofcom"),
        ({"languages": ["ja"]}, "meti"),
        ({"sources": ["meti", "wire-en"], "except_sources": ["meti"]}, "wire-en"),
        ({"kinds": ["news"]}, "query-dysprosium query-gallium wire-en"),
    ],
)
def test_a_text_rule_needs_the_sources_that_pass_its_filters(where, wanted):
    assert needs_of(text(where), BOOK, SOURCES) == tuple(wanted.split())


def test_a_query_for_another_material_is_no_source_of_a_rule_on_one_and_a_part_counts_for_the_whole():
    of_gallium = text({"kinds": ["news"]}, {"all": [{"material": ["gallium"]}]})
    of_all_rare_earths = text({"kinds": ["news"]}, {"all": [{"material": ["rare_earths"]}]})
    any_material = text({"kinds": ["news"]}, {"all": [{"material": ["any"]}]})
    assert needs_of(of_gallium, BOOK, SOURCES) == ("query-gallium", "wire-en")
    assert needs_of(of_all_rare_earths, BOOK, SOURCES) == ("query-dysprosium", "wire-en")
    assert len(needs_of(any_material, BOOK, SOURCES)) == 3


def test_a_source_in_a_language_that_the_rule_has_no_words_in_is_none_of_its_sources():
    sources = by_id(
        source("mines-cd", country="CD", language="fr"),
        source("mines-ca", country="CA", language="en-CA"),
        source("gazette-eu", country="EU", language="mul"),
        source("mofcom"),
    )
    gallium = {"all": [{"material": ["gallium"]}]}
    assert needs_of(text({}, gallium), BOOK, sources) == ("gazette-eu", "mines-ca")
    assert needs_of(text({"sources": ["mines-cd"]}, gallium), BOOK, sources) == ("mines-cd",)
    assert needs_of(text({"languages": ["fr"]}, gallium), BOOK, sources) == ("mines-cd",)


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"all": [{"phrases": {"en": ["halt"], "zh": ["停止"]}}, {"material": ["gallium"]}]}, "en"),
        ({"any": [{"phrases": {"en": ["halt"]}}, {"phrases": {"zh": ["停止"]}}]}, "en zh"),
        ({"at_least": {"n": "1", "of": [{"phrases": {"ja": ["停止"]}}, {"material": ["any"]}]}}, "en ja"),
        (
            {"near": [{"of": [{"phrases": {"ko": ["중단"]}}, {"phrases": {"ko": ["수출"]}}]}]},
            "ko",
        ),
        ({"all": [{"act": ["unknown"]}]}, "en ja ko zh"),
    ],
)
def test_a_rule_reads_the_languages_in_which_all_that_must_occur_has_words(match, wanted):
    assert sorted(languages_of_match(text({}, match).match, TERMS)) == wanted.split()


def test_each_kind_of_rule_needs_what_yields_its_evidence():
    listing = ListingRule.model_validate(
        {**HEAD, "kind": "listing", "examples": [{"fires": "true", "change": "added", "name": "a"}] * 2}
    )
    series = SeriesRule.model_construct(**_series(measures=("price",)))
    flows = SeriesRule.model_construct(**_series(measures=("export_quantity",), materials=("gallium",)))
    others = SeriesRule.model_construct(**_series(measures=("export_quantity",), materials=("rare_earths",)))
    assert needs_of(listing, BOOK, SOURCES) == ("entity-list",)
    assert needs_of(series, BOOK, SOURCES) == ("prices",)
    assert needs_of(flows, BOOK, SOURCES) == ("comtrade",)
    assert needs_of(others, BOOK, SOURCES) == ()
    assert needs_of(DeadlineRule.model_construct(kind="deadline", id="d"), BOOK, SOURCES) == ()


def _series(**select):
    from warning.core.rules import Select  # noqa: PLC0415 - a builder of this module alone

    return {"id": "s", "kind": "series", "select": Select(**select)}


def test_a_sequence_needs_what_the_rules_of_its_steps_need():
    book = Rulebook(policy=BOOK.policy, terms=TERMS, rules=(text({"languages": ["ja"]}),))
    rule = SequenceRule.model_validate(
        {
            **HEAD, "id": "q", "kind": "sequence", "within_days": "5", "relation": "follow_up",
            "steps": [{"name": "a", "rules": ["r"]}, {"name": "b", "rules": ["r"]}],
            "examples": [{"fires": "true", "events": [{"rule": "r", "day": "2026-01-01"}]}] * 2,
        }
    )  # fmt: skip
    assert needs_of(rule, book, SOURCES) == ("meti",)


def test_a_rule_with_one_place_sees_while_one_of_its_sources_does():
    rule = text({"countries": ["CN"], "kinds": ["regulatory"]})
    half = sight(rule, BOOK, SOURCES, health(mofcom="blocked"))
    assert (half.level, [d.source_id for d in half.dark]) == ("sees", ["mofcom"])
    none = sight(rule, BOOK, SOURCES, health(mofcom="blocked", gacc="failing"))
    assert (none.level, none.since) == ("blind", NOW)


def test_a_rule_of_many_places_is_partly_blind_where_nobody_looks_any_more():
    rule = text(cls=ContextRule, kind="context")
    seen = sight(rule, BOOK, SOURCES, health(mofcom="drifted", gacc="frozen"))
    assert (seen.level, seen.dark_places) == ("partly blind", ((("regulatory", "CN"), NOW),))


def test_a_place_that_was_never_read_is_a_hole_and_no_blindness():
    rule = text(cls=ContextRule, kind="context")
    states = health()
    states["meti"] = vitals("unconfigured", read=False)
    assert sight(rule, BOOK, SOURCES, states).level == "sees"
    del states["meti"]
    assert sight(rule, BOOK, SOURCES, states).level == "sees"


def test_a_rule_about_absence_is_blind_with_any_of_its_sources_and_a_frozen_one_sees():
    rule = AbsenceRule.model_construct(id="a", kind="absence", sources=("mofcom", "meti"))
    assert sight(rule, BOOK, SOURCES, health(meti="failing")).level == "blind"
    assert sight(rule, BOOK, SOURCES, health(meti="frozen")).level == "sees"
    assert sight(rule, BOOK, SOURCES, {"meti": vitals("ok")}).level == "never read"


def test_a_source_never_polled_is_dark_without_a_date_and_a_well_one_is_not():
    assert dark_source("s", None).since is None
    assert dark_source("s", vitals("not_modified")) is None
    assert dark_source("s", vitals("moved", "redirected")) is None
    assert dark_source("s", vitals("moved", "only a notice that it has moved: x")).condition == "moved"


def test_sources_dark_for_one_cause_are_told_together():
    dark = [dark_source(name, vitals("blocked", "captcha")) for name in ("b", "a")]
    dark.append(dark_source("c", vitals("failing", "no connection")))
    assert told_together(dark) == (
        "a, b (blocked, the first since 2026-03-10: captcha)",
        "c is blind since 2026-03-10 (failing: no connection)",
    )


def cells_of(sources, states, material="gallium"):
    found = coverage([material], NAMED, sources, states, {})
    return {(c.country, c.kind): c for c in found}


def test_a_page_in_a_language_that_a_material_has_no_name_in_is_no_look_out_for_it():
    """A French gazette that is read says nothing of gallium to words in English and Chinese."""
    pages = by_id(
        source("gazette", country="CM", language="fr"),
        source("mofcom"),
        source("several", country="CD", language="mul"),
    )
    found = cells_of(pages, {name: vitals("ok") for name in pages})
    assert {country: cell.state for (country, _), cell in found.items()} == {
        "CM": "uncovered",
        "CN": "quiet",
        "CD": "quiet",
    }
    assert found["CM", "regulatory"].because == "no source of the catalogue looks here"


def test_a_list_of_names_is_no_look_out_for_a_material_while_its_countrys_pages_are_dark():
    sources = by_id(
        source("register", country="US", language="en"), source("entity-list", country="US", yields="list")
    )
    found = cells_of(sources, {"register": vitals("blocked"), "entity-list": vitals("ok")})
    assert found["US", "regulatory"].state == "blind"


def test_figures_are_a_look_out_whatever_language_their_source_writes():
    sources = by_id(source("customs", "customs", "JP", "ja", "figures", ["gallium"]))
    assert cells_of(sources, {"customs": vitals("ok")})["JP", "customs"].state == "quiet"


def test_the_four_states_of_a_cell_are_told_apart():
    states = health(mofcom="blocked", gacc="blocked")
    del states["meti"]
    cells = coverage(top_materials(NAMED), NAMED, SOURCES, states, {("dysprosium", "US", "news"): 2})
    found = {(c.material, c.country, c.kind): c for c in cells}
    assert found["rare_earths", "US", "news"].state == "covered"
    assert found["rare_earths", "US", "news"].evidence == 2
    assert found["gallium", "US", "news"].state == "quiet"
    assert found["gallium", "CN", "regulatory"].state == "blind"
    assert found["gallium", "CN", "regulatory"].since == NOW
    assert "captcha" not in found["gallium", "CN", "regulatory"].because
    assert found["gallium", "JP", "regulatory"].state == "uncovered"
    assert found["rare_earths", "CN", "customs"].because == "no source of the catalogue looks here"
    assert {c.material for c in cells} == {"gallium", "rare_earths"}
