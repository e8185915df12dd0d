"""A replay over an index brings what a replay over the file brings; a preview fires where `rules eval` fires."""

import json
import random
import re
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from warning.app import history_judging
from warning.app.backtest_result import backtest_document
from warning.app.backtesting import backtest_replay
from warning.app.chronology import Judged
from warning.app.evaluating import evaluate_records
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.item_lines import as_replayed
from warning.app.previewing import alone, both, preview
from warning.catalog.load import load_rulebook
from warning.cli.main import cli
from warning.collect import history_index
from warning.collect.history_files import FrameFile
from warning.collect.history_index import build_index, index_directory, look_for, open_index
from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.collect.interchange_records import record_of
from warning.core.evidence import Entry, Item, Listing, Observation
from warning.core.rules import TextRule
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.finders import patterns_of
from warning.core.text.phrases import parse_phrase
from warning.core.vocabulary import Severity
from warning.core.withdrawals import RETRACTION_WORDS
from warning.errors import EvidenceError
from warning.resources import tree

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, 21, 40, tzinfo=UTC)
FILLER = (
    "A quiet day at the port.",
    "本报讯 天气晴朗。",
    "きょうの天気は晴れです。",
    "날씨가 맑았다.",
    "Café_opens; visitors came.",
)


@pytest.fixture(scope="module")
def book():
    # Without the register: its countdowns read the clock, not the texts.
    return replace(load_rulebook(tree("rules"), tree("feeds")), measures=())


def history(book, count=260, seed=3):
    """Examples of the shipped rules among quiet items, some edited later, one source's list between them."""
    rng = random.Random(seed)
    examples = [e for rule in book.rules if isinstance(rule, TextRule) for e in rule.examples]
    sources = sorted(book.sources)
    items = []
    for number in range(count):
        told = rng.choice(examples)
        quiet = rng.random() < 0.6
        known = BEGIN + timedelta(minutes=rng.randrange(40 * 1440))
        items.append(
            Item(
                id=f"n{number}", source_id=rng.choice(sources), kind=told.kind, country=told.country,
                language=told.language, title=rng.choice(FILLER) if quiet else told.title,
                summary="" if quiet else told.summary, body=" ".join(rng.choices(FILLER, k=4)) if quiet else told.body,
                external_id=str(number), published_at=known, known_at=known,
            )
        )  # fmt: skip
    edits = [
        replace(
            item, title=rng.choice(FILLER), summary="", body="", known_at=item.known_at + timedelta(hours=2)
        )
        for item in rng.sample(items, count // 6)
    ]
    lists = [
        Listing(id=f"l{n}", source_id="a-list", known_at=BEGIN + timedelta(days=n), entries=(Entry(key=str(n), name="X"),))
        for n in range(3)
    ]  # fmt: skip
    everything = [*items, *edits, *lists]
    rng.shuffle(everything)
    return everything


@pytest.fixture(scope="module")
def evidence(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("evidence") / "history.jsonl.zst"
    write_evidence(path, history(book))
    return path


def plain(path):
    return (own_identity(as_replayed(record)) for record in read_evidence(path, imported_at=NOW))


def indexed(path, book):
    ready = ready_index(path, book, make=True)
    assert ready is not None
    return IndexedHistory([(path, ready[0])], NOW)


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


def test_preview_fires_where_eval_fires(book, evidence):
    past = indexed(evidence, book)
    judged = [one for one in evaluate_records(book, plain(evidence)) if isinstance(one.record, Item)]
    assert judged
    for rule in book.active("text", "context")[::7]:
        assert isinstance(rule, TextRule)
        expected = {one.record.id for one in judged if any(s.rule_id == rule.id for s in one.signals)}
        found = preview(past, book, rule)
        assert set(found.fired) == expected
        assert (found.new, found.lost) == ([], [])


def test_preview_tells_new_and_lost_items_of_an_edit(book, evidence):
    rules = [rule for rule in book.active("context") if isinstance(rule, TextRule)]
    past = indexed(evidence, book)
    running = max(rules, key=lambda rule: len(preview(past, book, rule).fired))
    edited = running.model_copy(
        update={"match": running.match.model_validate({"all": [{"phrases": {"ja": ["天気"]}}]})}
    )
    ready_index(evidence, alone(book, edited), make=False)
    found = preview(indexed(evidence, alone(book, edited)), book, edited)
    assert found.new
    assert found.lost
    items = [item for item in plain(evidence) if isinstance(item, Item)]
    assert set(found.fired) <= {
        item.id for item in items if {"天気", "天气"} & {*re.findall("天.", item.title + item.body)}
    }
    document = found.document()
    assert document["fires_on"] == sum(document["per_week"].values())
    assert len(document["examples"]) <= 10


COUNTED = {
    "score": {"score": {"at_least": 5, "of": [
        {"act": ["any"], "weights": {"title": 3, "body": 1}}, {"material": ["any"], "weights": {"title": 2}},
        {"actor": ["CN"], "weight": 1},
    ]}},
    "some": {"at_least": {"n": 3, "of": [{"act": ["any"]}, {"material": ["any"]}, {"actor": ["CN"]}]}},
    "words": {"near": [{"of": [{"act": ["any"]}, {"material": ["any"]}], "within": "6 words"}]},
    "pattern": {"all": [{"material": ["any"]}], "patterns": [{"pattern": "第[0-9]+号|No"}, {"pattern": "하", "absent": True}]},
    "reliability": {"all": [{"material": ["any"]}]},
}  # fmt: skip


@pytest.mark.parametrize("way", COUNTED)
def test_preview_of_what_is_counted_fires_where_the_whole_reading_fires(book, evidence, way):
    running = next(rule for rule in book.rules if rule.id == "context-materials")
    update = {"match": running.match.model_validate(COUNTED[way])}
    if way == "reliability":
        update["where"] = running.where.model_copy(update={"reliability": ("B",)})
    edited = running.model_copy(update=update)
    other = alone(book, edited)
    ready_index(evidence, other, make=False)
    judged = [one for one in evaluate_records(other, plain(evidence)) if isinstance(one.record, Item)]
    expected = {one.record.id for one in judged if one.signals}
    assert 1 < len(expected) < len(judged) / 2
    assert set(preview(indexed(evidence, other), other, edited).fired) == expected


def edits_in_words(rule, terms):
    """Edits that leave the shape of a match: words that bar gone, an act more, the first of some cues gone."""
    bare = rule.match.model_dump(by_alias=True)

    def changed(turn):
        nears = [near for name in ("near", "near_any") for near in content[name]]
        for near in nears:
            turn(near)
        return rule.model_copy(update={"match": type(rule.match).model_validate(content)})

    for turn in (
        lambda near: near.update(none=()),
        lambda near: [g.update(act=(*g["act"], min(set(terms.acts) - {*g["act"]}))) for g in near["of"] if g["act"]],
        lambda near: [g.update(cue=g["cue"][1:]) for g in near["of"] if len(g["cue"]) > 1],
    ):  # fmt: skip
        content = deepcopy(bare)
        yield changed(turn)


def test_an_edit_in_words_reads_few_items_and_fires_where_the_whole_reading_fires(book, evidence):
    past, differ = indexed(evidence, book), 0
    rules = [rule for rule in book.active("text", "context") if isinstance(rule, TextRule)]
    for rule in sorted(rules, key=lambda rule: (-len(rule.examples), rule.id))[:8]:
        for edited in edits_in_words(rule, book.terms):
            if edited.version == rule.version or edited.require_direction:
                continue
            ready_index(evidence, both(book, edited), make=False)
            past = IndexedHistory([(evidence, open_index(evidence))], NOW)
            told = past.edit(book, rule, edited)
            assert told is not None
            for side, version in zip(told, (rule, edited), strict=True):
                whole = [signal.exhibit.evidence_id for signal in past.signals(book, version)]
                assert sorted(signal.exhibit.evidence_id for signal in side) == sorted(whole)
            differ += len(told[0]) != len(told[1])
    assert differ >= 1


def test_an_edit_of_more_than_words_is_no_edit_in_words(book, evidence):
    rule = next(rule for rule in book.rules if rule.id == "prc-export-control-press")
    past = indexed(evidence, book)
    for change in ({"actors": ("KR",)}, {"where": rule.where.model_copy(update={"languages": ("en",)})}):
        assert past.edit(book, rule, rule.model_copy(update=change)) is None


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


def without_kept(path):
    for kept in index_directory(path).glob("verdicts.db*"):
        kept.unlink()


def test_what_rules_said_is_kept_and_brings_the_same(book, evidence):
    without_kept(evidence)
    cold = list(indexed(evidence, book).records(book))
    assert (index_directory(evidence) / "verdicts.db").exists()
    assert list(indexed(evidence, book).records(book)) == cold


def test_only_rules_that_changed_are_judged_again(book, evidence, monkeypatch):
    judged = []
    real = history_judging.judge_share

    def noted(share):
        judged.append([rule.id for rule in (share.book.rules[place] for place in share.places)])
        return real(share)

    monkeypatch.setattr(history_judging, "judge_share", noted)
    without_kept(evidence)
    list(indexed(evidence, book).records(book))
    place = next(n for n, rule in enumerate(book.rules) if isinstance(rule, TextRule) and rule.kind == "text")
    edited = book.rules[place].model_copy(update={"title": "Another title"})
    other = replace(book, rules=(*book.rules[:place], edited, *book.rules[place + 1 :]))
    list(indexed(evidence, other).records(other))
    list(indexed(evidence, book).records(book))
    assert judged == [[rule.id for rule in book.active("text", "context")], [edited.id]]


def edits_of(book):
    """What may change about a book, and the verdicts with it: each is a book of its own."""
    place = next(n for n, rule in enumerate(book.rules) if rule.id == "prc-export-control-press")
    rule = book.rules[place]
    for change in ({"title": "Told anew"}, {"enabled": False}, {"severity": Severity.MINOR}):
        edited = rule.model_copy(update=change)
        yield replace(book, rules=(*book.rules[:place], edited, *book.rules[place + 1 :]))
    china = book.terms.actors["CN"]
    actors = {**book.terms.actors, "CN": china.model_copy(update={"names": {"en": ("Cathay",)}})}
    yield replace(book, terms=book.terms.model_copy(update={"actors": actors}))
    yield replace(book, policy=book.policy.model_copy(update={"cooldown_minutes": 7}))
    some = {name: replace(one, official=not one.official, title="Told") for name, one in book.sources.items()}
    yield replace(book, sources=some)


def test_kept_verdicts_of_other_books_are_never_taken_for_ones_own(book, tmp_path):
    kept, judged = tmp_path / "kept.jsonl", tmp_path / "judged.jsonl"
    for path in (kept, judged):
        write_evidence(path, history(book, count=100))
    list(indexed(kept, book).records(book))
    differ = 0
    for other in edits_of(book):
        warm = list(indexed(kept, other).records(other))
        without_kept(judged)
        assert warm == list(indexed(judged, other).records(other))
        differ += warm != list(indexed(kept, book).records(book))
    assert differ >= 3


def test_kept_verdicts_that_cannot_be_read_are_judged_again(book, evidence):
    def judged():
        records = list(indexed(evidence, book).records(book))
        return records, backtest_replay(book, records)

    told, cold = judged()
    (index_directory(evidence) / "verdicts.db").write_bytes(b"no database at all" * 200)
    told_again, again = judged()
    assert told_again == told
    assert (again.alerts, again.told) == (cold.alerts, cold.told)
    without_kept(evidence)


def test_items_read_whole_bring_what_rules_said_of_them_and_are_not_judged_again(book, evidence, monkeypatch):
    records = list(indexed(evidence, book).records(book))
    whole = [record for record in records if isinstance(record, Judged) and record.item is not None]
    assert len(whole) > 20
    expected = backtest_replay(book, plain(evidence))
    asked = []
    judge_all = TextEngine.judge_all

    def noted(engine, items):
        asked.extend(items)
        return judge_all(engine, items)

    monkeypatch.setattr(TextEngine, "judge_all", noted)
    assert backtest_replay(book, records).alerts == expected.alerts
    same = {(one.id, one.known_at) for one in whole}
    assert len(asked) < len(whole) / 4  # only what settled as another text than the one that was judged
    assert {(item.id, item.known_at) for item in asked} <= same


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
