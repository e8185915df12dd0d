"""A start under refused files goes on with the last good ones, and says so to who starts it, to operators and in doctor."""

import asyncio
import json
import os
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.flows.refused_place import ROOT, Place, place
from warning.app.alarming import owe_to_operators
from warning.app.live import full_round, open_fetcher
from warning.app.refused_catalogue import tell_refusals
from warning.app.system import System
from warning.errors import CatalogError

__all__ = ["place"]


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


@pytest.mark.parametrize("folder", ["own", "own/feeds", "rules/signals", "feeds/missions"])
def test_a_name_that_is_not_utf_8_is_told_and_stops_no_running_service(place: Place, folder: str):
    system = place.started()
    book = system.book()
    odd = os.fsencode(place.home.parent / folder) + b"/caf\xe9.yaml"
    (place.home.parent / folder).mkdir(exist_ok=True)
    Path(os.fsdecode(odd)).write_text("a: b")
    assert system.book() is book
    (problem,) = system.rulebooks.fatal_problems
    assert (problem.code, problem.file[-12:]) == ("EW143", "caf\\xe9.yaml")
    again = place.started()
    assert again.rulebooks.started_on
    again.close()
    assert "is not UTF-8" in place.run("doctor").output
    Path(os.fsdecode(odd)).unlink()
    system.book()
    assert not system.rulebooks.fatal_problems
    system.close()


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
