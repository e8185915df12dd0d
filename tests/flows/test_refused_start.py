"""A start under refused files goes on with the last good ones, and says so to who starts it, to operators and in doctor."""

import asyncio
import json
import os
import shutil
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.adapters.test_source_telling import OPERATORS
from warning.app.alarming import owe_to_operators
from warning.app.compose import compose
from warning.app.live import full_round, open_fetcher
from warning.app.refused_catalogue import tell_refusals
from warning.app.system import System
from warning.catalog.last_good import MOST_FILES, LastGoodFile
from warning.cli.main import cli
from warning.errors import CatalogError
from warning.settings import Settings

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 2, 3, 6, 0, tzinfo=UTC)
RULE = """
id: festivals
title: Festivals
kind: text
severity: extreme
act: export_control
direction: tightening
owner: tests
rationale: A rule to break.
match:
  all: [{phrases: {en: [carnival]}}]
examples:
  - {fires: true, title: The carnival begins}
  - {fires: false, title: Weather}
"""
TERMS = """
materials:
  gallium:
    names: {en: [gallium], zh: [镓], ja: [ガリウム], ko: [갈륨]}
    label: {en: gallium, zh: 镓, ja: ガリウム, ko: 갈륨}
acts:
  export_control:
    label: {en: export control}
    direction: tightening
    phrases: {en: [export control], zh: [出口管制], ja: [輸出管理], ko: [수출통제]}
"""
FOLDER = """
id: dropped
title: Dropped
url: "file:drop"
kind: mission
country: US
language: en
publisher: tests
publisher_title: Tests
official: false
reliability: A
licence: none
every: 1m
parse: {format: file, settle_seconds: 0}
verified: never
"""


class Place:
    """An installation with one rule, one drop folder and operators on the console; a clock moved by hand."""

    now = NOW

    def __init__(self, at: Path) -> None:
        self.home, self.feeds, self.own = at / "home", at / "feeds", at / "own"
        self.rules = at / "rules"
        for folder in (self.rules / "signals", self.feeds / "missions", self.own, self.home / "drop"):
            folder.mkdir(parents=True)
        for name in ("policy.yaml", "desks/kr.yaml"):
            (self.rules / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / "rules" / name, self.rules / name)
        self.write(self.rules / "terms" / "terms.yaml", TERMS)
        self.rule = self.rules / "signals" / "festivals.yaml"
        self.write(self.rule, RULE)
        self.write(self.feeds / "missions" / "dropped.yaml", FOLDER)
        self.write(self.rules / "desks" / "operators.yaml", OPERATORS)

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def spoil(self) -> None:
        self.write(self.rule, RULE.replace("severity: extreme", "severity: nonsense"))

    def mend(self) -> None:
        self.write(self.rule, RULE)

    def run(self, *words: str) -> Result:
        environment = {name: None for name in os.environ if name.startswith("WARNING_")}
        directories = {"HOME": self.home, "FEEDS_DIR": self.feeds, "RULES_DIR": self.rules}
        environment |= {f"WARNING_{name}": str(path) for name, path in directories.items()}
        environment["WARNING_OVERLAY_DIR"] = str(self.own)
        return CliRunner().invoke(cli, words, env=environment)

    def started(self) -> System:
        where = {"feeds_dir": self.feeds, "rules_dir": self.rules, "overlay_dir": self.own}
        return compose(Settings(home=self.home, **where), clock=lambda: self.now, serves=True)

    def kept(self) -> Path:
        return next((self.home / "rulebook").glob("last-good-*.zip"), self.home / "none is kept")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def told(capsys: pytest.CaptureFixture[str], words: str) -> int:
    return capsys.readouterr().err.count(words)


def test_a_round_under_a_refused_rule_collects_assesses_and_delivers_on_the_last_good_files(place: Place):
    place.started().close()
    place.spoil()
    place.write(place.home / "drop" / "report.txt", "The carnival of Nice shows gallium\n\nSeen today.\n")
    done = place.run("run", "--once", "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    counts = json.loads(done.stdout[done.stdout.index("{\n") :])
    assert (counts["collected"]["items_new"], counts["assessed"]["opened"]) == (1, 1)
    assert len(list((place.home / "outbox").glob("*.eml"))) == 1
    assert (
        "The files of rules and sources are refused (1 mistake). The service goes on with the last good"
        in done.stderr
    )
    assert "festivals.yaml:5:11: EW104 severity: 'nonsense'" in done.stderr


def test_a_first_start_under_refused_files_fails_and_names_the_mistake(place: Place):
    place.spoil()
    done = place.run("run", "--once")
    assert isinstance(done.exception, CatalogError)
    assert "EW104" in str(done.exception)
    assert not place.kept().exists()


def test_commands_keep_failing_while_the_service_goes_on(place: Place):
    place.started().close()
    place.spoil()
    assert place.run("rules", "check").exit_code == 1
    for words in (("rules", "test"), ("rules", "list"), ("deliveries", "list"), ("digest",)):
        failed = place.run(*words)
        assert isinstance(failed.exception, CatalogError), words


def test_sources_and_their_changes_are_kept_with_the_rules(place: Place):
    place.write(
        place.own / "feeds" / "dropped.yaml", "source: dropped\nreason: r\nauthor: a\nset: {every: 7m}\n"
    )
    place.started().close()
    place.write(
        place.own / "feeds" / "dropped.yaml", "source: dropped\nreason: r\nauthor: a\nset: {every: never}\n"
    )
    system = place.started()
    assert [(spec.id, spec.every) for spec in system.sources] == [("dropped", timedelta(minutes=7))]
    assert [problem.code for problem in system.rulebooks.fatal_problems] == ["EW166"]
    system.close()


def test_operators_are_told_once_of_a_start_under_refused_files_and_once_of_the_mend(place: Place, capsys):
    place.started().close()
    place.spoil()
    said = "The files of rules and sources are refused (1 mistake)"
    assert [told_by_a_round(place, capsys, said) for _ in range(3)] == [1, 0, 0]
    place.mend()
    said = "The files of rules and sources are right again"
    assert [told_by_a_round(place, capsys, said) for _ in range(2)] == [1, 0]
    place.spoil()
    assert told_by_a_round(place, capsys, "are refused (1 mistake)") == 1


def told_by_a_round(place: Place, capsys: pytest.CaptureFixture[str], words: str) -> int:
    async def once(system: System) -> None:
        async with open_fetcher(system) as fetcher:
            await full_round(system, fetcher)

    place.now += timedelta(minutes=10)
    system = place.started()
    asyncio.run(once(system))
    system.close()
    return told(capsys, words)


def test_a_refused_edit_of_a_running_service_is_told_when_it_lasts_and_again_for_another_file(place: Place):
    system, subjects = place.started(), []

    async def tell(notice):
        subjects.append(notice.subject)
        await owe_to_operators(system, notice)

    def look(minutes: float) -> list[str]:
        before = len(subjects)
        place.now += timedelta(minutes=minutes)
        asyncio.run(tell_refusals(system, tell))
        return subjects[before:]

    place.spoil()
    assert look(1) == []
    place.mend()
    assert look(1) == []
    place.spoil()
    assert look(1) == []
    assert look(2) == ["The files of rules and sources are refused (1 mistake)"]
    assert look(30) == []
    place.write(place.rules / "desks" / "kr.yaml", "id: kr\n")
    (subject,) = look(1)
    assert subject.startswith("The files of rules and sources are refused (")
    assert look(30) == []
    place.mend()
    assert look(1) == []
    shutil.copy(ROOT / "rules" / "desks" / "kr.yaml", place.rules / "desks" / "kr.yaml")
    assert look(1) == ["The files of rules and sources are right again"]
    system.close()


def test_where_nobody_is_operator_the_console_hears_of_it_once(place: Place, capsys):
    (place.rules / "desks" / "operators.yaml").unlink()
    place.started().close()
    place.spoil()
    system = place.started()
    tell = partial(owe_to_operators, system)
    assert [asyncio.run(tell_refusals(system, tell)) for _ in range(2)] == [True, False]
    place.mend()
    assert [asyncio.run(tell_refusals(system, tell)) for _ in range(2)] == [True, False]
    place.spoil()  # an edit that is under way, no start
    assert not asyncio.run(tell_refusals(system, tell))
    assert told(capsys, "The files of rules and sources are right again") == 1
    system.close()


def test_doctor_says_what_a_service_does_while_files_are_refused(place: Place):
    place.spoil()
    assert "`warning run` does not start until then: no good catalogue is kept" in place.run("doctor").stdout
    place.mend()
    place.started().close()
    place.spoil()
    said = place.run("doctor").stdout
    assert "goes on, and starts, with the last good files, of 2026-02-03 06:00 UTC" in said
    place.mend()
    place.write(place.own / "feeds" / "gone.yaml", "source: gone\nreason: r\nauthor: a\nset: {every: 7m}\n")
    assert "FAULT rules" in place.run("doctor").stdout


def test_only_yaml_is_kept_for_this_account_alone_once_and_with_the_day_it_came_into_force(place: Place):
    place.write(place.own / ".env", "WARNING_SLACK_BOT_TOKEN=xoxb-secret")
    place.write(place.own / ".git" / "note.yaml", "token: xoxb-secret")
    place.write(place.own / "notes.txt", "xoxb-secret")
    place.started().close()
    before = place.kept().read_bytes()
    with zipfile.ZipFile(place.kept()) as packed:
        assert not [e.filename for e in packed.infolist() if b"xoxb" in packed.read(e)]
        assert "rules/signals/festivals.yaml" in packed.namelist()
    assert stat.S_IMODE(place.kept().stat().st_mode) == 0o600
    place.now += timedelta(days=1)
    place.started().close()
    assert place.kept().read_bytes() == before
    place.write(place.rule, RULE.replace("extreme", "severe"))
    place.started().close()
    assert LastGoodFile(place.kept(), lambda: place.now).since() == place.now
    assert [path.name for path in place.kept().parent.iterdir()] == [place.kept().name]


@pytest.mark.parametrize("damage", ["cut", "scrambled", "changed", "refused"])
def test_what_is_kept_and_cannot_be_read_any_more_leaves_the_clear_failure(place: Place, damage: str):
    place.started().close()
    data = place.kept().read_bytes()
    if damage == "cut":
        place.kept().write_bytes(data[: len(data) // 2])
    elif damage == "scrambled":
        with zipfile.ZipFile(place.kept()) as packed:
            at = packed.getinfo("rules/policy.yaml").header_offset + 60
        place.kept().write_bytes(data[:at] + b"\xff" * 40 + data[at + 40 :])
    else:
        with zipfile.ZipFile(place.kept()) as packed:
            texts, comment = {name: packed.read(name) for name in packed.namelist()}, packed.comment
        texts["rules/signals/festivals.yaml"] = texts["rules/signals/festivals.yaml"].replace(
            b"text", b"txet"
        )
        keeper = LastGoodFile(place.kept(), lambda: place.now)
        if damage == "refused":  # as texts are that a newer release takes no longer
            keeper.keep(texts)
        else:
            with zipfile.ZipFile(place.kept(), "w") as packed:
                for name, text in texts.items():
                    packed.writestr(name, text)
                packed.comment = comment
    place.spoil()
    with pytest.raises(CatalogError, match="EW104 severity"):
        place.started()


def test_a_trial_with_rules_of_its_own_in_the_same_home_leaves_what_production_keeps(place: Place):
    place.started().close()
    trials = [Path(shutil.copytree(place.rules, place.rules.with_name(f"trial{n}"))) for n in range(4)]
    production = place.rules
    for trial in trials[:2]:
        (trial / "signals" / "festivals.yaml").write_text(RULE.replace("title: Festivals", "title: Trial"))
        place.rules = trial
        place.started().close()
    place.rules = production
    place.spoil()
    system = place.started()
    assert [rule.title for rule in system.book().rules] == ["Festivals"]
    system.close()
    place.rules = trials[2]
    (trials[2] / "policy.yaml").write_text("nonsense: [")
    with pytest.raises(CatalogError):
        place.started()
    place.rules = trials[3]
    place.started().close()
    assert len(list((place.home / "rulebook").iterdir())) == MOST_FILES


def test_a_mute_ends_on_its_day_while_another_file_is_refused(place: Place):
    mute = "{rule: festivals, reason: noise, author: x, expires: 2026-02-03, enabled: false}"
    place.write(place.own / "mute.yaml", f"overlays:\n  - {mute}\n")
    system = place.started()

    def fires() -> list[bool]:
        return [rule.enabled for rule in system.book().rules]

    place.write(place.rules / "policy.yaml", "nonsense: [")
    assert fires() == [False]
    place.now += timedelta(days=1)
    assert fires() == [True]
    book = system.book()
    place.now += timedelta(days=1)
    assert system.book() is book, "and is the same on the days after"
    assert system.rulebooks.fatal_problems
    system.close()


def test_a_home_that_takes_no_file_stops_no_service(place: Place, caplog):
    place.write(place.home / "rulebook", "a file where the folder would be")
    system = place.started()
    assert "the last good catalogue cannot be kept" in caplog.text
    system.close()
