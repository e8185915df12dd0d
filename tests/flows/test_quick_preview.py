"""A quick preview is the whole one where it reads all; where it cannot, its intervals hold what the whole one says."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from warning.app.asked_words import asked_words
from warning.app.backtesting import backtest_replay
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import both, preview
from warning.app.quick_preview import quick_preview
from warning.app.sampling_edit import counted
from warning.catalog.load import load_rulebook
from warning.cli.main import cli
from warning.collect import history_blocks, history_index
from warning.collect.history_blocks import blocks_of, name_of
from warning.collect.history_index import open_index
from warning.collect.interchange import write_evidence
from warning.core.evidence import Item
from warning.core.rules import TextRule
from warning.core.text.engine import engine_of
from warning.core.text.inquiry import Inquiry
from warning.core.text.postings import numbers_of, said_by, sentences_saying
from warning.resources import tree

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, 21, 40, tzinfo=UTC)
RULE = "prc-export-control-press"


@pytest.fixture(scope="module")
def book():
    whole = load_rulebook(tree("rules"), tree("feeds"))
    kept = {RULE, "context-materials", "prc-measure-eased", "context-export-control-talk"}
    return replace(whole, measures=(), rules=tuple(rule for rule in whole.rules if rule.id in kept))


def items(count, *, again=True):
    """Bans, talk of bans, lifted bans and other news by turns; every seventh says the same `again` a day later."""
    titles = (
        "China bans exports of gallium and germanium",
        "China may ban exports of gallium, analysts warn",
        "China lifts its ban on exports of antimony",
        "Gallium prices rise in Rotterdam",
        "A quiet day at the port",
        "中国对镓实施出口管制",
    )
    for number in range(count):
        known = BEGIN + timedelta(hours=number)
        item = Item(
            id=f"n{number}", source_id=f"s{number % 3}", kind="news", country="US", title=titles[number % len(titles)],
            language="zh" if number % len(titles) == 5 else "en", external_id=str(number), published_at=known, known_at=known,
        )  # fmt: skip
        yield item
        if again and not number % 7:
            yield replace(item, body="More follows.", known_at=known + timedelta(days=1))


@pytest.fixture
def past(book, tmp_path, monkeypatch):
    """Two files of several segments and blocks."""
    monkeypatch.setattr(history_index, "SEGMENT_ITEMS", 40)
    monkeypatch.setattr(history_blocks, "BLOCK_SEGMENTS", 2)
    files = []
    everything = list(items(240))
    for name, some in (("a", everything[:200]), ("b", everything[200:])):
        path = tmp_path / f"{name}.jsonl"
        write_evidence(path, some)
        ready_index(path, book, make=True)
        files.append(path)
    return files


def opened(files, book):
    for path in files:
        ready_index(path, book, make=True)
    return IndexedHistory([(path, open_index(path)) for path in files], NOW)


def edits(book):
    rule = next(rule for rule in book.rules if rule.id == RULE)
    assert isinstance(rule, TextRule)
    nears = rule.match.model_dump(by_alias=True)
    for name in ("near", "near_any"):
        for near in nears[name]:
            near["none"] = ()
    bare = rule.model_copy(update={"match": type(rule.match).model_validate(nears)})
    other = rule.model_copy(
        update={"match": rule.match.model_validate({"all": [{"phrases": {"en": ["Rotterdam"]}}]})}
    )
    narrowed = rule.model_copy(update={"where": rule.where.model_copy(update={"languages": ("zh",)})})
    absent = other.model_copy(update={"id": "of-no-running-rule"})
    off = bare.model_copy(update={"enabled": False})
    named = rule.match.model_dump(by_alias=True)
    for name in ("near", "near_any"):
        for near in named[name]:
            near["none"] = (*near["none"], {"material": ["germanium"]})
    barred = rule.model_copy(update={"match": type(rule.match).model_validate(named)})
    return {
        "same": rule, "bare": bare, "other": other, "narrowed": narrowed, "absent": absent, "off": off, "barred": barred,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("same", False),
        ("bare", False),
        ("bare", True),
        ("other", True),
        ("narrowed", True),
        ("absent", False),
        ("off", True),
        ("barred", True),
    ],
)
def test_quick_preview_is_the_whole_one_when_all_is_read(book, past, name, kept):
    edited = edits(book)[name]
    if kept:  # what rules said is beside the index then
        backtest_replay(book, opened(past, book).records(book))
    history = opened(past, both(book, edited))
    quick = quick_preview(history, book, edited, enough=lambda: False)
    assert quick.is_exact
    whole = preview(history, book, edited).document()
    assert quick.document() == whole
    assert whole["fires_on"] or name in {"absent", "off", "narrowed"} or whole["lost"]
    # The whole one kept what it judged: now nothing is left to read, or less.
    again = quick_preview(opened(past, both(book, edited)), book, edited, enough=lambda: False)
    assert again.document() == whole
    assert again.unread <= quick.unread


def test_both_previews_show_the_last_version_of_an_item_when_only_an_earlier_one_has_a_word_of_the_edit(
    book, tmp_path
):
    (first,) = items(1, again=False)
    first = replace(first, body="Prices rise in Rotterdam.")
    last = replace(
        first, title="China bans exports of antimony", body="", known_at=first.known_at + timedelta(days=1)
    )
    path = tmp_path / "history.jsonl"
    write_evidence(path, (first, last))
    running = edits(book)["same"]
    match = running.match.model_dump(by_alias=True)
    for near in (*match["near"], *match["near_any"]):
        near["none"] = (*near["none"], {"phrases": {"en": ["Rotterdam"]}})
    edited = running.model_copy(update={"match": type(running.match).model_validate(match)})
    history = opened([path], both(book, edited))
    quick = quick_preview(history, book, edited, enough=lambda: False).document()
    assert [shown["title"] for shown in quick["examples"]] == [last.title]
    assert preview(history, book, edited).document() == quick


def test_quick_preview_without_time_tells_the_limits_between_which_the_whole_one_lies(
    book, tmp_path, monkeypatch
):
    monkeypatch.setattr("warning.app.sampling_edit._TOGETHER", 4)
    monkeypatch.setattr("warning.app.sampling_edit._AT_LEAST", 0)
    past = [tmp_path / "history.jsonl"]
    write_evidence(past[0], items(200, again=False))
    edited = edits(book)["bare"]
    history = opened(past, both(book, edited))
    whole = preview(history, book, edited).document()
    for path in past:
        (path.parent / f"{path.name}.index" / "verdicts.db").unlink()
    for rounds in (0, 3, 8):
        left = iter(range(rounds))
        quick = quick_preview(history, book, edited, enough=lambda left=left: next(left, None) is None)
        assert not quick.is_exact
        assert quick.read == 4 * rounds
        told = quick.document()
        assert (told["exact"], told["read"], told["must_be_read"]) == (False, quick.read, quick.unread)
        for what in ("fires_on", "new", "lost"):
            low, high = told["between"][what]
            assert low <= whole[what] <= high, (rounds, what)
            assert low <= told[what] <= high


@pytest.mark.parametrize(
    ("exact", "hits", "size", "unread"),
    [(0, 0, 0, 10), (3, 0, 5, 1000), (3, 5, 5, 1000), (0, 40, 99, 100), (7, 2, 4, 5)],
)
def test_interval_holds_what_was_seen_and_nothing_impossible(exact, hits, size, unread):
    count = counted(exact, hits, size, unread)
    assert exact + hits <= count.low <= count.high <= exact + hits + unread - size


def test_count_is_exact_when_all_is_read():
    count = counted(3, 2, 9, 9)
    assert (count.number, count.low, count.high) == (5, 5, 5)
    assert count.is_exact


def test_blocks_hold_what_their_segments_hold(book, past):
    index = open_index(past[0])
    blocks = list(blocks_of(index))
    assert len(blocks) == 3
    met = 0
    for block in blocks:
        segments = [
            index.segment(n)
            for n in range(block.first_segment, min(block.first_segment + 2, index.manifest.segments))
        ]
        bounds = [0]
        for segment in segments:
            bounds.append(bounds[-1] + int(segment.first_sentence[-1]))
        assert block.first_items.tolist()[-1] == sum(len(segment.languages) for segment in segments)
        for pattern in index.places:
            own = [
                n + begin
                for segment, begin in zip(segments, bounds, strict=False)
                for n in segment.sentences(pattern)
            ]
            assert numbers_of(block.sentences(pattern)).tolist() == own
            met += len(own)
        said = {
            concept: sayings
            for concept, sayings in said_by(engine_of(book).looked_for).items()
            if name_of(tuple(sayings)) in index.sayings
        }
        assert len(said) > 20
        for sayings in said.values():  # what is remembered is what the patterns say
            assert block.saying(sayings) == sentences_saying(block, sayings)
        for bit in (1, 2, 4, 8):
            own = [
                n + begin
                for segment, begin in zip(segments, bounds, strict=False)
                for n in segment.spoken(bit)
            ]
            assert numbers_of(block.spoken(bit)).tolist() == own
        for field in ("title", "summary", "body"):
            own = [
                n + begin
                for segment, begin in zip(segments, bounds, strict=False)
                for n in segment.standing(field)
            ]
            assert numbers_of(block.standing(field)).tolist() == own
    assert met > 100


def test_which_words_are_looked_up_first_changes_no_answer(book, past):
    index, engine = open_index(past[0]), engine_of(book)
    asked = asked_words(engine)
    found = 0
    for block in blocks_of(index):
        weights = {}
        rare_first = Inquiry(block, asked.said, asked.surely, weights)
        items = [rare_first.items_for(rule) for rule in engine.rules]
        assert len(set(weights.values())) > 3
        common_first = Inquiry(block, asked.said, asked.surely, {one: -own for one, own in weights.items()})
        assert items == [common_first.items_for(rule) for rule in engine.rules]
        found += sum(map(len, items))
    assert found > 100


@pytest.mark.parametrize("name", ["bare", "barred"])
def test_items_with_the_words_of_an_edit_are_the_same_whether_they_are_looked_for_first_or_last(
    book, past, name, monkeypatch
):
    edited = edits(book)[name]
    backtest_replay(book, opened(past, book).records(book))
    history = opened(past, both(book, edited))
    told = []
    for share in (0, 2):
        monkeypatch.setattr("warning.core.text.inquiry._RARE_OF_ALL", share)
        told.append(quick_preview(history, book, edited, enough=lambda: False))
    assert told[0] == told[1]
    assert told[0].unread
    assert told[0].new.number or told[0].lost.number


def test_preview_command_says_whether_its_numbers_are_exact(book, tmp_path):
    path = tmp_path / "history.jsonl"
    write_evidence(path, items(30))
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        (tree("rules") / "signals" / f"{RULE}.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )

    def run(*options):
        result = CliRunner().invoke(
            cli, ["rules", "preview", str(draft), "--evidence", str(path), "--json", *options]
        )
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    whole = run("--exact")
    assert whole["exact"] is True
    told = run()
    assert told["exact"] in {True, False}
    assert not told["exact"] or told == whole
