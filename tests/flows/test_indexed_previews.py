"""A preview over an index fires where `rules eval` fires, and an edit in words reads few items."""

import re
from copy import deepcopy

import pytest

from tests.flows.history_samples import NOW, indexed, plain
from warning.app.evaluating import evaluate_records
from warning.app.indexed_history import IndexedHistory, ready_index
from warning.app.previewing import alone, both, preview
from warning.collect.history_index import open_index
from warning.core.evidence import Item
from warning.core.rules import TextRule


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
    "pattern": {"all": [{"material": ["any"]}], "patterns": [{"pattern": "第[0-9]+号|No|[0-9]{2}"}, {"pattern": "하", "absent": True}]},
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
