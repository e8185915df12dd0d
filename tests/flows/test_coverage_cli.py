"""`warning coverage` and `warning feeds why` as a desk officer asks them, on the shipped catalogue."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from warning.app.compose import open_repository, system_clock
from warning.app.why_missed import language_of, materials_in, site_of
from warning.catalog.load import load_rulebook
from warning.catalog.sources import load_sources
from warning.cli.main import cli
from warning.core.coverage import materials_called, top_of
from warning.core.evidence import Item, item_id
from warning.core.health import SourceState
from warning.core.terms import Terms
from warning.resources import tree
from warning.settings import Settings

CHINESE = frozenset(
    spec.id for spec in load_sources(tree("feeds")) if (spec.country, spec.kind) == ("CN", "regulatory")
)
SINCE = timedelta(days=5)
URL = "https://www.mofcom.gov.cn/zwgk/zcfb/art/2026/art_1.html"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home in which the Chinese ministry is blocked, no Canadian one was ever polled, and all others are read."""
    place = tmp_path_factory.mktemp("home")
    repository = open_repository(Settings(home=place))
    now = system_clock()
    for spec in load_sources(tree("feeds")):
        if (spec.country, spec.kind) == ("CA", "regulatory"):
            continue
        blocked = spec.id in CHINESE
        repository.save_source_state(
            SourceState(
                source_id=spec.id, condition="blocked" if blocked else "ok", cause="a captcha" if blocked else "",
                since=now - SINCE, last_success_at=now - (SINCE if blocked else timedelta(minutes=1)),
                last_attempt_at=now,
            )
        )  # fmt: skip
    stored = "https://www.meti.go.jp/press/2026/001.html"
    item = Item(
        id=item_id("jp-meti-press", "", stored, ""), source_id="jp-meti-press", kind="regulatory", country="JP",
        language="ja", title="ガリウムに関する発表です", url=stored, published_at=now - timedelta(hours=9), known_at=now,
    )  # fmt: skip
    repository.add_items([item])
    repository.close()
    return place


@pytest.fixture
def ask(home):
    def run(*words: str):
        result = CliRunner(env={"WARNING_HOME": str(home)}).invoke(cli, [*words])
        return result.exit_code, result.stdout

    return run


def test_a_blocked_ministry_is_blind_and_what_is_read_is_quiet(ask):
    code, out = ask("coverage", "--json")
    told = json.loads(out)
    cells = {(c["material"], c["country"], c["kind"]): c for c in told["cells"]}
    assert code == 1
    assert told["schema"] == "coverage/1"
    assert cells["gallium", "CN", "regulatory"]["state"] == "blind"
    assert "captcha" in cells["gallium", "CN", "regulatory"]["because"]
    assert cells["gallium", "JP", "regulatory"]["state"] == "quiet"
    assert cells["gallium", "CA", "regulatory"]["state"] == "uncovered"
    rules = {r["rule"]: r for r in told["rules"]}
    assert rules["prc-export-control-notice"]["level"] == "blind"
    assert rules["context-materials"]["level"] == "partly blind"
    assert rules["context-materials"]["not_watched"].count("regulatory of CN") == 1


@pytest.mark.parametrize("words", [(), ("--material", "gallium"), ("--rules",), ("--kind", "news")])
def test_the_matrix_fits_a_hundred_columns(ask, words):
    _, out = ask("coverage", *words)
    assert out
    assert max(map(len, out.splitlines())) <= 100


def test_a_material_nobody_knows_is_a_usage_error_with_the_nearest(home):
    for written, nearest in (("galium", "gallium"), ("ureea", "urea")):
        result = CliRunner(env={"WARNING_HOME": str(home)}).invoke(cli, ["coverage", "--material", written])
        assert result.exit_code == 2
        assert f"no material is called '{written}'; did you mean {nearest}" in " ".join(result.stderr.split())


def test_a_material_is_found_by_any_name_of_it_and_counted_under_what_it_is_part_of(ask):
    terms = load_rulebook(tree("rules"), tree("feeds")).terms
    called = {
        "urea": "fertilisers", "Urea": "fertilisers", "尿素": "fertilisers", "요소": "fertilisers",
        "dysprosium": "rare_earths", "ジスプロシウム": "rare_earths", "镓": "gallium", "Gallium": "gallium",
        "Rare Earths": "rare_earths", "heavy rare earths": "rare_earths",
    }  # fmt: skip
    found = {word: {top_of(name, terms) for name in materials_called(word, terms)} for word in called}
    assert found == {word: {counted} for word, counted in called.items()}
    plain = ask("coverage", "--material", "fertilisers", "--kind", "price")[1]
    assert (
        ask("coverage", "--material", "Urea", "--kind", "price")[1]
        == f"Urea is counted under fertilisers\n{plain}"
    )


def test_a_name_for_several_materials_is_refused_as_one(ask):
    assert ask("coverage", "--material", "critical minerals")[0] == 2


def test_why_names_the_sources_of_the_same_site_and_how_they_were(ask):
    code, out = ask("feeds", "why", URL, "--json")
    why = json.loads(out)["why"]
    assert code == 0
    assert {c["source"] for c in why["carriers"]} >= {
        name for name in CHINESE if name.startswith("cn-mofcom-")
    }
    assert {c["verdict"] for c in why["carriers"] if c["source"] in CHINESE} == {"was blind"}
    assert why["because"].startswith("every source that should have carried it could not see")
    text = ask("feeds", "why", URL)[1]
    assert "warning feeds check cn-" in text
    assert max(map(len, text.splitlines())) <= 100


def test_why_tells_of_the_time_it_was_published(ask):
    before = (datetime.now(UTC) - SINCE - timedelta(days=8)).date().isoformat()
    why = json.loads(ask("feeds", "why", URL, "--on", before, "--json")[1])["why"]
    assert "was blind" not in {c["verdict"] for c in why["carriers"]}


def test_why_finds_what_is_stored_by_its_address_or_title_and_how_late_it_came(ask):
    why = json.loads(ask("feeds", "why", "http://meti.go.jp/press/2026/001.html", "--json")[1])["why"]
    assert [found["source"] for found in why["stored"]] == ["jp-meti-press"]
    assert "9 h after it was published, and no rule fired on it" in why["because"]
    by_title = json.loads(ask("feeds", "why", "ガリウムに関する発表です", "--json")[1])["why"]
    assert by_title["stored"] == why["stored"]


def test_why_says_which_rules_a_headline_fires_and_which_sources_ask_for_it(ask):
    why = json.loads(ask("feeds", "why", "商务部公告2026年第70号 公布对镓相关物项实施出口管制", "--json")[1])[
        "why"
    ]
    assert (why["language"], why["materials"]) == ("zh", ["gallium"])
    assert "prc-export-control-notice" in why["rules"]
    relations = {c["source"]: c["relation"] for c in why["carriers"]}
    assert relations["google-news-gallium-germanium-zh"] == "query for it"
    assert "google-news-antimony-tungsten-zh" not in relations


def test_why_of_a_site_nobody_watches_says_so(ask):
    assert (
        "no source of the catalogue covers it" in ask("feeds", "why", "https://www.foo.example/x")[1].lower()
    )


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://aqygzj.mofcom.gov.cn/x", "mofcom.gov.cn"),
        ("https://www.meti.go.jp/", "meti.go.jp"),
        ("https://news.metal.com/", "metal.com"),
        ("nonsense", ""),
    ],
)
def test_a_site_is_what_belongs_to_one_owner(url, site):
    assert site_of(url) == site


def test_the_language_of_a_headline_is_told_by_its_script():
    texts = {"갈륨 수출": "ko", "ガリウムの輸出": "ja", "镓出口": "zh", "Gallium exports": "en"}
    assert {text: language_of(text) for text in texts} == texts
    assert materials_in("gallium", Terms()) == ()


def test_a_place_that_sources_look_at_and_nobody_has_read_yet_is_not_one_without_any(ask):
    _, out = ask("coverage", "--kind", "regulatory", "--country", "ca")
    assert "? not read yet" in out
    assert out.splitlines()[4].endswith("  ?")
    assert "cells not read yet" in out.splitlines()[0]
    _, out = ask("coverage", "--kind", "regulatory", "--country", "ca", "--material", "gallium")
    assert "not read yet" in out
    assert "waits for a first answer of 6 sources" in out
    assert "uncovered" not in out


def test_a_country_that_no_source_is_of_is_told_and_not_shown_as_nothing(home):
    answer = CliRunner(env={"WARNING_HOME": str(home)}).invoke(cli, ["coverage", "--country", "ZZ"])
    assert answer.exit_code != 0
    assert "no source of the catalogue is of 'ZZ'; countries: AU, CA," in answer.output + str(
        answer.exception
    )


def test_the_rules_that_see_and_those_that_do_not_add_up(ask):
    last = ask("coverage")[1].split("\n\n")[-1].replace("\n", " ")
    total, *levels = [int(number) for number in re.findall(r"\d+", last)]
    assert total == sum(levels)


def test_a_kind_that_no_source_of_a_country_is_of_is_told_with_those_it_has(home):
    words = ["coverage", "--kind", "mission", "--country", "ca"]
    answer = CliRunner(env={"WARNING_HOME": str(home)}).invoke(cli, words)
    assert answer.exit_code == 2
    assert "no source of the catalogue is of the kind mission of CA; kinds of CA:" in answer.output + str(
        answer.exception
    )


def test_rules_without_any_source_say_so(tmp_path):
    feeds = tmp_path / "feeds" / "regulatory"
    feeds.mkdir(parents=True)
    shutil.copy(tree("feeds") / "regulatory" / "cd-mines-ministry.yaml", feeds)
    where = {"WARNING_HOME": str(tmp_path), "WARNING_FEEDS_DIR": str(tmp_path / "feeds")}
    answer = CliRunner(env=where).invoke(cli, ["coverage", "--rules"])
    assert "no source of the catalogue brings what it asks for" in " ".join(answer.output.split())


def test_a_broken_file_of_the_catalogue_is_named_with_its_line(tmp_path):
    feeds = tmp_path / "feeds" / "news"
    feeds.mkdir(parents=True)
    (feeds / "broken.yaml").write_text("id: [broken\n  x: 1\n", encoding="utf-8")
    where = {"WARNING_HOME": str(tmp_path), "WARNING_FEEDS_DIR": str(tmp_path / "feeds")}
    answer = CliRunner(env=where).invoke(cli, ["coverage"])
    assert "broken.yaml:2:4" in str(answer.exception)
