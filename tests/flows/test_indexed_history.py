"""A replay over an index brings what a replay over the file brings."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from tests.flows.history_samples import BEGIN, FILLER, NOW, history, indexed, plain
from warning.app.backtest_result import backtest_document
from warning.app.backtesting import backtest_replay
from warning.app.chronology import Judged
from warning.app.evaluating import evaluate_records
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.cli.main import cli
from warning.collect import history_index
from warning.collect.history_files import FrameFile
from warning.collect.history_index import build_index, index_directory, look_for, open_index
from warning.collect.interchange import write_evidence
from warning.collect.interchange_records import record_of
from warning.core.evidence import Item, Observation
from warning.core.rules import TextRule
from warning.core.text.engine import engine_of
from warning.core.text.finders import patterns_of
from warning.core.text.phrases import parse_phrase
from warning.core.withdrawals import RETRACTION_WORDS
from warning.errors import EvidenceError


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(hours=6)])
@pytest.mark.parametrize("first", [None, datetime(2025, 1, 12, tzinfo=UTC).date()])
def test_backtest_over_an_index_brings_what_the_file_brings(book, evidence, step, first):
    slow = backtest_replay(book, plain(evidence), first=first, step=step)
    fast = backtest_replay(book, indexed(evidence, book).records(book), first=first, step=step)
    assert backtest_document(fast, book, ()) == backtest_document(slow, book, ())
    assert (fast.assessments, fast.first, fast.last, fast.told) == (
        slow.assessments, slow.first, slow.last, slow.told,
    )  # fmt: skip
    assert len(slow.alerts) > 5


def prices(days=300):
    """A daily price that stands for months and then trebles, and another that does not."""
    rng = random.Random(8)
    for name in ("p1", "p2"):
        for day in range(days):
            level = 150.0 if name == "p1" and day > days - 20 else 50.0
            yield Observation(
                id=f"{name}-{day}", source_id="prices", series_id=name, material="gallium", measure="price", reporter="CN",
                unit="USD/kg", currency="USD", frequency="D", period=(BEGIN + timedelta(days=day - 1)).date().isoformat(),
                value=round(level + rng.random(), 3), known_at=BEGIN + timedelta(days=day, hours=3),
            )  # fmt: skip


@pytest.fixture(scope="module")
def figures(book, tmp_path_factory):
    """Items, lists and figures in one file, and the replay of it."""
    path = tmp_path_factory.mktemp("figures") / "history.jsonl"
    records = [*history(book), *prices()]
    random.Random(2).shuffle(records)
    write_evidence(path, records)
    return path, backtest_replay(book, plain(path))


def test_figures_of_an_index_bring_what_those_of_the_file_bring(book, figures, monkeypatch):
    monkeypatch.setattr(history_index, "SEGMENT_ITEMS", 100)
    path, slow = figures
    fast = backtest_replay(book, indexed(path, book).records(book), apart=True)
    manifest = open_index(path).manifest
    assert (manifest.figures, manifest.others) == (600, 3)
    assert dict(fast.alerts) == dict(slow.alerts)
    assert (fast.told, fast.records, fast.assessments) == (slow.told, slow.records, slow.assessments)
    assert any("price" in alert.rule_id for alert in slow.alerts.values())


def test_index_of_an_earlier_version_is_used_and_its_figures_are_told_to_be_slow(book, figures, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(figures[0].read_bytes())
    index, use = ready_index(path, book, make=True)
    assert "earlier version" not in use.sentence
    as_format_5(index)
    old, use = ready_index(path, book, make=True)
    assert not use.made
    assert "index reads figures one by one: delete history.jsonl.index and it is made anew" in use.sentence
    fast = backtest_replay(book, IndexedHistory([(path, old)], NOW).records(book))
    assert (dict(fast.alerts), fast.records) == (dict(figures[1].alerts), figures[1].records)


def as_format_5(index):
    """Put the figures among the lines of other records, where the version before had them."""
    manifest, (segment,) = index.manifest, index.segments()
    others = [b"%d %s" % one for one in segment.others()]
    others += [b"1 " + json.dumps(record_of(one)).encode() for one in segment.figures.observations()]
    for file in segment.directory.glob("figure*"):
        file.unlink()
    with FrameFile(segment.directory, "others") as frame:
        frame.add(b"\n".join(others))
    manifest.others, manifest.figures = len(others), None
    manifest.write(index.directory)
    told = json.loads((index.directory / "index.json").read_text())
    del told["figures"]
    (index.directory / "index.json").write_text(json.dumps({**told, "format": 5}))


NOTHING = "A quiet day at the port."
RETRACTIONS = {
    "mark before another headline": {"title": "[RETRACTED] " + NOTHING, "body": ""},
    "sentence in another text": {"title": NOTHING, "body": "This article has been withdrawn."},
    "sentence under the same headline": {"body": "This article has been withdrawn."},
    "sentence before the same text": {"summary": "この記事は取り消しました。"},
    "mark before the same headline": {"mark": "【撤稿】"},
}


@pytest.mark.parametrize("edit", RETRACTIONS)
@pytest.mark.parametrize("hours", [2, 60])
def test_retraction_of_what_fired_is_seen_over_an_index_like_over_the_file(book, tmp_path, edit, hours):
    changes = dict(RETRACTIONS[edit])
    example = next(e for r in book.rules if r.id == "prc-export-control-press" for e in r.examples if e.fires)
    source = next(s for s, one in sorted(book.sources.items()) if one.kind == example.kind)
    first = Item(
        id="n1", source_id=source, kind=example.kind, country=example.country, language=example.language,
        title=example.title, summary="", body=example.body, external_id="1", published_at=BEGIN, known_at=BEGIN,
    )  # fmt: skip
    mark = changes.pop("mark", "")
    later = replace(
        first, **{"title": mark + first.title, **changes}, known_at=BEGIN + timedelta(hours=hours)
    )
    path = tmp_path / "history.jsonl"
    write_evidence(path, [first, later])
    slow = backtest_replay(book, plain(path))
    fast = backtest_replay(book, indexed(path, book).records(book))
    assert list(fast.alerts.values()) == list(slow.alerts.values())
    assert {alert.state for alert in slow.alerts.values()} <= {"cancelled"}
    assert len(slow.alerts) == 1 or hours < 24


def test_a_document_under_changed_ids_is_one_over_an_index_like_over_the_file(book, tmp_path):
    rng = random.Random(11)
    first = [
        replace(item, url=f"https://press.example/{item.external_id}")
        for item in history(book, count=160)
        if isinstance(item, Item) and item.title not in FILLER
    ]
    again = [
        replace(
            item,
            id=f"again-{number}",
            external_id=f"again-{number}",
            url=rng.choice([f"{item.url}/?utm_source=x", f"https://m.press.example/copy/{number}"]),
            body=rng.choice([item.body, f"{item.body} {FILLER[0]}"]),
            known_at=item.known_at + timedelta(hours=rng.choice([1, 30, 24 * 20, 24 * 200])),
        )
        for number, item in enumerate(rng.sample(first, 40))
    ]
    path = tmp_path / "again.jsonl.zst"
    write_evidence(path, [*first, *again])
    slow = backtest_replay(book, plain(path))
    fast = backtest_replay(book, indexed(path, book).records(book))
    assert slow.records == len(first) + len(again)
    assert sum(len(a.signal_ids) for a in slow.alerts.values()) < len(first) + len(again)
    assert backtest_document(fast, book, ()) == backtest_document(slow, book, ())
    assert fast.alerts == slow.alerts


def test_lines_of_one_document_and_instant_count_one_each_over_an_index_as_over_the_file(book, tmp_path):
    rng = random.Random(4)
    told = [one for one in history(book, count=60) if isinstance(one, Item) and one.title not in FILLER][:12]
    again = [replace(item, title=rng.choice([item.title, f"{item.title} again"])) for item in told]
    path = tmp_path / "ties.jsonl.zst"
    write_evidence(path, [*told, *again, *told[:3]])
    slow = backtest_replay(book, plain(path))
    fast = backtest_replay(book, indexed(path, book).records(book))
    assert fast.records == slow.records == 2 * len(told) + 3
    assert fast.alerts == slow.alerts


def test_every_retraction_holds_a_word_that_an_index_looks_for():
    for text in (
        "[RETRACTED] x", "Withdrawn: x", "[Story withdrawn] x", "Retraction - x", "【撤稿】x", "[撤回] x", "(已删除) x",
        "取消：x", "【取り消し】x", "[記事取消] x", "[삭제] x", "[기사 삭제] x", "철회: x", "[기사취소] x",
    ):  # fmt: skip
        assert any(word in text.casefold() for words in RETRACTION_WORDS.values() for word in words), text


def test_indexed_history_reads_only_items_that_a_rule_may_fire_on(book, evidence):
    kept = [record for record in indexed(evidence, book).records(book) if isinstance(record, Item | Judged)]
    fired = {one.record.id for one in evaluate_records(book, plain(evidence)) if one.signals}
    assert fired <= {item.id for item in kept} | {"l1", "l2"} | {i for i in fired if i.startswith("l-")}
    assert len(kept) < 200


def test_index_looks_only_for_terms_it_lacks(book, evidence):
    index = indexed(evidence, book) and open_index(evidence)
    known = list(patterns_of(parse_phrase("weather vane", "en")))
    assert look_for(index, known) == 1
    assert look_for(open_index(evidence), known) == 0
    assert ready_index(evidence, book, make=False)[1].looked_for == 0


def test_index_of_another_state_of_the_file_is_not_used(book, tmp_path):
    path = tmp_path / "items.jsonl"
    write_evidence(path, history(book, count=20))
    build_index(path)
    assert open_index(path) is not None
    write_evidence(path, history(book, count=21))
    assert open_index(path) is None


def test_index_made_by_two_processes_is_the_one_made_by_one(book, tmp_path, monkeypatch):
    path = tmp_path / "items.jsonl"
    write_evidence(path, history(book, count=120))
    monkeypatch.setattr(history_index, "SEGMENT_ITEMS", 50)
    monkeypatch.setattr(history_index, "_WORTH_PROCESSES_ITEMS", 50)
    rules = engine_of(book).rules

    def asked():
        ready = ready_index(path, book, make=True)
        past = IndexedHistory([(path, ready[0])], NOW)
        return len(rules), list(past.records(book))

    one = asked()
    monkeypatch.setattr(history_index, "_WORTH_PROCESSES_BYTES", 0)
    (path.parent / "items.jsonl.index" / "index.json").unlink()
    monkeypatch.setattr(history_index, "_in_processes", lambda task, jobs, _: [task(*job) for job in jobs])
    assert asked() == one


def test_items_without_a_time_are_known_at_each_import(book, tmp_path):
    path = tmp_path / "untimed.jsonl"
    told = next(e for rule in book.rules if isinstance(rule, TextRule) for e in rule.examples if e.fires)
    record = {"type": "item", "source_id": "a-source", "kind": told.kind, "country": told.country,
              "language": told.language, "title": told.title, "body": told.body, "external_id": "1"}  # fmt: skip
    path.write_text(json.dumps(record) + "\n")
    for now in (NOW, NOW + timedelta(days=3)):
        index, _ = ready_index(path, book, make=True)
        (item,) = [r for r in IndexedHistory([(path, index)], now).records(book) if isinstance(r, Judged)]
        assert item.known_at == now
        assert {signal.known_at for signal in item.signals} == {now}


def test_backtest_command_brings_the_same_with_and_without_an_index(book, evidence):
    def run(*options):
        result = CliRunner().invoke(cli, ["rules", "backtest", "--evidence", str(evidence), *options])
        assert result.exit_code == 0, result.output
        content = json.loads(result.stdout)
        del content["records_per_second"]
        return content

    assert run("--index") == run("--no-index") == run()


def test_build_tells_the_line_that_is_no_record_and_leaves_no_index(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"type": "item"}\n')
    with pytest.raises(EvidenceError, match=r"bad\.jsonl:1: 'source_id' is missing"):
        build_index(path)
    assert not index_directory(path).exists()
