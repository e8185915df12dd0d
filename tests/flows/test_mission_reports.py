"""A desk files what it was told: evidence like any other, seen by nobody beyond its release, taken back by its author."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.adapters.alert_samples import DESKS, NOON
from warning.app.compose import compose
from warning.app.live import assess_new
from warning.channels.naming import naming
from warning.channels.render_facts import fields, sources
from warning.cli import report as report_cli
from warning.cli.main import cli
from warning.core.mission_reports import MissionReport, as_item
from warning.core.release import desk_refusal
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.errors import EwsError
from warning.settings import load_settings

HELD = "Customs in China hold up clearance of urea cargoes for Korea, no reason given"
SAID = ["report", "--desk", "kr", "--by", "J. Kim", "--title", HELD, "--reliability", "B", "--credibility", "2",
        "--country", "CN", "--material", "urea", "--place", "Tianjin", "--observed", "2026-11-20"]  # fmt: skip


@pytest.fixture(scope="module")
def one_rule(tmp_path_factory):
    """The shipped words and desks with the one rule that reports of this sort are for."""
    tree = tmp_path_factory.mktemp("trees") / "rules"
    shutil.copytree(Path(__file__).parents[2] / "rules", tree)
    for path in (*tree.glob("signals/*.yaml"), *tree.glob("tests/*.yaml"), *tree.glob("measures/*.yaml")):
        if path.name != "informal-export-stop.yaml":
            path.unlink()
    return tree


@pytest.fixture
def home(tmp_path, monkeypatch, one_rule):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "ews"))
    monkeypatch.setenv("WARNING_RULES_DIR", str(one_rule))
    return tmp_path


def run(*words: str, given: str | None = None):
    return CliRunner().invoke(cli, list(words), input=given, catch_exceptions=True)


def filed(*words: str) -> dict:
    answer = run(*SAID, *words, "--json")
    assert answer.exit_code == 0, answer.output + repr(answer.exception)
    return json.loads(answer.stdout)


def alerts(home):
    system = compose(load_settings())
    try:
        assess_new(system)
        return system.repository.alerts()
    finally:
        system.close()


def test_a_report_fires_a_rule_and_its_alert_is_released_no_further_than_it(home):
    said = filed("--release", "JP", "--marking", "AMBER")
    assert said["report"]["release_to"] == ["JP", "KR"]
    (alert,) = [a for a in alerts(home) if "urea" in a.facts.materials]
    assert (alert.marking, alert.release_to) == (Marking.AMBER, frozenset({"JP", "KR"}))
    assert desk_refusal(alert, DESKS["en"])[0] == "not_released"
    assert desk_refusal(alert, DESKS["ko"].model_copy(update={"clearance": Marking.AMBER})) is None
    assert {e.source_id for e in alert.exhibits} == {"mission-kr-b"}
    assert {e.reliability for e in alert.exhibits} == {"B"}


def test_a_report_is_its_own_countrys_unless_it_says_more(home):
    assert filed()["report"]["release_to"] == ["KR"]
    (alert,) = alerts(home)
    assert alert.release_to == frozenset({"KR"})


def test_who_filed_a_report_stands_in_the_audit_log_and_nowhere_else(home):
    name = filed()["report"]["id"]
    system = compose(load_settings())
    (entry,) = system.repository.audit(subject=name)
    item = system.repository.find_item(json.loads(entry.content)["item"])
    system.close()
    assert entry.actor == "J. Kim"
    assert json.loads(entry.content)["release_to"] == "KR"
    assert HELD not in entry.content
    assert "Kim" not in repr(item)
    assert "Admiralty: B2 (source usually reliable, information probably true)" in item.body


def test_a_correction_is_the_same_report_with_another_text(home):
    name = filed()["report"]["id"]
    again = [w.replace("Tianjin", "Qingdao") for w in SAID[1:]]
    answer = run("report", "correct", name, *again, "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["report"]["id"] == name
    system = compose(load_settings())
    item = system.repository.find_item(json.loads(answer.stdout)["report"]["item"])
    assert "Qingdao" in item.body
    assert len(system.repository.item_history(item)) == 1
    system.close()


@pytest.mark.parametrize("act", [["withdraw", "--reason", "x"], ["correct", *SAID[3:]]])
def test_only_who_filed_a_report_may_take_it_back(home, act):
    name = filed()["report"]["id"]
    words = [w if w != "J. Kim" else "A. Other" for w in act]
    answer = run("report", words[0], name, *words[1:], *([] if "--by" in words else ["--by", "A. Other"]))
    assert isinstance(answer.exception, EwsError)
    assert "filed by somebody else" in str(answer.exception)


def test_a_withdrawn_report_says_no_more_what_it_said_and_names_the_alerts_that_rest_on_it(home):
    name = filed()["report"]["id"]
    (alert,) = alerts(home)
    answer = run(
        "report", "withdraw", name, "--by", "j. kim", "--reason", "the source mixed up two ports", "--json"
    )
    told = json.loads(answer.stdout)
    assert told["alerts"] == [alert.key]
    assert told["report"]["title"].startswith("[withdrawn]")
    listed = json.loads(run("report", "list", "--json").stdout)["reports"]
    assert [one["title"] for one in listed] == [told["report"]["title"]]
    again = run("report", "withdraw", name, "--by", "J. Kim", "--reason", "x")
    assert "withdrawn before" in str(again.exception)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--material": "uria"}, "did you mean urea"),
        ({"--desk": "kp"}, "no desk is called 'kp'"),
        ({"--country": "China"}, "--country"),
        ({"--title": "urea"}, "--title"),
        ({"--observed": "yesterday"}, "--observed"),
        ({"--release": "FR"}, "no desk is of FR"),
        ({"--marking": "RED"}, "above the clearance"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_by_the_name_of_its_option(home, change, words):
    said = list(SAID)
    for option, value in change.items():
        if option in said:
            said[said.index(option) + 1] = value
        else:
            said += [option, value]
    answer = run(*said)
    assert words in str(answer.exception) + answer.output
    assert json.loads(run("report", "list", "--json").stdout)["reports"] == []


def test_missing_options_are_named_where_nobody_can_be_asked(home):
    answer = run("report", "--desk", "kr", "--by", "J. Kim")
    assert (
        "--title: is needed; --reliability: is needed; --credibility: is needed; --country: is needed"
        in str(answer.exception)
    )


def test_a_file_says_it_as_well_and_its_mistakes_have_their_place(home, tmp_path):
    note, annex = tmp_path / "note.yaml", tmp_path / "photo.jpg"
    annex.write_bytes(b"picture")
    note.write_text(
        f"desk: kr\ntitle: {HELD.replace(':', '')}\nreliability: C\ncredibility: 3\ncountry: CN\nmaterials: [urea]\n",
        encoding="utf-8",
    )
    answer = run("report", "--by", "J. Kim", "--from-file", str(note), "--attach", str(annex), "--json")
    assert json.loads(answer.stdout)["report"]["source_id"] == "mission-kr-c"
    note.write_text("desk: kr\ntitel: x\n", encoding="utf-8")
    wrong = run("report", "--by", "J. Kim", "--from-file", str(note))
    assert "note.yaml:2:1" in str(wrong.exception)
    assert "did you mean title" in str(wrong.exception)


def test_a_terminal_is_asked_what_the_options_leave_open(home, monkeypatch):
    monkeypatch.setattr(report_cli, "_is_terminal", lambda: True)
    answers = ["kr", HELD, "uria", "urea", "cn", "Tianjin", "", "", "B", "2", "", "jp"]
    answer = run("report", "--by", "J. Kim", given="\n".join(answers) + "\n")
    assert answer.exit_code == 0, answer.output + repr(answer.exception)
    assert "no material is called 'uria'; did you mean urea" in answer.output
    assert "filed: TLP:AMBER, releasable to JP, KR" in answer.output


def test_a_report_keeps_its_own_marking_whatever_its_source_allows():
    report = MissionReport(
        desk="jp", title=HELD, reliability="A", credibility=1, country="CN", marking=Marking.GREEN
    )
    item = as_item(report, "r-1", NOON, "JP")
    assert (item.marking, item.release_to, item.kind) == (Marking.GREEN, frozenset({"JP"}), "mission")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--country", "XX"), "'XX' is no country of ISO 3166 alpha-2"),
        (("--country", "UK"), "did you mean GB?"),
        (("--observed", "2099-01-01"), "--observed: 2099-01-01 is still to come"),
        (("--observed", "22.11.2026"), "--observed: '22.11.2026' is no day such as 2026-11-20"),
        (("--title", "short"), "--title: at least 8 characters, it has 5"),
    ],
)
def test_a_slip_in_a_report_is_told_in_words_and_nothing_is_stored(home, change, words):
    answer = run(*SAID, *change)
    assert answer.exit_code != 0
    assert words in str(answer.exception)
    assert json.loads(run("report", "list", "--json").stdout)["reports"] == []


def test_an_item_whose_name_only_begins_as_a_reports_is_no_report(home):
    """A dropped file may name its record so: it is evidence, filed by nobody."""
    name = filed()["report"]["id"]
    system = compose(load_settings())
    try:
        now = system.clock()
        (report,) = system.repository.items_between(now - timedelta(days=1), now + timedelta(days=1))
        system.repository.add_items([replace(report, id="i-other", external_id="r-5 of the mission")])
    finally:
        system.close()
    (listed,) = json.loads(run("report", "list", "--json").stdout)["reports"]
    assert listed["id"] == name


def test_a_country_may_be_written_small(home):
    assert filed("--country", "cn", "--release", "jp")["report"]["release_to"] == ["JP", "KR"]


def test_a_withdrawn_report_is_not_brought_back_by_a_correction_and_a_withdrawal_says_why(home):
    name = filed()["report"]["id"]
    assert "--reason says why" in str(
        run("report", "withdraw", name, "--by", "J. Kim", "--reason", " ").exception
    )
    assert run("report", "withdraw", name, "--by", "J. Kim", "--reason", "denied").exit_code == 0
    words = [word for word in SAID[1:] if word not in {"--desk", "kr"}]
    answer = run("report", "correct", name, *words)
    assert "was withdrawn: a correction would bring it back unseen" in str(answer.exception)


def test_reports_of_a_desk_nobody_has_are_not_shown_as_none(home):
    assert "no desk is called 'zz'" in str(run("report", "list", "--desk", "zz").exception)


def listed() -> list[dict]:
    return json.loads(run("report", "list", "--json").stdout)["reports"]


def test_a_report_filed_twice_within_minutes_is_stored_once_and_says_under_which_name(home):
    first = filed()
    again = run(*SAID)
    assert again.exit_code == 0
    assert f"{first['report']['id']} filed already" in again.output
    assert "--again files a second report" in again.output
    assert filed()["act"] == "filed already"
    assert len(listed()) == 1


@pytest.mark.parametrize("words", [["--again"], ["--by", "A. Sato"], ["--place", "Qingdao"]])
def test_a_report_on_purpose_by_another_author_or_in_other_words_is_a_second_one(home, words):
    filed()
    assert filed(*words)["act"] == "filed"
    assert len(listed()) == 2


def test_the_same_words_for_other_readers_are_a_correction_and_not_a_second_report(home):
    name = filed()["report"]["id"]
    answer = run(*SAID, "--release", "JP")
    assert f"filed already as {name}, with another marking or for other countries" in str(answer.exception)
    assert len(listed()) == 1


def test_what_was_withdrawn_may_be_filed_anew_at_once(home):
    name = filed()["report"]["id"]
    assert run("report", "withdraw", name, "--by", "J. Kim", "--reason", "wrong port").exit_code == 0
    assert filed()["act"] == "filed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--by", "J. \udcff"), "--by is not UTF-8"),
        (("--title", "Customs hold urea \udcff"), "--title: it is not UTF-8"),
        (("--material", "Ur ea"), "'Ur ea' is no name of a material"),
    ],
)
def test_what_a_terminal_cannot_write_is_refused_in_words(home, change, words):
    answer = run(*SAID, *change)
    assert isinstance(answer.exception, EwsError)
    assert words in str(answer.exception)


def test_a_command_without_standard_input_is_not_asked(home, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert report_cli._is_terminal() is False


def graded(home, *pairs):
    """The alerts after reports of these grades, each by another desk's colleague."""
    for number, (letter, digit) in enumerate(pairs):
        said = [*SAID, "--release", "JP"]
        said[said.index("--by") + 1] = f"colleague {number}"
        said[said.index("--reliability") + 1], said[said.index("--credibility") + 1] = letter, digit
        assert run(*said).exit_code == 0
    return alerts(home)


def test_an_improbable_report_of_an_unreliable_source_interrupts_no_desk_and_is_shown_with_its_pair(home):
    (alert,) = graded(home, ("E", "5"))
    assert (alert.certainty, alert.interrupts, alert.exhibits[0].admiralty) == (
        Certainty.UNLIKELY, False, "E5"
    )  # fmt: skip
    assert alert.severity_for("KR") <= Severity.MODERATE
    system = compose(load_settings())
    assert {one.reason for one in system.repository.withheld_of(alert.key)} <= {
        "context",
        "not_released",
        "clearance",
    }
    system.close()


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_every_report_of_an_alert_is_shown_with_both_grades_in_every_language(home, language):
    (alert,) = graded(home, ("B", "2"), ("E", "5"))
    desk = DESKS[language]
    system = compose(load_settings())
    words = naming(language, system.book())
    system.close()
    notes = [" ".join(source.notes) for source in sources(alert, words, desk)]
    assert [grade in note for grade, note in zip(["B2", "E5"], notes, strict=True)] == [True, True]
    assert any("B2" in row.value for row in fields(alert, words, desk))
