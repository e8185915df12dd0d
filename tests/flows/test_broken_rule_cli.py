"""What works on while a rule file is broken, and says which file it is."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.adapters.judged import document, fired, judge, waiting
from warning.cli.main import cli
from warning.core.assess import State
from warning.resources import tree
from warning.store.engine import open_engine
from warning.store.repository import Repository

BROKEN = "list-any-removal.yaml"


@pytest.fixture
def warning(sqlite_url: str, tmp_path: Path):
    """Run `warning` on a store with one alert, rules one of which cannot be read."""
    engine = open_engine(sqlite_url)
    repository = Repository(engine)
    repository.add_items([document()])
    repository.commit_assessment(judge([fired()], State()), waiting(repository), book_version="b1")
    engine.dispose()
    rules = tmp_path / "rules"
    shutil.copytree(tree("rules"), rules)
    environment = {
        "WARNING_HOME": str(tmp_path / "home"),
        "WARNING_DATABASE_URL": sqlite_url,
        "WARNING_RULES_DIR": str(rules),
    }

    def run(*words: str, broken: bool = True):
        if broken:
            (rules / "signals" / BROKEN).write_text("id: [broken", encoding="utf-8")
        return CliRunner().invoke(cli, words, env=environment)

    return run


def told(result) -> dict:
    assert result.exit_code == 0, (result.output, result.exception)
    assert BROKEN in result.stderr
    return json.loads(result.stdout)


def test_silences_are_listed_while_a_rule_file_is_broken(warning):
    made = ("--by", "Kim", "--reason", "fair", "--until", "3d", "--match", "material=gallium", "--json")
    assert warning("silence", "add", "--desk", "kr", *made, broken=False).exit_code == 0
    assert [one["desk"] for one in told(warning("silence", "list", "--json"))["silences"]] == ["kr"]


def test_a_silence_is_made_while_a_rule_file_is_broken_also_for_the_rule_that_is(warning):
    made = ("silence", "add", "--desk", "kr", "--by", "Kim", "--reason", "fair", "--until", "3d", "--json")
    assert told(warning(*made, "--match", "material=gallium"))["silence"]["desk"] == "kr"
    assert told(warning(*made, "--match", "rule=prc-controls"))["silence"]["desk"] == "kr", (
        "an alert of it is open"
    )
    refused = warning(*made, "--match", "rule=prc-control")
    assert "prc-controls" in str(refused.exception) + refused.stderr


@pytest.mark.parametrize(
    "words", [("ack",), ("assign", "--to", "Lee"), ("close", "--verdict", "confirmed", "--reason", "read")]
)
def test_an_alert_is_acted_on_while_a_rule_file_is_broken(warning, words):
    (alert,) = told(warning("alerts", "list", "--context", "--json"))["alerts"]
    done = warning("alerts", words[0], alert["key"], "--desk", "kr", "--by", "Kim", *words[1:], "--json")
    assert told(done)["event"]["by"] == "Kim"


ACTS = (
    ("ack",), ("assign", "--to", "Lee"), ("note", "--reason", "asked two importers"), ("snooze",),
    ("escalate", "--to", "Park", "--reason", "over our heads"), ("close", "--verdict", "confirmed", "--reason", "read"),
    ("reopen", "--reason", "it goes on"),
)  # fmt: skip
ELSEWHERE = ("desks/us.yaml", "terms/materials.yaml", "exposure/us.yaml", "measures/china.yaml")


def first_alert(warning) -> str:
    return json.loads(warning("alerts", "list", "--context", "--json", broken=False).stdout)["alerts"][0][
        "key"
    ]


@pytest.mark.parametrize("file", ELSEWHERE)
def test_a_desk_acts_while_any_file_but_its_own_is_broken_and_is_told_which(warning, tmp_path: Path, file):
    key, place = first_alert(warning), tmp_path / "rules" / file
    assert place.is_file()
    place.write_text("id: [broken", encoding="utf-8")
    for words in ACTS if "desks" in file else ACTS[:1]:
        done = warning(
            "alerts", words[0], key, "--desk", "kr", "--by", "Kim", *words[1:], "--json", broken=False
        )
        assert done.exit_code == 0, (words, done.output)
        assert Path(file).name in done.stderr
        assert json.loads(done.stdout)["event"]["by"] == "Kim"


@pytest.mark.parametrize("file", ["desks/kr.yaml", "policy.yaml"])
def test_no_act_is_stored_while_what_bounds_the_desk_is_broken(warning, tmp_path: Path, file):
    key = first_alert(warning)
    (tmp_path / "rules" / file).write_text("id: [broken", encoding="utf-8")
    refused = warning("alerts", "ack", key, "--desk", "kr", "--by", "Kim", broken=False)
    assert refused.exit_code != 0
    assert Path(file).name in str(refused.exception) + refused.stderr


@pytest.mark.parametrize("copy", ["a-kr.yaml", "before/kr.yaml"])
def test_no_act_is_stored_while_two_files_say_differently_what_the_desk_may_see(
    warning, tmp_path: Path, copy
):
    key, desks = first_alert(warning), tmp_path / "rules" / "desks"
    wider = (desks / "kr.yaml").read_text(encoding="utf-8").replace("clearance: AMBER", "clearance: RED")
    assert "clearance: RED" in wider
    (desks / copy).parent.mkdir(exist_ok=True)
    (desks / copy).write_text(wider, encoding="utf-8")
    refused = warning("alerts", "ack", key, "--desk", "kr", "--by", "Kim", broken=False)
    assert refused.exit_code != 0
    assert "kr.yaml" in str(refused.exception) + refused.stderr


@pytest.mark.parametrize("words", [("share", "--from", "kr", "--to", "jp"), ("approve",), ("reject",)])
def test_what_tells_other_desks_is_refused_while_a_desk_file_is_broken(warning, tmp_path: Path, words):
    key = first_alert(warning)
    (tmp_path / "rules" / "desks" / "us.yaml").write_text("id: [broken", encoding="utf-8")
    refused = warning("alerts", words[0], key, "--by", "Kim", "--reason", "read", *words[1:], broken=False)
    assert refused.exit_code != 0
    assert "us.yaml" in str(refused.exception) + refused.stderr


def test_an_alert_is_shared_while_a_rule_file_is_broken(warning):
    (alert,) = told(warning("alerts", "list", "--context", "--json"))["alerts"]
    words = ("--from", "kr", "--to", "jp", "--by", "Kim", "--reason", "they hold stocks", "--json")
    assert told(warning("alerts", "share", alert["key"], *words))["share"]["to"] == "jp"


@pytest.mark.parametrize("decision", ["approve", "reject", "archive"])
def test_a_review_is_decided_while_a_rule_file_is_broken(warning, decision):
    (alert,) = told(warning("alerts", "list", "--context", "--json"))["alerts"]
    words = ("alerts", decision, alert["key"], "--by", "Kim", "--reason", "read", "--json")
    refused = warning(*words)
    assert BROKEN in refused.stderr
    assert "does not wait for a review" in str(refused.exception) + refused.stderr


def test_the_out_feed_is_written_while_a_rule_file_is_broken(warning, tmp_path: Path):
    said = told(warning("feeds", "out", "--desk", "kr", "--out", str(tmp_path / "out"), "--json"))
    assert said["messages"] == 0, "nothing has been sent to the desk yet"
    assert (tmp_path / "out" / "alerts.atom").is_file()


def test_the_queue_of_reviews_is_read_while_a_rule_file_is_broken(warning):
    assert told(warning("alerts", "queue", "--json"))["queue"] == []


def test_a_route_says_that_operators_are_told_no_alerts(warning):
    words = ("desks", "route", "--title", "China bans gallium exports to Japan", "--country", "CN", "--json")
    said = json.loads(warning(*words, broken=False).stdout)
    assert said["operators"] == [{"desk": "operator", "told": False, "reason": "operator_desk"}]
    assert "operator" not in json.dumps(said["routed"])
