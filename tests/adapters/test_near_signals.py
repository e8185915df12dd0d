"""What the store gives of its signals for a sequence: what is near to the new ones, on both databases."""

import json
from datetime import timedelta
from pathlib import Path
from runpy import run_path

import pytest
from sqlalchemy import select, text, update

from tests.core.sequence_samples import event, rule, rules_book
from tests.core.test_sequence_memory import remembered
from warning.core.recall import Recall
from warning.core.sequence_needs import need_for
from warning.core.signals import WITHDRAWN, Reason
from warning.store.assessments import _signal_rows
from warning.store.schema import signals

VERSIONS = Path(__file__).parents[2] / "alembic" / "versions"
FILL_DAYS = run_path(str(VERSIONS / "0016_signal_days.py"))["FILL"]
FILL_ACTS = run_path(str(VERSIONS / "0019_signal_acts.py"))["FILL"]
GALLIUM, URANIUM = {"materials": ("gallium",)}, {"materials": ("uranium",)}
SEQUENCE = rule("a", "b", same=["material"])
BOOK = rules_book(SEQUENCE)
TAKEN_BACK = event(
    "a", -90, "revised", known=19, facts=GALLIUM, why=(Reason(code=WITHDRAWN, text="revised"),)
)
EARLIER = (
    event("a", 15, "near", facts=GALLIUM),
    event("a", 16, "elsewhere", facts=URANIUM),
    event("a", -60, "long-ago", facts=GALLIUM),
    event("b", -60, "told-again", known=14, facts=GALLIUM),
    event("a", 14, "told-again", facts=GALLIUM),
    event("c", 15, "no-step", facts=GALLIUM),
    event("a", 2, "answer-too", known=18, facts=URANIUM),
    TAKEN_BACK,
)
NEW = (event("b", 20, "answer", facts=GALLIUM), event("b", 20, "answer-too", facts=URANIUM))


@pytest.fixture
def stored(repository):
    with repository.engine.begin() as connection:
        connection.execute(signals.insert(), _signal_rows(EARLIER, ()))
    return repository


def test_store_gives_of_its_signals_what_is_near_to_the_new_ones(stored):
    as_of = NEW[0].known_at + timedelta(hours=1)
    need = need_for(SEQUENCE, BOOK, NEW[:1])
    given = stored.recall(Recall(signals=(need,)), as_of)
    assert {s.exhibit.evidence_id for s in given.signals} == {"near", "told-again", "revised"}
    assert sorted(s.id for s in given.signals) == sorted(s.id for s in remembered(need, EARLIER, as_of))
    assert given.seen is not None


def test_store_gives_nothing_where_a_step_has_no_event_near_the_new_one(stored):
    need = need_for(SEQUENCE, BOOK, [event("a", 20, "question", facts=GALLIUM)])
    as_of = NEW[0].known_at + timedelta(hours=1)
    assert stored.recall(Recall(signals=(need,)), as_of).signals == ()
    earlier = need_for(SEQUENCE, BOOK, [event("a", -62, "question", facts=GALLIUM)])
    found = stored.recall(Recall(signals=(earlier,)), as_of).signals
    assert {s.exhibit.evidence_id for s in found} == {"long-ago", "told-again", "revised"}


def test_store_gives_the_other_signals_of_a_document_that_tells_something_new(stored):
    as_of = NEW[0].known_at + timedelta(hours=1)
    need = need_for(SEQUENCE, BOOK, NEW)
    given = {s.exhibit.evidence_id for s in stored.recall(Recall(signals=(need,)), as_of).signals}
    assert given == {"near", "elsewhere", "told-again", "revised", "answer-too"}


def test_store_gives_only_what_may_be_an_event_of_a_step(repository):
    own = {"name": "own", "rules": ["a"], "acts": ["tariff"], "actors": ["US", "JP"]}
    sequence = rule(steps=[own, {"name": "answer", "rules": ["b"]}], same=["answers"])
    tariff = {"act": "tariff", "targets": ("CN",)}
    earlier = (
        event("a", 14, "tariff", facts={**tariff, "actors": ("KR", "US")}),
        event("a", 14, "of-korea", facts={**tariff, "actors": ("KR",)}),
        event("a", 14, "control", facts={"act": "export_control", "actors": ("US",)}),
        event("b", 14, "other-answer", facts={"actors": ("CN",)}),
    )
    with repository.engine.begin() as connection:
        connection.execute(signals.insert(), _signal_rows(earlier, ()))
    need = need_for(sequence, rules_book(sequence), [event("b", 20, "answer", facts={"actors": ("CN",)})])
    found = repository.recall(Recall(signals=(need,)), NEW[0].known_at).signals
    assert {s.exhibit.evidence_id for s in found} == {"tariff"}


def test_upgrade_writes_the_days_materials_acts_and_actors_of_what_was_stored_before(stored):
    columns = select(signals.c.id, signals.c.day, signals.c.act)
    with stored.engine.begin() as connection:
        written = connection.execute(columns).all()
        connection.execute(update(signals).values(day="", materials="", act="", actors=""))
        for fill in (FILL_DAYS, FILL_ACTS):
            connection.execute(text(fill[connection.dialect.name].replace(":", "\\:")))
        assert sorted(connection.execute(columns).all()) == sorted(written)
        materials = connection.execute(select(signals.c.materials)).scalars()
        assert {tuple(json.loads(one)) for one in materials} == {("gallium",), ("uranium",)}
        actors = connection.execute(select(signals.c.actors)).scalars()
        assert {tuple(json.loads(one)) for one in actors} == {("CN",)}
