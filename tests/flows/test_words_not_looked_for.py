"""A draft with words that nobody looked for in a long history is answered at once, with limits that hold what is so."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from warning.app import quick_preview as quick
from warning.app.asked_words import asked_words
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import both, preview
from warning.app.quick_preview import IndexedFiles, quick_preview
from warning.app.ready_files import readiness_of
from warning.app.second_process import SecondProcess
from warning.catalog.load import load_rulebook
from warning.cli.main import cli
from warning.collect import history_index
from warning.collect.interchange import write_evidence
from warning.core.evidence import Item
from warning.core.text.engine import engine_of
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.resources import tree

NOW = datetime(2026, 6, 1, tzinfo=UTC)
RULE = "prc-export-control-press"
TITLES = (
    "China bans exports of gallium and germanium",
    "Gallium prices rise in Rotterdam",
    "A quiet day at the port",
    "中国对镓实施出口管制",
)


@pytest.fixture(scope="module")
def book():
    whole = load_rulebook(tree("rules"), tree("feeds"))
    return replace(whole, measures=(), rules=tuple(rule for rule in whole.rules if rule.id == RULE))


def draft(book, word):
    (rule,) = book.rules
    match = {"all": [{"material": ["gallium"]}, {"phrases": {"en": [word]}}]}
    return rule.model_copy(update={"match": type(rule.match).model_validate(match)})


@pytest.fixture
def past(book, tmp_path, monkeypatch):
    monkeypatch.setattr(history_index, "SEGMENT_ITEMS", 40)
    paths = [tmp_path / f"{name}.jsonl" for name in "abc"]
    for place, path in enumerate(paths):
        known = datetime(2025, 1 + place, 1, tzinfo=UTC)
        write_evidence(
            path,
            (
                Item(
                    id=f"n{number}", source_id="s", kind="news", country="US", title=TITLES[number % 4],
                    language="zh" if number % 4 == 3 else "en", external_id=f"{place}-{number}",
                    published_at=known, known_at=known + timedelta(minutes=number),
                )
                for number in range(50)
            ),
        )  # fmt: skip
        ready_index(path, book, make=True)
    return paths


def test_words_nobody_looked_for_are_left_open_and_the_limits_hold_the_whole_answer(book, past, monkeypatch):
    edited = draft(book, "Rotterdam")
    ready = readiness_of(past, both(book, edited))
    assert ready.words == 1
    assert len(ready.lacking) == 3
    assert ready.items_to_search == 150
    history = IndexedFiles(files=ready.files, imported_at=NOW)
    monkeypatch.setattr("warning.app.sampling_edit._AT_LEAST", 32)
    told = quick_preview(history, book, edited, enough=lambda: True).document()
    whole = quick_preview(history, book, edited, enough=lambda: False).document()
    indexed = [(path, ready_index(path, both(book, edited), make=False)[0]) for path in past]
    assert whole == preview(IndexedHistory(indexed, NOW), book, edited).document()
    assert whole["fires_on"] > 20
    assert told["exact"] is False
    for name in ("fires_on", "new", "lost"):
        low, high = told["between"][name]
        assert low <= whole[name] <= high
    assert readiness_of(past, both(book, edited)).is_complete


@pytest.mark.parametrize("word", ["Rotterdam", "port"])
def test_two_processes_say_what_one_says(book, past, monkeypatch, word):
    edited = draft(book, word)
    history = IndexedFiles(files=readiness_of(past, both(book, edited)).files, imported_at=NOW)
    alone = quick_preview(history, book, edited, enough=lambda: False).document()
    monkeypatch.setattr(quick, "WORTH_TWO_ITEMS", 0)
    monkeypatch.setattr("warning.app.second_process.can_copy", lambda: True)
    assert quick_preview(history, book, edited, enough=lambda: False).document() == alone
    monkeypatch.setattr(quick, "_HANDED_OVER", 32)
    assert quick_preview(history, book, edited, enough=lambda: False).document() == alone
    monkeypatch.setattr("warning.app.sampling_edit._AT_LEAST", 32)
    assert quick_preview(history, book, edited, enough=lambda: True).read == 32


def test_what_a_second_process_does_not_answer_is_done_here(monkeypatch):
    mine = os.getpid()

    def work(task):
        if task == "end there" and os.getpid() != mine:
            os._exit(9)
        return task, os.getpid() == mine

    monkeypatch.setattr("warning.app.second_process.can_copy", lambda: True)
    with SecondProcess(work, wanted=True) as second:
        assert second.halves("one", "other") == (("one", True), ("other", False))
        assert second.halves("one", "end there") == (("one", True), ("end there", True))
        assert second.halves("one", "other") == (("one", True), ("other", True))


def test_preview_says_what_was_not_looked_for_and_exact_looks_for_it(book, past, tmp_path, monkeypatch):
    monkeypatch.setattr("warning.app.ready_files.FEW_ITEMS", 20)
    text = (tree("rules") / "signals" / f"{RULE}.yaml").read_text(encoding="utf-8")
    file = tmp_path / "draft.yaml"
    file.write_text(text.replace("cue: [impose]", "phrases: {en: [never looked for]}"), encoding="utf-8")
    assert "never looked for" in file.read_text(encoding="utf-8")
    evidence = [part for path in past for part in ("--evidence", str(path))]

    def run(*options):
        done = CliRunner().invoke(cli, ["rules", "preview", str(file), *evidence, *options])
        assert done.exit_code == 0, done.output
        return done.stderr

    assert "nobody looked for yet in 3 files: items in which they may stand are open" in run()
    assert "150 items of 3 files are searched for them now, less than a minute" in run("--exact")
    assert "nobody looked for" not in run()


def test_phrase_more_in_a_list_is_looked_for_beside_what_the_list_is_remembered_by(book, past, monkeypatch):
    """The lists of both versions are own phrases: of the longer one only the phrase more is looked up by itself."""
    (rule,) = book.rules
    short, long = (
        rule.model_copy(
            update={"match": type(rule.match).model_validate({"all": [{"phrases": {"en": list(words)}}]})}
        )
        for words in (("Rotterdam", "quiet day"), ("Rotterdam", "quiet day", "bans"))
    )
    running = replace(book, rules=(short,))
    for path in past:
        ready_index(path, replace(book, rules=(rule, short)), make=True)
    ready = readiness_of(past, both(running, long))
    asked = asked_words(engine_of(both(running, long)))
    (concept,) = (name for name, sayings in asked.said.items() if len(sayings) == 3)
    parts, languages = asked.open_in(ready.files[0][1]).parts(asked.said[concept])
    assert [len(part) for part in parts] == [2, 1]
    assert languages == (0 if ready.is_complete else LANGUAGE_BITS["en"])
