"""What rules said of an indexed history is kept, brings the same, and is never taken for what others say."""

from dataclasses import replace

from tests.flows.history_samples import history, indexed, plain
from warning.app import history_judging
from warning.app.backtesting import backtest_replay
from warning.app.chronology import Judged
from warning.collect.history_index import index_directory
from warning.collect.interchange import write_evidence
from warning.core.rules import TextRule
from warning.core.text.engine import TextEngine
from warning.core.vocabulary import Severity


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
