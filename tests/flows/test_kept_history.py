"""A preview over the kept history of a store says what it says over a file of the same items."""

import asyncio
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from warning.app.history_process import bring_up_to_date
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.keeping_history import keep_history
from warning.app.kept_history import KeptHistory, kept_history, write_list
from warning.app.previewing import both, preview
from warning.app.quick_preview import quick_preview
from warning.app.verdict_basis import rules_name
from warning.catalog.load import load_rulebook
from warning.cli.main import cli
from warning.collect.history_index import index_directory
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.evidence import Item
from warning.core.vocabulary import Marking
from warning.errors import ConfigError
from warning.resources import tree
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository

NOW = datetime(2025, 3, 20, tzinfo=UTC)
BEGIN = datetime(2025, 1, 30, 21, tzinfo=UTC)
RULE = "prc-export-control-press"
TITLES = (
    "China bans exports of gallium and germanium",
    "China may ban exports of gallium, analysts warn",
    "A quiet day at the port",
    "China lifts its ban on exports of antimony",
)


@pytest.fixture(scope="module")
def book():
    whole = load_rulebook(tree("rules"), tree("feeds"))
    kept = {RULE, "context-materials", "prc-measure-eased"}
    return replace(whole, measures=(), rules=tuple(rule for rule in whole.rules if rule.id in kept))


@pytest.fixture
def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'warning.sqlite3'}"
    migrate.upgrade(url)
    repository = Repository(open_engine(url))
    yield repository
    repository.engine.dispose()


def items(first, count):
    for number in range(first, first + count):
        known = BEGIN + timedelta(hours=9 * number)
        yield own_identity(
            Item(
                id=f"n{number}", source_id=f"s{number % 3}", kind="news", country="US", language="en",
                title=TITLES[number % 4], external_id=str(number), published_at=known, known_at=known,
            )
        )  # fmt: skip


def told(paths, book, rule):
    files = [(path, ready_index(path, both(book, rule), make=True)[0]) for path in paths]
    return preview(IndexedHistory(files, NOW), book, rule).document()


def loosened(book):
    rule = next(rule for rule in book.rules if rule.id == RULE)
    loose = {
        name: tuple(near.model_copy(update={"none": ()}) for near in getattr(rule.match, name))
        for name in ("near", "near_any")
    }
    return rule.model_copy(update={"match": rule.match.model_copy(update=loose)})


def test_preview_over_the_kept_history_says_what_it_says_over_a_file(book, store, tmp_path):
    store.add_items(items(0, 60))
    written = keep_history(store, tmp_path / "history", book, NOW)
    assert written == ["2025-01", "2025-02"]
    kept = kept_history(tmp_path / "history")
    assert (kept.items, kept.kept_at, kept.rules) == (60, NOW, rules_name(book))
    write_evidence(tmp_path / "all.jsonl", items(0, 60))
    found = told(kept.paths, book, loosened(book))
    assert found == told([tmp_path / "all.jsonl"], book, loosened(book))
    assert found["new"] > 5


def test_what_the_running_rules_say_of_the_kept_history_is_known_and_an_edit_in_words_exact(
    book, store, tmp_path
):
    store.add_items(items(0, 60))
    keep_history(store, tmp_path / "history", book, NOW)
    files = [
        (path, ready_index(path, book, make=False)[0]) for path in kept_history(tmp_path / "history").paths
    ]
    rule = next(rule for rule in book.rules if rule.id == RULE)
    quick = quick_preview(IndexedHistory(files, NOW), book, rule, enough=lambda: True)
    assert quick.is_exact
    assert quick.unread == 0
    assert quick.fires.number > 5


def test_only_months_in_which_something_came_are_written_anew(book, store, tmp_path):
    directory = tmp_path / "history"
    store.add_items(items(0, 40))
    keep_history(store, directory, book, NOW)
    before = kept_history(directory)
    assert keep_history(store, directory, book, NOW) == []
    store.add_items(items(40, 30))
    later = NOW + timedelta(days=1)
    assert keep_history(store, directory, book, later) == ["2025-02"]
    after = kept_history(directory)
    assert (after.items, after.kept_at) == (70, later)
    assert after.paths[0] == before.paths[0]
    assert before.paths[1].exists()  # for whoever still reads it
    keep_history(store, directory, book, later)
    assert not before.paths[1].exists()


def test_a_late_item_writes_its_own_month_anew(book, store, tmp_path):
    store.add_items(items(2, 40))
    keep_history(store, tmp_path / "history", book, NOW)
    store.add_items(items(0, 2))
    assert keep_history(store, tmp_path / "history", book, NOW) == ["2025-01"]


def kept_items(directory):
    return [one for path in kept_history(directory).paths for one in read_evidence(path)]


def test_a_marking_narrowed_in_place_reaches_the_kept_files_and_the_wider_copy_goes(book, store, tmp_path):
    directory = tmp_path / "history"
    (one,) = items(0, 1)
    store.add_items([one])
    keep_history(store, directory, book, NOW)
    wider = kept_history(directory).paths
    narrow = replace(one, marking=Marking.RED, release_to=frozenset({"US"}))
    store.add_items([replace(narrow, known_at=one.known_at + timedelta(hours=1))])
    assert keep_history(store, directory, book, NOW) == ["2025-01"]
    assert [(kept.marking, kept.release_to) for kept in kept_items(directory)] == [
        (Marking.RED, frozenset({"US"}))
    ]
    assert not any(path.exists() or index_directory(path).exists() for path in wider)
    assert keep_history(store, directory, book, NOW) == []


def test_a_text_edited_within_its_month_reaches_the_kept_files(book, store, tmp_path):
    (one,) = items(0, 1)
    store.add_items([one])
    keep_history(store, tmp_path / "history", book, NOW)
    edit = replace(one, body="the whole text, read later", known_at=one.known_at + timedelta(hours=1))
    store.add_items([edit])
    assert keep_history(store, tmp_path / "history", book, NOW) == ["2025-01"]
    assert [kept.body for kept in kept_items(tmp_path / "history")] == [edit.body]


def test_a_history_kept_without_marks_is_written_anew(book, store, tmp_path):
    store.add_items(items(0, 1))
    keep_history(store, tmp_path, book, NOW)
    held = kept_history(tmp_path)
    write_list(replace(held, months=tuple(replace(month, mark="") for month in held.months)))
    assert keep_history(store, tmp_path, book, NOW) == ["2025-01"]
    assert len(kept_items(tmp_path)) == 1


def test_two_processes_do_not_bring_one_history_up_to_date(book, store, tmp_path):
    class Nested:
        @property
        def engine(self):
            keep_history(store, tmp_path / "history", book, NOW)

    with pytest.raises(ConfigError, match="another process"):
        keep_history(Nested(), tmp_path / "history", book, NOW)


def test_preview_command_asks_the_history_of_the_installation(tmp_path, monkeypatch):
    monkeypatch.setenv("WARNING_HOME", str(tmp_path / "home"))
    draft = str(tree("rules") / "signals" / f"{RULE}.yaml")
    run = CliRunner().invoke
    nothing = run(cli, ["rules", "preview", draft])
    assert isinstance(nothing.exception, ConfigError)
    assert "warning evidence index" in str(nothing.exception)
    write_evidence(tmp_path / "some.jsonl", items(0, 24))
    assert run(cli, ["evidence", "import", str(tmp_path / "some.jsonl")]).exit_code == 0
    kept = run(cli, ["evidence", "index", "--json"])
    assert json.loads(kept.stdout)["written"] == ["2025-01", "2025-02"]
    asked = run(cli, ["rules", "preview", draft, "--json"])
    assert asked.exit_code == 0, asked.output
    found = json.loads(asked.stdout)
    assert (found["exact"], found["new"], found["lost"]) == (True, 0, 0)
    assert found["fires_on"] > 2


@pytest.mark.parametrize(
    ("age_hours", "rules", "ran"), [(25, "held", True), (2, "held", False), (2, "others", True)]
)
def test_service_brings_the_history_up_to_date_once_a_day_and_when_the_rules_change(
    tmp_path, age_hours, rules, ran
):
    _kept_at(tmp_path, NOW - timedelta(hours=age_hours))
    mark = tmp_path / "mark"
    command = (sys.executable, "-c", f"open({str(mark)!r}, 'w').close()")
    assert asyncio.run(bring_up_to_date(tmp_path, NOW, rules, asyncio.Event(), command)) is ran
    assert mark.exists() is ran


def test_service_keeps_no_history_that_nobody_began(tmp_path):
    assert not asyncio.run(
        bring_up_to_date(tmp_path, NOW, "held", asyncio.Event(), (sys.executable, "-c", "pass"))
    )


def test_service_that_stops_does_not_wait_for_the_history(tmp_path):
    _kept_at(tmp_path, NOW - timedelta(days=2))

    async def stopped():
        stop = asyncio.Event()
        stop.set()
        return await bring_up_to_date(
            tmp_path, NOW, "held", stop, (sys.executable, "-c", "import time; time.sleep(60)")
        )

    assert not asyncio.run(asyncio.wait_for(stopped(), 30))


WITH_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open({mark!r}, "w") as file:
    file.write(str(child.pid))
{then}
"""


@pytest.mark.parametrize("then", ["child.wait()", "sys.exit('broken')"])
def test_no_process_of_the_history_is_left_over(tmp_path, then, caplog):
    _kept_at(tmp_path, NOW - timedelta(days=2))
    mark = tmp_path / "mark"
    script = WITH_A_CHILD.format(mark=str(mark), then=then)

    async def stopped():
        stop = asyncio.Event()
        running = asyncio.ensure_future(
            bring_up_to_date(tmp_path, NOW, "held", stop, (sys.executable, "-c", script))
        )
        await asyncio.to_thread(_wait_for, mark)
        if then == "child.wait()":
            stop.set()
        return await running

    assert not asyncio.run(asyncio.wait_for(stopped(), 30))
    assert ("broken" in caplog.text) is (then != "child.wait()")
    assert _has_ended(int(mark.read_text()))


def _wait_for(mark):
    while not (mark.exists() and mark.read_text()):
        time.sleep(0.02)


def _has_ended(process):
    """Whether a process is gone, or only waits to be reaped."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def _kept_at(directory, at):
    write_list(KeptHistory(directory=directory, kept_at=at, months=(), rules="held"))
