"""What is asked of titles alone is answered as from all sentences, and an index without them is brought up to date."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from warning.app.asked_words import asked_words
from warning.app.indexed_history import ready_index
from warning.app.quick_preview import IndexedFiles, quick_preview
from warning.catalog.load import load_rulebook
from warning.collect import history_blocks, history_index
from warning.collect.history_blocks import blocks_of
from warning.collect.history_titles import TITLES, titles_of
from warning.collect.interchange import write_evidence
from warning.core.evidence import Item
from warning.core.text.engine import engine_of
from warning.core.text.inquiry import Inquiry
from warning.core.text.postings import numbers_of
from warning.core.text_rules import FIELDS
from warning.resources import tree

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
RULES = {"prc-export-control-press", "context-materials", "us-bis-list-change", "prc-measure-eased"}
TITLES_OF_ITEMS = (
    "China bans exports of gallium. Germanium is to follow.",
    "China may ban exports of gallium, analysts warn",
    "BIS adds firms to the Entity List",
    "A quiet day at the port",
    "中国对镓实施出口管制。商务部公布。",
    "",
)
BODIES = (
    "",
    "Beijing suspends exports of antimony to the US. Rotterdam waits.",
    "China bans exports of gallium.",
    "No news.",
)


@pytest.fixture(scope="module")
def book():
    whole = load_rulebook(tree("rules"), tree("feeds"))
    return replace(whole, measures=(), rules=tuple(rule for rule in whole.rules if rule.id in RULES))


@pytest.fixture(scope="module")
def past(book, tmp_path_factory):
    """An index of several segments and blocks; some items have no title, some two sentences of it."""
    path = tmp_path_factory.mktemp("past") / "a.jsonl"
    write_evidence(path, map(item, range(150)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_index, "SEGMENT_ITEMS", 40)
        patch.setattr(history_blocks, "BLOCK_SEGMENTS", 2)
        yield path, ready_index(path, book, make=True)[0]


def item(number):
    known = BEGIN + timedelta(hours=number)
    title = TITLES_OF_ITEMS[number % len(TITLES_OF_ITEMS)]
    return Item(
        id=f"n{number}", source_id="s", kind="news", country="US", title=title, body=BODIES[number % len(BODIES)],
        language="zh" if "中" in title else "en", external_id=str(number), published_at=known, known_at=known,
    )  # fmt: skip


def inquiries(block, asked):
    """Asked of all sentences alone, and of titles where these say it."""
    titles = titles_of(block)
    assert titles is not None
    plain = Inquiry(block, asked.said, asked.surely)
    return plain, Inquiry(block, asked.said, asked.surely, titles=Inquiry(titles, asked.said, asked.surely))


def test_titles_say_what_their_sentences_say(book, past):
    _, index = past
    asked = asked_words(engine_of(book))
    seen = 0
    for block in blocks_of(index):
        titles, places = titles_of(block), numbers_of(block.standing("title"))
        assert int(titles.first_sentence[-1]) == len(places)
        for sayings in asked.said.values():
            stand = places[numbers_of(titles.saying(sayings))].tolist()
            assert stand == numbers_of(block.saying(sayings) & block.standing("title")).tolist()
            for pattern, _ in sayings:
                stand = places[numbers_of(titles.sentences(pattern))].tolist()
                assert stand == numbers_of(block.sentences(pattern) & block.standing("title")).tolist()
            seen += len(stand)
        for bit in (1, 2, 4, 8):
            stand = places[numbers_of(titles.spoken(bit))].tolist()
            assert stand == numbers_of(block.spoken(bit) & block.standing("title")).tolist()
        assert [len(titles.standing(field)) for field in FIELDS] == [len(places), 0, 0]
    assert seen


def test_items_that_rules_may_fire_on_are_the_same_with_titles_and_without(book, past):
    _, index = past
    engine = engine_of(book)
    asked, found = asked_words(engine), 0
    for block in blocks_of(index):
        plain, by_title = inquiries(block, asked)
        for rule in engine.rules:
            assert by_title.items_for(rule) == plain.items_for(rule), rule.rule.id
            found += len(plain.items_for(rule))
    assert found > 50


def drafts(rule):
    """Rules with groups in titles, elsewhere and in both, in every place where a rule has groups."""
    other = {"phrases": {"en": ["Gallium", "Rotterdam"], "zh": ["镓"]}, "in": ("title",)}
    for within in (("title",), ("summary", "body"), ("title", "body"), ("body",)):
        act, named = {"act": ["export_ban"], "in": within}, {"material": ["gallium"], "in": within}
        denied = {"cue": ["denied"], "in": within}
        for name, match in {
            "all": {"all": [act, other]},
            "any": {"any": [act, other]},
            "none": {"all": [other], "none": [act]},
            "near": {"near": [{"of": [act, named], "none": [denied]}]},
            "fields": {"near": [{"of": [act, other], "in": within}]},
            "window": {"near": [{"of": [act, other], "within": "40 words"}]},
        }.items():
            told = {"id": f"{name}-in-{'-'.join(within)}", "match": rule.match.model_validate(match)}
            yield rule.model_copy(update=told)


def test_groups_in_titles_and_elsewhere_are_met_by_the_same_items(book, past):
    path, index = past
    rule = next(rule for rule in book.rules if rule.id == "prc-export-control-press")
    every = replace(book, rules=tuple(drafts(rule)))
    ready_index(path, every, make=False)
    index.renew()
    engine, met = engine_of(every), set()
    for block in blocks_of(index):
        plain, by_title = inquiries(block, asked_words(engine))
        for one in engine.rules:
            found = plain.items_for(one)
            assert by_title.items_for(one) == found, one.rule.id
            met |= {one.rule.id} if found else set()
    assert len(met) > 12


def test_index_without_titles_answers_the_same_and_is_brought_up_to_date(book, past):
    path, index = past
    rule = next(rule for rule in book.rules if rule.id == "prc-export-control-press")
    bare = rule.model_copy(update={"match": rule.match.model_copy(update={"none": ()})})
    history = IndexedFiles(files=((path, index),), imported_at=BEGIN)
    told = quick_preview(history, book, bare, enough=lambda: False)
    assert told.fires.number
    for block in blocks_of(index):
        (block.directory / TITLES / "sayings0_at.npy").unlink()  # of some sayings nothing is kept
    assert quick_preview(history, book, bare, enough=lambda: False) == told
    for block in blocks_of(index):
        shutil.rmtree(block.directory / TITLES)
        assert titles_of(block) is None
    assert quick_preview(history, book, bare, enough=lambda: False) == told
    ready_index(path, book, make=False)
    assert all((block.directory / TITLES / "sayings0_at.npy").exists() for block in blocks_of(index))
    assert quick_preview(history, book, bare, enough=lambda: False) == told
